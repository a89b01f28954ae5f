/**
 * What single lines of stack traces look like.
 *
 * @module
 */

import { ESC, skipSequences } from "./ansi.ts";
import { startsWith } from "./byte_words.ts";
import { dottedNameEnd } from "./level_opening.ts";
import { LEVEL_WORDS } from "./level_words.ts";

/** Longest name of a thrown type, in bytes. */
const LONGEST_NAME_BYTES = 160;

/** Length of `2025-10-31`. */
const DATE_BYTES = 10;

/** What the names of types end in that Java and .NET throw. */
const THROWN = ["Exception", "Error", "Throwable"] as const;

const TAB = 0x09;
const SPACE = 0x20;
const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether one of the texts, if there are any, stands at `start`. */
export function startsWithOne(
  bytes: Uint8Array,
  start: number,
  end: number,
  texts: readonly string[] | undefined,
): boolean {
  return texts !== undefined && texts.some((text) => startsWith(bytes, start, end, text));
}

/** Whether an indented line has a time stamp or a level of its own, as the pretty format of Rust's `tracing` has. */
export function startsRecord(bytes: Uint8Array, start: number, end: number): boolean {
  let i = skipSequences(bytes, start, end);
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i = skipSequences(bytes, i + 1, end);
  if (end - i > DATE_BYTES && isDigit(bytes[i])) {
    const separator = bytes[i + 4];
    return (separator === DASH || separator === SLASH) && bytes[i + 7] === separator && isDigit(bytes[i + 3]);
  }
  let to = i;
  while (to < end && bytes[to] >= 0x41 && bytes[to] <= 0x5a) to++;
  const after = to < end ? bytes[to] : SPACE;
  return (after === SPACE || after === COLON || after === ESC) &&
    LEVEL_WORDS.find(bytes, i, to)?.place === "anywhere";
}

/** `ValueError: bad`, `sqlalchemy.exc.OperationalError: …`, `KeyboardInterrupt`, but not `INFO:root:text`. */
export function isPythonException(bytes: Uint8Array, start: number, end: number): boolean {
  const to = dottedNameEnd(bytes, start, Math.min(end, start + LONGEST_NAME_BYTES));
  if (to === start || isDigit(bytes[start]) || (to < end && bytes[to] !== COLON)) return false;
  let dotted = false;
  let upper = false;
  let lower = false;
  for (let i = start; i < to; i++) {
    if (bytes[i] === DOT) dotted = true;
    else if (bytes[i] >= 0x61) lower = true;
    else if (bytes[i] >= 0x41) upper = true;
  }
  return lower && (dotted || upper);
}

/** A dotted name that ends in `Exception` or the like, alone or with a colon: Java prints it behind the log line. */
export function isThrown(bytes: Uint8Array, start: number, end: number): boolean {
  const to = dottedNameEnd(bytes, start, Math.min(end, start + LONGEST_NAME_BYTES));
  if (to < end && bytes[to] !== COLON) return false;
  return THROWN.some((text) => to - start > text.length && startsWith(bytes, to - text.length, to, text)) &&
    bytes.subarray(start, to).includes(DOT);
}

/** `net/http.(*conn).serve(0xc000, {0x1})`: no blank before the first parenthesis, and one at the end. */
export function isGoCall(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== CLOSE_PAREN) return false;
  for (let i = start; i < end; i++) {
    if (bytes[i] === OPEN_PAREN) return i > start;
    if (bytes[i] === SPACE) return false;
  }
  return false;
}

/** `#0 /srv/a.php(12): f()`, `#1 {main}`, `#2 [internal function]: g()`. */
export function isPhpFrame(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start + 1;
  while (i < end && isDigit(bytes[i])) i++;
  return i > start + 1 && startsWithOne(bytes, i, end, [" /", " {main}", " [internal function]"]);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
