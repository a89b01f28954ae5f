/**
 * Where reading a journal goes on, and which records come first.
 *
 * All streams share one journal and batches are given out in its order, so the latest position of any stream is the
 * position in the journal: everything before it was handled, and what was not settled is named.
 *
 * @module
 */

import type { StreamCheckpoint, Unsettled } from "../event/event.ts";
import type { JournalCursor } from "./journal_run.ts";

/** A record of an earlier run. */
export interface Owed {
  /** Key of its stream. */
  readonly key: string;
  readonly record: Unsettled;
  /** Its first entry. */
  readonly from: JournalCursor;
  /** Its end. */
  readonly to: JournalCursor;
}

/** What an earlier run left. */
export interface Left {
  /** Where reading goes on; `undefined` when nothing was read. */
  readonly position: JournalCursor | undefined;
  /** Records to be read again, in the order of the journal. */
  readonly owed: readonly Owed[];
  /** Records whose cursors are not of a journal. */
  readonly lost: readonly Pick<Owed, "key" | "record">[];
  /** Keys of all streams but the one that holds the position. */
  readonly others: readonly string[];
}

/** Sorts what an earlier run left. */
export function leftBehind(resume: ReadonlyMap<string, StreamCheckpoint>): Left {
  let latest: { readonly key: string; readonly position: JournalCursor } | undefined;
  const owed: Owed[] = [];
  const lost: Pick<Owed, "key" | "record">[] = [];
  for (const [key, { position, unsettled }] of resume) {
    if (position.kind === "journal" && position.count >= (latest?.position.count ?? 0)) {
      latest = { key, position };
    }
    for (const record of unsettled) {
      const { from, to } = record;
      if (from.kind === "journal" && to.kind === "journal" && from.isAhead) {
        owed.push({ key, record, from, to });
      } else lost.push({ key, record });
    }
  }
  return {
    position: latest?.position,
    owed: owed.sort((a, b) => a.from.count - b.from.count),
    lost,
    others: [...resume.keys()].filter((key) => key !== latest?.key),
  };
}

/**
 * A group of records that is cheaper to read in one go than one by one: starting journalctl takes as long as reading
 * some thousand entries (148,000 a second, measured).
 *
 * @param owed In the order of the journal; at least one.
 */
export function nextGroup(owed: readonly Owed[]): readonly Owed[] {
  const group: Owed[] = [];
  let endCount = owed[0]?.from.count ?? 0;
  for (const each of owed) {
    if (each.from.count > endCount + FAR_ENTRIES) break;
    group.push(each);
    endCount = Math.max(endCount, each.to.count);
  }
  return group;
}

/** So many entries are read through rather than left out by starting anew. */
const FAR_ENTRIES = 2_000;
