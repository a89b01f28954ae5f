/**
 * `sk-key`: API keys that begin with `sk-`.
 *
 * Sources: OpenAI (`sk-`, `sk-proj-`, `sk-svcacct-`, `sk-admin-`), Anthropic (`sk-ant-api03-`, `sk-ant-admin01-`,
 * `sk-ant-oat01-`), OpenRouter (`sk-or-v1-`), DeepSeek and others (`sk-` and hex). Becomes `sk-[REDACTED]`.
 *
 * @module
 */

import { runEnd, startsToken, TOKEN } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Shortest tail, in characters, that is a key. */
const SHORTEST_TAIL = 16;

/** Vendors' second prefixes, behind which 16 characters of anything are a key. */
const VENDOR = /(?:proj|svcacct|service|admin|ant|or|live|test|lf|user|None)-/y;

/** `sk-` and 16 or more characters that are no chain of words. */
export const skKey: Rule = {
  needs: FEATURES.longToken,
  find({ text }, report) {
    // End of the last run that was looked at: inside it only a vendor's prefix can make a difference.
    let seen = 0;
    for (let at = text.indexOf("sk-"); at >= 0; at = text.indexOf("sk-", at + 3)) {
      if (!startsToken(text, at)) continue;
      const tail = at + 3;
      const end = at < seen ? seen : runEnd(text, tail, TOKEN);
      const looked = at < seen;
      seen = end;
      if (
        end - tail < SHORTEST_TAIL || !(isVendor(text, tail) || (!looked && hasRandomPiece(text, tail, end)))
      ) {
        continue;
      }
      report({ start: at, end, replacement: "sk-[REDACTED]" });
      at = end - 3;
    }
  },
};

function isVendor(text: string, at: number): boolean {
  VENDOR.lastIndex = at;
  return VENDOR.test(text);
}

/** Shortest piece between hyphens that is no word although it is short: it has a digit or changes its case. */
const SHORTEST_PIECE = 8;

/** `sk-learn-contrib-estimators` is a chain of words; a random tail has a piece that is none. */
function hasRandomPiece(text: string, start: number, end: number): boolean {
  return text.slice(start, end).split(/[-_]/).some((piece) =>
    piece.length >= SHORTEST_TAIL ||
    (piece.length >= SHORTEST_PIECE && (/\d/.test(piece) || /[a-z][A-Z]/.test(piece)))
  );
}
