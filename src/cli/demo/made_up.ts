/**
 * Values that look like what real services log: addresses, hashes, amounts, and secrets that never opened anything.
 * Made while the demo runs, so that no key-shaped text stands in the source code.
 *
 * @module
 */

/** Yields numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * A repeatable source of numbers (mulberry32); the same seed gives the same demo.
 *
 * @param seed Any 32-bit integer.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number, both ends included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** One of a list that is not empty. */
export function oneOf<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random() * list.length)] ?? list[0];
}

const HEX = "0123456789abcdef";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function letters(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

/** An EVM address: `0x` and 40 hex digits. */
export function address(random: Random): string {
  return `0x${letters(random, HEX, 40)}`;
}

/** A transaction hash, or what only its context tells from one, a private key: `0x` and 64 hex digits. */
export function hex32Bytes(random: Random): string {
  return `0x${letters(random, HEX, 64)}`;
}

/** A key in the shape of OpenAI's project keys. */
export function skKey(random: Random): string {
  return `sk-proj-${letters(random, BASE64URL, 48)}`;
}

/** A signed token: header, claims and signature in base64url. */
export function jwt(random: Random): string {
  const encode = (value: unknown) =>
    btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const claims = { sub: `seller-${between(random, 1, 99)}`, iat: 1_700_000_000 };
  return `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}.${letters(random, BASE64URL, 43)}`;
}

/** A password as people choose them. */
export function password(random: Random): string {
  return `${oneOf(random, ["correct", "horse", "battery", "staple"])}-${letters(random, BASE64URL, 10)}`;
}

/** An amount of US dollars. */
export function dollars(random: Random): string {
  return (between(random, 1, 2500) / 100).toFixed(2);
}
