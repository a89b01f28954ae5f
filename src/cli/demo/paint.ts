/**
 * Colours of a terminal (ECMA-48 Select Graphic Rendition), and what must not reach one.
 *
 * @module
 */

/** Codes in use. */
export const SGR = { bold: 1, dim: 2, red: 31, yellow: 33 } as const;

/** Foreground colours that can be read on black and on white and do not mean that something is wrong. */
const NICK_COLORS = [36, 35, 34, 32] as const;

/** Something below 2^13, so that the sum stays exact; prime, so that similar nicks spread. */
const HASH_MODULUS = 8191;

/** Puts text into a colour. */
export function paint(code: number, text: string): string {
  return `\x1b[${code}m${text}\x1b[0m`;
}

/** A colour for a nick; the same nick has the same colour in every demo. */
export function nickColor(nick: string): number {
  let sum = 0;
  for (const letter of nick) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % HASH_MODULUS;
  return NICK_COLORS[sum % NICK_COLORS.length] ?? NICK_COLORS[0];
}

/** Replaces what would drive the terminal: whatever anybody on the server says is only text. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}
