/**
 * Lines over an open socket: bounded both ways, and the last gate before the wire.
 *
 * @module
 */

import { concatenated, LineBuffer } from "./line_buffer.ts";
import { LINE_BYTES } from "./wire.ts";

/** What one read takes at most. */
const READ_BYTES = 16_384;

/** Bytes written and not yet taken by the kernel beyond which a server counts as dead: it does not read. */
const MOST_PENDING_BYTES = 65_536;

/** Most bytes of tags before a line, which do not count as part of it (IRCv3 message-tags). */
const TAG_BYTES = 4_096;

const BLANK = 0x20;

/** CR, LF and NUL end a line or are refused by servers (RFC 1459 §2.3.1). */
const LINE_BREAKERS = /[\r\n\0]/;

/** A line that the socket has not been given yet. */
interface Waiting {
  readonly line: string;
  readonly bytes: Uint8Array;
}

/** An open connection to a server. Closing it ends the iteration over its lines. */
export class Transport implements AsyncDisposable {
  readonly #conn: Deno.Conn;
  #waiting: Waiting[] = [];
  #pendingBytes = 0;
  #flushing: Promise<void> | undefined;
  #closed = false;
  readonly #ended = new AbortController();

  /**
   * Takes over a connection.
   *
   * @param conn An open socket, with TLS done.
   */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Aborts when nothing more will be read. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether {@linkcode Transport.close} was called or writing failed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Yields what came, as many lines as one read brought; ends when either side closes or the connection breaks.
   *
   * @throws {DialError} When the server sends a line without end.
   */
  async *read(): AsyncGenerator<readonly string[], void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(READ_BYTES);
    const lines = new LineBuffer();
    try {
      for (;;) {
        const length = await this.#readInto(buffer);
        if (length === undefined) return;
        const whole = lines.add(buffer.subarray(0, length)).map((line) => decoder.decode(line));
        if (whole.length > 0) yield whole;
      }
    } finally {
      this.#ended.abort();
    }
  }

  /**
   * Queues a line; what is queued in one turn leaves in one write, because two small writes cost a delayed
   * acknowledgement (43 ms measured).
   *
   * @param line Text without CR LF.
   * @returns Whether it was taken: lines with CR, LF or NUL, lines of more than 512 bytes without their tags, and lines
   * to a closed connection are refused.
   */
  write(line: string): boolean {
    if (this.#closed || LINE_BREAKERS.test(line)) return false;
    const bytes = new TextEncoder().encode(`${line}\r\n`);
    const tagBytes = line.startsWith("@") ? bytes.indexOf(BLANK) + 1 : 0;
    if (tagBytes > TAG_BYTES || bytes.length - tagBytes > LINE_BYTES) return false;
    this.#waiting.push({ line, bytes });
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > MOST_PENDING_BYTES) {
      this.close();
      return false;
    }
    this.#flushing ??= this.#flush();
    return true;
  }

  /**
   * Takes back the last of the queued lines that reads like this.
   *
   * @returns Whether there was one; what the socket was given already stays sent.
   */
  withdraw(line: string): boolean {
    const place = this.#waiting.findLastIndex((waiting) => waiting.line === line);
    const [taken] = place === -1 ? [] : this.#waiting.splice(place, 1);
    this.#pendingBytes -= taken?.bytes.length ?? 0;
    return taken !== undefined;
  }

  /** Resolves when everything queued was handed to the kernel, or the connection is closed. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  /** Closes at once; what is queued is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#conn.close();
  }

  /** Closes and waits for the last write to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#flushing;
  }

  /** Bytes read, or `undefined` at the end, however it came: a reset and a farewell are the same to the caller. */
  async #readInto(buffer: Uint8Array): Promise<number | undefined> {
    try {
      return await this.#conn.read(buffer) ?? undefined;
    } catch {
      return undefined;
    }
  }

  async #flush(): Promise<void> {
    // One turn later, so that everything written in this one goes along.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const bytes = concatenated(this.#waiting.map((waiting) => waiting.bytes));
        this.#waiting = [];
        for (let sent = 0; sent < bytes.length && !this.#closed;) {
          sent += await this.#conn.write(bytes.subarray(sent));
        }
        this.#pendingBytes -= bytes.length;
      }
    } catch {
      // Closing ends the read loop, whose owner knows what to do about a lost connection.
      this.close();
    } finally {
      this.#flushing = undefined;
    }
  }
}
