/**
 * How far the log of a container was read, to the line, although all that the daemon can be asked for is a second.
 *
 * @module
 */

import type { Cursor } from "../event/event.ts";
import { isLater } from "./docker_stamp.ts";

/** Resume point in the log of a container. */
export type DockerCursor = Extract<Cursor, { readonly kind: "docker" }>;

/**
 * A place between two lines of a log. The order of a log is that of its lines, not that of their time stamps: the
 * two outputs of a container overtake each other. So a place is named by the latest time stamp before it, and by how
 * many lines there are from the first one with that time stamp on; this grows with every line.
 */
export class Position {
  /** Latest time stamp, in seconds since the Unix epoch. */
  seconds: number;
  /** Nanoseconds on top of them. */
  nanos: number;
  /** Lines from the first one with that time stamp on. */
  lines: number;

  /** Makes a place from its parts. */
  constructor(seconds: number, nanos: number, lines: number) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.lines = lines;
  }

  /** Before the first line that is not older than a second. */
  static at(seconds: number): Position {
    return new Position(seconds, 0, 0);
  }

  /** The place that a cursor means; `undefined` when it is one of another kind. */
  static of(cursor: Cursor): Position | undefined {
    if (cursor.kind !== "docker") return undefined;
    const digits = cursor.timeNs.padStart(10, "0");
    return new Position(Number(digits.slice(0, -9)), Number(digits.slice(-9)), cursor.lines);
  }

  /** The same place, which stays where it is. */
  clone(): Position {
    return new Position(this.seconds, this.nanos, this.lines);
  }

  /** Goes to another place. */
  moveTo(other: Position): void {
    this.seconds = other.seconds;
    this.nanos = other.nanos;
    this.lines = other.lines;
  }

  /** Goes behind a line. */
  pass(seconds: number, nanos: number): void {
    if (isLater({ seconds, nanos }, this)) {
      this.seconds = seconds;
      this.nanos = nanos;
      this.lines = 1;
    } else this.lines++;
  }

  /** Below 0 when this place is before the other one, above 0 when it is behind it. */
  compare(other: Position): number {
    return this.seconds - other.seconds || this.nanos - other.nanos || this.lines - other.lines;
  }

  /** As it is kept on disk. */
  cursor(): DockerCursor {
    return cursorOf(this.seconds, this.nanos, this.lines);
  }
}

/** A place as it is kept on disk. */
export function cursorOf(seconds: number, nanos: number, lines: number): DockerCursor {
  const timeNs = seconds === 0 ? String(nanos) : `${seconds}${String(nanos).padStart(9, "0")}`;
  return { kind: "docker", timeNs, lines };
}

/** Leaves out the lines before a place of a log that is read from an earlier second on. */
export class Cut {
  readonly #at: Position;
  #left: number;
  #isFound = false;
  #isBehind = false;

  /** Looks for a place. */
  constructor(at: Position) {
    this.#at = at.clone();
    this.#left = at.lines;
  }

  /** Whether a line, which follows the one asked for before, is behind the place. */
  passes(seconds: number, nanos: number): boolean {
    if (this.#isBehind) return true;
    if (isLater({ seconds, nanos }, this.#at)) {
      // Either this is just behind the place, or what was there is not in the log any more.
      this.#isBehind = true;
      return true;
    }
    this.#isFound ||= seconds === this.#at.seconds && nanos === this.#at.nanos;
    if (!this.#isFound) return false;
    this.#isBehind = this.#left === 0;
    this.#left--;
    return this.#isBehind;
  }
}
