/**
 * What a lane counted instead of showing, until a summary of it was shown.
 *
 * @module
 */

import type { LevelIndex } from "../event/level.ts";
import { Tally } from "../route/tally.ts";

/** Why records are counted: too many for the budget or too late, or nobody there to show them to. */
export type OwedKind = "overflow" | "gap";

/** Records counted for one summary. */
export interface Owed {
  readonly kind: OwedKind;
  /** How many, by level. */
  readonly tally: Tally;
  /** When the first was counted, in monotonic milliseconds. */
  readonly sinceMs: number;
  /** When the first was counted, wall clock in milliseconds. */
  readonly fromMs: number;
  /** When the last was counted, wall clock in milliseconds. */
  toMs: number;
}

/** The same as plain data, as it stands in a checkpoint. */
export interface OwedCounters {
  readonly counts: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything a lane owes, as plain data. */
export type BacklogCounters = { readonly [kind in OwedKind]?: OwedCounters };

/** Both clocks at one moment. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/** Counts waiting to be said, and counts being said. */
export class Backlog {
  readonly #waiting: { [kind in OwedKind]: Owed | undefined } = { overflow: undefined, gap: undefined };
  readonly #lent = new Set<Owed>();

  /** What waits to be said, by kind. */
  get waiting(): { readonly [kind in OwedKind]: Owed | undefined } {
    return this.#waiting;
  }

  /** How many records are owed, waiting and being said. */
  get total(): number {
    let total = (this.#waiting.overflow?.tally.total ?? 0) + (this.#waiting.gap?.tally.total ?? 0);
    for (const owed of this.#lent) total += owed.tally.total;
    return total;
  }

  /** Whether a summary is on its way. */
  get saying(): boolean {
    return this.#lent.size > 0;
  }

  /**
   * Counts records.
   *
   * @returns Whether they are the first of their kind, so that something is due that was not before.
   */
  count(kind: OwedKind, levelIndex: LevelIndex, moment: Moment, count: number = 1): boolean {
    const known = this.#waiting[kind];
    const owed = known ?? this.#open(kind, moment.nowMs, moment.wallMs);
    owed.tally.add(levelIndex, count);
    owed.toMs = moment.wallMs;
    return known === undefined;
  }

  /** Takes what waits of a kind, to say it; {@linkcode release} must follow. */
  take(kind: OwedKind): Owed | undefined {
    const owed = this.#waiting[kind];
    if (owed === undefined) return undefined;
    this.#waiting[kind] = undefined;
    this.#lent.add(owed);
    return owed;
  }

  /**
   * Adds records that are said at once, such as the further ones of a repeated line; {@linkcode release} must follow.
   *
   * @param since When the first of them came.
   */
  lend(levelIndex: LevelIndex, count: number, since: Moment): Owed {
    const owed = newOwed("overflow", since.nowMs, since.wallMs);
    owed.tally.add(levelIndex, count);
    this.#lent.add(owed);
    return owed;
  }

  /** Ends what {@linkcode take} or {@linkcode lend} began: forgets it when it was shown, else owes it again. */
  release(owed: Owed, shown: boolean): void {
    this.#lent.delete(owed);
    if (!shown) this.#merge(owed);
  }

  /** Makes one gap of everything that waits. */
  foldIntoGap(): void {
    const { overflow } = this.#waiting;
    if (overflow === undefined) return;
    this.#waiting.overflow = undefined;
    this.#merge({ ...overflow, kind: "gap" });
  }

  /** As plain data; `undefined` when nothing is owed. `repeats` are counted by other means and belong to the overflow. */
  counters(repeats: Iterable<readonly [LevelIndex, number]>, moment: Moment): BacklogCounters | undefined {
    const sum = new Backlog();
    for (const owed of [this.#waiting.gap, this.#waiting.overflow, ...this.#lent]) {
      if (owed !== undefined) sum.#merge(owed);
    }
    for (const [levelIndex, count] of repeats) {
      if (count > 0) sum.count("overflow", levelIndex, moment, count);
    }
    const { overflow, gap } = sum.#waiting;
    if (overflow === undefined && gap === undefined) return undefined;
    return {
      ...(overflow === undefined ? {} : { overflow: countersOf(overflow) }),
      ...(gap === undefined ? {} : { gap: countersOf(gap) }),
    };
  }

  /**
   * Owes what an earlier run still owed.
   *
   * @returns How many records that is.
   */
  restore(counters: BacklogCounters, moment: Moment): number {
    let total = 0;
    for (const kind of ["overflow", "gap"] as const) {
      const from = counters[kind];
      if (from === undefined) continue;
      const ageMs = Math.max(0, moment.wallMs - from.fromMs);
      const owed = newOwed(kind, moment.nowMs - ageMs, from.fromMs);
      owed.tally.merge(Tally.from(from.counts));
      owed.toMs = from.toMs;
      total += owed.tally.total;
      this.#merge(owed);
    }
    return total;
  }

  #open(kind: OwedKind, sinceMs: number, fromMs: number): Owed {
    return this.#waiting[kind] = newOwed(kind, sinceMs, fromMs);
  }

  #merge(owed: Owed): void {
    const known = this.#waiting[owed.kind];
    const into = this.#waiting[owed.kind] = newOwed(
      owed.kind,
      Math.min(owed.sinceMs, known?.sinceMs ?? Infinity),
      Math.min(owed.fromMs, known?.fromMs ?? Infinity),
    );
    into.tally.merge(owed.tally);
    if (known !== undefined) into.tally.merge(known.tally);
    into.toMs = Math.max(owed.toMs, known?.toMs ?? 0);
  }
}

function newOwed(kind: OwedKind, sinceMs: number, fromMs: number): Owed {
  return { kind, tally: new Tally(), sinceMs, fromMs, toMs: fromMs };
}

function countersOf(owed: Owed): OwedCounters {
  return { counts: owed.tally.toJSON(), fromMs: owed.fromMs, toMs: owed.toMs };
}
