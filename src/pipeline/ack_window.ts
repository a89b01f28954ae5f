/**
 * How far one stream was handled, while records settle out of order.
 *
 * @module
 */

import type { Cursor, StreamCheckpoint, Unsettled } from "../event/event.ts";

/** A record on its way to one or more lanes. */
export interface Pending {
  /** Says that a lane settled its copy. Saying it twice changes nothing. */
  settle(lane: string): void;
}

/**
 * The unsettled records of one stream, and the position behind everything that was read.
 *
 * Only records handed to a connection are in here, so its size is bounded by the outboxes. Everything else (unrouted,
 * dropped, counted) is settled the moment it is handled and costs nothing.
 */
export class AckWindow {
  /** Records in the order they were read, with the lanes that owe each of them. */
  readonly #owed = new Map<Unsettled, Set<string>>();
  #position: Cursor | undefined;

  /** How many records are unsettled. */
  get size(): number {
    return this.#owed.size;
  }

  /** Records that everything before `cursor` was handled. */
  advance(cursor: Cursor): void {
    this.#position = cursor;
  }

  /**
   * Adds a record that is on its way.
   *
   * @param record Where it stands, and the lanes that owe it; at least one.
   */
  add(record: Unsettled): Pending {
    const lanes = new Set(record.lanes);
    this.#owed.set(record, lanes);
    return {
      settle: (lane) => {
        lanes.delete(lane);
        if (lanes.size === 0) this.#owed.delete(record);
      },
    };
  }

  /** What a restart needs to know, as plain data; `undefined` before the first batch. */
  checkpoint(): StreamCheckpoint | undefined {
    if (this.#position === undefined) return undefined;
    const unsettled = [...this.#owed].map(([record, lanes]) => ({ ...record, lanes: [...lanes] }));
    return { position: this.#position, unsettled };
  }
}
