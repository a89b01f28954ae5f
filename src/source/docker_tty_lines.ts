/**
 * Lines out of the log of a container with a terminal, which has no frames.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Held } from "./docker_held.ts";
import { type LineReader, type LineSink, PIECE_BYTES } from "./docker_line.ts";
import { LONGEST_STAMP_BYTES, StampReader } from "./docker_stamp.ts";
import { NEWLINE } from "./lines.ts";

/** With a terminal Podman cuts anywhere; a stamp like the line's own so far into it is not the program's (a guess). */
const SURE_AFTER_BYTES = 1024;

/** The log of a container with a terminal: both outputs in one, lines and pieces of lines with nothing between them. */
export class TtyLines implements LineReader {
  readonly #sink: LineSink;
  readonly #held: Held;
  readonly #stamps = new StampReader();
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;

  /** Gives lines to `sink`; of one that is longer than `maxLineBytes` at least a byte more than that. */
  constructor(sink: LineSink, maxLineBytes: number) {
    this.#sink = sink;
    // Half of it may be time stamps of pieces.
    this.#held = new Held(2 * maxLineBytes + LONGEST_STAMP_BYTES);
  }

  feed(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  step(): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    if (from === bytes.length) return false;
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline === -1 ? bytes.length : newline;
    this.#at = newline === -1 ? end : newline + 1;
    if (newline !== -1 && this.#held.bytes.length === 0) {
      this.#give(bytes, from, end);
      return true;
    }
    this.#held.add(bytes, from, end);
    if (newline !== -1) this.finish();
    return true;
  }

  finish(): boolean {
    const { bytes } = this.#held;
    if (bytes.length === 0) return false;
    this.#give(bytes, 0, bytes.length);
    this.#held.clear();
    return true;
  }

  /** Gives out a line; what stands in `bytes` is moved together where it is. */
  #give(bytes: Uint8Array, start: number, end: number): void {
    const stamps = this.#stamps;
    const text = stamps.read(bytes, start, end);
    const from = text === -1 ? start : text;
    const to = text === -1 ? end : this.#joinPieces(bytes, { start, from, end });
    this.#sink.line(stamps.seconds, stamps.nanos, bytes, from, to);
  }

  /** Takes the time stamps of all pieces but the first out of a line; where it ends then. */
  #joinPieces(
    bytes: Uint8Array,
    { start, from, end }: { readonly start: number; readonly from: number; readonly end: number },
  ): number {
    const length = from - start;
    let to = end;
    if (to - from <= SURE_AFTER_BYTES) return to;
    const stamp = Buffer.from(bytes.slice(start, from));
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isCoarse = this.#stamps.isCoarse;
    for (let at = from + (isCoarse ? SURE_AFTER_BYTES : PIECE_BYTES); at + length <= to;) {
      if (isCoarse) at = line.indexOf(stamp, at);
      else if (line.compare(stamp, 0, length, at, at + length) !== 0) break;
      if (at === -1 || at + length > to) break;
      bytes.copyWithin(at, at + length, to);
      to -= length;
      if (!isCoarse) at += PIECE_BYTES;
    }
    return to;
  }
}
