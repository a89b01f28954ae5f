/**
 * The words and numbers that loggers write for a severity.
 *
 * @module
 */

import { ByteWords } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";

/** A word for a severity. */
export interface LevelWord {
  readonly level: LevelIndex;
  /**
   * Where it may be believed: `anywhere` as a whole word in capitals, `head` only where a line's level is expected,
   * `value` only as the value of a level key.
   */
  readonly place: "anywhere" | "head" | "value";
}

const TRACE = 0;
const DEBUG = 1;
const INFO = 2;
const WARN = 3;
const ERROR = 4;
const FATAL = 5;

/** Words by severity; after the name, whose they are. */
const WORDS: readonly (readonly [LevelIndex, LevelWord["place"], readonly string[]])[] = [
  [TRACE, "anywhere", ["trace"]],
  [DEBUG, "anywhere", ["debug"]],
  // Syslog and Google Cloud: notice is normal but significant.
  [INFO, "anywhere", ["info", "notice"]],
  [WARN, "anywhere", ["warn", "warning"]],
  // `err` and the syslog words below: RFC 5424 §6.2.1; `severe`: java.util.logging.
  [ERROR, "anywhere", ["error", "err", "severe"]],
  [FATAL, "anywhere", ["fatal", "panic", "crit", "critical", "alert", "emerg", "emergency"]],
  // zerolog and Serilog consoles; .NET console; log15 and geth.
  [TRACE, "head", ["trc", "vrb", "trce"]],
  [DEBUG, "head", ["dbg", "dbug"]],
  [INFO, "head", ["inf"]],
  [WARN, "head", ["wrn"]],
  [ERROR, "head", ["eror", "fail"]],
  [FATAL, "head", ["ftl", "pnc"]],
  // npm levels of winston; Serilog and .NET; zap's development panic.
  [TRACE, "value", ["silly"]],
  [DEBUG, "value", ["verbose", "http"]],
  [INFO, "value", ["information", "informational"]],
  [FATAL, "value", ["dpanic"]],
];

/** Every word and what it means. */
export const LEVEL_WORD_LIST: readonly (readonly [string, LevelWord])[] = WORDS.flatMap((
  [level, place, words],
) => words.map((word) => [word, { level, place }] as const));

/** Words for severities, in any letter case. */
export const LEVEL_WORDS: ByteWords<LevelWord> = new ByteWords(LEVEL_WORD_LIST);

const DIGIT_0 = 0x30;

/**
 * Severity of a number as pino and bunyan write it: 10 is trace, 60 fatal, what lies between counts downwards.
 *
 * @param bytes The line's buffer.
 * @param start Where the number starts.
 * @param end End of the line.
 * @returns -1 when there are not exactly two digits or the first is not 1 to 6.
 */
export function numberLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  if (end - start < 2) return -1;
  const tens = bytes[start] - DIGIT_0;
  const ones = bytes[start + 1] - DIGIT_0;
  if (tens < 1 || tens > 6 || ones < 0 || ones > 9) return -1;
  const next = start + 2 < end ? bytes[start + 2] : 0;
  const more = (next >= DIGIT_0 && next <= DIGIT_0 + 9) || next === 0x2e;
  return more ? -1 : (tens - 1) as LevelIndex;
}
