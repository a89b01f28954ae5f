/**
 * Lines out of chunks that come by themselves and cannot be read again.
 *
 * @module
 */

import { cutLine, NEWLINE, type Room, wholeLines } from "./lines.ts";

/** Whole lines, in memory that is only valid until the next are asked for. */
export interface Piece {
  /** Lines, each ended by `\n`. */
  readonly bytes: Uint8Array;
  /** Offset in the stream of their first byte. */
  readonly startBytes: number;
  /** Offset in the stream just after them. */
  readonly endBytes: number;
  /** Whether the bytes are those of the stream; otherwise they are one line that was cut or lacked its newline. */
  readonly isExact: boolean;
}

/** Puts the chunks of one stream together and takes the lines out; holds one chunk or the longest line at most. */
export class Splitter {
  readonly #room: Room;
  /** How many bytes at the beginning of the room are the beginning of a line. */
  #held = 0;
  /** Offset in the stream of that line. */
  #offset = 0;
  /** How much of a line that is too long was left out so far; 0 when it is not too long. */
  #skipped = 0;

  /**
   * Starts at the beginning of a stream.
   *
   * @param room What lines are put together in.
   */
  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * Takes the whole lines out of what was held and a chunk.
   *
   * @param chunk What came next, of any length.
   */
  *split(chunk: Uint8Array): Generator<Piece> {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#skipped > 0) {
        const newline = rest.indexOf(NEWLINE);
        const length = newline === -1 ? rest.length : newline + 1;
        this.#skipped += length;
        rest = rest.subarray(length);
        if (newline !== -1) yield this.#cut();
      } else {
        const length = Math.min(rest.length, this.#room.capacityBytes - this.#held);
        this.#room.bytes.set(rest.subarray(0, length), this.#held);
        this.#held += length;
        rest = rest.subarray(length);
        yield* this.#take();
      }
    }
  }

  /** Gives out what is held: the last line, which had no newline. */
  *end(): Generator<Piece> {
    if (this.#skipped > 0) yield this.#cut();
    if (this.#held === 0) return;
    const length = this.#held;
    this.#held = 0;
    this.#room.bytes[length] = NEWLINE;
    yield this.#piece(length + 1, { streamBytes: length, isExact: false });
  }

  *#take(): Generator<Piece> {
    for (;;) {
      const held = this.#room.bytes.subarray(0, this.#held);
      const { end, tooLong } = wholeLines(held, this.#room.maxLineBytes);
      if (end > 0) {
        yield this.#piece(end, { streamBytes: end, isExact: true });
        this.#drop(end);
      } else if (tooLong) {
        const newline = held.indexOf(NEWLINE);
        if (newline === -1) {
          this.#skipped = this.#held - this.#room.maxLineBytes;
          this.#held = this.#room.maxLineBytes;
          return;
        }
        // Cutting writes before the old newline only, so what follows it stays as it is.
        yield this.#piece(cutLine(this.#room, 0), { streamBytes: newline + 1, isExact: false });
        this.#drop(newline + 1);
      } else return;
    }
  }

  #cut(): Piece {
    const streamBytes = this.#held + this.#skipped;
    this.#held = 0;
    this.#skipped = 0;
    return this.#piece(cutLine(this.#room, 0), { streamBytes, isExact: false });
  }

  #drop(length: number): void {
    this.#room.bytes.copyWithin(0, length, this.#held);
    this.#held -= length;
  }

  #piece(length: number, options: { readonly streamBytes: number; readonly isExact: boolean }): Piece {
    const startBytes = this.#offset;
    this.#offset += options.streamBytes;
    const bytes = this.#room.bytes.subarray(0, length);
    return { bytes, startBytes, endBytes: this.#offset, isExact: options.isExact };
  }
}
