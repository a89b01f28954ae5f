/**
 * What a line from the server means to a log bot: everything else is not an event.
 *
 * @module
 */

import type { Trouble } from "./adaptive_pace.ts";
import type { ServerLine } from "./client.ts";
import { NICKSERV } from "./nickserv.ts";
import { NICK_REFUSALS } from "./refusals.ts";

/** What may say which line of ours it answers. */
interface Labelled {
  readonly label: string | undefined;
}

/** Something the server told us. */
export type ServerEvent =
  /** 001: we are in, under this nick. */
  | { readonly kind: "welcome"; readonly nick: string }
  /** 376 or 422: the greeting is over, commands are taken. */
  | { readonly kind: "greeted" }
  /** 002 or 004: what the server runs. */
  | { readonly kind: "version"; readonly version: string }
  /** 005: what the server supports; a value is empty where there is none. */
  | { readonly kind: "supports"; readonly tokens: ReadonlyMap<string, string> }
  /** 900, 903: a login was accepted, by SASL or services. */
  | { readonly kind: "logged-in" }
  /** Services marked the nick as identified. */
  | { readonly kind: "identified" }
  /** NickServ said something to us. */
  | { readonly kind: "nickserv"; readonly text: string }
  /** 432 and kin: the nick that was asked for is not to be had. */
  | { readonly kind: "nick-refused"; readonly numeric: string }
  /** Our nick is another one now. */
  | { readonly kind: "nick"; readonly nick: string }
  /** 396, CHGHOST: others see us under this host now, and under this user name unless it is `undefined`. */
  | { readonly kind: "host"; readonly user: string | undefined; readonly host: string }
  /** We are in a channel. */
  | { readonly kind: "joined"; readonly channel: string }
  /** Somebody else is. */
  | { readonly kind: "joined-by-other"; readonly channel: string }
  /** 353: some who are in a channel, with their signs. */
  | { readonly kind: "names"; readonly channel: string; readonly names: readonly string[] }
  /** 366: all that comes with a JOIN has come. */
  | { readonly kind: "names-end"; readonly channel: string }
  /** Somebody else said something in a channel. */
  | { readonly kind: "spoken"; readonly nick: string; readonly channel: string; readonly text: string }
  /** Somebody else left a channel, or the server when `channel` is `undefined`. */
  | { readonly kind: "left"; readonly nick: string; readonly channel: string | undefined }
  /** Somebody else has another nick. */
  | { readonly kind: "renamed"; readonly from: string; readonly to: string }
  /** We left a channel, or were made to. */
  | { readonly kind: "parted"; readonly channel: string }
  /** We were kicked; `by` is empty when the server did it. */
  | { readonly kind: "kicked"; readonly channel: string; readonly by: string; readonly text: string }
  /** 324: all modes of a channel, letters first. */
  | { readonly kind: "modes"; readonly channel: string; readonly modes: readonly string[] }
  /** MODE: modes of a channel changed, letters first. */
  | { readonly kind: "modes-changed"; readonly channel: string; readonly modes: readonly string[] }
  /** 470: the JOIN went elsewhere. */
  | { readonly kind: "forwarded"; readonly channel: string; readonly to: string }
  /** An error numeric about a channel: a JOIN or a message was refused. */
  | {
    readonly kind: "refused";
    readonly numeric: string;
    readonly channel: string;
    readonly text: string;
  } & Labelled
  /** An error about a line of ours and no channel. */
  | { readonly kind: "line-refused"; readonly label: string }
  /** 401 and kin: there is nobody of this nick. */
  | { readonly kind: "nobody"; readonly nick: string }
  /** A notice to us, from anybody. */
  | { readonly kind: "notice"; readonly nick: string; readonly text: string }
  /** A message of ours came back (echo-message). */
  | { readonly kind: "echo"; readonly channel: string; readonly text: string } & Labelled
  /** The server is done with a line of ours and has nothing to say about it (labeled-response). */
  | { readonly kind: "acknowledged"; readonly label: string }
  /** A message to a channel was dropped because there were too many, or to too many targets. */
  | { readonly kind: "throttled"; readonly channel: string; readonly because: Trouble } & Labelled
  /** The server says that we are too fast. */
  | { readonly kind: "too-fast"; readonly because: Trouble }
  /** We were invited. */
  | { readonly kind: "invited"; readonly channel: string }
  /** Answer to a PING of ours. */
  | { readonly kind: "pong"; readonly token: string }
  /** The server says farewell. */
  | { readonly kind: "error"; readonly text: string };

/** Solanum, charybdis, ircd-hybrid: `*** Message to #channel throttled due to flooding`. */
const THROTTLED = /Message to (\S+) throttled due to flooding/i;

/** No such nick; no such server, of a full address; services that are away (RFC 2812 §5.2, DALnet 440). */
const NOBODY: ReadonlySet<string> = new Set(["401", "402", "440"]);

/** Other servers in their own words, in notices and behind 404: UnrealIRCd's `Channel is being flooded`. */
const TOO_FAST = /\bthrottled\b|\bflood(ing|ed)\b|\btoo (fast|quickly)\b|\bslow down\b/i;

/** 439 (ircu, bahamut, ircd-hybrid) and 707 (Solanum): messages to too many targets. */
const TARGET_CHANGE: ReadonlySet<string> = new Set(["439", "707"]);

/**
 * Reads a line. Total: a line with too few parameters is no event.
 *
 * @param line What the server sent.
 * @param isSelf Whether a nick is ours now.
 */
export function readEvent(line: ServerLine, isSelf: (nick: string) => boolean): ServerEvent | undefined {
  if (/^\d{3}$/.test(line.command)) return readNumeric(line);
  const { command, params } = line;
  const [first = "", second = ""] = params;
  const text = params.at(-1) ?? "";
  switch (command) {
    case "JOIN":
      return { kind: isSelf(line.nick) ? "joined" : "joined-by-other", channel: first };
    case "PART":
      return isSelf(line.nick)
        ? { kind: "parted", channel: first }
        : { kind: "left", nick: line.nick, channel: first };
    case "KICK":
      return isSelf(second)
        ? { kind: "kicked", channel: first, by: line.nick, text }
        : { kind: "left", nick: second, channel: first };
    case "QUIT":
      return { kind: "left", nick: line.nick, channel: undefined };
    case "NICK":
      return isSelf(line.nick)
        ? { kind: "nick", nick: first }
        : { kind: "renamed", from: line.nick, to: first };
    case "MODE":
      if (isChannel(first)) return { kind: "modes-changed", channel: first, modes: params.slice(1) };
      return isSelf(first) && /^[^-]*\+[^-]*r/.test(second) ? { kind: "identified" } : undefined;
    case "CHGHOST":
      return isSelf(line.nick) ? { kind: "host", user: first, host: second } : undefined;
    case "PRIVMSG":
      if (isSelf(line.nick)) return { kind: "echo", channel: first, text, label: line.label };
      return isChannel(first) ? { kind: "spoken", nick: line.nick, channel: first, text } : undefined;
    case "NOTICE":
      return readNotice(line, text, isSelf);
    case "INVITE":
      return isSelf(first) ? { kind: "invited", channel: second } : undefined;
    case "ACK":
      return line.label === undefined ? undefined : { kind: "acknowledged", label: line.label };
    case "FAIL":
      return line.label === undefined ? undefined : { kind: "line-refused", label: line.label };
    case "PONG":
      return { kind: "pong", token: text };
    case "ERROR":
      return { kind: "error", text };
    default:
      return undefined;
  }
}

function readNotice(
  line: ServerLine,
  text: string,
  isSelf: (nick: string) => boolean,
): ServerEvent | undefined {
  const isForUs = isSelf(line.params[0] ?? "");
  if (isForUs && line.nick.toLowerCase() === NICKSERV) return { kind: "nickserv", text };
  // Servers have a dot in their name, services on some networks no user and host.
  if (isForUs && line.nick !== "" && !line.nick.includes(".")) {
    return { kind: "notice", nick: line.nick, text };
  }
  // Only from the server itself: anybody can send such a notice. Before it knows our nick it talks of connecting.
  if (line.user !== "" || !isSelf(line.params[0] ?? "")) return undefined;
  const because = "throttle notice";
  const channel = THROTTLED.exec(text)?.[1];
  if (channel !== undefined) return { kind: "throttled", channel, because, label: line.label };
  return TOO_FAST.test(text) ? { kind: "too-fast", because } : undefined;
}

/** `:server 474 ournick #channel :Cannot join`: the first parameter is always who it is for. */
function readNumeric(line: ServerLine): ServerEvent | undefined {
  const { command: numeric, params } = line;
  const subject = params[1] ?? "";
  switch (numeric) {
    case "001":
      return { kind: "welcome", nick: params[0] ?? "" };
    case "002":
      return versionEvent(/running version (.*)$/.exec(params.at(-1) ?? "")?.[1]);
    case "004":
      return versionEvent(params[2]);
    case "005":
      return { kind: "supports", tokens: readTokens(params.slice(1, -1)) };
    case "324":
      return { kind: "modes", channel: subject, modes: params.slice(2) };
    case "353": {
      // After the channel's sign (= * @), which the oldest servers leave out.
      const names = (params.at(-1) ?? "").split(" ").filter((name) => name !== "");
      return { kind: "names", channel: params.at(-2) ?? "", names };
    }
    case "366":
      return { kind: "names-end", channel: subject };
    case "376":
    case "422":
      return { kind: "greeted" };
    case "396":
      return { kind: "host", user: undefined, host: subject.slice(subject.indexOf("@") + 1) };
    case "470":
      return { kind: "forwarded", channel: subject, to: params[2] ?? "" };
    case "900":
    case "903":
      return { kind: "logged-in" };
  }
  if (TARGET_CHANGE.has(numeric)) return readTargetChange(line, subject);
  // 437 is about a nick or about a channel.
  if (NICK_REFUSALS.has(numeric) && !isChannel(subject)) return { kind: "nick-refused", numeric };
  if (!/^[45]/.test(numeric)) return undefined;
  const { label } = line;
  const text = params.at(-1) ?? "";
  if (!isChannel(subject)) {
    if (label !== undefined) return { kind: "line-refused", label };
    return NOBODY.has(numeric) ? { kind: "nobody", nick: subject } : undefined;
  }
  return numeric === "404" && TOO_FAST.test(text)
    ? { kind: "throttled", channel: subject, because: "throttle notice", label }
    : { kind: "refused", numeric, channel: subject, text, label };
}

/** `439 * :Please wait while we process your connection` names no target, and is no trouble. */
function readTargetChange({ params, label }: ServerLine, subject: string): ServerEvent | undefined {
  const because = "target change limit";
  if (isChannel(subject)) return { kind: "throttled", channel: subject, because, label };
  return params.length > 2 ? { kind: "too-fast", because } : undefined;
}

function versionEvent(version: string | undefined): ServerEvent | undefined {
  return version === undefined ? undefined : { kind: "version", version };
}

function readTokens(params: readonly string[]): ReadonlyMap<string, string> {
  return new Map(params.map((token) => {
    const equals = token.indexOf("=");
    return equals === -1 ? [token, ""] : [token.slice(0, equals), token.slice(equals + 1)];
  }));
}

/** RFC 2812 §1.3; other prefixes need no support, because none of ours is in the configuration. */
function isChannel(name: string): boolean {
  return /^[#&+!]/.test(name);
}
