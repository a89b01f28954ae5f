/**
 * Lines that a dead connection may still bring: a server works off what it has read, under the old nick, when the new
 * connection is up already (measured on ngircd: 1,000 queued lines were relayed after the disconnect).
 *
 * @module
 */

import type { Part } from "./lane.ts";
import type { Flight } from "./window.ts";

/**
 * How long a ghost in the channel is given to say its lines, in milliseconds, before they are sent again. A window of
 * four takes the slowest server 8 s (ircd-irc2, measured); a ghost that is silent for longer never had them.
 */
const GHOST_PATIENCE_MS = 30_000;

/**
 * How long after its death a connection may still bring a line, in milliseconds, where nobody of ours is in the channel
 * to hear it: by then servers have pinged it out (ngircd 140 s, InspIRCd 240 s by default).
 */
const LONGEST_HAUNT_MS = 300_000;

/** A line whose fate is not known. */
interface Doubt {
  /** The nick it was sent under. */
  nick: string;
  /** Channel key. */
  readonly key: string;
  /** The line as it was sent. */
  readonly text: string;
  readonly parts: readonly Part[];
  /** Whether its ghost was met in the channel. */
  isMet: boolean;
  /** Until when its ghost is waited for, in monotonic milliseconds. */
  untilMs: number;
}

/** The ghosts of one connection. The messages of a line in doubt do not leave until it is known or given up. */
export class Ghosts {
  #doubts: readonly Doubt[] = [];

  /** A connection died under this nick with these lines in flight, in the order they were sent. */
  died(nick: string, flights: readonly Flight[], nowMs: number): void {
    const doubts = flights.map(({ entry, parts, text }) => ({
      nick,
      key: entry.key,
      text,
      parts,
      isMet: false,
      untilMs: nowMs + LONGEST_HAUNT_MS,
    }));
    for (const { parts } of doubts) for (const { entry } of parts) entry.doubts++;
    this.#doubts = [...this.#doubts, ...doubts];
  }

  /** Some who are in a channel that was joined (353), with their signs. */
  named(key: string, names: readonly string[], isSelf: (nick: string) => boolean, nowMs: number): void {
    const own = this.#doubts.filter((doubt) => doubt.key === key && !doubt.isMet);
    if (own.length === 0) return;
    const nicks = names.map(bareNick).filter((nick) => !isSelf(nick));
    for (const doubt of own) {
      if (!nicks.includes(doubt.nick)) continue;
      doubt.isMet = true;
      doubt.untilMs = nowMs + GHOST_PATIENCE_MS;
    }
  }

  /** Everybody in a channel was named (366): a ghost that was not is gone. */
  allNamed(key: string): void {
    this.#release((doubt) => doubt.key === key && !doubt.isMet);
  }

  /**
   * Somebody said something in a channel.
   *
   * @returns What has arrived by that: the line itself, and what was sent before it to the channel, which was relayed
   * before we came.
   */
  spoke(nick: string, key: string, text: string): readonly Part[] {
    const own = this.#doubts.filter((doubt) => doubt.key === key && doubt.nick === nick);
    const said = own.findIndex((doubt) => doubt.text.trimEnd() === text.trimEnd());
    if (said === -1) return [];
    const arrived = own.slice(0, said + 1);
    this.#release((doubt) => arrived.includes(doubt));
    return arrived.flatMap(({ parts }) => parts);
  }

  /** Somebody left the server, or a channel. */
  left(nick: string, key: string | undefined): void {
    this.#release((doubt) => doubt.nick === nick && (key === undefined || doubt.key === key));
  }

  /** Somebody has another nick: services rename those who hold a registered one. */
  renamed(from: string, to: string): void {
    for (const doubt of this.#doubts) if (doubt.nick === from) doubt.nick = to;
  }

  /** Gives up ghosts that are silent or long gone; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    this.#release(({ untilMs }) => untilMs <= nowMs);
    return Math.min(...this.#doubts.map(({ untilMs }) => untilMs));
  }

  #release(matches: (doubt: Doubt) => boolean): void {
    for (const { parts } of this.#doubts.filter(matches)) for (const { entry } of parts) entry.doubts--;
    this.#doubts = this.#doubts.filter((doubt) => !matches(doubt));
  }
}

/** The nick in `@+nick` and `nick!user@host` (multi-prefix, userhost-in-names). */
function bareNick(name: string): string {
  return name.replace(/^[^A-Za-z\d[\]\\`_^{|}\u0080-\uffff]+/, "").split("!")[0] ?? "";
}
