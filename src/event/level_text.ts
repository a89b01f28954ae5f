/**
 * The level of a text line: a word in capitals, or one of any case where loggers put a level. Prose does not count.
 *
 * @module
 */

import { sequenceEnd, skipSequences } from "./ansi.ts";
import { ByteWords, startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";
import { accessLevel } from "./level_access.ts";
import { openingLevel } from "./level_opening.ts";
import { LEVEL_WORD_LIST, LEVEL_WORDS, type LevelWord, numberLevel } from "./level_words.ts";
import { isPostgresColon, POSTGRES_WORDS, type PostgresWord } from "./postgres.ts";

/** How far into a line a level is looked for, in bytes: behind time, host, process and logger names. */
const REACH_BYTES = 160;

/** How far a word is followed beyond that: one which is longer is no level. */
const BEYOND_BYTES = 16;

/** What a byte is to the scan. */
const MARK = 0;
const BLANK = 1;
const DIGIT = 2;
const LETTER = 3;
const QUOTE = 4;
const ESCAPE = 5;
const COLON = 6;

const KINDS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[ \t]/.test(character)) return BLANK;
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[A-Za-z_]/.test(character)) return LETTER;
  if (character === '"') return QUOTE;
  if (character === ":") return COLON;
  return byte === 0x1b || byte === 0xc2 ? ESCAPE : MARK;
});

/** Keys of `key=value` that hold a severity; `log_level=` is not one: that is how a program prints its options. */
const KEYS = ["level", "lvl", "severity"];

/** Words that a time stamp may hold, so that what follows them still stands at the head of the line. */
const CLOCK_WORDS =
  "t z am pm utc gmt mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec"
    .split(" ");

type TextWord = LevelWord | PostgresWord | "key" | "clock";

/** All words that mean something here, so that one look tells. */
const TEXT_WORDS: ByteWords<TextWord> = new ByteWords<TextWord>([
  ...LEVEL_WORD_LIST,
  ...KEYS.map((word) => [word, "key"] as const),
  ...CLOCK_WORDS.map((word) => [word, "clock"] as const),
  ...POSTGRES_WORDS,
]);

/** Marks that enclose a level, and the mark that closes it. */
const PAIRS: ReadonlyMap<number, number> = new Map(
  ["[]", "()", "<>", "||", "--"].map(([open, close]) => [open.charCodeAt(0), close.charCodeAt(0)]),
);

const TAB = 0x09;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const APOSTROPHE = 0x27;
const DASH = 0x2d;
const SLASH = 0x2f;
const COLON_BYTE = 0x3a;
const EQUALS = 0x3d;
const CLOSE_BRACKET = 0x5d;

/** Length of `2025-10-31T14:32:49`. */
const STAMP_BYTES = 19;

/**
 * Finds the level of a text line. The first word that counts wins; escape sequences count as nothing.
 *
 * @param bytes The line's buffer.
 * @param start Start of the line.
 * @param end End of the line.
 * @returns -1 when the line does not say its level.
 */
export function scanTextLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  let limit = Math.min(end, start + REACH_BYTES);
  let i = isoStampEnd(bytes, start, end);
  // Whether only time stamps and marks were seen so far, and whether no word at all.
  let head = true;
  let opening = i === start;
  // The last mark since the last word, and the end of that word.
  let mark = -1;
  let behindWord = i;
  while (i < limit) {
    switch (KINDS[bytes[i]]) {
      case BLANK:
        i++;
        break;
      case COLON:
        // Behind `sshd[12]:` of syslog a line begins anew.
        if (i > start && bytes[i - 1] === CLOSE_BRACKET) head = true;
        mark = i++;
        break;
      case QUOTE: {
        const level = accessLevel(bytes, start, i, end);
        if (level >= 0) return level;
        mark = i++;
        break;
      }
      case ESCAPE: {
        const behind = sequenceEnd(bytes, i, end);
        limit = Math.min(end, limit + behind - i);
        if (behind === i) {
          mark = i++;
        } else {
          if (behindWord === i) behindWord = behind;
          i = behind;
        }
        break;
      }
      case DIGIT:
        opening = false;
        mark = -1;
        i = behindWord = wordEnd(bytes, i, Math.min(end, limit + BEYOND_BYTES));
        break;
      case LETTER: {
        const first = opening;
        if (first) {
          opening = false;
          const level = openingLevel(bytes, i, end);
          if (level >= 0) return level;
        }
        const to = wordEnd(bytes, i, Math.min(end, limit + BEYOND_BYTES));
        const word = TEXT_WORDS.find(bytes, i, to);
        if (word === "key") {
          const level = keyedLevel(bytes, { start, from: i, to, end });
          if (level >= 0) return level;
        } else if (word !== undefined && word !== "clock" && word.place === "postgres") {
          // What follows may be a statement, which holds any word.
          if (isPostgresColon(bytes, to, end) && isUpper(bytes, i, to)) return word.level;
        } else if (word !== undefined && word !== "clock") {
          const at = { from: i, to, end, head, first, mark, glued: mark === behindWord };
          if (counts(word.place, bytes, at)) return word.level;
        }
        head &&= word === "clock";
        mark = -1;
        i = behindWord = to;
        break;
      }
      default:
        mark = i++;
    }
  }
  return -1;
}

/** A word of a line, and what stands before it. */
interface Place {
  /** Start of the word. */
  readonly from: number;
  /** End of the word. */
  readonly to: number;
  /** End of the line. */
  readonly end: number;
  /** Whether nothing but time stamps stands before it. */
  readonly head: boolean;
  /** Whether no word at all stands before it. */
  readonly first: boolean;
  /** Index of the last mark between it and the word before, or -1. */
  readonly mark: number;
  /** Whether that mark touches the word before it. */
  readonly glued: boolean;
}

/** Whether a level word stands where it tells the line's level. */
function counts(place: LevelWord["place"], bytes: Uint8Array, at: Place): boolean {
  if (place === "value") return false;
  const { from, to, end, head, mark } = at;
  const next = skipSequences(bytes, to, end);
  const after = next < end ? bytes[next] : SPACE;
  // DEBUG=1 is a setting.
  if (isUpper(bytes, from, to) && (head || place === "anywhere")) return after !== EQUALS;
  if (head) {
    if (after === CLOSE_BRACKET || (after === TAB && !at.first)) return true;
    // error::Kind is a path of Rust.
    if (after === COLON_BYTE) return next + 1 >= end || bytes[next + 1] !== COLON_BYTE;
    if (startsWith(bytes, from + 1, end, "atal error:")) return true;
  }
  const close = mark < 0 || place !== "anywhere" ? undefined : PAIRS.get(bytes[mark]);
  if (close === undefined) return false;
  const closing = skipBlanks(bytes, next, end);
  if (closing >= end || bytes[closing] !== close) return false;
  if (close === DASH && (KINDS[after] !== BLANK || skipBlanks(bytes, mark + 1, end) === mark + 1)) {
    return false;
  }
  // filter[error] is an element.
  return head || !at.glued;
}

/** The level that a `level`, `lvl` or `severity` key gives: `level=info`, `level="info"`, `"level":"info"`. */
function keyedLevel(
  bytes: Uint8Array,
  { start, from, to, end }: {
    readonly start: number;
    readonly from: number;
    readonly to: number;
    readonly end: number;
  },
): LevelIndex | -1 {
  const before = from > start ? bytes[from - 1] : SPACE;
  // --log-level=debug is an option.
  if (before === DASH) return -1;
  let i = skipSequences(bytes, to, end);
  if (before === DOUBLE_QUOTE || before === APOSTROPHE) {
    if (i >= end || bytes[i] !== before) return -1;
    i = skipBlanks(bytes, i + 1, end);
    if (i >= end || bytes[i] !== COLON_BYTE) return -1;
    i = skipBlanks(bytes, i + 1, end);
  } else {
    if (i >= end || bytes[i] !== EQUALS) return -1;
    i = skipSequences(bytes, i + 1, end);
  }
  if (i < end && (bytes[i] === DOUBLE_QUOTE || bytes[i] === APOSTROPHE)) i++;
  const valueEnd = wordEnd(bytes, i, Math.min(end, i + BEYOND_BYTES));
  return LEVEL_WORDS.find(bytes, i, valueEnd)?.level ?? numberLevel(bytes, i, end);
}

/** Index behind the date and time of day that the line starts with: `2025-10-31T14:32:49`, `2025/10/31 14:32:49`. */
function isoStampEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < STAMP_BYTES || KINDS[bytes[start]] !== DIGIT) return start;
  const dash = bytes[start + 4];
  const stamp = (dash === DASH || dash === SLASH) && bytes[start + 7] === dash &&
    bytes[start + 13] === COLON_BYTE && bytes[start + 16] === COLON_BYTE &&
    KINDS[bytes[start + 18]] === DIGIT;
  return stamp ? start + STAMP_BYTES : start;
}

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isWordByte(bytes[i])) i++;
  return i;
}

function isWordByte(byte: number): boolean {
  const kind = KINDS[byte];
  return kind === LETTER || kind === DIGIT;
}

function isUpper(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] > 0x5a) return false;
  }
  return true;
}

/** Index of the first byte that is neither a blank nor part of an escape sequence. */
function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = skipSequences(bytes, start, end);
  while (i < end && KINDS[bytes[i]] === BLANK) i = skipSequences(bytes, i + 1, end);
  return i;
}
