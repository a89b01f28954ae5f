/**
 * A value that one rule knew by its name stands elsewhere on the same line without it: it is hidden there too.
 *
 * @module
 */

import { ALNUM, classOf } from "./chars.ts";
import type { Span } from "./spans.ts";

/** Shortest value looked for again, in UTF-16 units: shorter ones are words that stand in a line by chance. */
const SHORTEST_VALUE = 8;

/** Most values looked for, which bounds the work on a line; a line with more secrets is a dump, not a message. */
const MOST_VALUES = 64;

/**
 * Finds further occurrences of what spans hide.
 *
 * @param text The line.
 * @param spans Merged spans.
 * @param isName Whether a position belongs to the name of a secret: `password=password` keeps its name.
 */
export function findRepeats(
  text: string,
  spans: readonly Span[],
  isName: (at: number) => boolean,
): readonly Span[] {
  const values = new Map<string, Span>();
  for (const span of spans) {
    if (span.shortens === true || values.size >= MOST_VALUES) continue;
    const value = text.slice(span.start, span.end).replace(/^(["']|0[xX])|["']$/g, "");
    if (value.length >= SHORTEST_VALUE && !values.has(value)) values.set(value, span);
  }
  const repeats: Span[] = [];
  for (const [value, span] of values) {
    const words = /^[a-z]+$/.test(value);
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      const end = at + value.length;
      if ((at >= span.start && end <= span.end) || isName(at)) continue;
      // A password that is a word must not tear holes into longer words.
      if (words && (isAlnum(text, at - 1) || isAlnum(text, end))) continue;
      repeats.push({ ...span, start: at, end });
    }
  }
  return repeats;
}

function isAlnum(text: string, at: number): boolean {
  return (classOf(text.charCodeAt(at)) & ALNUM) !== 0;
}
