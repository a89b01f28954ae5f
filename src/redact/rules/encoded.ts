/**
 * `encoded`: secrets in percent-encoding, `\uXXXX`, `\xNN`, HTML entities or base64: what a token says when it is decoded
 * is looked at by all the other rules.
 *
 * Sources: RFC 3986 §2.1, RFC 8259 §7, ECMA-262 (string literals), HTML's character references, RFC 4648, RFC 7617
 * (`user:password`). The whole token becomes `[REDACTED_ENCODED]`, because half of one decodes to anything.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Line, Rule } from "../rule.ts";
import { decodeBase64, decodeEscapes } from "../decode.ts";

/** How often a token is decoded: percent inside JSON inside percent is two proxies deep. */
const MOST_LAYERS = 3;

/** Most tokens of a line that are decoded: a line with more is a dump. */
const MOST_TOKENS = 64;

/** A token with an escape in it, bounded by what separates values. */
const NARROW =
  /(?:[\w.~+*!-]|%[0-9A-Fa-f]{2}|\\{1,4}u[0-9A-Fa-f]{4}|\\{1,4}u\{[0-9A-Fa-f]{1,6}\}|\\{1,4}x[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{1,6};|&(?:quot|amp|apos);){3,}/g;

/** A word: everything between blanks. */
const WIDE = /[^\s"'`<>]{3,}/g;

const ESCAPE =
  /%[0-9A-Fa-f]{2}|\\u\{?[0-9A-Fa-f]|\\x[0-9A-Fa-f]{2}|\\\/|&(?:#x?[0-9A-Fa-f]|quot;|amp;|apos;|lt;|gt;)/;

/** Runs that may be base64, or base64url, of 12 and more characters. */
const BASE64_RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,4096}={0,2}(?![A-Za-z0-9+/=_-])/g;

/** What RFC 7617 joins: a user and a password. A port, a scheme and a digest behind the colon are something else. */
const PAIR = /^[\w.@+\\-]{2,64}:(?!\/\/|\d{1,5}$|[0-9a-fA-F]{32,}$)[!-~]{4,256}$/;

/** Tokens that hide something when they are decoded. */
export const encoded: Rule = {
  needs: FEATURES.escape | FEATURES.longToken | FEATURES.padded,
  late: true,
  find(line, report) {
    const { text } = line;
    const take = (start: number, end: number) => report({ start, end, replacement: "[REDACTED_ENCODED]" });
    if ((line.features & FEATURES.escape) !== 0 && ESCAPE.test(text)) {
      let found = false;
      findEscaped(line, NARROW, (start, end) => {
        found = true;
        take(start, end);
      });
      if (!found) findEscaped(line, WIDE, take);
    }
    findBase64(line, take);
  },
};

function findEscaped(line: Line, pattern: RegExp, take: (start: number, end: number) => void): void {
  let count = 0;
  for (const { index, 0: token } of line.text.matchAll(pattern)) {
    if (!ESCAPE.test(token)) continue;
    if (++count > MOST_TOKENS) return;
    if (hidesWhenDecoded(line, token)) take(index, index + token.length);
  }
}

/** Decodes layer by layer: each must change the text and is looked at. */
function hidesWhenDecoded(line: Line, token: string): boolean {
  let text = token;
  for (let i = 0; i < MOST_LAYERS; i++) {
    const decoded = decodeEscapes(text);
    if (decoded === text) return false;
    if (line.hides(decoded)) return true;
    text = decoded;
  }
  return false;
}

function findBase64(line: Line, take: (start: number, end: number) => void): void {
  let count = 0;
  for (const { index, 0: token } of line.text.matchAll(BASE64_RUN)) {
    const decoded = decodeBase64(token);
    if (decoded === undefined) continue;
    if (++count > MOST_TOKENS) return;
    if (PAIR.test(decoded) || line.hides(decoded) || hidesWhenDecoded(line, decoded)) {
      take(index, index + token.length);
    }
  }
}
