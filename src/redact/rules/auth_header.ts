/**
 * `auth-header`: credentials in HTTP headers, in whatever notation a log prints them.
 *
 * Sources: RFC 9110 §11 (Authorization), RFC 6750 (Bearer), RFC 7617 (Basic), RFC 7616 (Digest), RFC 6265 (Cookie,
 * Set-Cookie), AWS Signature Version 4, x402 (`X-PAYMENT`). Name and scheme stay, credentials become `[REDACTED]`.
 *
 * @module
 */

import type { Assignment } from "../assignments.ts";
import { readAssignment } from "../assignments.ts";
import { ALNUM, classOf, mixture, startsToken } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";
import { isPlaceholder, isPlainWord } from "../values.ts";

const REPLACEMENT = "[REDACTED]";

/** Names of headers that hold credentials; `_` where the environment of CGI and WSGI has them. */
const HEADER =
  /\b(?:HTTP_)?(?:(?:x[-_](?:forwarded|original|amzn-remapped)[-_])?(?:proxy[-_])?authorization|(?:set[-_])?cookie2?|x[-_](?:[a-z0-9]+[-_]){0,4}(?:key|token|secret|signature|auth|authorization|password|credential)(?:[-_]256)?|x-payment(?:-response)?|payment-signature|(?:private|job|deploy)-token|api-?key|ocp-apim-subscription-key|sec-websocket-protocol-token)\b/gi;

/** Headers of this shape that hold no secret. */
const NO_SECRET =
  /(?:idempotency|public|request|cache|surrogate|sort|partition|routing|correlation)[-_](?:key|token)$/i;

/** Schemes whose credentials are parameters, with blanks and commas, to the end of the value. */
const PARAMETERS =
  /^(?:Digest|AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256|OAuth|Hawk|Signature|SharedKey(?:Lite)?|HOBA|SCRAM-SHA-(?:1|256)|GoogleLogin|ACS3-HMAC-SHA256|TC3-HMAC-SHA256|EG1-HMAC-SHA256|mac)$/i;

/** Schemes followed by one token. */
const SCHEME =
  /^(?:Bearer|Basic|Token|ApiKey|Api-Key|Key|Negotiate|NTLM|DPoP|JWT|SSWS|Splunk|GenieKey|PRIVATE-TOKEN|Bot|Client-ID|token|Zoho-oauthtoken|Apikey-v1|Vault|Snowflake|HMAC|PoP|Kinvey|Session)$/i;

/** Attributes of `Set-Cookie`, which are no secrets. */
const COOKIE_ATTRIBUTE =
  /^(?:path|domain|expires|max-age|samesite|secure|httponly|priority|partitioned|version|comment)$/i;

/** Shortest token behind a bare `Bearer` or `Basic`, in characters. */
const SHORTEST_BARE = 12;

const BARE = /\b(?:Bearer|Basic)(?: {1,4}|%20|\+|: ?)/gi;

const TOKEN68 = /[A-Za-z0-9._~+/%-]+={0,3}/y;

/** Credentials of headers, and of a bare `Bearer x` or `Basic x`. */
export const authHeader: Rule = {
  needs: FEATURES.keyword,
  find({ text }, report) {
    HEADER.lastIndex = 0;
    for (let hit = HEADER.exec(text); hit !== null; hit = HEADER.exec(text)) {
      if (NO_SECRET.test(hit[0])) continue;
      const nameEnd = hit.index + hit[0].length;
      const read = readAssignment(text, hit.index, nameEnd);
      // `key 'apiKey' was not present` says something about a header, not its value.
      if (read === undefined || read.operator === "is" || read.operator === "beside") continue;
      if (/cookie/i.test(hit[0])) findCookies(text, read, report);
      else findCredentials(text, read, hit[0], report);
    }
    findBare(text, report);
  },
};

function findCredentials(
  text: string,
  header: Assignment,
  name: string,
  report: (found: Found) => void,
): void {
  const blanks = /(?:%20|\+)+/y;
  blanks.lastIndex = header.start;
  const read = blanks.test(text) ? { ...header, start: Math.min(blanks.lastIndex, header.end) } : header;
  const end = read.quoted ? read.end : lineEnd(text, read.start);
  const value = text.slice(read.start, end);
  const [scheme = ""] = /^[A-Za-z][A-Za-z0-9-]*(?=(?: |%20|\+))/.exec(value) ?? [];
  const gap = /^(?: +|%20|\+)/.exec(value.slice(scheme.length))?.[0].length ?? 0;
  if (scheme !== "" && /authorization|auth$/i.test(name)) {
    const start = read.start + scheme.length + gap;
    if (PARAMETERS.test(scheme)) return hide(text, start, end, report, " ");
    if (SCHEME.test(scheme)) return hide(text, start, read.quoted ? end : tokenEnd(text, start, end), report);
    // An unknown scheme and what follows: prose if both are words.
    const next = tokenEnd(text, start, end);
    if (!read.quoted && isPlainWord(scheme)) {
      if (isPlainWord(text.slice(start, next))) return;
      return hide(text, start, next, report);
    }
    return hide(text, read.start, end, report);
  }
  const valueEnd = read.quoted ? end : read.end;
  if (!read.quoted && read.operator === ":" && isPlainWord(text.slice(read.start, valueEnd))) return;
  if (SCHEME.test(text.slice(read.start, valueEnd))) return;
  hide(text, read.start, valueEnd, report);
}

/** Each cookie's value; names and attributes stay. */
function findCookies(text: string, read: Assignment, report: (found: Found) => void): void {
  const end = read.quoted ? read.end : cookieEnd(text, read.start);
  let at = read.start;
  while (at < end) {
    const semicolon = text.indexOf(";", at);
    const pairEnd = semicolon < 0 || semicolon > end ? end : semicolon;
    const equals = text.indexOf("=", at);
    if (equals > 0 && equals < pairEnd) {
      const name = text.slice(at, equals).trim();
      if (!COOKIE_ATTRIBUTE.test(name)) hide(text, equals + 1, pairEnd, report);
    }
    at = pairEnd + 1;
  }
}

/** `Bearer x` and `Basic x` without a header's name: the token must look like one. */
function findBare(text: string, report: (found: Found) => void): void {
  BARE.lastIndex = 0;
  for (let hit = BARE.exec(text); hit !== null; hit = BARE.exec(text)) {
    const start = BARE.lastIndex;
    if (!startsToken(text, hit.index)) continue;
    TOKEN68.lastIndex = start;
    if (!TOKEN68.test(text)) continue;
    const end = tokenEnd(text, start, text.length);
    const stop = Math.min(end, Math.max(TOKEN68.lastIndex, start));
    if (stop - start < SHORTEST_BARE || text[stop] === "=") continue;
    const { digits, lower, upper } = mixture(text, start, stop);
    const titled = upper === 1 && /^[A-Z][a-z]/.test(text.slice(start, start + 2));
    if (digits > 0 || (upper > 0 && lower > 0 && !titled)) hide(text, start, stop, report);
  }
}

function hide(
  text: string,
  start: number,
  end: number,
  report: (found: Found) => void,
  trimmed: string = " \"'`,;)]}\\",
): void {
  let stop = end;
  while (stop > start && trimmed.includes(text.charAt(stop - 1))) stop--;
  if (stop <= start || isPlaceholder(text.slice(start, stop))) return;
  report({ start, end: stop, replacement: REPLACEMENT });
}

/** End of an unquoted header: of the line, or before the quote, bracket or pipe that closes what the header stands in. */
function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "]" || character === "|" || character === "}") return at;
    if (character === "'" || character === "`") return at;
    // Digest quotes its parameters; a quote that closes has no value before it.
    if (character === '"' && text[at - 1] !== "=" && !opened(text, from, at)) return at;
  }
  return text.length;
}

function opened(text: string, from: number, at: number): boolean {
  let quotes = 0;
  for (let i = from; i < at; i++) if (text[i] === '"') quotes++;
  return quotes % 2 === 1;
}

/** End of unquoted cookies: a blank that does not follow a `;`, or what closes the text around. */
function cookieEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === " " && text[at - 1] !== ";" && !/^ ?[^;=]{1,40};/.test(text.slice(at, at + 42))) {
      return at;
    }
    if ("]'`|}".includes(character)) return at;
    if (character === '"' && text[at - 1] !== "=" && (classOf(text.charCodeAt(at + 1)) & ALNUM) === 0) {
      return at;
    }
  }
  return text.length;
}

/** End of one token: a blank, a quote, a bracket that was not opened in it, a comma. */
function tokenEnd(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && !" \"'`,;)]}<>|\\".includes(text.charAt(at))) at++;
  return at;
}
