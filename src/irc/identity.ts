/**
 * Who we are to the server, and what it says about itself.
 *
 * @module
 */

import { type Casemapping, DEFAULT_CASEMAPPING, foldName, readCasemapping } from "./casemap.ts";
import { userName } from "./client.ts";
import type { ServerIdentity } from "./flood_profile.ts";
import { limitFor, LINE_BYTES, type Prefix } from "./wire.ts";

/** What one session has learnt. Starts with guesses, of which none is shorter than the truth. */
export class Identity {
  #prefix: Prefix;
  #version = "";
  #network = "";
  #lineBytes = LINE_BYTES;
  #casemapping: Casemapping = DEFAULT_CASEMAPPING;

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
    const casemapping = tokens.get("CASEMAPPING");
    if (casemapping !== undefined) this.#casemapping = readCasemapping(casemapping);
    const lineBytes = Number(tokens.get("LINELEN"));
    if (lineBytes > 0) this.#lineBytes = Math.min(LINE_BYTES, lineBytes);
  }
}
