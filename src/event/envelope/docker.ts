/**
 * Lines as Docker's json-file driver writes them: `{"log":"text\n","stream":"stderr","time":"2026-01-02T03:04:05.1Z"}`.
 *
 * @module
 */

import { startsWith } from "../byte_words.ts";
import { readStamp } from "../format/time.ts";
import type { Envelope, Output } from "./envelope.ts";

/** How every line starts that has a text; the keys always stand in the same order (`jsonlog.JSONLogs` of moby). */
const START = '{"log":"';

/** What follows the text. */
const OUTPUTS = ['","stream":"stdout"', '","stream":"stderr"'] as const;

/** What stands before the time, which is the last value. */
const TIME = '"time":"';

/** Longest end of a line from the time on: `"time":"2026-01-02T03:04:05.123456789+01:00"}`. */
const LONGEST_END_BYTES = 48;

/** What a letter stands for behind a backslash; any other byte stands for itself. A line end within a text is a blank. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  ([["n", " "], ["r", "\r"], ["t", "\t"], ["b", "\b"], ["f", "\f"]] as const)
    .map(([letter, means]) => [letter.charCodeAt(0), means.charCodeAt(0)]),
);

/** Length of `\n`, and of `\u2028`. */
const NEWLINE_BYTES = 2;
const UNICODE_BYTES = 6;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;

/** U+FFFD: what a lone half of a surrogate pair is written as. */
const REPLACEMENT = 0xfffd;

/**
 * Docker's format. It cuts lines of more than 16 KiB: a text without `\n` at its end is a piece. A line that was cut
 * off in its text, because it is longer than a source reads, is opened as far as it goes and counts as whole.
 */
export class DockerEnvelope implements Envelope {
  output: Output = 0;
  ends = true;

  open(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
    if (!startsWith(bytes, start, end, START)) return -1;
    const from = start + START.length;
    let i = from;
    let to = at;
    while (i < end && bytes[i] !== QUOTE) {
      const byte = bytes[i];
      if (byte !== BACKSLASH) {
        into[to++] = byte;
        i++;
      } else if (i + 1 < end && bytes[i + 1] === LETTER_U) {
        const unit = hexUnit(bytes, i, end);
        const low = isHigh(unit) ? hexUnit(bytes, i + UNICODE_BYTES, end) : -1;
        const isPair = isLow(low);
        to = writeUtf8(into, to, isPair ? ((unit - 0xd800) << 10) + (low - 0xdc00) + 0x10000 : unit);
        i += isPair ? 2 * UNICODE_BYTES : UNICODE_BYTES;
      } else {
        if (i + 1 < end) into[to++] = ESCAPES.get(bytes[i + 1]) ?? bytes[i + 1];
        i += 2;
      }
    }
    if (i >= end) {
      this.output = 0;
      this.ends = true;
      return to;
    }
    const output = OUTPUTS.findIndex((text) => startsWith(bytes, i, end, text));
    if (output < 0) return -1;
    this.output = output === 0 ? 1 : 2;
    this.ends = i - from >= NEWLINE_BYTES && bytes[i - 1] === LETTER_N && isEscape(bytes, i - 2, from);
    return this.ends ? to - 1 : to;
  }

  writtenMs(bytes: Uint8Array, start: number, end: number): number | undefined {
    const tail = new TextDecoder().decode(bytes.subarray(Math.max(start, end - LONGEST_END_BYTES), end));
    const time = tail.lastIndexOf(TIME);
    return time < 0
      ? undefined
      : readStamp(tail.slice(time + TIME.length, tail.indexOf('"', time + TIME.length)));
  }
}

/** Whether the backslash at `index` begins an escape: an even number of others stands before it. */
function isEscape(bytes: Uint8Array, index: number, from: number): boolean {
  let first = index;
  while (first >= from && bytes[first] === BACKSLASH) first--;
  return (index - first) % 2 === 1;
}

/** The UTF-16 unit that `\uXXXX` at `index` stands for; U+FFFD when it is none, and -1 when no escape is there. */
function hexUnit(bytes: Uint8Array, index: number, end: number): number {
  if (index + 1 >= end || bytes[index] !== BACKSLASH || bytes[index + 1] !== LETTER_U) return -1;
  let unit = 0;
  for (let i = index + 2; i < index + UNICODE_BYTES; i++) {
    const digit = i < end ? hexDigit(bytes[i]) : -1;
    if (digit < 0) return REPLACEMENT;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Writes a code point; a line feed becomes a blank, half a pair U+FFFD. */
function writeUtf8(into: Uint8Array, at: number, written: number): number {
  const point = written === 0x0a ? 0x20 : isHigh(written) || isLow(written) ? REPLACEMENT : written;
  let i = at;
  if (point < 0x80) {
    into[i++] = point;
  } else if (point < 0x800) {
    into[i++] = 0xc0 | (point >> 6);
    into[i++] = 0x80 | (point & 0x3f);
  } else if (point < 0x10000) {
    into[i++] = 0xe0 | (point >> 12);
    into[i++] = 0x80 | ((point >> 6) & 0x3f);
    into[i++] = 0x80 | (point & 0x3f);
  } else {
    into[i++] = 0xf0 | (point >> 18);
    into[i++] = 0x80 | ((point >> 12) & 0x3f);
    into[i++] = 0x80 | ((point >> 6) & 0x3f);
    into[i++] = 0x80 | (point & 0x3f);
  }
  return i;
}
