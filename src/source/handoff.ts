/**
 * Many tasks that have something to give, one consumer that takes it when it is ready.
 *
 * @module
 */

import { Poke } from "../runtime/poke.ts";

/** What is given waits in line, and so does whoever gave it: nothing piles up. */
export class Handoff<T> {
  readonly #waiting: { readonly gift: T; readonly used: () => void }[] = [];
  readonly #given = new Poke();

  /**
   * Gives something, and waits until it was used.
   *
   * @param gift What is given.
   * @param signal Ends the wait, normally, unless the gift is being used already; it is then never used.
   */
  async give(gift: T, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = { gift, used: resolve };
    const onAbort = () => {
      const index = this.#waiting.indexOf(entry);
      // What was taken is being used: its giver must not change it.
      if (index === -1) return;
      this.#waiting.splice(index, 1);
      resolve();
    };
    this.#waiting.push(entry);
    this.#given.poke();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Takes what has waited longest, if anything: `used` lets its giver go on. */
  take(): { readonly gift: T; readonly used: () => void } | undefined {
    return this.#waiting.shift();
  }

  /**
   * Waits until something is given.
   *
   * @param signal Ends the wait, normally.
   */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0) await this.#given.wait(signal);
  }
}
