/**
 * `jwt`: JSON Web Tokens.
 *
 * Sources: RFC 7519 (three parts), RFC 7515 §7.1 (the signature may be empty), RFC 7516 §3.1 (five parts, the second may
 * be empty). A header is a JSON object, so that its base64url begins with `eyJ`, and with `ewo` or `eyA` where it was
 * printed with a line break or a blank. Becomes `[REDACTED_JWT]`.
 *
 * @module
 */

import { runEnd, startsToken, TOKEN } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Shortest header, in characters: `{"alg":"none"}` has 19, a truncated one still tells the algorithm. */
const SHORTEST_HEADER = 10;

/** Shortest payload, in characters: that of `{"a":1}`. */
const SHORTEST_PAYLOAD = 8;

/** Parts of a signed token. */
const COMPACT_PARTS = 3;

/** Parts of an encrypted token. */
const MOST_PARTS = 5;

const HEADS = ["eyJ", "ewo", "eyA"] as const;

/** Two to five parts of base64url, the first of them a JSON object. */
export const jwt: Rule = {
  needs: FEATURES.longToken,
  find({ text }, report) {
    for (const head of HEADS) {
      let seen = 0;
      for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
        // Behind letters it is a token only with all its parts: `keyeyJ….….…`; one run is looked at once.
        const inWord = !startsToken(text, at);
        if (inWord && at < seen) continue;
        const { end, parts } = tokenEnd(text, at);
        seen = Math.max(seen, runEnd(text, at, TOKEN));
        if (end === undefined || (inWord && parts < COMPACT_PARTS)) continue;
        report({ start: at, end, replacement: "[REDACTED_JWT]" });
        at = end - 1;
      }
    }
  },
};

interface Token {
  /** One behind the token, `undefined` when it is none. */
  readonly end: number | undefined;
  /** How many parts. */
  readonly parts: number;
}

function tokenEnd(text: string, start: number): Token {
  let end = runEnd(text, start, TOKEN);
  if (end - start < SHORTEST_HEADER) return { end: undefined, parts: 1 };
  let parts = 1;
  let long = false;
  while (parts < MOST_PARTS) {
    while (text[end] === "=") end++;
    if (text[end] !== ".") break;
    const next = runEnd(text, end + 1, TOKEN);
    // An empty part is one of an encrypted token, or the full stop of a sentence.
    if (next === end + 1 && text[next] !== ".") break;
    long ||= next - end > SHORTEST_PAYLOAD;
    end = next;
    parts++;
  }
  return { end: long ? end : undefined, parts };
}
