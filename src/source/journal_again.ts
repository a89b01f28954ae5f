/**
 * Records of an earlier run, found again among the entries of a journal.
 *
 * @module
 */

import type { Batch } from "../event/event.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Origin, originOf, timeUsOf } from "./journal_entry.ts";
import { type ExportEntry, ExportParser } from "./journal_export.ts";
import type { Owed } from "./journal_resume.ts";
import { Run } from "./journal_run.ts";
import { type JournalStreams, keyOf } from "./journal_streams.ts";
import type { Ending, Journalctl } from "./journalctl.ts";
import { makeRoom } from "./lines.ts";

/** How long after the last record an entry shows that the others are gone, in microseconds: a clock may be set back a bit. */
const TOO_LATE_US = 1_000_000;

/** What a search needs. */
export interface SearchOptions {
  readonly streams: JournalStreams;
  readonly clock: Clock;
  /** Longest message in bytes. */
  readonly maxLineBytes: number;
}

/** A record that was found. */
export interface Found {
  readonly owed: Owed;
  readonly batch: Batch;
}

/**
 * Reads records again; those that were not given out when it returns are gone, unless journalctl failed.
 *
 * @param group What to look for.
 * @param journalctl Started at the first of them.
 * @param options Streams, time and memory.
 * @param signal Ends it early.
 * @returns Why journalctl failed.
 */
export async function* readAgain(
  group: readonly Owed[],
  journalctl: Journalctl,
  options: SearchOptions,
  signal: AbortSignal,
): AsyncGenerator<Found, Ending> {
  const search = new OwedSearch(group, options);
  const parser = new ExportParser(options.maxLineBytes + 1);
  for (let chunk = await journalctl.read(); chunk !== undefined; chunk = await journalctl.read()) {
    const nowMs = options.clock.monotonic();
    for (const entry of parser.push(chunk)) {
      if (signal.aborted) return undefined;
      yield* search.take(entry, originOf(entry), nowMs);
      if (search.isDone) return undefined;
      if (search.isTooLate(entry)) {
        yield* search.end();
        return undefined;
      }
    }
  }
  if (!signal.aborted) yield* search.end();
  return await journalctl.ending();
}

/** A search for one group of records. Others' entries may lie between those of a record. */
class OwedSearch {
  readonly #options: SearchOptions;
  readonly #missing: Map<string, Owed>;
  /** Records whose beginning was found, by stream. */
  readonly #open = new Map<string, { readonly owed: Owed; readonly run: Run }>();
  readonly #endUs: number;

  /**
   * Starts a search.
   *
   * @param group What to look for.
   * @param options Streams and memory.
   */
  constructor(group: readonly Owed[], options: SearchOptions) {
    this.#options = options;
    this.#missing = new Map(group.map((owed) => [owed.from.entry, owed]));
    this.#endUs = Math.max(...group.map(({ to }) => to.timeUs)) + TOO_LATE_US;
  }

  /** Whether everything was found. */
  get isDone(): boolean {
    return this.#missing.size === 0 && this.#open.size === 0;
  }

  /** Whether an entry is later than everything that is looked for. */
  isTooLate(entry: ExportEntry): boolean {
    return timeUsOf(entry) > this.#endUs;
  }

  /**
   * Looks at the next entry.
   *
   * @param entry The entry.
   * @param origin Whose it is.
   * @param nowMs `Clock.monotonic()`.
   * @returns Records that are whole now: one that ends before this entry, one that ends with it.
   */
  *take(entry: ExportEntry, origin: Origin, nowMs: number): Generator<Found> {
    const key = keyOf(origin);
    const cursor = entry.text("__CURSOR") ?? "";
    const before = this.#open.get(key);
    if (before !== undefined && before.owed.to.isAhead && before.owed.to.entry === cursor) {
      yield* this.#finish(key);
    }
    const missing = this.#missing.get(cursor);
    if (missing?.key === key) {
      this.#missing.delete(cursor);
      this.#open.set(key, { owed: missing, run: new Run(makeRoom(this.#options.maxLineBytes)) });
    }
    const open = this.#open.get(key);
    if (open === undefined) return;
    const stream = this.#options.streams.of(origin);
    if (open.run.fits(stream, entry)) open.run.add(entry, { stream, count: open.owed.from.count, nowMs });
    if (!open.owed.to.isAhead && open.owed.to.entry === cursor) yield* this.#finish(key);
  }

  /** Gives out the records whose end was not found, as far as they are there. */
  *end(): Generator<Found> {
    for (const key of [...this.#open.keys()]) yield* this.#finish(key);
  }

  *#finish(key: string): Generator<Found> {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open !== undefined && !open.run.isEmpty) {
      yield { owed: open.owed, batch: open.run.take(open.owed.record) };
    }
  }
}
