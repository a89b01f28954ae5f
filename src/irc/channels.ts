/**
 * The channels we want to be in, found by whatever a server calls them.
 *
 * @module
 */

import { type Casemapping, DEFAULT_CASEMAPPING, foldName } from "./casemap.ts";
import { Channel } from "./channel.ts";
import type { ChannelState } from "./connection.ts";

/** The channels of one connection. Knows nothing of sockets: the caller sends what is due and tells what came. */
export class Channels {
  readonly #random: () => number;
  #casemapping: Casemapping = DEFAULT_CASEMAPPING;
  /** By folded name. */
  #channels = new Map<string, Channel>();
  #online = false;

  /**
   * Starts without channels.
   *
   * @param random A number from 0 to 1, for the back-off.
   */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** State of every wanted channel, by lower-cased name. */
  states(nowMs: number): ReadonlyMap<string, ChannelState> {
    return new Map([...this.#channels.values()].map((channel) => [
      channel.name.toLowerCase(),
      channel.state(this.#online, nowMs),
    ]));
  }

  /** The lower-cased wanted name of what the server calls `name`. */
  keyOf(name: string): string {
    return (this.#find(name)?.name ?? name).toLowerCase();
  }

  /** Whether a message may be sent to the channel now. */
  canSpeak(name: string, nowMs: number): boolean {
    return this.#online && this.#find(name)?.canSpeak(nowMs) === true;
  }

  /** Whether the last message to the channel was refused: the next one is sent alone, to see. */
  isProbing(name: string): boolean {
    return this.#find(name)?.isProbing === true;
  }

  /**
   * Sets what is wanted.
   *
   * @returns Names of the channels to part from.
   */
  want(names: readonly string[], nowMs: number): readonly string[] {
    const wanted = new Map(names.map((name) => [this.#fold(name), name]));
    const left = [...this.#channels].filter(([key]) => !wanted.has(key)).map(([, channel]) => channel);
    this.#channels = new Map(
      [...wanted].map(([key, name]) => [
        key,
        this.#channels.get(key) ?? new Channel(name, this.#random, nowMs),
      ]),
    );
    return this.#online ? left.filter(({ isEntered }) => isEntered).map(({ name }) => name) : [];
  }

  /** The server takes JOINs now. */
  online(casemapping: Casemapping, nowMs: number): void {
    this.#online = true;
    this.#casemapping = casemapping;
    const channels = [...this.#channels.values()];
    this.#channels = new Map(channels.map((channel) => [this.#fold(channel.name), channel]));
    for (const channel of channels) channel.reset(nowMs);
  }

  /** The connection is gone. */
  offline(nowMs: number): void {
    this.#online = false;
    for (const channel of this.#channels.values()) channel.reset(nowMs);
  }

  /** Marks every channel that is due as joining and names them; those refused before are alone in a JOIN. */
  takeDue(nowMs: number): { readonly together: readonly string[]; readonly alone: readonly string[] } {
    const due = this.#online ? [...this.#channels.values()].filter((channel) => channel.isDue(nowMs)) : [];
    for (const channel of due) channel.joining(nowMs);
    return {
      together: due.filter(({ wasRefused }) => !wasRefused).map(({ name }) => name),
      alone: due.filter(({ wasRefused }) => wasRefused).map(({ name }) => name),
    };
  }

  /** Handles what is over; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    const looksMs = [...this.#channels.values()].map((channel) => channel.elapse(nowMs));
    return this.#online ? Math.min(...looksMs) : Infinity;
  }

  /**
   * Our own JOIN came back.
   *
   * @returns Whether the channel is wanted; one that is not has to be parted from.
   */
  joined(name: string, nowMs: number): boolean {
    const channel = this.#find(name);
    channel?.joined(nowMs);
    return channel !== undefined;
  }

  /** 366: the channel can be spoken in, if our own JOIN came before. */
  namesEnded(name: string): void {
    this.#find(name)?.namesEnded();
  }

  /** We are out, without a word: tries again. */
  parted(name: string, nowMs: number): void {
    this.#find(name)?.parted(nowMs);
  }

  /** We were kicked. */
  kicked(name: string, nowMs: number): void {
    this.#find(name)?.kicked(nowMs);
  }

  /** The JOIN was sent to another channel, where we say nothing. */
  forwarded(name: string, to: string, nowMs: number): void {
    this.#find(name)?.forwarded(to, nowMs);
  }

  /** We were invited: the JOIN is due at once. */
  invited(name: string, nowMs: number): void {
    this.#find(name)?.hurry(nowMs);
  }

  /** The keys of these channels changed: their JOIN is due at once. */
  retry(names: readonly string[], nowMs: number): void {
    for (const name of names) this.#find(name)?.hurry(nowMs);
  }

  /**
   * An error numeric about the channel.
   *
   * @returns `message` when it refused a message, so that the line that caused it is not taken for shown.
   */
  refused(numeric: string, name: string, nowMs: number): "join" | "message" | undefined {
    return this.#find(name)?.refused(numeric, nowMs);
  }

  /** A message was dropped without a numeric. */
  throttled(name: string, because: string, nowMs: number): void {
    this.#find(name)?.throttled(because, nowMs);
  }

  /** A message was shown: whatever was wrong is over. */
  spoke(name: string): void {
    this.#find(name)?.spoke();
  }

  #find(name: string): Channel | undefined {
    return this.#channels.get(this.#fold(name));
  }

  /** Two names that are the same to the server have the same folding. */
  #fold(name: string): string {
    return foldName(name, this.#casemapping);
  }
}
