/**
 * Seeded randomness: the same seed makes the same secrets, so that none has to be written into a file.
 *
 * @module
 */

/** `0-9A-Za-z`. */
export const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** `0-9a-f`. */
export const HEX = "0123456789abcdef";
/** base64url. */
export const BASE64URL = `${ALNUM}-_`;
/** Base58 of Bitcoin. */
export const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** A source of random choices. */
export interface Dice {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** One of a list. */
  of<T>(list: readonly T[]): T;
  /** `length` characters of an alphabet; lower, upper and digit are all there where the alphabet has them. */
  chars(alphabet: string, length: number): string;
  /** A password of 12 to 17 characters: letters, digits, and one or two of what people add. */
  password(): string;
}

/** Makes dice (Tommy Ettinger's mulberry32, public domain). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const of = <T>(list: readonly T[]): T => {
    const chosen = list[below(list.length)];
    if (chosen === undefined) throw new RangeError("The list is empty");
    return chosen;
  };
  const chars = (alphabet: string, length: number): string => {
    const text = Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join("");
    const classes = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((one) => one.test(alphabet));
    return length < 8 || classes.every((one) => one.test(text)) ? text : chars(alphabet, length);
  };
  return {
    below,
    of,
    chars,
    password: () => chars(ALNUM, 8 + below(6)) + of(["!", "#", "*", "-", "_", "+", "."]) + chars(ALNUM, 3),
  };
}
