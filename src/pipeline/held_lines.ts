/**
 * Lines of a program that wait for the rest of their text, and those that began after them.
 *
 * @module
 */

import type { Output } from "../event/envelope/envelope.ts";
import type { Cursor, Stream } from "../event/event.ts";
import { CHUNK_BYTES, cutLine, NEWLINE } from "../source/lines.ts";
import type { Scratch } from "./scratch.ts";

/** What a piece costs besides its text, in bytes, so that empty ones are bounded too: an array and its view (measured). */
const PIECE_COST_BYTES = 128;

/** The text of one envelope. */
export interface Piece {
  readonly output: Output;
  /** Whether its line ends with it. */
  readonly ends: boolean;
  /** A copy that nobody else writes into. */
  readonly text: Uint8Array;
}

/** One line, as far as it is known. */
interface HeldLine {
  readonly output: Output;
  readonly pieces: Uint8Array[];
  length: number;
  isOpen: boolean;
}

/** Lines in the order in which they began, the first of them open when it came. */
export class HeldLines {
  readonly #lines: HeldLine[] = [];
  readonly #maxLineBytes: number;
  #length = 0;
  #cost = 0;

  /** Where they come from. */
  readonly stream: Stream;
  /** When the first piece was read. */
  readonly readMs: number;
  /** Resume points before the first piece and behind the last; `undefined` while their batch is at hand. */
  range: { readonly from: Cursor; readonly to: Cursor } | undefined;

  /** Starts without a line. */
  constructor(
    options: { readonly stream: Stream; readonly readMs: number; readonly maxLineBytes: number },
  ) {
    this.stream = options.stream;
    this.readMs = options.readMs;
    this.#maxLineBytes = options.maxLineBytes;
  }

  /** How much room the lines take, each with its newline. */
  get roomBytes(): number {
    return this.#length + this.#lines.length;
  }

  /** Whether a line is open and there is memory to wait for its end. */
  get isWaiting(): boolean {
    return this.#cost <= CHUNK_BYTES + 2 * this.#maxLineBytes && this.#lines.some(({ isOpen }) => isOpen);
  }

  /** Adds a piece to the open line of its output, or begins one. */
  add({ output, ends, text }: Piece): void {
    let line = this.#lines.find((held) => held.isOpen && held.output === output);
    if (line === undefined) {
      this.#lines.push(line = { output, pieces: [], length: 0, isOpen: true });
      this.#cost += PIECE_COST_BYTES;
    }
    // What is beyond the longest line will be cut off.
    if (line.length <= this.#maxLineBytes) {
      line.pieces.push(text);
      line.length += text.length;
      this.#length += text.length;
      this.#cost += text.length + PIECE_COST_BYTES;
    }
    line.isOpen = !ends;
  }

  /**
   * Writes the lines, ended or not.
   *
   * @param scratch Has room for them.
   * @param start Where the first begins.
   * @param outer Where the first came from, and what stands for where each other did.
   * @returns Index behind the last.
   */
  write(scratch: Scratch, start: number, outer: { readonly from: number; readonly to: number }): number {
    const { room } = scratch;
    let at = start;
    for (const [index, line] of this.#lines.entries()) {
      scratch.mark(at, index === 0 ? outer.from : outer.to);
      let behind = at;
      for (const piece of line.pieces) {
        room.bytes.set(piece, behind);
        behind += piece.length;
      }
      if (line.length > room.maxLineBytes) {
        at = cutLine(room, at);
      } else {
        room.bytes[behind] = NEWLINE;
        at = behind + 1;
      }
    }
    return at;
  }
}
