/**
 * Lines of containers put together to batches, with the resume point behind every line.
 *
 * @module
 */

import type { Batch, Stream } from "../event/event.ts";
import { cursorOf, type Position } from "./docker_position.ts";
import { CHUNK_BYTES, cutLine, makeRoom, NEWLINE, type Room } from "./lines.ts";

/** Most lines of a batch: what is kept of each is 28 bytes. */
const MOST_LINES = 8 * 1024;

/** What a batch says of itself besides its lines. */
export interface ReadMarks {
  /** The container. */
  readonly stream: Stream;
  /** When it was read, in `Clock.monotonic()` milliseconds. */
  readonly readMs: number;
}

/** Batches that are made when the consumer wants them, from memory that all containers share. */
export type Gift = () => Iterable<Batch>;

/** Collects one batch at a time; its memory serves all containers of a source. */
export class Collector {
  readonly #room: Room;
  readonly #ends = new Uint32Array(MOST_LINES);
  readonly #seconds = new Float64Array(MOST_LINES);
  readonly #nanos = new Float64Array(MOST_LINES);
  readonly #counts = new Float64Array(MOST_LINES);
  #lines = 0;
  #length = 0;

  /**
   * Collects nothing yet.
   *
   * @param maxLineBytes Longest line; what is beyond it is cut off.
   */
  constructor(maxLineBytes: number) {
    // One line more than a chunk, so that the greatest line length does not make every line a batch.
    const { maxLineBytes: longest, marker } = makeRoom(maxLineBytes);
    const capacityBytes = CHUNK_BYTES + longest + 1;
    this.#room = { bytes: new Uint8Array(capacityBytes), capacityBytes, maxLineBytes: longest, marker };
  }

  /** Longest line, in bytes. */
  get maxLineBytes(): number {
    return this.#room.maxLineBytes;
  }

  /** Whether it holds no line. */
  get isEmpty(): boolean {
    return this.#lines === 0;
  }

  /** Whether it must be emptied before the next line. */
  get isFull(): boolean {
    return this.#length >= CHUNK_BYTES || this.#lines === MOST_LINES;
  }

  /** Forgets what it holds. */
  clear(): void {
    this.#lines = 0;
    this.#length = 0;
  }

  /**
   * Adds the line bytes[start, end), which has no newline.
   *
   * @param bytes Holds the line.
   * @param start Index of its first byte.
   * @param end Index behind its last byte.
   * @param behind The place behind it.
   */
  add(bytes: Uint8Array, start: number, end: number, behind: Position): void {
    const room = this.#room;
    const at = this.#length;
    if (end - start > room.maxLineBytes) {
      room.bytes.set(bytes.subarray(start, start + room.maxLineBytes), at);
      this.#length = cutLine(room, at);
    } else {
      room.bytes.set(bytes.subarray(start, end), at);
      this.#length = at + end - start;
      room.bytes[this.#length++] = NEWLINE;
    }
    const line = this.#lines++;
    this.#ends[line] = this.#length;
    this.#seconds[line] = behind.seconds;
    this.#nanos[line] = behind.nanos;
    this.#counts[line] = behind.lines;
  }

  /**
   * Gives out what was collected; it is valid until the next line is added.
   *
   * @param before The place before the first line.
   * @param marks What the batch says of itself.
   */
  take(before: Position, marks: ReadMarks): Batch {
    const bytes = this.#room.bytes.subarray(0, this.#length);
    const first = before.cursor();
    const lines = this.#lines;
    this.clear();
    return {
      ...marks,
      bytes,
      cursorAt: (index) => {
        if (index === 0) return first;
        const line = this.#lineEndingAt(index, lines);
        return cursorOf(this.#seconds[line] ?? 0, this.#nanos[line] ?? 0, this.#counts[line] ?? 0);
      },
    };
  }

  /** The line that ends at an index, or else the one around it. */
  #lineEndingAt(index: number, lines: number): number {
    let low = 0;
    let high = lines - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
