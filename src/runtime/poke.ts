/**
 * A flag that wakes whoever waits for it: many pokes make one awakening, and none carries data.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** Says "look again" to a loop. A poke while the loop is busy is kept, and is one poke however often it was given. */
export class Poke {
  #poked = false;
  #wake: (() => void) | undefined;

  /** Wakes the waiting loop, or makes its next wait return at once. */
  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  /**
   * Waits for a poke; takes it.
   *
   * @param signal Ends the wait early, normally: the caller looks at `signal.aborted`.
   */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#poked && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal.addEventListener("abort", resolve as () => void, { once: true });
      try {
        await promise;
      } finally {
        this.#wake = undefined;
        signal.removeEventListener("abort", resolve as () => void);
      }
    }
    this.#poked = false;
  }

  /**
   * Waits for a poke, or until `ms` milliseconds are over, whichever is first.
   *
   * @param ms Zero or more; `Infinity` waits for the poke alone.
   * @param options The clock that measures the wait.
   * @param signal Ends the wait early, normally.
   */
  async waitAtMost(ms: number, options: { clock: Clock }, signal: AbortSignal): Promise<void> {
    if (this.#poked || ms === Infinity) return await this.wait(signal);
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const timer = options.clock.sleep(ms, either).then(() => ended.abort(), () => {});
    await this.wait(either);
    ended.abort();
    await timer;
  }
}
