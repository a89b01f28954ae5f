/**
 * `base64-line`: a line that is, behind its log prefix, one run of base64: a piece of a key whose first line was never
 * seen.
 *
 * Sources: RFC 7468 (64 characters a line), RFC 2045 §6.8 (76). Becomes `[REDACTED_BASE64]`.
 *
 * @module
 */

import { BASE64, mixture, runStart } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Shortest and longest run, in characters. */
const SHORTEST_RUN = 40;
const LONGEST_RUN = 76;

/** Longest log prefix, in UTF-16 units. */
const LONGEST_PREFIX = 200;

/** What a log prefix begins with: a time, a level, a bracket, a month. */
const PREFIX_START =
  /^(?:\[|<\d|\d{1,4}[-/:.]\d|\d{9,}|[IWEF]\d{4} |(?:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal)\b|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) )/i;

/** What it ends with: a mark, a level, a number, or the stream and tag of a container's log. */
const PREFIX_END =
  /(?:[:\]>|)-]|\b(?:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal)|\b(?:stdout|stderr) [FP]|\d(?:Z|UTC)?)$/i;

/** A body line of a key without its block. */
export const base64Line: Rule = {
  needs: FEATURES.longToken,
  whole: true,
  find({ text }, report) {
    let end = text.length;
    while (end > 0 && " \\\"'nr".includes(text.charAt(end - 1)) && isTrailer(text, end)) end--;
    const start = runStart(text, end, BASE64, Math.max(0, end - LONGEST_RUN - 1));
    const length = end - start;
    if (length < SHORTEST_RUN || length > LONGEST_RUN || !isPrefix(text.slice(0, start))) return;
    const { digits, lower, upper } = mixture(text, start, end);
    // A hash in hex, a path and a long word are none.
    if (
      /=[^=]/.test(text.slice(start, end)) || digits === 0 || lower === 0 || upper === 0 ||
      isPath(text.slice(start, end))
    ) return;
    report({ start, end, replacement: "[REDACTED_BASE64]" });
  },
};

/** Blanks, and a line break that a logger escaped. */
function isTrailer(text: string, end: number): boolean {
  const last = text.charAt(end - 1);
  return last === " " || ((last === "n" || last === "r") && text[end - 2] === "\\") ||
    (last === "\\" && /^(?:n|r)/.test(text.slice(end)));
}

function isPrefix(prefix: string): boolean {
  const bare = prefix.trim();
  if (bare === "") return true;
  if (bare.length > LONGEST_PREFIX || !prefix.endsWith(" ")) return false;
  return PREFIX_START.test(bare) && PREFIX_END.test(bare);
}

/** Slashes between words: `/usr/local/lib/…`. */
function isPath(run: string): boolean {
  const pieces = run.split("/");
  return pieces.length > 3 &&
    pieces.filter((piece) => /^[A-Z]?[a-z]+\d*$/.test(piece)).length * 2 > pieces.length;
}
