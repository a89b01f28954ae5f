/**
 * The second buffer into which the texts of a batch are written, and where in the first each line came from.
 *
 * @module
 */

import { makeRoom, type Room } from "../source/lines.ts";

/** What all streams of a source write into, one after the other. */
export class Scratch {
  readonly #starts: number[] = [];
  readonly #outers: number[] = [];
  #room: Room | undefined;

  /** Longest line that is put together from pieces, in bytes. */
  readonly maxLineBytes: number;

  /** Takes no memory before it is written into. */
  constructor(maxLineBytes: number) {
    this.maxLineBytes = maxLineBytes;
  }

  /** Room for the texts of one batch. */
  get room(): Room {
    return this.#room ??= makeRoom(this.maxLineBytes);
  }

  /** Forgets what was written, and sees to it that `lengthBytes` fit in. */
  clear(lengthBytes: number): void {
    this.#starts.length = 0;
    this.#outers.length = 0;
    if (this.room.bytes.length < lengthBytes) {
      this.#room = { ...this.room, bytes: new Uint8Array(lengthBytes) };
    }
  }

  /** Notes that a line begins at `start`, and where it came from; starts ascend. */
  mark(start: number, outer: number): void {
    this.#starts.push(start);
    this.#outers.push(outer);
  }

  /** Where the line came from that begins at `start`. */
  outerOf(start: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= start) low = middle;
      else high = middle - 1;
    }
    return this.#outers[low];
  }
}
