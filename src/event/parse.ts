/**
 * Which format a line has, and what it says.
 *
 * @module
 */

import type { LineFormat } from "./format.ts";
import { parseJava } from "./format/java.ts";
import { parseJson } from "./format/json.ts";
import { parseKlog } from "./format/klog.ts";
import { parseLogfmt } from "./format/logfmt.ts";
import { parseNginx } from "./format/nginx.ts";
import { LazyLine, type ParsedLine } from "./format/parsed.ts";
import { parsePlain } from "./format/plain.ts";
import { parsePostgres } from "./format/postgres.ts";
import { parsePython } from "./format/python.ts";
import { parseCertainSyslog, parseSyslog } from "./format/syslog.ts";
import { parseTracing } from "./format/tracing.ts";

export type { ParsedLine } from "./format/parsed.ts";

/** Parses one line; `undefined` when it does not have the format. */
export type Parse = (line: string) => ParsedLine | undefined;

/** What a line of a format is tried as, in this order; a line that is none of these is plain text. */
const PARSERS: Readonly<Record<LineFormat, readonly Parse[]>> = {
  // Spring Boot's lines begin as those of tracing do.
  auto: [
    parseJson,
    parseJava,
    parseTracing,
    parsePython,
    parseKlog,
    parseNginx,
    parsePostgres,
    parseCertainSyslog,
    parseLogfmt,
  ],
  json: [parseJson],
  logfmt: [parseLogfmt],
  tracing: [parseTracing],
  python: [parsePython],
  syslog: [parseSyslog],
  klog: [parseKlog],
  nginx: [parseNginx],
  plain: [],
};

/**
 * Takes a line apart. Never throws: a line that does not have the format is plain text.
 *
 * @param text Decoded text without ANSI codes. Of joined lines the first is parsed, the others follow the message
 *   behind `\n`.
 * @param format How the source's lines are read; `auto` decides by the shape of each line.
 */
export function parseLine(text: string, format: LineFormat): ParsedLine {
  return parseRecord(text, PARSERS[format]);
}

/**
 * Takes a record apart with given parsers: the first that knows its first line counts.
 *
 * @param text As for {@linkcode parseLine}.
 * @param parsers In order.
 */
export function parseRecord(text: string, parsers: readonly Parse[]): ParsedLine {
  const newline = text.indexOf("\n");
  const first = (newline < 0 ? text : text.slice(0, newline)).replace(/\r$/, "");
  const parsed = parseFirst(first, parsers);
  if (newline < 0) return parsed;
  const { message, timeMs } = parsed;
  return new LazyLine({ message: message + text.slice(newline), timeMs }, () => parsed.fields);
}

function parseFirst(line: string, parsers: readonly Parse[]): ParsedLine {
  for (const parse of parsers) {
    const parsed = parse(line);
    if (parsed !== undefined) return parsed;
  }
  return parsePlain(line);
}
