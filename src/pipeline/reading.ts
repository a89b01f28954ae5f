/**
 * How the lines of a source are read: what its `format` and `multiline` mean, compiled once.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { SourceSpec } from "../config/config.ts";
import { compilePattern } from "../config/pattern.ts";
import { stripAnsi } from "../event/ansi.ts";
import { TraceState } from "../event/continuation.ts";
import { ENVELOPE_FORMATS, type Format, LINE_FORMATS, type LineFormat } from "../event/format.ts";
import { type Groups, namedLevel, parseNamed } from "../event/format/named.ts";
import type { LevelIndex } from "../event/level.ts";
import { scanLevel } from "../event/level_scan.ts";
import { type ParsedLine, parseLine, parseRecord } from "../event/parse.ts";
import { Scratch } from "./scratch.ts";
import { Unwrapper } from "./unwrap.ts";

/** Severity that the line at [start, end) says of itself; -1 when it says none. */
export type LevelOf = (bytes: Uint8Array, start: number, end: number) => LevelIndex | -1;

/** Knows which lines belong to the record before them; is fed every line of one stream that is not blank, in order. */
export interface Joiner {
  /** Whether the line at [start, end) does. */
  continues(bytes: Uint8Array, start: number, end: number): boolean;
}

/** How the lines of a source are read. */
export interface Reading {
  /** The one judge of severity, so that counts by level are exact. */
  readonly levelOf: LevelOf;
  /** Takes a decoded record without ANSI codes apart. */
  readonly parse: (text: string) => ParsedLine;
  /** Makes a joiner for one stream; `undefined` when lines are not joined. */
  readonly joiner: () => Joiner | undefined;
  /** Makes what takes the envelopes off one stream; `undefined` when there are none. */
  readonly unwrapper: () => Unwrapper | undefined;
}

/** What a reading depends on. */
export type ReadingSpec = Pick<SourceSpec, "type" | "format" | "multiline" | "maxLineBytes">;

/** Sources that give bytes as some other program wrote them: only there a runtime may have put envelopes on. */
const MAY_HOLD_ENVELOPES: ReadonlySet<SourceSpec["type"]> = new Set(["file", "stdin"] as const);

/** Text as it is: levels from the bytes, no parsing, no joining. */
export const PLAIN_READING: Reading = {
  levelOf: scanLevel,
  parse: (text) => parseLine(text, "plain"),
  joiner: () => undefined,
  unwrapper: () => undefined,
};

/**
 * Compiles what a source says about its lines. A format by pattern decodes every line and matches it, to know its
 * level: about a hundred times the work of the scan.
 *
 * @throws {SyntaxError} When a pattern is not re2; a config that was checked has none.
 */
export function compileReading({ type, format, multiline, maxLineBytes }: ReadingSpec): Reading {
  const scratch = new Scratch(maxLineBytes);
  const envelope = ENVELOPE_FORMATS.find((name) => name === format) ??
    (format === "auto" && MAY_HOLD_ENVELOPES.has(type) ? "detect" : undefined);
  const reading = typeof format === "object" ? readPattern(format.regex) : readFormat(lineFormat(format));
  return {
    ...reading,
    joiner: joinerOf(multiline, reading.levelOf),
    unwrapper: () => envelope === undefined ? undefined : new Unwrapper(envelope, scratch),
  };
}

/** The format of the lines themselves; inside an envelope stands any. */
function lineFormat(format: Exclude<Format, object>): LineFormat {
  return LINE_FORMATS.find((name) => name === format) ?? "auto";
}

function readFormat(format: LineFormat): Pick<Reading, "levelOf" | "parse"> {
  return { levelOf: scanLevel, parse: (text) => parseLine(text, format) };
}

/** A line that the pattern does not match is read as any other; so is the level where the pattern has no such group. */
function readPattern(pattern: string): Pick<Reading, "levelOf" | "parse"> {
  const groupsOf = compileGroups(pattern);
  return {
    levelOf(bytes, start, end) {
      const level = groupsOf(decode(bytes, start, end))?.get("level");
      return level === undefined ? scanLevel(bytes, start, end) : namedLevel(level);
    },
    parse: (text) =>
      parseRecord(text, [(line) => {
        const groups = groupsOf(line);
        return groups === undefined ? parseLine(line, "auto") : parseNamed(line, groups);
      }]),
  };
}

/** Matches a line without ANSI codes; `undefined` when it does not match. */
function compileGroups(pattern: string): (line: string) => Groups | undefined {
  const compiled = compilePattern(pattern);
  const names = Object.keys(compiled.namedGroups());
  return (line) => {
    const matcher = compiled.matcher(line);
    if (!matcher.find()) return undefined;
    return new Map(names.flatMap((name) => {
      const text = matcher.group(name);
      return text === null ? [] : [[name, text] as const];
    }));
  };
}

function joinerOf(multiline: SourceSpec["multiline"], levelOf: LevelOf): () => Joiner | undefined {
  if (multiline === "off") return () => undefined;
  if (multiline === "auto") return () => new TraceState(levelOf);
  const compiled = compilePattern(multiline.start);
  const starts = (line: string) => compiled.matcher(line).find();
  return () => {
    let isFirst = true;
    return {
      continues(bytes, start, end) {
        const continues = !isFirst && !starts(decode(bytes, start, end));
        isFirst = false;
        return continues;
      },
    };
  };
}

/** The line without ANSI codes; what is not UTF-8 becomes U+FFFD. */
function decode(bytes: Uint8Array, start: number, end: number): string {
  return stripAnsi(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8"));
}
