/**
 * Records that an earlier run read but did not settle, found again in the log of a container.
 *
 * @module
 */

import type { Unsettled } from "../event/event.ts";
import { Held } from "./docker_held.ts";
import { Position } from "./docker_position.ts";
import { CHUNK_BYTES, NEWLINE } from "./lines.ts";

/** A record that was found, without what is beyond 256 KiB of it. */
export interface Found {
  readonly record: Unsettled;
  /** Its lines, each ended by `\n`. */
  readonly bytes: Uint8Array;
}

/** Searches the lines before a position for records. */
export class ReadAgain {
  readonly #records: Unsettled[];
  readonly #lost: (record: Unsettled) => void;
  readonly #held = new Held(CHUNK_BYTES);

  /**
   * Searches nothing yet.
   *
   * @param records In the order of the log; each is taken out when it is found or lost.
   * @param lost Told of every record that is not in the log any more.
   */
  constructor(records: Unsettled[], lost: (record: Unsettled) => void) {
    this.#records = records;
    this.#lost = lost;
    this.#loseUntil((record) => isReadable(record));
  }

  /** Where the log is needed from; `undefined` when nothing is searched. */
  get from(): Position | undefined {
    const [first] = this.#records;
    return first === undefined ? undefined : Position.of(first.from);
  }

  /**
   * Looks at the line bytes[start, end), which has no newline.
   *
   * @param at The place behind it; further than that of the line before.
   * @param bytes Holds it.
   * @param start Index of its first byte.
   * @param end Index behind its last byte.
   * @returns The record that it was the last line of; valid until the next call.
   */
  line(at: Position, bytes: Uint8Array, start: number, end: number): Found | undefined {
    this.#loseUntil(({ to }) => (Position.of(to)?.compare(at) ?? -1) >= 0);
    const [record] = this.#records;
    if (record === undefined || (Position.of(record.from)?.compare(at) ?? 0) >= 0) return undefined;
    if (end - start < CHUNK_BYTES - this.#held.bytes.length) {
      this.#held.add(bytes, start, end);
      this.#held.add(LINE_END, 0, 1);
    }
    if (Position.of(record.to)?.compare(at) !== 0) return undefined;
    this.#records.shift();
    const found = { record, bytes: this.#held.bytes };
    this.#held.clear();
    return found;
  }

  /** Hears that no line comes any more that was read before. */
  end(): void {
    this.#loseUntil(() => false);
  }

  #loseUntil(isWanted: (record: Unsettled) => boolean): void {
    for (let [record] = this.#records; record !== undefined && !isWanted(record); [record] = this.#records) {
      this.#records.shift();
      this.#held.clear();
      this.#lost(record);
    }
  }
}

const LINE_END = new Uint8Array([NEWLINE]);

/** Lifecycle lines are not in the log: they begin and end at the same place. */
function isReadable({ from, to }: Unsettled): boolean {
  const [first, last] = [Position.of(from), Position.of(to)];
  return first !== undefined && last !== undefined && first.compare(last) < 0;
}
