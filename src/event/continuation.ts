/**
 * Which lines belong to the record before them: the stack traces of the usual runtimes.
 *
 * @module
 */

import { startsWith } from "./byte_words.ts";
import type { LevelIndex } from "./level.ts";
import { scanLevel } from "./level_scan.ts";
import { isPostgresPart } from "./postgres.ts";
import {
  isGoCall,
  isPhpFrame,
  isPythonException,
  isThrown,
  startsRecord,
  startsWithOne,
} from "./trace_lines.ts";

/** What the lines before were part of. */
type Trace = "none" | "python" | "python-end" | "go" | "rust-panic";

/** Least severe record that an unindented trace is joined to; what follows milder ones is a crash of its own. */
const WARN = 3;

const TAB = 0x09;
const SPACE = 0x20;
const HASH = 0x23;
const CLOSE_PAREN = 0x29;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;

/** Lines that continue any record, by first byte: Java, .NET, Rust, PHP. */
const CONTINUES: ReadonlyMap<number, readonly string[]> = byFirstByte([
  "Caused by: ",
  "Suppressed: ",
  "... ",
  "--- End of ",
  "stack backtrace:",
  "note: run with `RUST_BACKTRACE",
  "note: Some details are omitted",
  "Stack trace:",
]);

/** What may stand at the start of a line while a Go program prints its goroutines. */
const GO_LINES: ReadonlyMap<number, readonly string[]> = byFirstByte([
  "goroutine ",
  "created by ",
  "[signal ",
  "exit status ",
]);

/** What a Go program prints before its goroutines. */
const GO_PANICS = ["panic: ", "fatal error: "] as const;

/** What SQLAlchemy prints behind the exception. */
const PYTHON_DETAILS: ReadonlyMap<number, readonly string[]> = byFirstByte([
  "[SQL: ",
  "[parameters: ",
  "(Background on this error at: ",
]);

const PYTHON_HEADER = "Traceback (most recent call last):";
const PYTHON_CHAINS = [
  "During handling of the above exception, ",
  "The above exception was the direct cause ",
] as const;

/** First bytes of unindented lines that may begin or continue a trace; a line with any other starts a record. */
const MAY_MATTER: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, byte) => /[\w#.\-)\]}]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** `}`, `]` and `)`: on a line of their own they end what an object or a call printed over several lines. */
const CLOSERS: ReadonlySet<number> = new Set([0x7d, 0x5d, CLOSE_PAREN]);

/** Longest such line: `});`. */
const LONGEST_CLOSING_BYTES = 3;

/** Follows one stream; is fed every line of it that is not blank, in order. */
export class TraceState {
  #trace: Trace = "none";
  #last: { bytes: Uint8Array; start: number; end: number } = { bytes: new Uint8Array(), start: -1, end: 0 };
  #any = false;
  readonly #levelOf: (bytes: Uint8Array, start: number, end: number) => LevelIndex | -1;

  /**
   * Starts with nothing read.
   *
   * @param levelOf What the level of a line of the stream is.
   */
  constructor(levelOf: (bytes: Uint8Array, start: number, end: number) => LevelIndex | -1 = scanLevel) {
    this.#levelOf = levelOf;
  }

  /**
   * Whether a line belongs to the record before it. A line that starts with a time stamp or a level never does. A
   * traceback is joined to the record before it when that is a warning, an error, or says no level; behind a milder
   * one it is a record of its own, which would go unseen as a part of the other.
   *
   * @param bytes Buffer that holds the line.
   * @param start Index of the line's first byte.
   * @param end Index behind its last, without the newline.
   */
  continues(bytes: Uint8Array, start: number, end: number): boolean {
    const continues = this.#looksLikeMore(bytes, start, end) && this.#any;
    this.#any = true;
    if (!continues) {
      this.#last.bytes = bytes;
      this.#last.start = start;
      this.#last.end = end;
    }
    return continues;
  }

  #looksLikeMore(bytes: Uint8Array, start: number, end: number): boolean {
    const first = start < end ? bytes[start] : 0;
    const indented = first === SPACE || first === TAB;
    switch (this.#trace) {
      case "none":
        return indented
          ? !startsRecord(bytes, start, end)
          : MAY_MATTER[first] === 1 && this.#meets(bytes, start, end);
      case "python":
        if (indented || startsWithOne(bytes, start, end, PYTHON_CHAINS)) return true;
        if (startsWith(bytes, start, end, PYTHON_HEADER)) return true;
        this.#trace = "none";
        if (!isPythonException(bytes, start, end)) return this.#looksLikeMore(bytes, start, end);
        this.#trace = "python-end";
        return true;
      case "python-end":
        if (startsWithOne(bytes, start, end, PYTHON_CHAINS)) {
          this.#trace = "python";
          return true;
        }
        if (startsWithOne(bytes, start, end, PYTHON_DETAILS.get(first))) return true;
        this.#trace = startsWith(bytes, start, end, PYTHON_HEADER) ? "python" : "none";
        return this.#trace === "none" && this.#looksLikeMore(bytes, start, end);
      case "go":
        if (indented && !startsRecord(bytes, start, end)) return true;
        if (startsWithOne(bytes, start, end, GO_LINES.get(first)) || isGoCall(bytes, start, end)) return true;
        this.#trace = "none";
        return this.#looksLikeMore(bytes, start, end);
      case "rust-panic":
        this.#trace = "none";
        return !startsRecord(bytes, start, end);
    }
  }

  /** What an unindented line is when no trace is under way; may begin one. */
  #meets(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start];
    if (first >= ZERO && first <= NINE) return isPostgresPart(bytes, start, end);
    if (startsWithOne(bytes, start, end, CONTINUES.get(first))) return true;
    if (startsWith(bytes, start, end, PYTHON_HEADER)) {
      this.#trace = "python";
      return this.#isSevereSoFar(bytes, start);
    }
    if (startsWith(bytes, start, end, "goroutine ") && bytes[end - 1] === COLON) {
      this.#trace = "go";
      return this.#isSevereSoFar(bytes, start);
    }
    if (startsWithOne(bytes, start, end, GO_PANICS)) {
      this.#trace = "go";
      return false;
    }
    if (startsWith(bytes, start, end, "thread '") && bytes[end - 1] === COLON) {
      this.#trace = "rust-panic";
      return false;
    }
    if (first === HASH) return isPhpFrame(bytes, start, end);
    if (CLOSERS.has(first)) return end - start <= LONGEST_CLOSING_BYTES;
    return isThrown(bytes, start, end) && this.#isSevereSoFar(bytes, start);
  }

  /** Whether the record before may have printed an unindented trace. After the end of a batch nobody knows: it may. */
  #isSevereSoFar(bytes: Uint8Array, start: number): boolean {
    const { bytes: before, start: from, end } = this.#last;
    if (before !== bytes || from < 0 || from >= start) return true;
    const level = this.#levelOf(before, from, end);
    return level < 0 || level >= WARN;
  }

  /** Forgets the lines before: the next one starts a record. */
  reset(): void {
    this.#trace = "none";
    this.#any = false;
    this.#last = { bytes: new Uint8Array(), start: -1, end: 0 };
  }
}

/** Texts by their first byte. */
function byFirstByte(texts: readonly string[]): ReadonlyMap<number, readonly string[]> {
  return Map.groupBy(texts, (text) => text.charCodeAt(0));
}
