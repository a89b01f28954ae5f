/**
 * Since when each condition holds, and which changed since the last look.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import type { Condition } from "./status.ts";

/** What a condition is of. */
export interface Named {
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
}

/** A condition that is not what it was. */
export interface Change<T> {
  /** As it is. */
  readonly now: T;
  /** As it was; `undefined` when it was not there. */
  readonly before: T | undefined;
}

interface Known<T> {
  readonly value: T;
  /** Monotonic milliseconds. */
  readonly sinceMs: number;
}

/** Remembers the conditions of everything there is. */
export class Conditions<T extends Named & Condition> {
  readonly #clock: Clock;
  #known: ReadonlyMap<string, Known<T>> = new Map();

  /** Starts knowing nothing. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes the whole picture; what is not in it is forgotten.
   *
   * @param seen Everything there is.
   * @returns What is new, and what changed its readiness or its reason.
   */
  observe(seen: readonly T[]): readonly Change<T>[] {
    const nowMs = this.#clock.monotonic();
    const changes: Change<T>[] = [];
    const known = new Map<string, Known<T>>();
    for (const value of seen) {
      const key = keyOf(value);
      const before = this.#known.get(key);
      // A reason that changes makes nothing younger: what is broken is broken since it broke.
      const sinceMs = before?.value.ready === value.ready ? before.sinceMs : nowMs;
      known.set(key, { value, sinceMs });
      if (before?.value.ready !== value.ready || before.value.reason !== value.reason) {
        changes.push({ now: value, before: before?.value });
      }
    }
    this.#known = known;
    return changes;
  }

  /** When the readiness became what it is, in wall clock milliseconds; now, when it was never observed. */
  sinceMs(of: Named): number {
    const nowMs = this.#clock.monotonic();
    const ageMs = nowMs - (this.#known.get(keyOf(of))?.sinceMs ?? nowMs);
    return Math.round(this.#clock.now() - ageMs);
  }
}

function keyOf({ kind, name }: Named): string {
  return `${kind} ${name}`;
}
