/**
 * Counts by level.
 *
 * @module
 */

import { type LevelIndex, LEVELS } from "../event/level.ts";

/** How many records of each level. */
export class Tally {
  readonly #counts = new Float64Array(LEVELS.length);
  #total = 0;

  /** Takes over counts that {@linkcode Tally.toJSON} gave. */
  static from(counts: readonly number[]): Tally {
    const tally = new Tally();
    LEVELS.forEach((_, index) => tally.add(index as LevelIndex, counts[index] ?? 0));
    return tally;
  }

  /** How many records of all levels. */
  get total(): number {
    return this.#total;
  }

  /** Adds records of a level. */
  add(levelIndex: LevelIndex, count: number = 1): void {
    this.#counts[levelIndex] = this.of(levelIndex) + count;
    this.#total += count;
  }

  /** Adds the counts of another tally. */
  merge(other: Tally): void {
    LEVELS.forEach((_, index) => this.add(index as LevelIndex, other.of(index as LevelIndex)));
  }

  /** How many records of a level. */
  of(levelIndex: LevelIndex): number {
    return this.#counts[levelIndex] ?? 0;
  }

  /** By index of level, as plain data. */
  toJSON(): number[] {
    return [...this.#counts];
  }
}
