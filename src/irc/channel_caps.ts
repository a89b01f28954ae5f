/**
 * Servers that count lines by channel, whoever says them and however slowly the connection speaks.
 *
 * @module
 */

import { type Pace, PaceBucket } from "./pace.ts";

/** Channels that may be remembered; those that have been quiet are forgotten first. */
const MOST_CHANNELS = 64;

/** One bucket for each channel, while the server counts ours there. */
export class ChannelCaps {
  readonly #buckets = new Map<string, PaceBucket>();
  #pace: Pace | undefined;

  /** Sets what every channel takes; `undefined` for no limit. */
  setPace(pace: Pace | undefined): void {
    this.#pace = pace;
    if (pace === undefined) this.#buckets.clear();
    else for (const bucket of this.#buckets.values()) bucket.setPace(pace);
  }

  /** How long the next line to a channel has to wait, in milliseconds. */
  waitMs(key: string, nowMs: number): number {
    return this.#buckets.get(key)?.waitMs(0, nowMs) ?? 0;
  }

  /** Counts a line to a channel. */
  spend(key: string, nowMs: number): void {
    if (this.#pace === undefined) return;
    const bucket = this.#buckets.get(key) ?? new PaceBucket(this.#pace, nowMs);
    bucket.spend(0, nowMs);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= MOST_CHANNELS) return;
    for (const [other, idle] of this.#buckets) if (idle.isEmpty(nowMs)) this.#buckets.delete(other);
  }
}
