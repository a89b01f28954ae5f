/**
 * Values that stand deeper than behind one operator: the rest of a list, what a mapping holds, the arguments of calls
 * that take a user and a password.
 *
 * @module
 */

import { mixture } from "./chars.ts";
import { isPlaceholder, looksRandom } from "./values.ts";

/** Part of a line, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Most items of a list or a mapping that are read. */
const MOST_ITEMS = 32;

const NEXT_ITEM =
  /\\{0,3}["']?\s{0,2},\s{0,2}(?:\\{0,3}"((?:[^"\\]){1,512})\\{0,3}"|'([^']{1,512})'|([^\s"',\][{}=:]{1,512}))(?=\s{0,2}\\{0,3}["']?[,\]])/y;

/** Items of `[a, b, c]` behind the first one, which ends at `end`. */
export function* laterItems(text: string, end: number): Iterable<Range> {
  let at = end;
  for (let i = 0; i < MOST_ITEMS; i++) {
    NEXT_ITEM.lastIndex = at;
    const item = NEXT_ITEM.exec(text);
    const value = item?.[1] ?? item?.[2] ?? item?.[3];
    if (item === null || value === undefined) return;
    const start = item.index + item[0].lastIndexOf(value);
    yield { start, end: start + value.length };
    at = NEXT_ITEM.lastIndex - (item[1] !== undefined || item[2] !== undefined ? 1 : 0);
  }
}

const CHANGED = /\\?["']? (?:->|=>|→) \\?(?:"([^"\\]{1,512})|'([^'\\]{1,512})|([^\s"']{1,512}))/y;

/** The new value behind an old one that ends at `end`, as plans print a change: `token = "a" -> "b"`. */
export function changedTo(text: string, end: number): Range | undefined {
  CHANGED.lastIndex = end;
  const change = CHANGED.exec(text);
  const value = change?.[1] ?? change?.[2] ?? change?.[3];
  if (value === undefined || isPlaceholder(value)) return undefined;
  return { start: CHANGED.lastIndex - value.length, end: CHANGED.lastIndex };
}

/** Longest mapping that is read, in UTF-16 units. */
const LONGEST_MAPPING = 2048;

const LEAF = /[:=]>?\s{0,2}(?:\\{0,3}"([^"\\]{1,512})\\{0,3}"|'([^']{1,512})'|([^\s"',\]{}]{1,512}))/g;

/** Values of the mapping `{…}` that opens at `start` which look like secrets. */
export function* mappedValues(text: string, start: number): Iterable<Range> {
  const close = text.indexOf("}", start);
  const end = Math.min(close < 0 ? text.length : close, start + LONGEST_MAPPING);
  const inside = text.slice(start, end);
  let count = 0;
  for (const leaf of inside.matchAll(LEAF)) {
    if (++count > MOST_ITEMS) return;
    const value = leaf[1] ?? leaf[2] ?? leaf[3] ?? "";
    if (isPlaceholder(value) || !(looksRandom(value) || isStrongPassword(value))) continue;
    const from = start + leaf.index + leaf[0].lastIndexOf(value);
    yield { start: from, end: from + value.length };
  }
}

/** Calls and pairs with a user and a password, and calls whose names say that they take a secret. */
const CALLS =
  /\b(?:(?:http)?(?:basic|digest)?_?auth|creds?|credentials|login|log_in|sign_?in|authenticate|set_credentials)\s{0,2}[=(:]{1,2}\s{0,2}[([]?\s{0,2}\\?["'][^"'\\]{1,128}\\?["']\s{0,2},\s{0,2}\\?["']([^"'\\]{3,256})\\?["']|\b(?:set|with|use|check|verify|validate|hash|encrypt|update|change)_?(?:password|passwd|passphrase|secret|token|api_?key)(?:_hash|_verify)?\(\s{0,2}\\?["']([^"'\\]{3,256})\\?["']|\bpassword_(?:hash|verify)\(\s{0,2}\\?["']([^"'\\]{3,256})\\?["']/gi;

/** Secrets among the arguments of calls. */
export function* calledWith(text: string): Iterable<Range> {
  if (!/[("']/.test(text)) return;
  for (const call of text.matchAll(CALLS)) {
    const value = call[1] ?? call[2] ?? call[3] ?? "";
    if (isPlaceholder(value)) continue;
    const start = call.index + call[0].lastIndexOf(value);
    yield { start, end: start + value.length };
  }
}

/** Shortest password that is told from a word by what it is made of. */
const SHORTEST_PASSWORD = 8;

/** Whether a text has what passwords must have: a digit, both cases, 8 characters; and is no number with a unit. */
export function isStrongPassword(value: string): boolean {
  const { digits, lower, upper } = mixture(value, 0, value.length);
  return value.length >= SHORTEST_PASSWORD && digits > 0 && lower > 0 && upper > 0 &&
    !/^[\w.-]*[\d.]+$/.test(value);
}
