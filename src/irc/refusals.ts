/**
 * What servers say when they refuse something, in plain words.
 *
 * @module
 */

import type { BackoffSpec } from "../runtime/backoff.ts";

/** What ends the wait after a refusal before its time. */
export type WayOut =
  /** Somebody invites us. */
  | "invitation"
  /** The server knows us under an account. */
  | "login"
  /** We have left another channel. */
  | "room";

/** Why a channel cannot be joined, and what to do about it. */
export interface JoinRefusal {
  /** In plain words. */
  readonly because: string;
  /** How patiently it is tried again, if nothing else ends the wait. */
  readonly backoff: BackoffSpec;
  /** What may end the wait; a reload that touches the channel always does. */
  readonly waysOut: readonly WayOut[];
}

/** Ends by itself: +j and full channels forget within seconds to a minute. */
const PASSING: BackoffSpec = { firstMs: 15_000, longestMs: 300_000 };

/** A human has to end it, and may do so without telling us. */
const LASTING: BackoffSpec = { firstMs: 120_000, longestMs: 900_000 };

/** Somebody meant it: whoever knocks often is not let in again. */
const BANNED: BackoffSpec = { firstMs: 120_000, longestMs: 1_800_000 };

/** Nothing on the server's side is likely to change. */
const HOPELESS: BackoffSpec = { firstMs: 600_000, longestMs: 3_600_000 };

const NO_SUCH_NAME: JoinRefusal = {
  because: "The server takes no channel of this name",
  backoff: HOPELESS,
  waysOut: [],
};

const WANTS_TLS: JoinRefusal = {
  because: "The channel is for connections with TLS only: set tls",
  backoff: HOPELESS,
  waysOut: [],
};

/** By numeric: RFC 2812 §5.2, and what servers added. */
const JOIN_REFUSALS: ReadonlyMap<string, JoinRefusal> = new Map<string, JoinRefusal>([
  ["403", NO_SUCH_NAME],
  ["405", {
    because: "The server allows no more channels for one client",
    backoff: LASTING,
    waysOut: ["room"],
  }],
  ["407", { because: "The server joins fewer channels at once", backoff: PASSING, waysOut: [] }],
  ["437", { because: "The channel is unavailable for the moment", backoff: PASSING, waysOut: [] }],
  ["471", { because: "The channel is full (+l)", backoff: PASSING, waysOut: ["invitation"] }],
  ["473", {
    because: "The channel is invite-only (+i)",
    backoff: LASTING,
    waysOut: ["invitation", "login"],
  }],
  ["474", {
    because: "The bot is banned from the channel (+b)",
    backoff: BANNED,
    waysOut: ["invitation", "login"],
  }],
  ["475", { because: "The channel wants another key (+k)", backoff: LASTING, waysOut: ["invitation"] }],
  ["476", NO_SUCH_NAME],
  ["477", {
    because: "The channel is for logged-in nicks only: set sasl or nickserv",
    backoff: LASTING,
    waysOut: ["login", "invitation"],
  }],
  ["479", NO_SUCH_NAME],
  ["480", { because: "The channel takes no more joins for the moment (+j)", backoff: PASSING, waysOut: [] }],
  ["489", WANTS_TLS],
  ["495", {
    because: "The channel takes nobody back so soon after a kick (+J)",
    backoff: PASSING,
    waysOut: ["invitation"],
  }],
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

/**
 * What the refusal of a JOIN means; `undefined` when the numeric refuses no JOIN.
 *
 * @param numeric Three digits.
 * @param text What the server said with it: 480 is "too many joins" on Solanum and "TLS only" on ircd-hybrid.
 */
export function joinRefusal(numeric: string, text: string): JoinRefusal | undefined {
  if (numeric === "480" && /\+S\b|\b(TLS|SSL)\b/i.test(text)) return WANTS_TLS;
  return JOIN_REFUSALS.get(numeric);
}

/** 470: the server sends whoever wants to join to another channel, where nothing is ever said. */
export function forwardRefusal(to: string): JoinRefusal {
  return {
    because: `The server forwards this channel to ${to}, where nothing is sent`,
    backoff: LASTING,
    // Most forwards are for those who are not logged in, or not invited.
    waysOut: ["login", "invitation"],
  };
}

/** Nobody refused, but we are not in: a JOIN without an answer, or a place that is not ours any more. */
export function unanswered(because: string): JoinRefusal {
  return { because, backoff: PASSING, waysOut: ["invitation"] };
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

/** Why a nick cannot be had, by numeric. */
export const NICK_REFUSALS: ReadonlyMap<string, string> = new Map([
  ["432", "the server takes no such nick: too long, or reserved"],
  ["433", "the nick is in use"],
  ["436", "the nick is in use on another server"],
  ["437", "the nick is unavailable for the moment"],
]);

/** Longest server text that is repeated in a state or a log line. */
const LONGEST_TEXT = 200;

/**
 * Server text as it may be shown: one line, bounded, without control characters. It is cut at a blank: a server may say
 * back what it was told, and of a secret that is cut in two redaction knows neither half.
 */
export function shownText(text: string): string {
  // deno-lint-ignore no-control-regex
  const line = text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").trim();
  return line.length <= LONGEST_TEXT ? line : line.slice(0, Math.max(0, line.lastIndexOf(" ", LONGEST_TEXT)));
}

/** Whether a farewell says that the server punishes us, so that coming back at once would make it worse. */
export function isPunishment(text: string): boolean {
  return /flood|recvq|sendq|[kgz]-?:?lined?\b|banned|throttl|too (many|fast)|reconnecting/i.test(text);
}
