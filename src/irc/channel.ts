/**
 * One channel: whether we are in it, why not, and how patiently it is tried again.
 *
 * @module
 */

import type { ChannelSpec } from "../config/config.ts";
import { backoffMs } from "../runtime/backoff.ts";
import { manglersOf } from "./channel_modes.ts";
import type { ChannelReport } from "./channel_report.ts";
import type { ChannelState } from "./connection.ts";
import { Invitation } from "./invitation.ts";
import { Kicks } from "./kicks.ts";
import { Presence, type Surroundings } from "./presence.ts";
import {
  forwardRefusal,
  type JoinRefusal,
  joinRefusal,
  meansOutside,
  speakRefusal,
  unanswered,
  type WayOut,
} from "./refusals.ts";

/** How long a JOIN may go unanswered. */
const JOIN_DEADLINE_MS = 30_000;

/** How long we wait for 366 behind our own JOIN before we believe the JOIN alone. */
const NAMES_DEADLINE_MS = 5_000;

/** What begins every reason that has to do with +i. */
const INVITE_ONLY = "The channel is invite-only (+i): ";

/** What a channel needs to know from outside. */
export interface ChannelOptions {
  /** A number from 0 to 1, for the back-off. */
  readonly random: () => number;
  /** What the configuration says about a channel now; `undefined`: nothing. */
  readonly specOf: (name: string) => ChannelSpec | undefined;
  /** What the server is now. */
  readonly surroundings: () => Surroundings;
}

/** What a channel is doing. */
type Place =
  /** Not in it; JOIN is due. */
  | { readonly at: "wanted" }
  /** JOIN was sent; there is a presence once our own JOIN came back. */
  | { readonly at: "joining"; readonly deadlineMs: number; readonly presence: Presence | undefined }
  | { readonly at: "joined"; readonly presence: Presence }
  /** Not in it; wanted again at `untilMs`, or as soon as one of `waysOut` opens. */
  | {
    readonly at: "lost";
    readonly how: "refused" | "kicked" | "crowded";
    /** Monotonic; `Infinity`: until a way out opens, or somebody reloads the configuration. */
    readonly untilMs: number;
    readonly because: string;
    readonly waysOut: readonly WayOut[];
  };

const WANTED: Place = { at: "wanted" };

/** A wanted channel. Outlives connections: what a server's people decided about it is not forgotten with the socket. */
export class Channel {
  /** As configured. */
  readonly name: string;
  readonly #options: ChannelOptions;
  readonly #kicks = new Kicks();
  readonly #invitation = new Invitation();
  #place: Place = WANTED;
  /** JOINs refused in a row. */
  #refusals = 0;

  /**
   * Starts outside, with a JOIN due at once.
   *
   * @param name As configured.
   * @param options What it needs to know from outside.
   */
  constructor(name: string, options: ChannelOptions) {
    this.name = name;
    this.#options = options;
  }

  /** Whether we are in it, or asked to be. */
  get isEntered(): boolean {
    return this.#place.at === "joining" || this.#place.at === "joined";
  }

  /** What is known of it, from our own JOIN on, while we are in it. */
  get presence(): Presence | undefined {
    return this.#place.at === "joining" || this.#place.at === "joined" ? this.#place.presence : undefined;
  }

  /** Whether a JOIN is due. */
  get isWanted(): boolean {
    return this.#place.at === "wanted";
  }

  /** Whether the last JOIN was refused: the next one is sent alone, so that it spoils no other. */
  get wasRefused(): boolean {
    return this.#refusals > 0;
  }

  /** Whether only those who belong to it may read what is said. */
  get isPrivate(): boolean {
    return this.#options.specOf(this.name)?.private === true;
  }

  /** The service that is to be asked for an invitation now. */
  get asksService(): string | undefined {
    return this.#invitation.isDue ? this.#service : undefined;
  }

  /** The service whose answer is awaited. */
  get awaitsService(): string | undefined {
    return this.#invitation.isAwaited ? this.#service : undefined;
  }

  /** Whether a message may be sent now. */
  canSpeak(nowMs: number): boolean {
    return this.#joined?.canSpeak(nowMs) === true;
  }

  /** What to say about it while the connection is up (or is not). */
  state(online: boolean, nowMs: number): ChannelState {
    const place = this.#place;
    switch (place.at) {
      case "lost":
        return { phase: "waiting", because: place.because };
      case "wanted":
        return online ? { phase: "joining" } : { phase: "waiting", because: "The server is not connected" };
      case "joining":
        return { phase: "joining" };
      case "joined": {
        const because = place.presence.silence(nowMs);
        if (because === undefined) return { phase: "joined" };
        return place.presence.isSettling ? { phase: "joining" } : { phase: "waiting", because };
      }
    }
  }

  /** What is known of it. */
  report(online: boolean, nowMs: number): ChannelReport {
    const state = this.state(online, nowMs);
    const { rules, flavour } = this.#options.surroundings();
    const stay = this.#joined?.stay;
    return {
      name: this.name,
      obstacle: state.phase === "waiting"
        ? state.because
        : state.phase === "joining"
        ? "The channel is being joined"
        : undefined,
      modes: stay?.modesKnown === true ? `+${[...stay.modes].toSorted().join("")}` : undefined,
      statuses: stay?.statuses(rules) ?? "",
      mangles: stay === undefined ? [] : manglersOf(stay.modes, flavour),
    };
  }

  /** The connection is another one, or gone: we are outside; waits that a server's people imposed go on. */
  reset(): void {
    this.#invitation.over();
    if (this.#place.at !== "lost" || this.#place.how === "crowded") this.#place = WANTED;
  }

  /** JOIN is being sent. */
  joining(nowMs: number): void {
    this.#place = { at: "joining", deadlineMs: nowMs + JOIN_DEADLINE_MS, presence: undefined };
  }

  /** There is no room for it on this server. */
  crowdedOut(most: number): void {
    const channels = most === 1 ? "1 channel" : `${most} channels`;
    const because = `The server allows one client ${channels}, and others come first`;
    this.#lose({ how: "crowded", untilMs: Infinity, because, waysOut: ["room"] });
  }

  /** The request for an invitation is being sent. */
  serviceAsked(): void {
    this.#invitation.asked();
  }

  /** Handles what is over; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    const place = this.#place;
    if (place.at === "joining" && place.deadlineMs <= nowMs) {
      if (place.presence !== undefined) this.#enter(place.presence);
      else this.#refuse(unanswered("The server did not answer the JOIN"), nowMs);
    }
    if (place.at === "lost" && place.untilMs <= nowMs) this.#place = WANTED;
    switch (this.#place.at) {
      case "wanted":
        return nowMs;
      case "joining":
        return this.#place.deadlineMs;
      case "joined":
        return this.#place.presence.elapse(nowMs);
      case "lost":
        return this.#place.untilMs;
    }
  }

  /**
   * Our own JOIN came back.
   *
   * @returns Whether to stay: after a kick nobody makes us come back early.
   */
  joined(nowMs: number): boolean {
    if (this.#place.at === "lost" && this.#place.how === "kicked") return false;
    if (this.presence !== undefined) return true;
    this.#invitation.over();
    this.#kicks.entered(nowMs);
    const presence = new Presence({ ...this.#options, mustBePrivate: () => this.isPrivate });
    this.#place = { at: "joining", deadlineMs: nowMs + NAMES_DEADLINE_MS, presence };
    return true;
  }

  /** 366: it can be spoken in, if our own JOIN came before. */
  namesEnded(): void {
    const place = this.#place;
    if (place.at !== "joining" || place.presence === undefined) return;
    place.presence.namesEnded();
    this.#enter(place.presence);
  }

  /** The server knows us under an account now. */
  loggedIn(): void {
    this.presence?.loggedIn();
    this.opened("login");
  }

  /**
   * We are out.
   *
   * @param asked Whether we left by ourselves, and wanted to be back afterwards.
   */
  parted(asked: boolean, nowMs: number): void {
    if (!asked) this.kicked("", nowMs);
    else if (this.presence !== undefined) this.joining(nowMs);
  }

  /** We were kicked, or made to leave, by somebody. */
  kicked(by: string, nowMs: number): void {
    if (this.presence === undefined) return;
    const { awayMs, because } = this.#kicks.kicked(by, nowMs);
    this.#lose({ how: "kicked", untilMs: nowMs + awayMs, because, waysOut: [] });
  }

  /** The JOIN was sent to another channel, where we say nothing. */
  forwarded(to: string, nowMs: number): void {
    if (this.#place.at === "joining" && this.presence === undefined) this.#refuse(forwardRefusal(to), nowMs);
  }

  /** A way out of a refusal has opened: if it was waited for, the JOIN is due at once. */
  opened(way: WayOut): void {
    if (this.#place.at === "lost" && this.#place.waysOut.includes(way)) this.#place = WANTED;
  }

  /** The configuration was reloaded: whoever stays away until then comes back. */
  reloaded(): void {
    if (this.#place.at === "lost" && this.#place.untilMs === Infinity) this.#place = WANTED;
  }

  /** What the configuration says about it has changed: if it was refused, the JOIN is due at once. */
  retry(): void {
    if (this.#place.at === "lost" && this.#place.how === "refused") this.#place = WANTED;
  }

  /** The service that was asked for an invitation answered in these words instead. */
  serviceDenied(words: string): void {
    const denial = this.#invitation.denied(this.#service ?? "", words);
    if (this.#place.at === "lost") this.#place = { ...this.#place, because: INVITE_ONLY + denial };
  }

  /** There is no service to ask for an invitation. */
  serviceMissing(): void {
    const denial = this.#invitation.impossible(this.#service ?? "");
    if (this.#place.at === "lost") this.#place = { ...this.#place, because: INVITE_ONLY + denial };
  }

  /**
   * An error numeric, with its text.
   *
   * @returns What it refused.
   */
  refused(numeric: string, text: string, nowMs: number): "join" | "message" | undefined {
    if (this.#place.at === "joining" && this.#place.presence === undefined) {
      const refusal = joinRefusal(numeric, text);
      if (refusal === undefined) return undefined;
      this.#refuse(refusal, nowMs);
      if (numeric === "473") this.#seekInvitation();
      return "join";
    }
    const because = speakRefusal(numeric);
    if (because === undefined) return undefined;
    // What was in flight when we were kicked is refused too; that shortens no wait.
    if (meansOutside(numeric) && this.isEntered) this.#refuse(unanswered(because), nowMs);
    else this.presence?.throttled(because, nowMs);
    return "message";
  }

  get #service(): string | undefined {
    return this.#options.specOf(this.name)?.invite;
  }

  get #joined(): Presence | undefined {
    return this.#place.at === "joined" ? this.#place.presence : undefined;
  }

  #enter(presence: Presence): void {
    this.#refusals = 0;
    this.#place = { at: "joined", presence };
  }

  #refuse({ because, backoff, waysOut }: JoinRefusal, nowMs: number): void {
    this.#refusals++;
    const untilMs = nowMs + backoffMs(this.#refusals, backoff, this.#options.random);
    this.#lose({ how: "refused", untilMs, because, waysOut });
  }

  #lose(why: Omit<Extract<Place, { readonly at: "lost" }>, "at">): void {
    this.#invitation.over();
    this.#place = { at: "lost", ...why };
  }

  #seekInvitation(): void {
    const because = INVITE_ONLY + this.#invitation.needed(this.#service);
    if (this.#place.at === "lost") this.#place = { ...this.#place, because };
  }
}
