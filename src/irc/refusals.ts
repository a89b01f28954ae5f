/**
 * What servers say when they refuse something, in plain words.
 *
 * @module
 */

/** Why a channel cannot be joined, by numeric (RFC 2812 §5.2 and what servers added); follows `The channel …`. */
const JOIN_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["403", "The server takes no channel of this name"],
  ["405", "The server allows no more channels for one client"],
  ["407", "The server joins fewer channels at once"],
  ["437", "The channel is unavailable for the moment"],
  ["471", "The channel is full (+l)"],
  ["473", "The channel is invite-only (+i): invite the bot"],
  ["474", "The bot is banned from the channel (+b)"],
  ["475", "The channel wants another key (+k)"],
  ["476", "The server takes no channel of this name"],
  ["477", "The channel is for logged-in nicks only: set sasl or nickserv"],
  ["479", "The server takes no channel of this name"],
  ["480", "The channel takes no more joins for the moment, or wants TLS"],
  ["489", "The channel is for connections with TLS only"],
]);

/** Why a message was not shown although the channel was joined. */
const SPEAK_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["404", "The server does not let the bot speak here: it may need voice (+v), or be banned or muted"],
  ["408", "The channel takes no colours (+c)"],
  ["415", "The channel is for logged-in nicks only"],
  ["416", "The channel is for logged-in nicks only"],
  ["477", "The channel is for logged-in nicks only: set sasl or nickserv"],
  ["480", "The channel takes no more messages for the moment"],
  ["482", "The channel is for operators only"],
  ["531", "The server does not let the bot speak here"],
]);

/** After these we are not in the channel, whatever we believed. */
const OUTSIDE: ReadonlySet<string> = new Set(["401", "403", "442"]);

/** Refusals that only a human ends: asked again rarely. */
const LASTING: ReadonlySet<string> = new Set(["403", "405", "474", "475", "476", "477", "479", "489"]);

/** What the refusal of a JOIN means; `undefined` when the numeric refuses no JOIN. */
export function joinRefusal(numeric: string): string | undefined {
  return JOIN_REFUSALS.get(numeric);
}

/** What the refusal of a message means; `undefined` when the numeric refuses no message. */
export function speakRefusal(numeric: string): string | undefined {
  return SPEAK_REFUSALS.get(numeric) ??
    (OUTSIDE.has(numeric) ? "The bot is no longer in the channel" : undefined);
}

/** Whether a refused message means that we are not in the channel. */
export function meansOutside(numeric: string): boolean {
  return OUTSIDE.has(numeric);
}

/** Whether somebody has to change something before a JOIN can succeed. */
export function isLasting(numeric: string): boolean {
  return LASTING.has(numeric);
}

/** Why a nick cannot be had, by numeric. */
export const NICK_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["432", "the server takes no such nick: too long, or reserved"],
  ["433", "the nick is in use"],
  ["436", "the nick is in use on another server"],
  ["437", "the nick is unavailable for the moment"],
]);

/** Longest server text that is repeated in a state or a log line. */
const LONGEST_TEXT = 200;

/** Server text as it may be shown: one line, bounded, without control characters. */
export function shownText(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").trim().slice(0, LONGEST_TEXT);
}

/** Whether a farewell says that the server punishes us, so that coming back at once would make it worse. */
export function isPunishment(text: string): boolean {
  return /flood|recvq|sendq|[kgz]-?:?lined?\b|banned|throttl|too (many|fast)|reconnecting/i.test(text);
}
