/**
 * Lines of `key=value` pairs: logrus, go-kit, log15, slog's text handler.
 *
 * @module
 */

import { findPairs } from "./pairs.ts";
import { LazyLine, type ParsedLine } from "./parsed.ts";
import { readTime } from "./time.ts";

const MESSAGE_KEYS = ["msg", "message"] as const;
const TIME_KEYS = ["time", "ts", "timestamp", "t"] as const;

/** Keys of which one must be there when there is no message: other texts hold pairs as well. */
const TELLING_KEYS = ["level", "lvl", "severity", ...TIME_KEYS] as const;

/** How many pairs there must be when there is no message. */
const FEWEST_PAIRS = 2;

/**
 * Parses a line that starts with a pair and has a message, or a level or time among at least two pairs. Without a
 * message the whole line is one.
 *
 * @returns `undefined` when it is no such line.
 */
export function parseLogfmt(line: string): ParsedLine | undefined {
  const fields = new Map<string, string>();
  for (const { key, value, start } of findPairs(line)) {
    if (fields.size === 0 && line.slice(0, start).trim() !== "") return undefined;
    fields.set(key, value);
  }
  const message = valueOf(fields, MESSAGE_KEYS);
  if (message === undefined && (fields.size < FEWEST_PAIRS || valueOf(fields, TELLING_KEYS) === undefined)) {
    return undefined;
  }
  return new LazyLine(
    { message: message ?? line.trim(), timeMs: readTime(valueOf(fields, TIME_KEYS)) },
    () => fields,
  );
}

function valueOf(fields: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields.get(key);
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}
