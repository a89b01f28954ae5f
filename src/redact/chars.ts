/**
 * Which characters make up hex numbers, words, tokens and base64, as one table look-up; where a token may start.
 *
 * @module
 */

/** Character classes, as bits of {@linkcode classOf}. */
export const HEX = 1;
/** `0-9A-Za-z`. */
export const ALNUM = 2;
/** `0-9A-Za-z_-`: base64url, and nearly every vendor's tokens. */
export const TOKEN = 4;
/** `0-9A-Za-z+/=`. */
export const BASE64 = 8;
/** `0-9A-Za-z_.$-`: names of keys in logs, configs and code. */
export const IDENTIFIER = 16;
/** `0-9`. */
export const DIGIT = 32;
/** `a-z`. */
export const LOWER = 64;
/** `A-Z`. */
export const UPPER = 128;

const CLASSES: Uint8Array = /* @__PURE__ */ classTable();

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const add = (characters: string, bits: number) => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      table[code] = (table[code] ?? 0) | bits;
    }
  };
  const lower = "abcdefghijklmnopqrstuvwxyz";
  add("0123456789", DIGIT | HEX | ALNUM | TOKEN | BASE64 | IDENTIFIER);
  add(lower, LOWER | ALNUM | TOKEN | BASE64 | IDENTIFIER);
  add(lower.toUpperCase(), UPPER | ALNUM | TOKEN | BASE64 | IDENTIFIER);
  add("abcdefABCDEF", HEX);
  add("_-", TOKEN | IDENTIFIER);
  add(".$", IDENTIFIER);
  add("+/=", BASE64);
  return table;
}

/** Classes of a UTF-16 unit; 0 for everything outside ASCII and for `NaN`. */
export function classOf(code: number): number {
  return CLASSES[code] ?? 0;
}

/** End of the run of characters of `bits` that starts at `from`, at most `to`. */
export function runEnd(text: string, from: number, bits: number, to: number = text.length): number {
  let end = from;
  while (end < to && (classOf(text.charCodeAt(end)) & bits) !== 0) end++;
  return end;
}

/** Start of the run of characters of `bits` that ends before `end`, at least `from`. */
export function runStart(text: string, end: number, bits: number, from: number = 0): number {
  let start = end;
  while (start > from && (classOf(text.charCodeAt(start - 1)) & bits) !== 0) start--;
  return start;
}

/**
 * Whether a token may start at `at`: behind anything that is no letter or digit, and behind an escape that a logger
 * wrote (`\n`, `\u0022`, `%20`), whose last letter belongs to the escape and not to a word.
 */
export function startsToken(text: string, at: number): boolean {
  if (at === 0 || (classOf(text.charCodeAt(at - 1)) & ALNUM) === 0) return true;
  if (text[at - 2] === "\\") return "nrtbfv0".includes(text.charAt(at - 1));
  if (text[at - 3] === "%" && runEnd(text, at - 2, HEX, at) === at) return true;
  if (text[at - 4] === "\\" && text[at - 3] === "x") return runEnd(text, at - 2, HEX, at) === at;
  return text[at - 6] === "\\" && text[at - 5] === "u" && runEnd(text, at - 4, HEX, at) === at;
}

/** What a piece of text is made of. */
export interface Mixture {
  /** How many digits. */
  readonly digits: number;
  /** How many lower-case letters. */
  readonly lower: number;
  /** How many upper-case letters. */
  readonly upper: number;
}

/** Counts digits and letters of `text[start..end)`. */
export function mixture(text: string, start: number, end: number): Mixture {
  let digits = 0;
  let lower = 0;
  let upper = 0;
  for (let i = start; i < end; i++) {
    const bits = classOf(text.charCodeAt(i));
    if ((bits & DIGIT) !== 0) digits++;
    else if ((bits & LOWER) !== 0) lower++;
    else if ((bits & UPPER) !== 0) upper++;
  }
  return { digits, lower, upper };
}

/** Shannon entropy of a text in bits a character: English words are near 3, random base64 of 20 and more above 3.5. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count / text.length * Math.log2(count / text.length);
  return bits;
}
