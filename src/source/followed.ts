/**
 * One file from the moment it is found until it is deleted or rotated away for good.
 *
 * @module
 */

import type { Batch, Unsettled } from "../event/event.ts";
import { type Found, reasonOf } from "./discover.ts";
import type { FileCursor } from "./identity.ts";
import type { Read, Tail } from "./tail.ts";

/** A line without its newline is given out when nothing was added to it for so long, in milliseconds. */
export const PARTIAL_AFTER_MS = 3_000;

/** A file that was renamed out of the globs is closed when it had nothing new for so long, in milliseconds. */
export const ROTATED_CLOSE_MS = 30_000;

/** How a file is begun. */
export interface FollowedOptions {
  /** As it was found. */
  readonly found: Found;
  /** Records of an earlier run that come first. */
  readonly again: readonly Unsettled[];
  /** Whether a batch without lines is to tell where it begins, because that is not its beginning. */
  readonly begins: boolean;
  /** The file that was at this path before: it is read to its end first. */
  readonly after: Followed | undefined;
  /** Whether an earlier run began to read it. */
  readonly isResumed: boolean;
  /** Told of every record that cannot be read again. */
  readonly lost: (record: Unsettled) => void;
}

/** A file and what is still to be done with it. */
export class Followed implements Disposable {
  /** The open file. */
  readonly tail: Tail;
  /** Its identity in this run. */
  readonly key: string;
  /** Whether an earlier run began to read it. */
  readonly isResumed: boolean;
  /** As it was found last. */
  found: Found;
  /** What is read to its end before this; forgotten once that was done. */
  after: Followed | undefined;
  /** The globs do not mean it any more: it was renamed or deleted. */
  isAway = false;
  /** Why it could not be read the last time. */
  broken: string | undefined;
  readonly #again: Unsettled[];
  readonly #lost: (record: Unsettled) => void;
  #begins: boolean;
  #finish: "nothing" | "piece" | "close" = "nothing";

  /**
   * Takes over an open file.
   *
   * @param tail Where reading begins.
   * @param options What comes before that.
   */
  constructor(tail: Tail, options: FollowedOptions) {
    this.tail = tail;
    this.key = options.found.key;
    this.found = options.found;
    this.after = options.after;
    this.isResumed = options.isResumed;
    this.#again = [...options.again];
    this.#begins = options.begins;
    this.#lost = options.lost;
  }

  /**
   * Reads one chunk.
   *
   * @param nowMs `Clock.monotonic()`.
   * @returns What was read; `done` when it is read to its end and nothing will come any more.
   */
  turn(nowMs: number): Read | "done" {
    try {
      const read = this.#takeFirst(nowMs) ?? this.tail.read(nowMs);
      this.broken = undefined;
      if (read !== "end" || this.#finish === "nothing") return read;
      const piece = this.tail.takePiece(nowMs);
      if (piece !== "end") return piece;
    } catch (error) {
      this.broken = reasonOf(error);
    }
    if (this.#finish === "close") return "done";
    this.#finish = "nothing";
    return "end";
  }

  /**
   * The globs mean it.
   *
   * @param found As it is now.
   * @param nowMs `Clock.monotonic()`.
   * @returns Whether there may be something to read.
   */
  meet(found: Found, nowMs: number): boolean {
    this.isAway = false;
    if (this.#finish === "close") this.#finish = "nothing";
    const isChanged = this.found.stamp !== found.stamp;
    this.found = found;
    return this.#finishPiece(nowMs) || isChanged || this.broken !== undefined;
  }

  /**
   * The globs do not mean it any more: there may be something to read while somebody still writes to it.
   *
   * @param nowMs `Clock.monotonic()`.
   */
  leave(nowMs: number): void {
    this.isAway = true;
    this.#finishPiece(nowMs);
    if (nowMs - this.tail.grewMs >= ROTATED_CLOSE_MS || this.isDeleted) this.#finish = "close";
  }

  /** Whether there may be something to read; cheaper than reading. */
  get hasNew(): boolean {
    try {
      return this.tail.hasNew;
    } catch (error) {
      this.broken = reasonOf(error);
      return false;
    }
  }

  /** When it was written last, in milliseconds since the Unix epoch; as it was found, where that cannot be seen. */
  get modifiedMs(): number {
    try {
      return this.tail.stat().mtime?.getTime() ?? this.found.modifiedMs;
    } catch (error) {
      this.broken = reasonOf(error);
      return this.found.modifiedMs;
    }
  }

  /** Whether it has no name any more, so that it only takes room on the disk. */
  get isDeleted(): boolean {
    try {
      return this.tail.stat().nlink === 0;
    } catch (error) {
      this.broken = reasonOf(error);
      return false;
    }
  }

  /** Asks for the beginning of a line too: nothing will be added to it that is waited for. */
  finish(): void {
    if (this.#finish === "nothing") this.#finish = "piece";
  }

  /**
   * Closes the file; what was to be read again is lost.
   *
   * @returns Where reading goes on if the file comes back; `undefined` when it cannot.
   */
  close(): FileCursor | undefined {
    for (const record of this.#again.splice(0)) this.#lost(record);
    const cursor = this.isDeleted ? undefined : this.tail.cursor;
    this[Symbol.dispose]();
    return cursor;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.tail[Symbol.dispose]();
  }

  /** What comes before anything new. */
  #takeFirst(nowMs: number): Batch | undefined {
    for (let record = this.#again[0]; record !== undefined; record = this.#again[0]) {
      const batch = this.tail.readAgain(record, nowMs);
      this.#again.shift();
      if (batch !== undefined) return batch;
      this.#lost(record);
    }
    if (!this.#begins) return undefined;
    this.#begins = false;
    return this.tail.begin(nowMs);
  }

  #finishPiece(nowMs: number): boolean {
    const isDue = this.tail.hasPiece && nowMs - this.tail.grewMs >= PARTIAL_AFTER_MS;
    if (isDue) this.finish();
    return isDue;
  }
}
