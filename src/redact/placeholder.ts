/**
 * Our own replacement texts, known again: a line that was redacted before stays as it is.
 *
 * @module
 */

import type { Found } from "./rule.ts";

/** What the rules put where something was; shortened numbers are too short to be found again. */
const PLACEHOLDER =
  /(?:0x|sk-)?\[(?:REDACTED(?:_[A-Z0-9]+)*|EMAIL|CARD|IBAN|SSN|PHONE|IP|UUID|HOME|BTC_ADDRESS)\]/g;

/** What tells a value from punctuation. */
const INK = /[\p{L}\p{N}]/u;

/** Part of a line, in UTF-16 units. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Finds the placeholders of a line. */
export function findPlaceholders(text: string): readonly Range[] {
  if (!text.includes("]")) return [];
  return Array.from(text.matchAll(PLACEHOLDER), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Fits a finding to the placeholders of its line.
 *
 * @returns The finding, wide enough to cut no placeholder in two; `undefined` when it holds nothing else than
 *   placeholders and punctuation: then there is nothing left to hide.
 */
export function besidePlaceholders<T extends Found>(
  found: T,
  text: string,
  placeholders: readonly Range[],
): T | undefined {
  const inside = placeholders.filter((range) => range.start < found.end && range.end > found.start);
  const [first] = inside;
  const last = inside.at(-1);
  if (first === undefined || last === undefined) return found;
  const start = Math.min(found.start, first.start);
  const end = Math.max(found.end, last.end);
  let rest = "";
  let from = start;
  for (const range of inside) {
    rest += text.slice(from, range.start);
    from = range.end;
  }
  rest += text.slice(from, end);
  return INK.test(rest) ? { ...found, start, end } : undefined;
}
