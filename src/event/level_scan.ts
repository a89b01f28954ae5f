/**
 * What the level of a line is. This is the definition: counts by level are exact because nothing else decides it.
 *
 * @module
 */

import { startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";
import { scanJsonLevel } from "./level_json.ts";
import { priorityLevel } from "./level_syslog.ts";
import { scanTextLevel } from "./level_text.ts";
import { numberLevel } from "./level_words.ts";

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** How every pino line starts. */
const PINO_START = '{"level":';

/**
 * Severity that a line says of itself, from its bytes alone: nothing is decoded.
 *
 * A JSON line says it in its first top-level key of a known name, wherever that stands. A text line says it in its
 * first 160 bytes: with a word in capitals (`ERROR`), with a word of any case where loggers put the level
 * (`level=info`, `[warn]`, `error: …` behind nothing but a time stamp), with the priority of syslog (`<11>`), or with the
 * status of an HTTP access log.
 * Escape sequences count as nothing. Bad UTF-8 and JSON that is cut off are no errors.
 *
 * @param bytes Buffer that holds the line; bytes outside of it are not looked at.
 * @param start Index of the line's first byte.
 * @param end Index behind its last, without the newline.
 * @returns -1 when the line does not say; it counts as `DEFAULT_LEVEL_INDEX` then.
 */
export function scanLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  let i = start;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  if (i < end && bytes[i] === OPEN_BRACE) {
    if (startsWith(bytes, i, end, PINO_START)) {
      const level = numberLevel(bytes, i + PINO_START.length, end);
      if (level >= 0) return level;
    }
    let next = i + 1;
    while (next < end && (bytes[next] === 0x20 || bytes[next] === 0x09)) next++;
    if (next < end && (bytes[next] === QUOTE || bytes[next] === CLOSE_BRACE)) {
      return scanJsonLevel(bytes, i, end);
    }
  }
  const priority = priorityLevel(bytes, i, end);
  return priority >= 0 ? priority : scanTextLevel(bytes, i, end);
}
