/**
 * Lines whose first word tells their level though it is no level word: klog headers, panics, uncaught exceptions.
 *
 * @module
 */

import { startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";

const ERROR = 4;

/** First letter of a klog header, `E1031 14:32:49.123456`, and its severity (klog and glog: the same four). */
const KLOG: ReadonlyMap<number, LevelIndex> = new Map<number, LevelIndex>([
  [0x49, 2],
  [0x57, 3],
  [0x45, 4],
  [0x46, 5],
]);

/** Starts of lines that runtimes print for what nobody caught. */
const UNCAUGHT = [
  "Traceback (most recent call last)",
  "Exception in thread ",
  "Unhandled exception",
] as const;

/** What the names of thrown types end in; a line that starts with such a name and a colon tells of one. */
const THROWN = ["Error", "Exception"] as const;

/** Longest dotted name of a thrown type that is looked at, in bytes. */
const LONGEST_NAME_BYTES = 160;

const COLON = 0x3a;

/**
 * Severity that the start of a line gives away.
 *
 * @param bytes The line's buffer.
 * @param start Start of the line's first word.
 * @param end End of the line.
 * @returns -1 when it gives nothing away.
 */
export function openingLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  const klog = KLOG.get(bytes[start]);
  if (klog !== undefined && isKlogHeader(bytes, start, end)) return klog;
  if (UNCAUGHT.some((text) => startsWith(bytes, start, end, text))) return ERROR;
  if (startsWith(bytes, start, end, "thread '") && panics(bytes, start, end)) return ERROR;
  const nameEnd = dottedNameEnd(bytes, start, Math.min(end, start + LONGEST_NAME_BYTES));
  if (nameEnd >= end || bytes[nameEnd] !== COLON) return -1;
  return THROWN.some((suffix) =>
      nameEnd - start > suffix.length && startsWith(bytes, nameEnd - suffix.length, nameEnd, suffix)
    )
    ? ERROR
    : -1;
}

/**
 * Index behind the dotted identifier at `start`, as in `java.lang.IllegalStateException`; `start` when there is none.
 */
export function dottedNameEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isNameByte(bytes[i])) i++;
  return i;
}

/** Whether `thread 'main' panicked at` of Rust stands here; newer versions put a number behind the name. */
function panics(bytes: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end, start + LONGEST_NAME_BYTES);
  for (let i = start; i < limit; i++) {
    if (bytes[i] === 0x70 && startsWith(bytes, i, end, "panicked at ")) return true;
  }
  return false;
}

/** A letter, month and day, a blank, the time of day. */
function isKlogHeader(bytes: Uint8Array, start: number, end: number): boolean {
  if (
    end - start < 14 || bytes[start + 5] !== 0x20 || bytes[start + 8] !== COLON || bytes[start + 11] !== COLON
  ) {
    return false;
  }
  for (let i = start + 1; i < start + 5; i++) {
    if (bytes[i] < 0x30 || bytes[i] > 0x39) return false;
  }
  return true;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2e || byte === 0x5f || byte === 0x24;
}
