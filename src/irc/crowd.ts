/**
 * Keeping to the number of channels that a server allows one client.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import type { ChannelRules } from "./channel_rules.ts";

/** The channels we are in, or asked to be in. */
export class Crowd {
  readonly #limits: ChannelRules["limits"];
  readonly #names: string[];

  /**
   * Counts who is there.
   *
   * @param limits What the server allows.
   * @param there Channels that count already.
   */
  constructor(limits: ChannelRules["limits"], there: readonly Channel[]) {
    this.#limits = limits;
    this.#names = there.map(({ name }) => name);
  }

  /**
   * Takes in one more channel if there is room, or tells it that there is none.
   *
   * @returns Whether there was.
   */
  admits(channel: Channel): boolean {
    const [sign = ""] = channel.name;
    const full = this.#limits.find(({ prefixes, most }) =>
      prefixes.includes(sign) && this.#names.filter(([other = ""]) => prefixes.includes(other)).length >= most
    );
    if (full === undefined) this.#names.push(channel.name);
    else channel.crowdedOut(full.most);
    return full === undefined;
  }
}
