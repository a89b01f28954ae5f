/**
 * How fast a server may be spoken to: a pace, and the bucket that keeps to it.
 *
 * @module
 */

/** A server's patience, as the servers themselves count it: every line costs time, and time is given back by the clock. */
export interface Pace {
  /** How much cost may be outstanding at once, in milliseconds. */
  readonly burstMs: number;
  /** What one line costs, in milliseconds, given its length with CR LF in bytes. */
  readonly costMs: (lineBytes: number) => number;
}

/** Length of an ordinary log line with `PRIVMSG #channel :` and CR LF, for rates in lines a second. */
const ORDINARY_LINE_BYTES = 120;

/** No line waits longer than this for being lowered, in milliseconds: what is slower is no longer live. */
const SLOWEST_LINE_MS = 8_000;

/** A pace that counts lines only. */
export function perLine(burstLines: number, linesPerSecond: number): Pace {
  const lineMs = 1_000 / linesPerSecond;
  return { burstMs: burstLines * lineMs, costMs: () => lineMs };
}

/** How many ordinary lines a second it allows; `Infinity` without a limit. */
export function linesPerSecond(pace: Pace): number {
  return 1_000 / pace.costMs(ORDINARY_LINE_BYTES);
}

/** How many ordinary lines it allows at once; `Infinity` without a limit. */
export function burstLines(pace: Pace): number {
  const costMs = pace.costMs(ORDINARY_LINE_BYTES);
  return costMs === 0 ? Infinity : Math.max(1, Math.floor(pace.burstMs / costMs));
}

/**
 * A pace at a multiple of its rate. Faster ones allow no more at once than the pace itself; slower ones charge at most
 * 8 s for a line, unless the pace itself does.
 *
 * @param factor Above 0; 1 is the pace itself.
 */
export function atFactor(pace: Pace, factor: number): Pace {
  if (factor === 1) return pace;
  if (factor > 1) {
    return { burstMs: pace.burstMs / factor, costMs: (bytes) => pace.costMs(bytes) / factor };
  }
  return {
    burstMs: pace.burstMs,
    costMs: (bytes) => {
      const ownMs = pace.costMs(bytes);
      return Math.min(ownMs / factor, Math.max(ownMs, SLOWEST_LINE_MS));
    },
  };
}

/** The factor below which {@linkcode atFactor} makes no ordinary line slower; 1 for a pace that is as slow already. */
export function lowestFactor(pace: Pace): number {
  const costMs = pace.costMs(ORDINARY_LINE_BYTES);
  return costMs === 0 ? 1 : Math.min(1, costMs / SLOWEST_LINE_MS);
}

/** Keeps to a pace: the cost of what was sent, less the time that has passed. */
export class PaceBucket {
  #pace: Pace;
  #debtMs = 0;
  #asOfMs: number;

  /**
   * Starts without debt.
   *
   * @param pace What to keep to.
   * @param nowMs Monotonic time.
   */
  constructor(pace: Pace, nowMs: number) {
    this.#pace = pace;
    this.#asOfMs = nowMs;
  }

  /** Changes the pace; what was sent already still counts. */
  setPace(pace: Pace): void {
    this.#pace = pace;
  }

  /**
   * How long a line of this length has to wait, in milliseconds; 0 when it may leave now. A line that costs more than
   * the whole burst leaves when nothing is outstanding.
   */
  waitMs(lineBytes: number, nowMs: number): number {
    this.#elapse(nowMs);
    if (this.#debtMs === 0) return 0;
    const roomMs = Math.max(0, this.#pace.burstMs - this.#pace.costMs(lineBytes));
    // Rounded up, so that a timer which fires on time finds the wait over.
    return Math.max(0, Math.ceil(this.#debtMs - roomMs));
  }

  /** How long until the last of so many lines of this length may leave, in milliseconds. */
  drainMs(lines: number, lineBytes: number, nowMs: number): number {
    this.#elapse(nowMs);
    const costMs = lines === 0 ? 0 : lines * this.#pace.costMs(lineBytes);
    return this.#pace.burstMs === Infinity ? 0 : Math.max(0, this.#debtMs + costMs - this.#pace.burstMs);
  }

  /** Counts a line that was sent. */
  spend(lineBytes: number, nowMs: number): void {
    this.#elapse(nowMs);
    this.#debtMs += this.#pace.costMs(lineBytes);
  }

  /** Whether nothing is outstanding. */
  isEmpty(nowMs: number): boolean {
    this.#elapse(nowMs);
    return this.#debtMs === 0;
  }

  #elapse(nowMs: number): void {
    this.#debtMs = Math.max(0, this.#debtMs - (nowMs - this.#asOfMs));
    this.#asOfMs = nowMs;
  }
}
