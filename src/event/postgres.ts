/**
 * What PostgreSQL writes before the text of a line: `2026-01-02 03:04:05.123 UTC [77] app@shop ERROR:  …`.
 *
 * @module
 */

import { ByteWords } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";

/** What a line is. */
export interface PostgresWord {
  readonly place: "postgres";
  /** Severity of a report; of its further parts when they stand alone. */
  readonly level: LevelIndex;
  /** Whether it is a further part of the report before it. */
  readonly isPart: boolean;
}

const INFO = 2;
const DEBUG = 1;

/** Words that only PostgreSQL writes; `ERROR` and the like are everybody's (`error_severity` in its `elog.c`). */
export const POSTGRES_WORDS: readonly (readonly [string, PostgresWord])[] = [
  ["log", { place: "postgres", level: INFO, isPart: false }],
  ...[1, 2, 3, 4, 5].map((n) => [`debug${n}`, { place: "postgres", level: DEBUG, isPart: false }] as const),
  ...["detail", "hint", "query", "context", "statement", "location", "backtrace"]
    .map((word) => [word, { place: "postgres", level: INFO, isPart: true }] as const),
];

const WORDS: ByteWords<PostgresWord> = new ByteWords(POSTGRES_WORDS);

/** How far the word is looked for: behind time, process, user and database. */
const REACH_BYTES = 160;

/** Shortest prefix: `2026-01-02 03:04:05 Z`. */
const STAMP_BYTES = 19;

const SPACE = 0x20;
const PLUS = 0x2b;
const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;

/** Whether `:  ` stands at `index`, as behind every word of PostgreSQL. */
export function isPostgresColon(bytes: Uint8Array, index: number, end: number): boolean {
  return index + 2 < end && bytes[index] === COLON && bytes[index + 1] === SPACE &&
    bytes[index + 2] === SPACE;
}

/**
 * Whether a line is a further part of the report before it: `DETAIL`, `HINT`, `STATEMENT` and so on, with the same
 * prefix as the report itself. Made for lines of other programs: of those the first bytes of the time suffice.
 *
 * @param bytes The line's buffer.
 * @param start Start of the line.
 * @param end End of the line.
 */
export function isPostgresPart(bytes: Uint8Array, start: number, end: number): boolean {
  // The time zone behind the time, with or without milliseconds (%m and %t), tells it from other loggers.
  if (end - start < STAMP_BYTES + 10 || bytes[start + 10] !== SPACE || bytes[start + 7] !== DASH) {
    return false;
  }
  const fraction = bytes[start + STAMP_BYTES] === DOT ? 4 : 0;
  const blank = start + STAMP_BYTES + fraction;
  if (bytes[blank] !== SPACE || !beginsZone(bytes[blank + 1])) return false;
  const limit = Math.min(end, start + REACH_BYTES);
  for (let i = blank + 2; i < limit; i++) {
    if (bytes[i] !== COLON || !isPostgresColon(bytes, i, end)) continue;
    let from = i;
    while (bytes[from - 1] >= 0x41 && bytes[from - 1] <= 0x5a) from--;
    return WORDS.find(bytes, from, i)?.isPart === true;
  }
  return false;
}

function beginsZone(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === PLUS || byte === DASH;
}
