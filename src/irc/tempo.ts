/**
 * When the next line of one session may leave, by the pace of the connection and of the channel.
 *
 * @module
 */

import type { AdaptivePace } from "./adaptive_pace.ts";
import { PaceBucket } from "./pace.ts";
import { WINDOW } from "./window.ts";

/** Channels whose lines are counted; those that have been quiet are forgotten first. */
const MOST_CHANNELS = 64;

/** What a tempo works with. */
export interface TempoOptions {
  /** How fast. */
  readonly pace: AdaptivePace;
  /** Whether the server spares us in a channel, because we have voice there or more; by the channel's key. */
  readonly isVoiced: (key: string) => boolean;
}

/** Counts what one session sends. */
export class Tempo {
  readonly #pace: AdaptivePace;
  readonly #isVoiced: (key: string) => boolean;
  readonly #bucket: PaceBucket;
  /** Lines to each channel while the server counts them there. */
  readonly #channels = new Map<string, PaceBucket>();
  /** Channels that took a line, and nothing has changed since: what they refuse now, they refuse for being too much. */
  readonly #proven = new Set<string>();
  #channelsMs = Infinity;

  /**
   * Starts with nothing sent.
   *
   * @param options The pace, and where it is eased.
   * @param nowMs Monotonic time.
   */
  constructor({ pace, isVoiced }: TempoOptions, nowMs: number) {
    this.#pace = pace;
    this.#isVoiced = isVoiced;
    this.#bucket = new PaceBucket(pace.pace, nowMs);
  }

  /** When the first of the channels that were held back may be spoken to, in monotonic milliseconds. */
  get channelsMs(): number {
    return this.#channelsMs;
  }

  /** Begins to look for a channel that may be spoken to. */
  look(): void {
    this.#channelsMs = Infinity;
  }

  /** Whether the channel's own pace allows a line; if not, {@linkcode Tempo.channelsMs} says when. */
  allows(key: string, nowMs: number): boolean {
    const waitMs = this.#channel(key)?.waitMs(0, nowMs) ?? 0;
    if (waitMs > 0) this.#channelsMs = Math.min(this.#channelsMs, nowMs + waitMs);
    return waitMs === 0;
  }

  /** How long a line has to wait for the connection's pace, in milliseconds. */
  waitMs(lineBytes: number, nowMs: number): number {
    this.#bucket.setPace(this.#pace.pace);
    return this.#bucket.waitMs(lineBytes, nowMs);
  }

  /** How long until the last of so many lines to a channel may leave, in milliseconds. */
  drainMs(key: string, { lines, lineBytes }: { lines: number; lineBytes: number }, nowMs: number): number {
    return Math.max(
      this.#bucket.drainMs(lines, lineBytes, nowMs),
      this.#channel(key)?.drainMs(lines, 0, nowMs) ?? 0,
      // Where the server is slower than the pace, the window holds back: ngircd takes 4 lines/s and says no more.
      (lines - 1) / WINDOW * this.#pace.roundTripMs,
    );
  }

  /** Counts a line that was sent, whatever it was. */
  spend(lineBytes: number, nowMs: number): void {
    this.#bucket.setPace(this.#pace.pace);
    this.#bucket.spend(lineBytes, nowMs);
  }

  /** Counts a message towards its channel. */
  spoke(key: string, nowMs: number): void {
    const pace = this.#pace.perChannel;
    if (pace === undefined || this.#isVoiced(key)) return;
    const bucket = this.#channels.get(key) ?? new PaceBucket(pace, nowMs);
    bucket.spend(0, nowMs);
    this.#channels.set(key, bucket);
    if (this.#channels.size <= MOST_CHANNELS) return;
    for (const [other, idle] of this.#channels) if (idle.isEmpty(nowMs)) this.#channels.delete(other);
  }

  /** The channel showed a message. */
  proven(key: string): void {
    this.#proven.add(key);
  }

  /** Something about the channel changed: what it refuses now may have another reason than the pace. */
  changed(key: string): void {
    this.#proven.delete(key);
  }

  /** The channel refused or dropped a message: too much, where it took one before and nothing has changed. */
  suspect(key: string, because: "messages refused" | "messages dropped", nowMs: number): void {
    if (this.#proven.delete(key)) this.#pace.trouble(because, nowMs);
  }

  #channel(key: string): PaceBucket | undefined {
    const pace = this.#pace.perChannel;
    if (pace === undefined || this.#isVoiced(key)) return undefined;
    const bucket = this.#channels.get(key);
    bucket?.setPace(pace);
    return bucket;
  }
}
