/**
 * Stack traces as one line: what happened and where, without the frames nobody reads.
 *
 * @module
 */

import { parsePostgres } from "./format/postgres.ts";

/** Stands for a line end within a message. */
const LINE_END = " ⏎ ";

/** How many lines a message keeps whole. */
const MOST_LINES = 3;

const PYTHON_HEADER = "Traceback (most recent call last):";

/** Lines that say what happened: the causes of Java and .NET. */
const CAUSE = /^(?:Caused by: |---> )/;

/** Lines that say where: Python, Java, .NET and Node, Go, PHP, Rust and `tracing`. */
const FRAME = /^(?:File "|at |\S+\.go:\d+|#\d+ |\d+: )/;

/** Frames of runtimes and libraries, which tell less than the program's own. */
const FOREIGN =
  /node:|node_modules|\/(?:site|dist)-packages\/|\/lib\/python\d|at (?:java|javax|jdk|sun|kotlin|scala|System|Microsoft|org\.springframework|org\.apache)\.|\/usr\/local\/go\/|\/rustc\/|\d+: (?:std|core|alloc|rust_begin|__rust|tokio)|<anonymous>/;

/**
 * Folds joined lines into one. Of more than three lines the first and the two most telling ones are kept: the last
 * exception or cause, and the frame of the program's own code next to it; `… 38 more` counts the others. Blank lines
 * do not count.
 *
 * @param message A message, lines separated by `\n`; one of a single line stays as it is.
 */
export function foldTrace(message: string): string {
  if (!message.includes("\n")) return message;
  const lines = message.split("\n").map((line) => bare(line.trim())).filter((line) => line !== "");
  if (lines.length <= MOST_LINES) return lines.join(LINE_END);
  // A traceback nobody logged starts with a line that says nothing.
  const first = lines[0] === PYTHON_HEADER ? [] : [0];
  const telling = new Set(tellingLines(message, lines));
  telling.delete(0);
  const kept = [...first, ...[...telling].slice(0, MOST_LINES - first.length)];
  return [...kept.map((index) => lines[index]), `… ${lines.length - kept.length} more`].join(LINE_END);
}

/** A line without the prefix that PostgreSQL repeats before every part of a report. */
function bare(line: string): string {
  return parsePostgres(line)?.message ?? line;
}

/** Indexes of the lines that tell most, in that order, then of all others. */
function tellingLines(message: string, lines: readonly string[]): readonly number[] {
  const indexes = lines.map((_, index) => index);
  const frames = indexes.filter((index) => FRAME.test(lines[index]));
  const python = frames.filter((index) => lines[index].startsWith('File "'));
  if (python.length > 0) {
    const exception = exceptionBehind(message, lines, python[python.length - 1]);
    return [...exception, ...ownFirst(python.reverse(), lines), ...indexes];
  }
  const cause = indexes.findLast((index) => CAUSE.test(lines[index]));
  const head = cause ?? (frames.includes(1) ? 0 : 1);
  return [head, ...ownFirst(frames.filter((index) => index > head), lines), ...frames, ...indexes];
}

/** Index of the exception that ends a Python traceback: the first line behind the last frame that is not indented. */
function exceptionBehind(message: string, lines: readonly string[], lastFrame: number): readonly number[] {
  const unindented = new Set(
    message.split("\n").filter((line) => /^\S/.test(line)).map((line) => line.trim()),
  );
  const index = lines.findIndex((line, at) => at > lastFrame && unindented.has(line));
  return index < 0 ? [] : [index];
}

function ownFirst(frames: readonly number[], lines: readonly string[]): readonly number[] {
  return [
    ...frames.filter((index) => !FOREIGN.test(lines[index])),
    ...frames.filter((index) => FOREIGN.test(lines[index])),
  ];
}
