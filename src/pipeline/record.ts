/**
 * The record that the loop is looking at: where it stands in its chunk, and its text once somebody asks for it.
 *
 * @module
 */

import { DEFAULT_LEVEL_INDEX, type LevelIndex } from "../event/level.ts";
import type { Chunk } from "./chunk.ts";
import { Line, type LineOrigin } from "./line.ts";

/** One record of a chunk. */
export class RecordView {
  readonly #nowMs: () => number;
  /** Whether its text ends before its last line. */
  #isCut = false;
  #line: Line | undefined;

  /** The stream. */
  readonly origin: LineOrigin;
  /** The chunk it stands in. */
  readonly chunk: Chunk;
  /** Index of its first byte. */
  start = 0;
  /** Index behind its text, without the last line break. */
  end = 0;
  /** Index of the first byte behind it. */
  next = 0;
  /** Its severity, as its first line says. */
  levelIndex: LevelIndex = DEFAULT_LEVEL_INDEX;

  /** The decoded record. A value of its own, so that it can be handed on without making a function for every record. */
  readonly line: () => Line = () =>
    this.#line ??= new Line(this.chunk.decode(this.start, this.end), {
      levelIndex: this.levelIndex,
      readMs: this.readMs,
      nowMs: this.chunk.batch.writtenMs?.(this.start) ?? this.#nowMs(),
    }, this.origin);

  /**
   * Looks at nothing yet. One view serves all records of a chunk, one after the other: most are counted without
   * anything being made for them.
   *
   * @param chunk The chunk.
   * @param origin The stream.
   * @param nowMs Wall clock, for records that do not say when they were written.
   */
  constructor(chunk: Chunk, origin: LineOrigin, nowMs: () => number) {
    this.chunk = chunk;
    this.origin = origin;
    this.#nowMs = nowMs;
  }

  /** When it was read, in monotonic milliseconds. */
  get readMs(): number {
    return this.chunk.batch.readMs;
  }

  /** Whether a record was begun that is not handled yet. */
  get begun(): boolean {
    return this.next > this.start;
  }

  /** Turns to the record that begins with the line at [start, end). */
  begin(start: number, end: number, next: number): void {
    this.#line = undefined;
    this.#isCut = false;
    this.start = start;
    this.end = end;
    this.next = next;
    const known = this.chunk.batch.levelAt?.(start);
    if (known !== undefined) {
      this.levelIndex = known;
      return;
    }
    const scanned = this.origin.reading.levelOf(this.chunk.bytes, start, end);
    this.levelIndex = scanned === -1 ? DEFAULT_LEVEL_INDEX : scanned;
  }

  /** Joins a line to it. */
  join(end: number, next: number): void {
    if (!this.#isCut) this.end = end;
    this.next = next;
  }

  /** Joins a line that must not be shown; what follows it is not shown either, because the text is one piece. */
  swallow(next: number): void {
    this.#isCut = true;
    this.next = next;
  }
}
