/**
 * What we know of a channel while we are in it: its modes, what we are in it, and whether it is ours alone.
 *
 * @module
 */

import type { ChannelRules } from "./channel_rules.ts";
import { readModeChange } from "./mode_change.ts";

/** What a change may be good for. */
export type Favour =
  /** Somebody gave us something, or took away what may have stood in our way. */
  | "better"
  /** Anything else. */
  | "other";

/** One stay in a channel, from our own JOIN on. Keeps letters only: a key that stands beside +k is nobody's business. */
export class Stay {
  #modes: ReadonlySet<string> = new Set();
  #modesKnown = false;
  #statuses: ReadonlySet<string> = new Set();
  #names = 0;
  #cameAsOperator = false;
  #othersCame = false;
  #isAlone = false;
  #isUnsure = false;

  /** Letters that are set, as far as is known. */
  get modes(): ReadonlySet<string> {
    return this.#modes;
  }

  /** Whether the server has told all modes. */
  get modesKnown(): boolean {
    return this.#modesKnown;
  }

  /** Whether a change could not be read to its end, so that the modes should be asked for again. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /** Whether nobody else has been in the channel since we came, and we are its operator: we have just created it. */
  get isOurs(): boolean {
    return this.#isAlone && !this.#othersCame;
  }

  /** Letters of what we are, the highest first. */
  statuses(rules: ChannelRules): string {
    return [...rules.statuses.keys()].filter((letter) => this.#statuses.has(letter)).join("");
  }

  /** Whether we are voiced or more. */
  hasVoice(rules: ChannelRules): boolean {
    return this.#hasRank("v", rules);
  }

  /** 353: some who are in the channel, with their signs. */
  named(names: readonly string[], rules: ChannelRules, isSelf: (nick: string) => boolean): Favour {
    const signs = [...rules.statuses.values()].join("");
    for (const name of names) {
      // The second half of `nick!user@host`, which some servers give, is of no interest.
      const [marked = ""] = name.split("!");
      const nick = [...marked].findIndex((char) => !signs.includes(char));
      this.#names++;
      if (nick === -1 || !isSelf(marked.slice(nick))) continue;
      const own = marked.slice(0, nick);
      this.#statuses = new Set(
        [...rules.statuses].flatMap(([letter, sign]) => own.includes(sign) ? [letter] : []),
      );
      this.#cameAsOperator = this.#hasRank("o", rules);
    }
    return "other";
  }

  /** 366: everybody was named. */
  namesEnded(): void {
    this.#isAlone = this.#names === 1 && this.#cameAsOperator;
    this.#names = 0;
  }

  /** Somebody else has come. */
  joinedByOther(): void {
    this.#othersCame = true;
  }

  /** 324: all modes there are. */
  told(letters: string, parameters: readonly string[], rules: ChannelRules): Favour {
    const before = this.#modes;
    this.#modes = new Set();
    this.#apply(letters, parameters, rules, () => false);
    this.#modesKnown = true;
    this.#isUnsure = false;
    return [...before].some((letter) => !this.#modes.has(letter)) ? "better" : "other";
  }

  /** MODE: a change. */
  changed(
    letters: string,
    parameters: readonly string[],
    rules: ChannelRules,
    isSelf: (nick: string) => boolean,
  ): Favour {
    return this.#apply(letters, parameters, rules, isSelf);
  }

  #apply(
    letters: string,
    parameters: readonly string[],
    rules: ChannelRules,
    isSelf: (nick: string) => boolean,
  ): Favour {
    const modes = new Set(this.#modes);
    const statuses = new Set(this.#statuses);
    let favour: Favour = "other";
    for (const { isSet, letter, kind, parameter } of readModeChange(letters, parameters, rules)) {
      if (kind === "status") {
        if (!isSelf(parameter)) continue;
        if (isSet) statuses.add(letter);
        else statuses.delete(letter);
        if (isSet) favour = "better";
        continue;
      }
      // A list such as the bans may have held an entry about us.
      if (!isSet) favour = "better";
      if (kind === "list") continue;
      if (kind === undefined) this.#isUnsure = true;
      if (isSet) modes.add(letter);
      else modes.delete(letter);
    }
    this.#modes = modes;
    this.#statuses = statuses;
    return favour;
  }

  /** Whether we are what `letter` says, or more. */
  #hasRank(letter: string, { statuses }: ChannelRules): boolean {
    const ranks = [...statuses.keys()];
    const least = ranks.indexOf(letter);
    return ranks.some((rank, index) => (least === -1 || index <= least) && this.#statuses.has(rank));
  }
}
