/**
 * Whether a server is still there: when to ask, and when to stop believing in it.
 *
 * @module
 */

/** After this much silence the server is asked whether it is there. */
const IDLE_MS = 30_000;

/** A PING without any sign of life for this long means that the server is gone; a busy one answers within 10 s. */
const DEAD_MS = 60_000;

/** A PING unanswered for this long is a fault even when other lines come: nothing in flight would ever be settled. */
const MUTE_MS = 180_000;

/** What to think of a server. */
export type Vitality =
  /** Nothing to do before `lookMs`, in monotonic milliseconds. */
  | { readonly kind: "alive"; readonly lookMs: number }
  /** A PING is due. */
  | { readonly kind: "silent" }
  /** It has left a PING unanswered for `silentMs`. */
  | { readonly kind: "dead"; readonly silentMs: number };

/** Judges a server by when it was last heard. */
export class Liveness {
  #heardMs: number;

  /**
   * Starts with a server that has just been heard.
   *
   * @param nowMs Monotonic time.
   */
  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** A line came. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /**
   * Judges.
   *
   * @param askedMs When the oldest PING without an answer was sent; `undefined` when there is none.
   * @param nowMs Monotonic time.
   */
  judge(askedMs: number | undefined, nowMs: number): Vitality {
    if (askedMs === undefined) {
      const idleMs = this.#heardMs + IDLE_MS;
      return nowMs < idleMs ? { kind: "alive", lookMs: idleMs } : { kind: "silent" };
    }
    const deadMs = Math.min(Math.max(askedMs, this.#heardMs) + DEAD_MS, askedMs + MUTE_MS);
    return nowMs < deadMs ? { kind: "alive", lookMs: deadMs } : { kind: "dead", silentMs: nowMs - askedMs };
  }
}
