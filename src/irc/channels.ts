/**
 * The channels we want to be in, found by whatever a server calls them.
 *
 * @module
 */

import type { ChannelSpec } from "../config/config.ts";
import { type Casemapping, DEFAULT_CASEMAPPING, foldName } from "./casemap.ts";
import { Channel, type ChannelOptions } from "./channel.ts";
import type { ChannelReport } from "./channel_report.ts";
import { DEFAULT_RULES } from "./channel_rules.ts";
import type { ChannelState } from "./connection.ts";
import { Crowd } from "./crowd.ts";
import type { Surroundings } from "./presence.ts";
import { shownText } from "./refusals.ts";

/** How long after one question for the modes of an ordinary channel the next one may be asked: they cost messages. */
const ASK_SPACING_MS = 10_000;

/** What the channels need to know from outside. */
export interface ChannelsOptions {
  /** A number from 0 to 1, for the back-off. */
  readonly random: () => number;
  /** What the configuration says now about single channels, by lower-cased name. */
  readonly specs: () => ReadonlyMap<string, ChannelSpec>;
}

/** What the server is when it begins to take JOINs. */
export interface ServerTraits extends Surroundings {
  readonly casemapping: Casemapping;
}

/** What is due to be sent. */
export interface Due {
  /** Channels to join in as few lines as possible. */
  readonly together: readonly string[];
  /** Channels to join one by one, because they were refused before. */
  readonly alone: readonly string[];
  /** Channels whose modes to ask for. */
  readonly modes: readonly string[];
  /** Channels to be invited to, and by which service. */
  readonly invitations: readonly { readonly channel: string; readonly service: string }[];
}

/** The channels of one connection. Knows nothing of sockets: the caller sends what is due and tells what came. */
export class Channels {
  readonly #options: ChannelOptions;
  #server: ServerTraits = {
    casemapping: DEFAULT_CASEMAPPING,
    rules: DEFAULT_RULES,
    flavour: "public",
    isLoggedIn: false,
  };
  /** By folded name. */
  #channels = new Map<string, Channel>();
  /** Folded names of channels that we have left, until the server says so. */
  readonly #leaving = new Set<string>();
  /** Channels that a service was asked about, in that order. */
  #asked: readonly Channel[] = [];
  #online = false;
  /** When the modes of the next ordinary channel may be asked for. */
  #askMs = -Infinity;

  /**
   * Starts without channels.
   *
   * @param options What they need to know from outside.
   */
  constructor({ random, specs }: ChannelsOptions) {
    this.#options = {
      random,
      specOf: (name) => specs().get(name.toLowerCase()),
      surroundings: () => this.#server,
    };
  }

  /** State of every wanted channel, by lower-cased name. */
  states(nowMs: number): ReadonlyMap<string, ChannelState> {
    return new Map([...this.#channels.values()].map((channel) => [
      channel.name.toLowerCase(),
      channel.state(this.#online, nowMs),
    ]));
  }

  /** What is known of a wanted channel. */
  report(name: string, nowMs: number): ChannelReport | undefined {
    return this.#find(name)?.report(this.#online, nowMs);
  }

  /** The lower-cased wanted name of what the server calls `name`. */
  keyOf(name: string): string {
    return (this.#find(name)?.name ?? name).toLowerCase();
  }

  /** Whether a message may be sent to the channel now. */
  canSpeak(name: string, nowMs: number): boolean {
    return this.#online && this.#find(name)?.canSpeak(nowMs) === true;
  }

  /** Whether we are voiced or more there, as far as is known. */
  hasVoice(name: string): boolean {
    return this.#find(name)?.presence?.stay.hasVoice(this.#server.rules) === true;
  }

  /** Whether the last message to the channel was refused: the next one is sent alone, to see. */
  isProbing(name: string): boolean {
    return this.#find(name)?.presence?.isProbing === true;
  }

  /**
   * Sets what is wanted.
   *
   * @returns Names of the channels to part from.
   */
  want(names: readonly string[]): readonly string[] {
    const wanted = new Map(names.map((name) => [this.#fold(name), name]));
    const left = [...this.#channels].filter(([key, { isEntered }]) => !wanted.has(key) && isEntered);
    this.#channels = new Map(
      [...wanted].map(([key, name]) => [key, this.#channels.get(key) ?? new Channel(name, this.#options)]),
    );
    if (!this.#online) return [];
    for (const [key] of left) this.#leaving.add(key);
    return left.map(([, { name }]) => name);
  }

  /** The server takes JOINs now. */
  online(server: ServerTraits): void {
    this.#online = true;
    this.#server = server;
    this.#askMs = -Infinity;
    const channels = [...this.#channels.values()];
    this.#channels = new Map(channels.map((channel) => [this.#fold(channel.name), channel]));
    for (const channel of channels) channel.reset();
    if (server.isLoggedIn) { for (const channel of channels) channel.opened("login"); }
  }

  /** The connection is gone. */
  offline(): void {
    this.#online = false;
    this.#leaving.clear();
    this.#asked = [];
    for (const channel of this.#channels.values()) channel.reset();
  }

  /** The server knows us under an account now. */
  loggedIn(): void {
    if (this.#server.isLoggedIn) return;
    this.#server = { ...this.#server, isLoggedIn: true };
    for (const channel of this.#channels.values()) channel.loggedIn();
  }

  /** Names what is due, and takes it for sent; of channels beyond what the server allows none is. */
  takeDue(nowMs: number): Due {
    if (!this.#online) return { together: [], alone: [], modes: [], invitations: [] };
    const channels = [...this.#channels.values()];
    const crowd = new Crowd(this.#server.rules.limits, channels.filter((channel) => channel.isEntered));
    const due = channels.filter((channel) => channel.isWanted && crowd.admits(channel));
    for (const channel of due) channel.joining(nowMs);
    return {
      together: due.filter(({ wasRefused }) => !wasRefused).map(({ name }) => name),
      alone: due.filter(({ wasRefused }) => wasRefused).map(({ name }) => name),
      modes: this.#takeQuestions(channels, nowMs),
      invitations: this.#takeInvitations(channels),
    };
  }

  /** Handles what is over; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    const channels = [...this.#channels.values()];
    const looksMs = channels.map((channel) => channel.elapse(nowMs));
    const asksMs = channels.filter(({ presence }) => presence?.asksForModes === true)
      .map(({ isPrivate }) => isPrivate ? nowMs : Math.max(nowMs, this.#askMs));
    return this.#online ? Math.min(...looksMs, ...asksMs) : Infinity;
  }

  /**
   * Our own JOIN came back.
   *
   * @returns Whether we want to be there; otherwise it has to be parted from.
   */
  joined(name: string, nowMs: number): boolean {
    return this.#find(name)?.joined(nowMs) === true;
  }

  /** Somebody else has come. */
  joinedByOther(name: string): void {
    this.#find(name)?.presence?.stay.joinedByOther();
  }

  /** 353: some who are in the channel. */
  named(name: string, names: readonly string[], isSelf: (nick: string) => boolean, nowMs: number): void {
    this.#find(name)?.presence?.named(names, isSelf, nowMs);
  }

  /** 366: the channel can be spoken in, if our own JOIN came before. */
  namesEnded(name: string): void {
    this.#find(name)?.namesEnded();
  }

  /** 324: all modes of the channel. */
  modesTold(name: string, modes: readonly string[], nowMs: number): void {
    const [letters = "", ...parameters] = modes;
    this.#find(name)?.presence?.modesTold(letters, parameters, nowMs);
  }

  /** Modes changed, or what somebody is there. */
  modesChanged(
    name: string,
    modes: readonly string[],
    isSelf: (nick: string) => boolean,
    nowMs: number,
  ): void {
    const [letters = "", ...parameters] = modes;
    this.#find(name)?.presence?.modesChanged(letters, parameters, isSelf, nowMs);
  }

  /** We are out, by our own PART or because somebody made us. */
  parted(name: string, nowMs: number): void {
    this.#find(name)?.parted(this.#leaving.delete(this.#fold(name)), nowMs);
    this.#makeRoom();
  }

  /** We were kicked. */
  kicked(name: string, by: string, nowMs: number): void {
    this.#leaving.delete(this.#fold(name));
    this.#find(name)?.kicked(by, nowMs);
    this.#makeRoom();
  }

  /** The JOIN was sent to another channel, where we say nothing. */
  forwarded(name: string, to: string, nowMs: number): void {
    this.#find(name)?.forwarded(to, nowMs);
    this.#makeRoom();
  }

  /** We were invited: the JOIN is due at once, unless we were kicked. */
  invited(name: string): void {
    this.#find(name)?.opened("invitation");
  }

  /** A notice to us; only an answer to a request of ours means anything. */
  serviceSaid(nick: string, text: string): void {
    const waiting = this.#awaiting(nick);
    const words = shownText(text).split(/[\s"'[\]()]+/).map((word) => word.replace(/[.,:;!]+$/, ""));
    const named = words.filter((word) => /^[#&]/.test(word)).map((word) => this.#fold(word));
    // Services answer in order, and many do not say what they are talking about.
    const [oldest] = waiting;
    const meant = named.length === 0 ? oldest : waiting.find(({ name }) => named.includes(this.#fold(name)));
    meant?.serviceDenied(text);
  }

  /** There is nobody of this nick. */
  nobodyThere(nick: string): void {
    for (const channel of this.#awaiting(nick)) channel.serviceMissing();
  }

  /** The configuration was reloaded: whoever was kicked until then comes back. */
  reloaded(): void {
    for (const channel of this.#channels.values()) channel.reloaded();
  }

  /** What is configured for these channels changed: their JOIN is due at once. */
  retry(names: readonly string[]): void {
    for (const name of names) this.#find(name)?.retry();
  }

  /**
   * An error numeric about the channel, with its text.
   *
   * @returns `message` when it refused a message, so that the line that caused it is not taken for shown.
   */
  refused(
    { numeric, channel, text }: { readonly numeric: string; readonly channel: string; readonly text: string },
    nowMs: number,
  ): "join" | "message" | undefined {
    const refused = this.#find(channel)?.refused(numeric, text, nowMs);
    // Too many channels is what others left no room for.
    if (refused === "join" && numeric !== "405") this.#makeRoom();
    return refused;
  }

  /** A message was dropped without a numeric. */
  throttled(name: string, because: string, nowMs: number): void {
    this.#find(name)?.presence?.throttled(because, nowMs);
  }

  /** A message was shown: whatever was wrong is over. */
  spoke(name: string): void {
    this.#find(name)?.presence?.spoke();
  }

  /** At once for channels that must not be spoken in before; of the others one now and then. */
  #takeQuestions(channels: readonly Channel[], nowMs: number): readonly string[] {
    const asking = channels.filter(({ presence }) => presence?.asksForModes === true);
    const urgent = asking.filter(({ isPrivate }) => isPrivate);
    const [other] = asking.filter(({ isPrivate }) => !isPrivate);
    const taken = other === undefined || nowMs < this.#askMs ? urgent : [...urgent, other];
    if (taken.length > urgent.length) this.#askMs = nowMs + ASK_SPACING_MS;
    for (const { presence } of taken) presence?.modesAsked(nowMs);
    return taken.map(({ name }) => name);
  }

  #takeInvitations(channels: readonly Channel[]): Due["invitations"] {
    return channels.flatMap((channel) => {
      const service = channel.asksService;
      if (service === undefined) return [];
      channel.serviceAsked();
      this.#asked = [...this.#asked.filter((asked) => asked !== channel), channel];
      return [{ channel: channel.name, service }];
    });
  }

  /** Channels for which this nick was asked, the oldest request first. */
  #awaiting(nick: string): readonly Channel[] {
    return this.#asked.filter(({ awaitsService }) =>
      awaitsService !== undefined && this.#fold(awaitsService) === this.#fold(nick)
    );
  }

  /** One channel less may be one that is allowed. */
  #makeRoom(): void {
    for (const channel of this.#channels.values()) channel.opened("room");
  }

  #find(name: string): Channel | undefined {
    return this.#channels.get(this.#fold(name));
  }

  /** Two names that are the same to the server have the same folding. */
  #fold(name: string): string {
    return foldName(name, this.#server.casemapping);
  }
}
