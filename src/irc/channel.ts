/**
 * One channel: whether we are in it, whether we may speak in it, and how patiently either is tried again.
 *
 * @module
 */

import { backoffMs, type BackoffSpec } from "../runtime/backoff.ts";
import type { ChannelState } from "./connection.ts";
import { isLasting, joinRefusal, meansOutside, speakRefusal } from "./refusals.ts";

/** How long a JOIN may go unanswered. */
const JOIN_DEADLINE_MS = 30_000;

/** How long we wait for 366 behind our own JOIN before we believe the JOIN alone. */
const NAMES_DEADLINE_MS = 5_000;

/** Refusals that end by themselves: +j and full channels forget within seconds to a minute. */
const PASSING: BackoffSpec = { firstMs: 15_000, longestMs: 300_000 };

/** Refusals that a human has to end; also how long a ban is left alone. */
const LASTING: BackoffSpec = { firstMs: 120_000, longestMs: 900_000 };

/** A refused message is tried again soon: +m may be over in a moment, and the throttle of Solanum is within 10 s. */
const MUTED: BackoffSpec = { firstMs: 10_000, longestMs: 60_000 };

/** Patience after a kick: somebody did not want us; the second time they meant it. */
const FIRST_KICK_MS = 60_000;
const LATER_KICK_MS = 600_000;

/** After this long without another kick the next one counts as the first. */
const KICK_FORGOTTEN_MS = 3_600_000;

/** What a channel is doing. */
type Place =
  /** Not in it; JOIN is due at `dueMs`. */
  | { readonly at: "out"; readonly dueMs: number; readonly because: string }
  /** JOIN was sent; `echoed` once our own JOIN came back. */
  | { readonly at: "joining"; readonly deadlineMs: number; readonly echoed: boolean }
  /** In it; may speak when `mutedUntilMs` is over. */
  | { readonly at: "in"; readonly mutedUntilMs: number; readonly because: string };

const SPEAKABLE: Place = { at: "in", mutedUntilMs: 0, because: "" };

/** A wanted channel. Outlives connections: what a server's people decided about it is not forgotten with the socket. */
export class Channel {
  /** As configured. */
  readonly name: string;
  readonly #random: () => number;
  #place: Place;
  /** JOINs refused in a row. */
  #refusals = 0;
  /** Messages refused in a row. */
  #mutes = 0;
  #lastKickMs = -Infinity;

  /**
   * Starts outside, with a JOIN due at once.
   *
   * @param name As configured.
   * @param random A number from 0 to 1, for the back-off.
   * @param nowMs Monotonic time.
   */
  constructor(name: string, random: () => number, nowMs: number) {
    this.name = name;
    this.#random = random;
    this.#place = { at: "out", dueMs: nowMs, because: "" };
  }

  /** Whether we are in it, or asked to be. */
  get isEntered(): boolean {
    return this.#place.at !== "out";
  }

  /** Whether the last JOIN was refused: the next one is sent alone, so that it spoils no other. */
  get wasRefused(): boolean {
    return this.#refusals > 0;
  }

  /** Whether the last message was refused: the next one is sent alone, to see. */
  get isProbing(): boolean {
    return this.#mutes > 0;
  }

  /** Whether a message may be sent now. */
  canSpeak(nowMs: number): boolean {
    return this.#place.at === "in" && this.#place.mutedUntilMs <= nowMs;
  }

  /** Whether a JOIN is due now. */
  isDue(nowMs: number): boolean {
    return this.#place.at === "out" && this.#place.dueMs <= nowMs;
  }

  /** What to say about it while the connection is up (or is not). */
  state(online: boolean, nowMs: number): ChannelState {
    const place = this.#place;
    if (place.at === "joining") return { phase: "joining" };
    if (place.at === "in") {
      return this.canSpeak(nowMs) ? { phase: "joined" } : { phase: "waiting", because: place.because };
    }
    if (place.because !== "") return { phase: "waiting", because: place.because };
    return online ? { phase: "joining" } : { phase: "waiting", because: "The server is not connected" };
  }

  /** The connection is another one, or gone: we are outside; waits that a server imposed go on. */
  reset(nowMs: number): void {
    this.#mutes = 0;
    if (this.#place.at !== "out") this.#place = { at: "out", dueMs: nowMs, because: "" };
  }

  /** JOIN is being sent. */
  joining(nowMs: number): void {
    this.#place = { at: "joining", deadlineMs: nowMs + JOIN_DEADLINE_MS, echoed: false };
  }

  /** Handles what is over; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    if (this.#place.at === "joining" && this.#place.deadlineMs <= nowMs) {
      if (this.#place.echoed) this.#enter();
      else this.#leave(PASSING, "The server did not answer the JOIN", nowMs);
    }
    const place = this.#place;
    switch (place.at) {
      case "out":
        return place.dueMs;
      case "joining":
        return place.deadlineMs;
      case "in":
        return place.mutedUntilMs > nowMs ? place.mutedUntilMs : Infinity;
    }
  }

  /** Our own JOIN came back. */
  joined(nowMs: number): void {
    if (this.#place.at === "in") return;
    this.#place = { at: "joining", deadlineMs: nowMs + NAMES_DEADLINE_MS, echoed: true };
  }

  /** 366: it can be spoken in, if our own JOIN came before. */
  namesEnded(): void {
    if (this.#place.at === "joining" && this.#place.echoed) this.#enter();
  }

  /** We are out, without a word. */
  parted(nowMs: number): void {
    this.#leave(PASSING, "The bot was made to leave the channel", nowMs);
  }

  /** We were kicked. */
  kicked(nowMs: number): void {
    const again = nowMs - this.#lastKickMs < KICK_FORGOTTEN_MS;
    this.#lastKickMs = nowMs;
    const dueMs = nowMs + (again ? LATER_KICK_MS : FIRST_KICK_MS);
    this.#place = { at: "out", dueMs, because: "The bot was kicked from the channel" };
  }

  /** The JOIN was sent to another channel, where we say nothing. */
  forwarded(to: string, nowMs: number): void {
    this.#leave(LASTING, `The server forwards this channel to ${to}, where nothing is sent`, nowMs);
  }

  /** Something changed in our favour: the JOIN is due at once. */
  hurry(nowMs: number): void {
    if (this.#place.at === "out") this.#place = { ...this.#place, dueMs: nowMs };
  }

  /**
   * An error numeric.
   *
   * @returns What it refused.
   */
  refused(numeric: string, nowMs: number): "join" | "message" | undefined {
    if (this.#place.at === "joining" && !this.#place.echoed) {
      const because = joinRefusal(numeric);
      if (because === undefined) return undefined;
      this.#leave(isLasting(numeric) ? LASTING : PASSING, because, nowMs);
      return "join";
    }
    const because = speakRefusal(numeric);
    if (because === undefined) return undefined;
    // What was in flight when we were kicked is refused too; that shortens no wait.
    if (meansOutside(numeric) && this.isEntered) this.#leave(PASSING, because, nowMs);
    else this.throttled(because, nowMs);
    return "message";
  }

  /** A message was refused or dropped. */
  throttled(because: string, nowMs: number): void {
    // Several lines in flight are refused for one reason.
    if (!this.canSpeak(nowMs)) return;
    this.#mutes++;
    const mutedUntilMs = nowMs + backoffMs(this.#mutes, MUTED, this.#random);
    this.#place = { at: "in", mutedUntilMs, because };
  }

  /** A message was shown: whatever was wrong is over. */
  spoke(): void {
    if (this.#place.at !== "in" || this.#mutes === 0) return;
    this.#mutes = 0;
    this.#place = SPEAKABLE;
  }

  #enter(): void {
    this.#refusals = 0;
    this.#mutes = 0;
    this.#place = SPEAKABLE;
  }

  #leave(backoff: BackoffSpec, because: string, nowMs: number): void {
    this.#refusals++;
    const dueMs = nowMs + backoffMs(this.#refusals, backoff, this.#random);
    this.#place = { at: "out", dueMs, because };
  }
}
