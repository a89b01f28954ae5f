/**
 * Texts that come again: the first is shown, the further ones are counted.
 *
 * @module
 */

/** A text comes again when it is the same within this time (design §5). */
const SAME_WITHIN_MS = 60_000;

/** Longest time between two counts of a text that keeps coming. */
const LONGEST_INTERVAL_MS = 60_000;

/** How many different texts are remembered; beyond that the one that was quiet longest is forgotten. */
const MOST_TEXTS = 256;

/** How many characters all texts together may have: texts of many KiB are remembered in smaller numbers (I7). */
const MOST_CHARACTERS = 262_144;

/** Further ones of a text, to be announced. */
export interface Run<Value> {
  /** What was remembered with the first one. */
  readonly value: Value;
  /** How many came since the last announcement, 1 or more. */
  readonly count: number;
  /** When the first of them came, in monotonic milliseconds. */
  readonly sinceMs: number;
}

interface Entry<Value> {
  readonly value: Value;
  lastMs: number;
  count: number;
  sinceMs: number;
  dueMs: number;
  intervalMs: number;
}

/** Remembers the texts of one lane, and what was shown for each. */
export class Repeats<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #digestMs: () => number;
  #forgotten: Run<Value>[] = [];
  #characters = 0;
  #pending = 0;

  /**
   * Starts with nothing seen.
   *
   * @param digestMs How long after the first further one its count is announced; the interval doubles up to 60 s.
   */
  constructor(digestMs: () => number) {
    this.#digestMs = digestMs;
  }

  /** How many further ones are not announced yet. */
  get pending(): number {
    return this.#pending;
  }

  /** When the next announcement is due, in monotonic milliseconds; `Infinity` when none is. */
  get nextDueMs(): number {
    if (this.#forgotten.length > 0) return 0;
    let due = Infinity;
    if (this.#pending === 0) return due;
    for (const { count, dueMs } of this.#entries.values()) if (count > 0) due = Math.min(due, dueMs);
    return due;
  }

  /**
   * Takes note of a text.
   *
   * @param key The level and the whole text.
   * @param nowMs Monotonic milliseconds.
   * @param value Kept with the first one.
   * @returns Whether it is to be shown, or was counted.
   */
  seen(key: string, nowMs: number, value: Value): "first" | "repeat" {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#remove(key);
      const again = nowMs - known.lastMs <= SAME_WITHIN_MS;
      if (again || (known.count > 0 && !this.#forget(known))) {
        this.#put(key, known);
        this.#countAgain(known, nowMs);
        return "repeat";
      }
    }
    if (this.#makeRoom(key.length)) {
      const intervalMs = this.#digestMs();
      this.#put(key, { value, lastMs: nowMs, count: 0, sinceMs: nowMs, dueMs: Infinity, intervalMs });
    }
    return "first";
  }

  /** Takes what is to be announced now. */
  due(nowMs: number): readonly Run<Value>[] {
    const runs = this.#takeForgotten();
    for (const [key, entry] of this.#entries) {
      if (entry.count > 0 && entry.dueMs <= nowMs) {
        runs.push(this.#take(entry));
        entry.intervalMs = Math.min(LONGEST_INTERVAL_MS, entry.intervalMs * 2);
      } else if (entry.count === 0 && nowMs - entry.lastMs > SAME_WITHIN_MS) {
        this.#remove(key);
      }
    }
    return runs;
  }

  /** Takes everything that is not announced yet. */
  drain(): readonly Run<Value>[] {
    const runs = this.#takeForgotten();
    for (const entry of this.#entries.values()) if (entry.count > 0) runs.push(this.#take(entry));
    return runs;
  }

  /** Takes everything that is not announced yet, and forgets every text. */
  forget(): readonly Run<Value>[] {
    const runs = this.drain();
    this.#entries.clear();
    this.#characters = 0;
    return runs;
  }

  /** What is not announced yet, left where it is. */
  counts(): readonly Run<Value>[] {
    return [...this.#forgotten, ...[...this.#entries.values()].filter(({ count }) => count > 0)];
  }

  #take(entry: Entry<Value>): Run<Value> {
    const { value, count, sinceMs } = entry;
    entry.count = 0;
    this.#pending -= count;
    return { value, count, sinceMs };
  }

  #countAgain(entry: Entry<Value>, nowMs: number): void {
    entry.lastMs = nowMs;
    this.#pending++;
    if (entry.count++ > 0) return;
    entry.sinceMs = nowMs;
    entry.dueMs = nowMs + entry.intervalMs;
  }

  /** Forgets what was quiet longest until a text of `length` characters fits; says whether it does. */
  #makeRoom(length: number): boolean {
    if (length > MOST_CHARACTERS) return false;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size < MOST_TEXTS && this.#characters + length <= MOST_CHARACTERS) break;
      if (entry.count > 0 && !this.#forget(entry)) return false;
      this.#remove(oldest);
    }
    return true;
  }

  /** Keeps the count of a forgotten text for the next announcement; `false` when too many are waiting for it. */
  #forget({ value, count, sinceMs }: Entry<Value>): boolean {
    if (this.#forgotten.length >= MOST_TEXTS) return false;
    this.#forgotten.push({ value, count, sinceMs });
    return true;
  }

  #takeForgotten(): Run<Value>[] {
    const runs = this.#forgotten;
    this.#forgotten = [];
    for (const { count } of runs) this.#pending -= count;
    return runs;
  }

  #put(key: string, entry: Entry<Value>): void {
    this.#entries.set(key, entry);
    this.#characters += key.length;
  }

  #remove(key: string): void {
    if (this.#entries.delete(key)) this.#characters -= key.length;
  }
}
