/**
 * The level of a JSON line, found without parsing it: the first top-level key that names a severity.
 *
 * @module
 */

import { ByteWords, startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";
import { LEVEL_WORDS, numberLevel } from "./level_words.ts";

/** Top-level keys that hold a severity, in any letter case. */
const LEVEL_KEYS: ByteWords<true> = new ByteWords(
  [
    "level", // pino, bunyan, winston, zap, zerolog, tracing, slog, structlog
    "severity", // Google Cloud
    "lvl", // log15
    "loglevel",
    "log_level",
    "levelname", // python-json-logger
    "log.level", // Elastic Common Schema
    "@level", // hclog
    "@l", // Serilog
    "severity_text", // OpenTelemetry
    "severitytext",
  ].map((key) => [key, true] as const),
);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** How a JSON string holds a coloured level, as winston's `colorize` writes it. */
const ESCAPED_CSI = "\\u001b[";

/**
 * Finds the level of a line that starts with `{`. Never throws: what is not JSON, or is cut off, says no level from
 * there on.
 *
 * @param bytes The line's buffer.
 * @param start Index of the `{`.
 * @param end End of the line.
 * @returns -1 when no top-level key says one.
 */
export function scanJsonLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  for (let i = start + 1; i < end; i++) {
    i = skipBlanks(bytes, i, end);
    if (i >= end || bytes[i] !== QUOTE) return -1;
    const keyStart = i + 1;
    const keyEnd = stringEnd(bytes, keyStart, end);
    i = skipBlanks(bytes, keyEnd + 1, end);
    if (i >= end || bytes[i] !== COLON) return -1;
    i = skipBlanks(bytes, i + 1, end);
    if (LEVEL_KEYS.find(bytes, keyStart, keyEnd) !== undefined) {
      const level = jsonValueLevel(bytes, i, end);
      if (level >= 0) return level;
    }
    i = skipBlanks(bytes, valueEnd(bytes, i, end), end);
    if (i >= end || bytes[i] !== COMMA) return -1;
  }
  return -1;
}

/** Severity a JSON value stands for: a word or a pino number, as a string or bare. */
function jsonValueLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  if (start >= end) return -1;
  if (bytes[start] !== QUOTE) return numberLevel(bytes, start, end);
  let from = start + 1;
  if (startsWith(bytes, from, end, ESCAPED_CSI)) {
    from += ESCAPED_CSI.length;
    while (from < end && bytes[from] >= 0x30 && bytes[from] <= 0x3f) from++;
    from++;
  }
  from = skipBlanks(bytes, from, end);
  let to = from;
  while (to < end && isLetter(bytes[to])) to++;
  if (to === from) return numberLevel(bytes, from, end);
  const after = skipBlanks(bytes, to, end);
  if (after < end && bytes[after] !== QUOTE && bytes[after] !== BACKSLASH) return -1;
  return LEVEL_WORDS.find(bytes, from, to)?.level ?? -1;
}

/** Index of the quote that closes a string, or `end`. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return end;
}

/** Index behind a value, or `end`; what stands inside brackets is skipped whole, strings and all. */
function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = stringEnd(bytes, i + 1, end);
        if (depth === 0) return i + 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === 0) return i;
        if (--depth === 0) return i + 1;
        break;
      case COMMA:
        if (depth === 0) return i;
        break;
    }
  }
  return end;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  return i;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
