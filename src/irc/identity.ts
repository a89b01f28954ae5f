/**
 * Who we are to the server, and what it says about itself.
 *
 * @module
 */

import { type Casemapping, DEFAULT_CASEMAPPING, foldName, readCasemapping } from "./casemap.ts";
import { userName } from "./client.ts";
import { type ChannelRules, DEFAULT_RULES, readChannelRules } from "./channel_rules.ts";
import type { ServerIdentity } from "./flood_profile.ts";
import { limitFor, LINE_BYTES, type Prefix } from "./wire.ts";

/** What one session has learnt. Starts with guesses, of which none is shorter than the truth. */
export class Identity {
  #prefix: Prefix;
  #version = "";
  #network = "";
  #lineBytes = LINE_BYTES;
  #casemapping: Casemapping = DEFAULT_CASEMAPPING;
  #channelRules: ChannelRules = DEFAULT_RULES;
  /** Everything ISUPPORT said, which comes in several lines. */
  readonly #tokens = new Map<string, string>();
  #nicklen: number | undefined;
  #botMode: string | undefined;

  /**
   * Starts with what we ask for.
   *
   * @param nick The nick that is tried first.
   */
  constructor(nick: string) {
    this.#prefix = { nick, user: `~${userName(nick)}`, host: undefined };
  }

  /** The nick we have, or ask for. */
  get nick(): string {
    return this.#prefix.nick;
  }

  /** How the server folds names. */
  get casemapping(): Casemapping {
    return this.#casemapping;
  }

  /** What it says about channels. */
  get channelRules(): ChannelRules {
    return this.#channelRules;
  }

  /** Characters of a nick that the server grants; `undefined` when it has not said. */
  get nicklen(): number | undefined {
    return this.#nicklen;
  }

  /** Letter of the user mode that marks a bot; `undefined` where there is none. */
  get botMode(): string | undefined {
    return this.#botMode;
  }

  /** What runs there. */
  get server(): ServerIdentity {
    return { version: this.#version, network: this.#network };
  }

  /** Whether the server means us by a nick. */
  isSelf(nick: string): boolean {
    return foldName(nick, this.#casemapping) === foldName(this.nick, this.#casemapping);
  }

  /** Bytes of text that fit into one line to a channel. */
  limitFor(channel: string): number {
    return limitFor(this.#prefix, channel, this.#lineBytes);
  }

  /** We have another nick, or ask for one. */
  renamed(nick: string): void {
    this.#prefix = { ...this.#prefix, nick };
  }

  /** Others see us under this user and host; an `undefined` user is the one it was. */
  seenAs(user: string | undefined, host: string): void {
    this.#prefix = { ...this.#prefix, user: user ?? this.#prefix.user, host };
  }

  /** The server named its version; the first name counts, because 002 has more of it than 004. */
  runs(version: string): void {
    this.#version ||= version;
  }

  /** The server said what it supports (ISUPPORT). */
  supports(tokens: ReadonlyMap<string, string>): void {
    this.#network = tokens.get("NETWORK") ?? this.#network;
    for (const [name, value] of tokens) this.#tokens.set(name, value);
    this.#channelRules = readChannelRules(this.#tokens);
    const casemapping = tokens.get("CASEMAPPING");
    if (casemapping !== undefined) this.#casemapping = readCasemapping(casemapping);
    const nicklen = Number(tokens.get("NICKLEN"));
    if (nicklen > 0) this.#nicklen = nicklen;
    const botMode = tokens.get("BOT");
    if (botMode !== undefined && /^[A-Za-z]$/.test(botMode)) this.#botMode = botMode;
    const lineBytes = Number(tokens.get("LINELEN"));
    if (lineBytes > 0) this.#lineBytes = Math.min(LINE_BYTES, lineBytes);
  }
}
