/**
 * Lines of Kubernetes components and other users of klog and glog: `E0102 03:04:05.123456  1 reflector.go:138] text`.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";

/** Severity, month and day, time of day, thread, file and line (klog's `header`); the year is not written. */
const SHAPE = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+(\d+) ([^\s:\]]+:\d+)\] (.*)$/s;

/**
 * Parses a line; its header is no part of the message, the place in the source is the field `logger`.
 *
 * @returns `undefined` when it is no such line.
 */
export function parseKlog(line: string): ParsedLine | undefined {
  const match = SHAPE.exec(line);
  if (match === null) return undefined;
  const [, thread, logger, message] = match;
  return textLine({ timeMs: undefined, logger, message, known: [["thread", thread]] });
}
