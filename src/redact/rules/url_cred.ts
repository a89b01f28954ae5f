/**
 * `url-cred`: user names and passwords in URLs and data source names.
 *
 * Sources: RFC 3986 §3.2.1 (userinfo); go-sql-driver's DSN (`user:password@tcp(host)`); Oracle's easy connect
 * (`user/password@host:port`). The user stays, the password becomes `[REDACTED]`; so does a token that stands for both.
 *
 * @module
 */

import { mixture, runEnd, runStart, TOKEN } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";
import { isPlaceholder } from "../values.ts";

const REPLACEMENT = "[REDACTED]";

/** Longest userinfo, in UTF-16 units: longer than any token that services hand out. */
const LONGEST_USERINFO = 2048;

/** Schemes whose paths hold `@` (packages, profiles): a `/` ends their authority, whatever follows. */
const WEB = /^(?:https?|wss?|ftp|git|file|npm|view-source)$/i;

/** Shortest user name without a password that is a token. */
const SHORTEST_TOKEN = 16;

/** A host, as far as needed to tell it from the rest of a password. */
const HOST =
  /(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_*](?:[A-Za-z0-9._*-]*[A-Za-z0-9_*])?|\$\{[^}]*\}|\{[^}]*\})(?::\d{1,5})?(?=$|[/?#,;"'`\s)\]}>&\\:]|\.(?:\s|$))/y;

/** Credentials before the host of a URL, a DSN or an Oracle address. */
export const urlCred: Rule = {
  needs: FEATURES.at,
  find({ text, features }, report) {
    if ((features & FEATURES.scheme) !== 0) findUrls(text, report);
    findDsns(text, report);
  },
};

function findUrls(text: string, report: (found: Found) => void): void {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    const scheme = text.slice(runStart(text, at, TOKEN, Math.max(0, at - 32)), at);
    const start = at + 3;
    const end = userinfoEnd(text, start, /^(?:git\+)?(?:https?|wss?)$/i.test(scheme) || WEB.test(scheme));
    if (end !== undefined) splitUserinfo(text, start, end, report);
  }
}

/** End of the URL's characters: a blank, a quote, an angle bracket. */
function urlEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_USERINFO);
  let at = start;
  while (at < limit && !" \"'`<>".includes(text.charAt(at))) at++;
  return at;
}

/** Position of the `@` that ends the userinfo: the last one before the host. */
function userinfoEnd(text: string, start: number, web: boolean): number | undefined {
  const end = urlEnd(text, start);
  const first = text.indexOf("@", start);
  if (first < 0 || first >= end) return undefined;
  const slash = delimiter(text, start, end);
  if (first > slash && !continuesPassword(text, start, slash, web)) return undefined;
  // Behind the first `@` the authority goes on to the next `/`; other `@` before it belong to the password.
  let last = first;
  for (let at = text.indexOf("@", first + 1); at >= 0 && at < end; at = text.indexOf("@", at + 1)) {
    if (isHostAt(text, last + 1) && between(text, last + 1, at, web)) break;
    last = at;
  }
  return isHostAt(text, last + 1) ? last : undefined;
}

/** Whether what stands between two `@` is a host and what follows it, not a part of a password. */
function between(text: string, from: number, to: number, web: boolean): boolean {
  HOST.lastIndex = from;
  if (!HOST.test(text)) return false;
  const next = text.charAt(HOST.lastIndex);
  if (HOST.lastIndex >= to) return false;
  return web
    ? "/?,".includes(next)
    : next === "?" || next === "," || (next === "/" && text.slice(from, to).includes("?"));
}

function isHostAt(text: string, at: number): boolean {
  HOST.lastIndex = at;
  return HOST.test(text) || text.startsWith("tcp(", at) || text.startsWith("/", at);
}

/** First `/`, `?` or `#`, where an authority ends by the book. */
function delimiter(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && !"/?#".includes(text.charAt(at))) at++;
  return at;
}

/** Whether `user:pa` before a `/` is the start of a password with a `/` in it, rather than a host and its port. */
function continuesPassword(text: string, start: number, slash: number, web: boolean): boolean {
  const colon = text.indexOf(":", start);
  if (colon < 0 || colon >= slash || text[start] === "[") return false;
  const port = text.slice(colon + 1, slash);
  return web ? !/^\d{0,5}$/.test(port) : port !== "" && !/^\d{2,5}$/.test(port);
}

function splitUserinfo(text: string, start: number, end: number, report: (found: Found) => void): void {
  const colon = text.indexOf(":", start);
  if (colon < 0 || colon >= end) {
    if (isToken(text, start, end)) report({ start, end, replacement: REPLACEMENT });
    return;
  }
  if (isToken(text, start, colon)) report({ start, end: colon, replacement: REPLACEMENT });
  if (!isPlaceholder(text.slice(colon + 1, end))) report({ start: colon + 1, end, replacement: REPLACEMENT });
}

/** Whether a user name is a token: long and mixed. */
function isToken(text: string, start: number, end: number): boolean {
  if (end - start < SHORTEST_TOKEN || runEnd(text, start, TOKEN, end) !== end) return false;
  const { digits, lower, upper } = mixture(text, start, end);
  return digits > 0 && lower + upper > 0 &&
    !/^[a-z]+(?:[-_][a-z]+)*[-_]?\d{0,4}$/.test(text.slice(start, end));
}

/** `user:password@tcp(host:3306)/db`, `user:password@host:5432`, `user/password@host:1521/service`. */
function findDsns(text: string, report: (found: Found) => void): void {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const socket = /@(?:tcp|unix|udp|cloudsql)\(/y;
    socket.lastIndex = at;
    const isSocket = socket.test(text);
    const target = /@(?:\/\/)?[A-Za-z0-9_.-]+:\d{2,5}(?![\w.])/y;
    target.lastIndex = at;
    if (!isSocket && !target.test(text)) continue;
    const start = dsnStart(text, at, isSocket);
    if (text.startsWith("://", start) || text.slice(start, at).includes("://")) continue;
    const separator = text.slice(start, at).search(isSocket ? /:/ : /[:/]/);
    if (separator < 1 || !/^[A-Za-z0-9_.$-]+$/.test(text.slice(start, start + separator))) continue;
    const from = start + separator + 1;
    // `app/app@10.0.0.9:51322` is how PgBouncer names a client: a database and a user.
    if (text[from - 1] === "/" && /^[a-z_]+$/.test(text.slice(from, at))) continue;
    if (at - from < 2 || isPlaceholder(text.slice(from, at))) continue;
    report({ start: from, end: at, replacement: REPLACEMENT });
  }
}

function dsnStart(text: string, at: number, isSocket: boolean): number {
  const stops = isSocket ? " \"'`" : " \"'`=(<>[,";
  let start = at;
  while (start > 0 && at - start < LONGEST_USERINFO && !stops.includes(text.charAt(start - 1))) start--;
  // `dsn=user:…` and `jdbc:oracle:thin:user/…`: what stands before the user.
  const prefix = /^(?:[A-Za-z_]+=|(?:jdbc:)?oracle:[a-z]+:)/.exec(text.slice(start, at))?.[0].length ?? 0;
  return start + prefix;
}
