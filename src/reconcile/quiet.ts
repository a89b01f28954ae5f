/**
 * Which sources used to speak and do not any more.
 *
 * @module
 */

/** What is known of one source. */
export interface Heard {
  /** Config key. */
  readonly id: string;
  /** How long it may be silent, in milliseconds; `undefined` is for ever. */
  readonly quietAfterMs: number | undefined;
  /** When its last line came in this run, in monotonic milliseconds. */
  readonly lastMs: number | undefined;
  /** Whether an earlier run had read from it. */
  readonly spokeBefore: boolean;
}

/** Watches sources; time is an argument. */
export class QuietWatch {
  /** Since when a source is watched that spoke in an earlier run only. */
  #watchedSince: ReadonlyMap<string, number> = new Map();
  #quiet: ReadonlySet<string> = new Set();
  #awaited: ReadonlySet<string> = new Set();
  #nextDueMs = Infinity;

  /** Sources that are quiet, as of the last look. */
  get quiet(): ReadonlySet<string> {
    return this.#quiet;
  }

  /** Sources whose next line changes something: those that are quiet, and those that never spoke. */
  get awaited(): ReadonlySet<string> {
    return this.#awaited;
  }

  /** When the next source would become quiet, in monotonic milliseconds; `Infinity` when none can. */
  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  /**
   * Looks at every source that is read; what is not among them is forgotten.
   *
   * @param sources All of them.
   * @param nowMs Monotonic milliseconds.
   */
  look(sources: readonly Heard[], nowMs: number): void {
    const watchedSince = new Map<string, number>();
    const quiet = new Set<string>();
    const awaited = new Set<string>();
    let nextDueMs = Infinity;
    for (const { id, quietAfterMs, lastMs, spokeBefore } of sources) {
      const sinceMs = this.#watchedSince.get(id) ?? nowMs;
      watchedSince.set(id, sinceMs);
      const spokeMs = lastMs ?? (spokeBefore ? sinceMs : undefined);
      if (quietAfterMs === undefined) continue;
      const dueMs = spokeMs === undefined ? Infinity : spokeMs + quietAfterMs;
      if (nowMs >= dueMs) quiet.add(id);
      if (nowMs >= dueMs || spokeMs === undefined) awaited.add(id);
      else nextDueMs = Math.min(nextDueMs, dueMs);
    }
    this.#watchedSince = watchedSince;
    this.#quiet = quiet;
    this.#awaited = awaited;
    this.#nextDueMs = nextDueMs;
  }
}
