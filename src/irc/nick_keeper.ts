/**
 * Getting the wanted nick back while we have another one.
 *
 * @module
 */

/** How often the wanted nick is asked for: its holder is usually our own ghost, which pings out within minutes. */
const RETRY_MS = 60_000;

/** Knows when to ask for the wanted nick. */
export class NickKeeper {
  #dueMs = Infinity;

  /** When to look again, in monotonic milliseconds; `Infinity` while we have the nick. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Another nick is wanted: it is asked for at once. */
  hurry(): void {
    this.#dueMs = 0;
  }

  /**
   * Whether NICK is due now.
   *
   * @param hasWanted Whether we have the wanted nick.
   * @param nowMs Monotonic time.
   */
  takeDue(hasWanted: boolean, nowMs: number): boolean {
    if (hasWanted) {
      this.#dueMs = Infinity;
      return false;
    }
    const isDue = this.#dueMs <= nowMs;
    if (isDue || this.#dueMs === Infinity) this.#dueMs = nowMs + RETRY_MS;
    return isDue;
  }
}
