/**
 * The priority that syslog and systemd put before a line: `<34>Oct 11 22:14:15 …`, `<165>1 2003-10-11T…`, `<3>text`.
 *
 * @module
 */

import type { LevelIndex } from "./level.ts";

/** By severity, 0 to 7 (RFC 5424 §6.2.1): emergency, alert, critical, error, warning, notice, informational, debug. */
const SEVERITIES: readonly LevelIndex[] = [5, 5, 5, 4, 3, 2, 2, 1];

/** Facility 23 and severity 7, the greatest priority (RFC 5424 §6.2.1). */
const GREATEST_PRIORITY = 191;

/** How many digits a priority has at most. */
const MOST_DIGITS = 3;

const LESS = 0x3c;
const GREATER = 0x3e;
const DIGIT_0 = 0x30;

/**
 * Severity of the priority that a line starts with.
 *
 * @param bytes The line's buffer.
 * @param start Start of the line.
 * @param end End of the line.
 * @returns -1 when it starts with none.
 */
export function priorityLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  if (start >= end || bytes[start] !== LESS) return -1;
  let priority = 0;
  const limit = Math.min(end, start + 1 + MOST_DIGITS + 1);
  for (let i = start + 1; i < limit; i++) {
    if (bytes[i] === GREATER) {
      return i === start + 1 || priority > GREATEST_PRIORITY ? -1 : SEVERITIES[priority & 7];
    }
    const digit = bytes[i] - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    priority = priority * 10 + digit;
  }
  return -1;
}
