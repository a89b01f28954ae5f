/**
 * Cuts what was read into lines.
 *
 * @module
 */

import { DialError } from "./dial_error.ts";

/** Longest line from a server: 8,191 bytes of tags (IRCv3 message-tags) and 512, rounded up. */
const LONGEST_INPUT_BYTES = 16_384;

const NEWLINE = 0x0a;

/** Keeps what has no end yet. */
export class LineBuffer {
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  /**
   * Takes what was read.
   *
   * @param chunk Any piece of the stream; it may be reused afterwards.
   * @returns The lines that it ended, without LF.
   * @throws {DialError} When a line is longer than any server may send.
   */
  add(chunk: Uint8Array): readonly Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(concatenated([...this.#rest, chunk.subarray(start, end)]));
      this.#rest = [];
      this.#restBytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#rest.push(chunk.slice(start));
      this.#restBytes += chunk.length - start;
    }
    if (this.#restBytes > LONGEST_INPUT_BYTES) {
      throw new DialError(`The server sent a line of more than ${LONGEST_INPUT_BYTES} bytes`);
    }
    return lines;
  }
}

/** The parts as one. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
