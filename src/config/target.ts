/**
 * How `to` names where lines go.
 *
 * @module
 */

/** Where a route sends. */
export type Target =
  | {
    readonly kind: "channel";
    /** Config key of the connection; `undefined` where the only one is meant. */
    readonly connection: string | undefined;
    /** Channel with its `#`; may hold `{…}` templates. */
    readonly channel: string;
    /** Index of the channel in the text. */
    readonly offset: number;
  }
  | { readonly kind: "bus"; readonly bus: string };

/** Connection and channel; a channel may hold slashes, a connection none. */
const CHANNEL_SYNTAX = /^(?:([^/#&]+)\/)?([#&].*)$/;

/**
 * Reads `connection/#channel`, `#channel` or `bus:NAME`.
 *
 * @param text As the config has it.
 * @returns The target, or `undefined` when the text is none of these.
 */
export function parseTarget(text: string): Target | undefined {
  if (text.startsWith("bus:")) return { kind: "bus", bus: text.slice("bus:".length) };
  const [, connection, channel] = CHANNEL_SYNTAX.exec(text) ?? [];
  if (channel === undefined) return undefined;
  return { kind: "channel", connection, channel, offset: text.length - channel.length };
}

/** Longest channel name, in characters: RFC 2812 §1.3 says 50, some networks take 64. */
const LONGEST_CHANNEL = 64;

/**
 * Says what is wrong with a channel name.
 *
 * @param channel With its `#`; the text in `{…}` is not looked at.
 * @returns What is wrong, or `undefined`.
 */
export function channelProblem(channel: string): string | undefined {
  const literal = channel.replace(/\{[^{}]*\}/g, "x");
  if (!/^[#&]/.test(literal)) return "A channel starts with #";
  if (literal.length < 2) return "A channel needs a name behind its #";
  if (literal.length > LONGEST_CHANNEL) return `A channel has at most ${LONGEST_CHANNEL} characters`;
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f,]/.test(literal)) return "A channel holds no blanks, commas or control characters";
  return undefined;
}
