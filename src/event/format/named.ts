/**
 * Lines that a pattern of the user takes apart by named groups.
 *
 * @module
 */

import type { LevelIndex } from "../level.ts";
import { LEVEL_WORDS, numberLevel } from "../level_words.ts";
import { LazyLine, type ParsedLine } from "./parsed.ts";
import { readTime } from "./time.ts";

/** What the named groups of a pattern matched; those that took no part are missing. */
export type Groups = ReadonlyMap<string, string>;

/** Severities as one letter: klog, glog and Android. */
const LETTERS: ReadonlyMap<string, LevelIndex> = new Map<string, LevelIndex>([
  ["T", 0],
  ["V", 0],
  ["D", 1],
  ["I", 2],
  ["N", 2],
  ["W", 3],
  ["E", 4],
  ["C", 5],
  ["F", 5],
]);

const encoder = new TextEncoder();

/**
 * A line as its groups say: `message` and `time` where they say so, every group but these a field.
 *
 * @param line The whole line: the message when no group is named so.
 * @param groups What matched.
 */
export function parseNamed(line: string, groups: Groups): ParsedLine {
  const time = groups.get("time");
  return new LazyLine(
    { message: groups.get("message") ?? line, timeMs: time === undefined ? undefined : readTime(time) },
    () => new Map([...groups].filter(([name]) => name !== "message" && name !== "time")),
  );
}

/**
 * Severity that a text names: any word or number that loggers write for one, or its first letter in capitals.
 *
 * @returns -1 when it names none.
 */
export function namedLevel(text: string): LevelIndex | -1 {
  const word = text.trim();
  const bytes = encoder.encode(word);
  return LEVEL_WORDS.find(bytes, 0, bytes.length)?.level ?? LETTERS.get(word) ??
    numberLevel(bytes, 0, bytes.length);
}
