/**
 * The gate: one pass over a line that says which rules have anything to look for in it.
 *
 * @module
 */

import { ALNUM, classOf, DIGIT, HEX, LOWER, TOKEN, UPPER } from "./chars.ts";

/** Features of a line, as bits. */
export const FEATURES = {
  /** Every line has it: for rules that know nothing of these features. */
  any: 2048,
  /** A run of 40 or more hex digits: an address, a key, a hash. */
  longHex: 1,
  /** A run of 16 or more letters, digits, `_` and `-`: no vendor's token is shorter. */
  longToken: 2,
  /** `@`. */
  at: 4,
  /** `://`. */
  scheme: 8,
  /** `=`, `:`, `>`, `,` or `%3D`: something may be assigned. */
  operator: 16,
  /** A word that names secrets: see {@linkcode KEYWORDS}. */
  keyword: 32,
  /** `---` or the head of a PuTTY key: a key block may begin or end. */
  armour: 64,
  /** 12 or more digits with nothing but blanks and dashes between: a card's number may be that long. */
  manyDigits: 128,
  /** `%`, `\` or `&`: something may be encoded. */
  escape: 256,
  /** `.`. */
  dot: 512,
  /** `$`, `/` or `+` next to letters: hashes and base64. */
  base64: 1024,
  /** 12 or more words of 3 to 8 letters in a row: a mnemonic has no others. */
  words: 4096,
  /** `_` or `-` in a run of 19 or more token characters that also has a digit. */
  prefixed: 8192,
  /** A blank or a quote, `-` and a letter: an option of a command. */
  option: 16384,
  /** `=` behind a run of 10 or more token characters and before none: base64 may end there. */
  padded: 32768,
} as const;

/**
 * Words without which no key-value, header or command-line rule has anything to find; substrings, so that `DbPassWord`
 * and `apikey` are seen.
 */
const KEYWORDS =
  /pass|pwd|pw|secret|token|key|cred|auth|sess|sid|cookie|signature|sig|psk|dsn|bearer|basic|salt|senha|contrase|kennwort|account|connection.?string|[-_]payment|payment[-_]s|otp|pin\b|sshpass|curl|identified|mnemonic|seed|phrase|nickserv|oper|login|join|mode|identify|\bns [ghr]|code|community|requirepass|reset|invit|verif|confirm|magic|activat|insert/i;

/** Shortest run of hex digits that matters: an Ethereum address. */
const LONG_HEX = 40;

/** Shortest run of token characters that matters. */
const LONG_TOKEN = 16;

/** Fewest digits that matter. */
const MANY_DIGITS = 12;

/** Fewest token characters before the padding of a user and a password in base64: those of `a:bcdefg`. */
const PADDED = 10;

/** Units of a token with a prefix, less one: two letters, a mark, 16 characters. */
const LONG_PREFIXED = 18;

/** Words of a mnemonic, and their lengths in letters (BIP-39). */
const MANY_WORDS = 12;
const SHORTEST_WORD = 3;
const LONGEST_WORD = 8;

/** `A-Z` and `a-z`. */
const LETTER = LOWER | UPPER;

/** Looks at a line once. */
export function featuresOf(text: string): number {
  let features: number = FEATURES.any;
  let hex = 0;
  let token = 0;
  let digits = 0;
  let letters = 0;
  let words = 0;
  let marked = false;
  let numbered = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const bits = classOf(code);
    if ((bits & LETTER) !== 0) {
      letters++;
    } else if (letters > 0) {
      if (letters < SHORTEST_WORD || letters > LONGEST_WORD) words = 0;
      else if (++words === MANY_WORDS) features |= FEATURES.words;
      letters = 0;
    }
    if ((bits & TOKEN) !== 0) {
      if ((bits & DIGIT) !== 0) numbered = true;
      else if ((bits & ALNUM) === 0) marked = true;
      if (token >= LONG_PREFIXED && marked && numbered) features |= FEATURES.prefixed;
      if (++token === LONG_TOKEN) features |= FEATURES.longToken;
      if ((bits & HEX) !== 0) {
        if (++hex === LONG_HEX) features |= FEATURES.longHex;
      } else {
        hex = 0;
      }
      if ((bits & DIGIT) !== 0) {
        if (++digits === MANY_DIGITS) features |= FEATURES.manyDigits;
      } else if ((bits & ALNUM) !== 0) {
        digits = 0;
      } else if (code === 0x2d) {
        features |= dashes(text, i);
      }
      continue;
    }
    if (code === 0x3d && token >= PADDED && (classOf(text.charCodeAt(i + 1)) & TOKEN) === 0) {
      features |= FEATURES.padded;
    }
    token = 0;
    hex = 0;
    marked = false;
    numbered = false;
    if (code !== 0x20) digits = 0;
    features |= mark(code);
    if (code === 0x3a && text.charCodeAt(i + 1) === 0x2f && text.charCodeAt(i + 2) === 0x2f) {
      features |= FEATURES.scheme;
    }
  }
  if (words === MANY_WORDS - 1 && letters >= SHORTEST_WORD && letters <= LONGEST_WORD) {
    features |= FEATURES.words;
  }
  if (KEYWORDS.test(text)) features |= FEATURES.keyword;
  if (text.includes("PuTTY-")) features |= FEATURES.armour;
  return features;
}

/** Features of a dash: the third one in a row, and one that begins an option. */
function dashes(text: string, at: number): number {
  if (text.charCodeAt(at + 1) === 0x2d && text.charCodeAt(at + 2) === 0x2d) return FEATURES.armour;
  const before = text.charCodeAt(at - 1);
  const isOption = before === 0x20 || before === 0x22 || before === 0x27;
  return isOption && (classOf(text.charCodeAt(at + 1)) & LETTER) !== 0 ? FEATURES.option : 0;
}

/** Feature of a single character that is neither letter nor digit. */
function mark(code: number): number {
  switch (code) {
    case 0x40:
      return FEATURES.at;
    case 0x3d: // =
    case 0x3a: // :
    case 0x3e: // >
    case 0x2c: // ,
      return FEATURES.operator;
    case 0x25: // %
    case 0x5c: // \
    case 0x26: // &
      return FEATURES.escape | FEATURES.operator;
    case 0x2e:
      return FEATURES.dot;
    case 0x24: // $
    case 0x2f: // /
    case 0x2b: // +
      return FEATURES.base64;
    default:
      return 0;
  }
}
