/**
 * The socket of one client of the demo's IRC server, bounded in both directions.
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import { Poke } from "../../runtime/poke.ts";
import { type CutLine, isGone, LINE_BYTES, LineCutter } from "./irc_line.ts";

/**
 * What may wait for a client that does not read, in bytes; one that lets more pile up is dropped. About 1,000 log lines:
 * a client that is suspended for a moment survives the services' bursts.
 */
export const OUTPUT_BYTES: number = 256 * 1024;

/** Bytes taken from a socket at once. */
const READ_BYTES = 4096;

/** How long what is still queued may take to be read at the end, in milliseconds. */
const GOODBYE_MS = 500;

/** Continuation bytes of UTF-8 are 10xxxxxx. */
const CONTINUATION_MASK = 0b1100_0000;
const CONTINUATION = 0b1000_0000;

/** One client's socket: lines out, lines in. */
export class Link {
  readonly #conn: Deno.Conn;
  readonly #clock: Clock;
  readonly #queue: Uint8Array[] = [];
  readonly #wake = new Poke();
  readonly #closed = new AbortController();
  #queuedBytes = 0;
  #state: "open" | "finishing" | "closed" = "open";
  #goodbye: Promise<void> | undefined;

  /**
   * Takes over a socket.
   *
   * @param conn Closed by {@linkcode run} at its end.
   * @param clock Measures how long the last lines may take.
   */
  constructor(conn: Deno.Conn, clock: Clock) {
    this.#conn = conn;
    this.#clock = clock;
  }

  /** Queues a line, cut to what fits; closes the socket when the client has not read for too long. */
  send(line: string): void {
    if (this.#state !== "open") return;
    const bytes = encode(line);
    if (this.#queuedBytes + bytes.length > OUTPUT_BYTES) return this.close();
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#wake.poke();
  }

  /** Takes nothing more, and closes the socket once what is queued is written, or {@linkcode GOODBYE_MS} later. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#state = "finishing";
    this.#wake.poke();
    this.#goodbye = this.#clock.sleep(GOODBYE_MS, this.#closed.signal).then(() => this.close(), () => {
      // Closed in time: there is nothing left to cut short.
    });
  }

  /** Closes the socket at once. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#closed.abort();
    this.#conn.close();
  }

  /**
   * Reads and writes until the socket is closed, by whomever.
   *
   * @param receive Told of every line, as it comes.
   */
  async run(receive: (line: CutLine) => void): Promise<void> {
    await Promise.all([
      this.#read(receive).finally(() => this.finish()),
      this.#write().finally(() => this.close()),
    ]);
    await this.#goodbye;
  }

  async #read(receive: (line: CutLine) => void): Promise<void> {
    const cutter = new LineCutter();
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) return;
        for (const line of cutter.push(buffer.subarray(0, length))) {
          if (this.#state !== "open") return;
          receive(line);
        }
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #write(): Promise<void> {
    try {
      for (;;) {
        await this.#wake.wait(this.#closed.signal);
        for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
          for (let from = 0; from < next.length;) from += await this.#conn.write(next.subarray(from));
          this.#queuedBytes -= next.length;
        }
        if (this.#state !== "open") return;
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** A line as bytes with its CR LF, cut at a character so that it keeps within {@linkcode LINE_BYTES}. */
function encode(line: string): Uint8Array {
  const bytes = new TextEncoder().encode(line.replace(/[\r\n\0]/g, " "));
  let length = Math.min(bytes.length, LINE_BYTES);
  if (length < bytes.length) {
    while (length > 0 && ((bytes[length] ?? 0) & CONTINUATION_MASK) === CONTINUATION) length--;
  }
  const ended = new Uint8Array(length + 2);
  ended.set(bytes.subarray(0, length));
  ended.set([0x0d, 0x0a], length);
  return ended;
}
