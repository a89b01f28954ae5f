/**
 * How long to wait before the next try.
 *
 * @module
 */

/** Bounds of a back-off. */
export interface BackoffSpec {
  /** Ceiling of the first delay, in milliseconds, above 0. */
  readonly firstMs: number;
  /** Ceiling of every delay, in milliseconds, at least `firstMs`. */
  readonly longestMs: number;
}

/**
 * Exponential back-off with full jitter: a random time between half a ceiling and the ceiling, which doubles with
 * every attempt. Half is kept as a floor, so that a server which refuses at once is not asked again at once.
 *
 * @param attempt Failed attempts so far, from 1.
 * @param spec Bounds of the delay.
 * @param random A number from 0 to 1, `Math.random` in production.
 * @returns Milliseconds to wait.
 */
export function backoffMs(attempt: number, spec: BackoffSpec, random: () => number): number {
  const ceiling = Math.min(spec.longestMs, spec.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling / 2 + random() * ceiling / 2);
}
