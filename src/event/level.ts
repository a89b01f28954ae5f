/**
 * Severities and sets of severities.
 *
 * @module
 */

/** Severity, least severe first; the index is the comparison order and the bit of a {@linkcode LevelMask}. */
export const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** One of {@linkcode LEVELS}. */
export type Level = (typeof LEVELS)[number];

/** Index into {@linkcode LEVELS}, 0 to 5: what the byte scan yields, so that a line costs no string. */
export type LevelIndex = 0 | 1 | 2 | 3 | 4 | 5;

/** A set of severities: bit n stands for `LEVELS[n]`. */
export type LevelMask = number;

/** What a line counts as that does not say its level. */
export const DEFAULT_LEVEL_INDEX: LevelIndex = 2;

/** From here on a line is an error: it draws from the errors' bucket and is kept until shown (invariant I5). */
export const ERROR_INDEX: LevelIndex = 4;

/** Index of a level. */
export function levelIndex(level: Level): LevelIndex {
  return LEVELS.indexOf(level) as LevelIndex;
}

/** The set of `level` and everything more severe. */
export function atLeast(level: Level): LevelMask {
  return (0b111111 << levelIndex(level)) & 0b111111;
}
