/**
 * Long hex numbers: Ethereum private keys, addresses, hashes, signatures and calldata.
 *
 * Sources: an address is 20 bytes, a key and a Keccak-256 hash are 32 (Ethereum Yellow Paper, appendix F and §4);
 * a SHA-256 digest has the same shape, so that its label decides (see `hex_label.ts`).
 *
 * @module
 */

import { ALNUM, classOf, HEX, runEnd, startsToken } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Found, Line, Rule } from "../rule.ts";
import { hexLabel } from "./hex_label.ts";

/** Hex digits of an address. */
const ADDRESS_DIGITS = 40;

/** Hex digits of a key, and of a 256-bit hash. */
const KEY_DIGITS = 64;

/**
 * Fewest digits of a bare number that is shortened: near a key's length, it may be one that lost a few digits.
 * Shorter ones (MD5, trace ids, SHA-1) are everyday names and stay.
 */
const BARE_DIGITS = 57;

/** How much of an address is shown: `0x` and ten digits tell two addresses apart. */
const ADDRESS_SHOWN = 12;

/** How many digits of a hash are shown. */
const HASH_SHOWN = 6;

interface HexNumber {
  readonly start: number;
  readonly end: number;
  readonly prefixed: boolean;
  readonly digits: number;
}

/** Calls `take` with every long hex number that is no part of a longer word. */
function eachNumber(text: string, take: (number: HexNumber) => void): void {
  let at = 0;
  while (at < text.length) {
    if ((classOf(text.charCodeAt(at)) & HEX) === 0) {
      at++;
      continue;
    }
    const end = runEnd(text, at, HEX);
    at += escapeDigits(text, at, end);
    const digits = end - at;
    if (digits >= ADDRESS_DIGITS && (classOf(text.charCodeAt(end)) & ALNUM) === 0) {
      const x = text[at - 1];
      const prefixed = (x === "x" || x === "X") && text[at - 2] === "0";
      const start = prefixed ? at - 2 : at;
      if (prefixed || isBoundary(text, at)) take({ start, end, prefixed, digits });
    }
    at = end;
  }
}

/** How many digits at the start of a run belong to an escape before it: `%3D4c…`, `\u00224c…`, `\x224c…`. */
function escapeDigits(text: string, at: number, end: number): number {
  const before = text[at - 1];
  if (before === "%") return Math.min(2, end - at);
  if (text[at - 2] !== "\\") return 0;
  if (before === "u") return Math.min(4, end - at);
  // PostgreSQL prints bytes as `\x4c…`: only a length with two digits too many tells an escape.
  return before === "x" && end - at === KEY_DIGITS + 2 ? 2 : 0;
}

/** No letter or digit before, but for a backslash escape: `\x3f…` is how PostgreSQL prints bytes, `\n` a new line. */
function isBoundary(text: string, at: number): boolean {
  return startsToken(text, at) || (text[at - 2] === "\\" && text[at - 1] === "x");
}

function key(number: HexNumber): Found {
  const replacement = number.prefixed ? "0x[REDACTED_KEY]" : "[REDACTED_KEY]";
  return { start: number.start, end: number.end, replacement };
}

/** Whether a number is one that the key and hash rules decide about. */
function isKeyLike(number: HexNumber): boolean {
  return number.prefixed ? number.digits > ADDRESS_DIGITS : number.digits >= BARE_DIGITS;
}

/**
 * `eth-key`: 64 hex digits, with `0x` or without, unless their label says that they are a hash; longer and odd-sized
 * numbers if their label says that they are a key. Becomes `0x[REDACTED_KEY]`, without `0x` `[REDACTED_KEY]`.
 */
export const ethKey: Rule = {
  needs: FEATURES.longHex,
  find(line: Line, report) {
    eachNumber(line.text, (number) => {
      if (!isKeyLike(number)) return;
      const label = hexLabel(line.text, number.start, number.end);
      if (label === "key" || (label === "none" && number.digits === KEY_DIGITS)) report(key(number));
    });
  },
};

/** `hex-hash`: what is as long as a key and is none. Becomes `0x` and six digits and `...`. */
export const hexHash: Rule = {
  needs: FEATURES.longHex,
  find(line: Line, report) {
    eachNumber(line.text, (number) => {
      if (!isKeyLike(number)) return;
      const label = hexLabel(line.text, number.start, number.end);
      if (label === "key" || (label === "none" && number.digits === KEY_DIGITS)) return;
      const shown = HASH_SHOWN + (number.prefixed ? 2 : 0);
      const replacement = `${line.text.slice(number.start, number.start + shown)}...`;
      report({ start: number.start, end: number.end, replacement, shortens: true });
    });
  },
};

/** `eth-address`: `0x` and 40 hex digits. Becomes its first twelve characters and `...`. */
export const ethAddress: Rule = {
  needs: FEATURES.longHex,
  find(line: Line, report) {
    eachNumber(line.text, ({ start, end, prefixed, digits }) => {
      if (!prefixed || digits !== ADDRESS_DIGITS) return;
      const replacement = `${line.text.slice(start, start + ADDRESS_SHOWN)}...`;
      report({ start, end, replacement, shortens: true });
    });
  },
};
