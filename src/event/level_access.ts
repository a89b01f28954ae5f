/**
 * The severity of an HTTP access log line, which is its status: 5xx is an error, 4xx a warning.
 *
 * @module
 */

import { startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";

const INFO = 2;
const WARN = 3;
const ERROR = 4;

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const DIGIT_0 = 0x30;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;

/** Length of `HTTP/1.1` and of `HTTP/2`. */
const PROTOCOL_BYTES = [8, 6] as const;

/**
 * Reads the status behind a request, given a quote: the one that opens the request of the common log format
 * (`[31/Oct/2025:14:32:49 +0000] "GET / HTTP/1.1" 502 157`, whatever stands in the quotes), or the one that closes
 * a request elsewhere (`"GET / HTTP/1.1" 502 Bad Gateway`).
 *
 * @param bytes The line's buffer.
 * @param start Start of the line.
 * @param quote Index of the quote.
 * @param end End of the line.
 * @returns -1 when no status stands there.
 */
export function accessLevel(bytes: Uint8Array, start: number, quote: number, end: number): LevelIndex | -1 {
  if (quote - start >= 2 && bytes[quote - 1] === SPACE && bytes[quote - 2] === CLOSE_BRACKET) {
    let close = quote + 1;
    while (close < end && bytes[close] !== QUOTE) close += bytes[close] === BACKSLASH ? 2 : 1;
    const size = close + 6 < end ? bytes[close + 6] : 0;
    return size === DASH || isDigit(size) ? statusLevel(bytes, close + 1, end) : -1;
  }
  const closesRequest = PROTOCOL_BYTES.some((length) =>
    quote - start > length && startsWith(bytes, quote - length, quote, "HTTP/")
  );
  return closesRequest ? statusLevel(bytes, quote + 1, end) : -1;
}

/** Severity of ` 502 ` at `start`. */
function statusLevel(bytes: Uint8Array, start: number, end: number): LevelIndex | -1 {
  if (end - start < 4 || bytes[start] !== SPACE || !isDigit(bytes[start + 2]) || !isDigit(bytes[start + 3])) {
    return -1;
  }
  if (start + 4 < end && bytes[start + 4] !== SPACE) return -1;
  const hundreds = bytes[start + 1] - DIGIT_0;
  if (hundreds < 1 || hundreds > 5) return -1;
  return hundreds === 5 ? ERROR : hundreds === 4 ? WARN : INFO;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9;
}
