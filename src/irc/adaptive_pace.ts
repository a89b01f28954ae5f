/**
 * The pace as the server teaches it: the profile's, times a factor that trouble halves and success raises slowly.
 *
 * @module
 */

import type { Seed } from "./flood_profile.ts";
import { type LearntPace, type PaceMemory, seedRate } from "./learnt_pace.ts";
import { atFactor, burstLines, linesPerSecond, lowestFactor, type Pace } from "./pace.ts";

/** What a server did that means: slower. */
export type Trouble =
  | "throttle notice"
  | "target change limit"
  | "messages refused"
  | "messages dropped"
  | "slow answers"
  | "kicked for flooding"
  | "disconnected for flooding";

/** How fast one connection speaks, and why. */
export interface PaceState {
  /** Where it started from. */
  readonly profile: Seed["profile"];
  /** Ordinary lines a second; `null` when only the window paces. */
  readonly linesPerSecond: number | null;
  /** Ordinary lines at once; `null` when only the window paces. */
  readonly burstLines: number | null;
  /** What moved it away from its seed last; `undefined` while it is the seed. */
  readonly change: LearntPace["change"] | undefined;
}

/** A round trip: from a line or PING that was sent to its echo or PONG. */
export interface RoundTrip {
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Lines in flight when it began, itself among them if it was one. */
  readonly lines: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** What an adaptive pace works with. */
export interface AdaptivePaceOptions {
  /** Where to start. */
  readonly seed: Seed;
  /** What was learnt before, and is to be kept. */
  readonly memory: PaceMemory;
  /** Wall clock in milliseconds since the Unix epoch, to stamp what is learnt. */
  readonly wallMs: () => number;
}

/** Four lines in flight are refused for one reason: trouble sooner than this after trouble is the same, milliseconds. */
const SAME_TROUBLE_MS = 2_000;

/** An answer that is so much later than the pace reckons with is trouble, in milliseconds. */
const SLOW_MS = 2_000;

/** Only a server that answers sooner than this is asked to take more than its seed, in milliseconds. */
const QUICK_MS = 500;

/** After so many lines without trouble… */
const LINES_PER_STEP = 20;

/** …the factor grows by so much: from half the rate it takes 100 lines back. */
const STEP = 0.1;

/** The pace of one connection, whatever servers it comes to; outlives sessions. */
export class AdaptivePace {
  readonly #memory: PaceMemory;
  readonly #wallMs: () => number;
  #seed: Seed;
  #server = "";
  #factor = 1;
  #change: LearntPace["change"] | undefined;
  #pace: Pace;
  #troubleMs = -Infinity;
  #roundTripMs = 0;
  /** Lines since the last step or trouble, whether every answer was quick, and whether the pace held anything back. */
  #lines = 0;
  #quick = true;
  #held = false;

  /** Starts with the seed. */
  constructor({ seed, memory, wallMs }: AdaptivePaceOptions) {
    this.#seed = seed;
    this.#memory = memory;
    this.#wallMs = wallMs;
    this.#pace = seed.pace;
  }

  /** What to keep to now. */
  get pace(): Pace {
    return this.#pace;
  }

  /** What one channel takes now besides, while we have no voice there. */
  get perChannel(): Pace | undefined {
    const { perChannel } = this.#seed;
    return perChannel === undefined ? undefined : atFactor(perChannel, Math.min(1, this.#factor));
  }

  /** Most bytes of messages that may be in flight. */
  get mostBytesInFlight(): number {
    return this.#seed.mostBytesInFlight;
  }

  /** How long the last round trip took, in milliseconds. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** How fast, and why. */
  get state(): PaceState {
    const { profile } = this.#seed;
    const change = this.#change;
    if (linesPerSecond(this.#pace) === Infinity) {
      return { profile, linesPerSecond: null, burstLines: null, change };
    }
    return {
      profile,
      linesPerSecond: Math.round(linesPerSecond(this.#pace) * 100) / 100,
      burstLines: burstLines(this.#pace),
      change,
    };
  }

  /**
   * Another server, or more is known of it, or the configuration changed: starts from what was learnt there under the
   * same seed, or from the seed.
   *
   * @param seed Where to start.
   * @param server Network or host name.
   */
  aim(seed: Seed, server: string): void {
    const same = server === this.#server && seed.profile === this.#seed.profile &&
      seed.ceiling === this.#seed.ceiling && seedRate(seed) === seedRate(this.#seed);
    this.#seed = seed;
    this.#server = server;
    if (same) return this.#setFactor(this.#factor);
    const learnt = this.#memory.recall(server);
    const fits = learnt !== undefined && learnt.profile === seed.profile &&
      learnt.seedPerSecond === seedRate(seed);
    this.#setFactor(fits ? learnt.factor : 1);
    this.#change = fits && this.#factor !== 1 ? learnt.change : undefined;
    this.#troubleMs = -Infinity;
    this.#startStep();
  }

  /** Lines wait for the pace: what success there is, is success at this rate. */
  held(): void {
    this.#held = true;
  }

  /** The server took lines. */
  acknowledged(lines: number): void {
    this.#lines += lines;
    if (this.#lines < LINES_PER_STEP) return;
    const [quick, held] = [this.#quick, this.#held];
    this.#startStep();
    if (this.#factor < 1) this.#learn("raised", Math.min(1, this.#factor + STEP), "no trouble");
    else if (quick && held) this.#learn("raised", this.#factor + STEP, "quick answers");
  }

  /**
   * An answer came.
   *
   * @param trip How long it took.
   * @param when `isExcused`: the server had other commands to take its time for.
   */
  answered(trip: RoundTrip, { nowMs, isExcused }: { nowMs: number; isExcused: boolean }): void {
    this.#roundTripMs = trip.ms;
    if (trip.ms >= QUICK_MS) this.#quick = false;
    const reckonedMs = trip.lines === 0 ? 0 : trip.lines * this.#pace.costMs(trip.bytes / trip.lines);
    if (!isExcused && trip.ms > SLOW_MS + reckonedMs) this.trouble("slow answers", nowMs);
  }

  /** The server took something amiss: half the rate, once for each time. */
  trouble(because: Trouble, nowMs: number): void {
    this.#startStep();
    if (nowMs - this.#troubleMs < Math.max(SAME_TROUBLE_MS, this.#roundTripMs)) return;
    this.#troubleMs = nowMs;
    this.#learn("lowered", this.#factor / 2, because);
  }

  #learn(verb: LearntPace["change"]["verb"], factor: number, because: string): void {
    const before = this.#factor;
    // Tenths do not add up to one in binary.
    this.#setFactor(Math.round(factor * 1_000) / 1_000);
    // Trouble is news even where it cannot be any slower; success where it may not be faster is none.
    if (this.#factor === before && (verb === "raised" || before === 1)) return;
    const change = { verb, because, atMs: Math.round(this.#wallMs()) };
    this.#change = this.#factor === 1 ? undefined : change;
    this.#memory.remember(this.#server, {
      profile: this.#seed.profile,
      seedPerSecond: seedRate(this.#seed),
      factor: this.#factor,
      change,
    });
  }

  #setFactor(factor: number): void {
    const { pace, ceiling } = this.#seed;
    this.#factor = Math.min(ceiling, Math.max(lowestFactor(pace), factor));
    this.#pace = atFactor(pace, this.#factor);
  }

  #startStep(): void {
    this.#lines = 0;
    this.#quick = true;
    this.#held = false;
  }
}
