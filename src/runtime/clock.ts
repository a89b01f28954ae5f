/**
 * Time and waiting, passed in as an argument so that tests hold it still.
 *
 * @module
 */

/** Time as the agent sees it. */
export interface Clock {
  /** Wall clock in milliseconds since the Unix epoch; for stamps, never for intervals. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never goes back; for intervals, ages and budgets. */
  monotonic(): number;
  /**
   * Waits `ms` milliseconds.
   *
   * @param ms Zero or more.
   * @param signal Ends the wait early.
   * @throws {unknown} `signal.reason`, when `signal` aborts first.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longest delay `setTimeout` takes before it wraps to 1 ms: a signed 32-bit integer of milliseconds. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, Math.min(ms, LONGEST_TIMEOUT_MS));
      signal.addEventListener("abort", onAbort, { once: true });
    });
  },
};

/**
 * Waits like `Clock.sleep`, but an abort is a normal end: for loops that look at `signal.aborted` themselves.
 *
 * @param clock Measures the wait.
 * @param ms Zero or more.
 * @param signal Ends the wait early.
 */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
