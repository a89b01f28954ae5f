/**
 * Text of no known logger: time stamp and level are taken off only where they cannot be anything else.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp, STAMP } from "./time.ts";

const CAPITALS =
  "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|FATAL|PANIC|ALERT|EMERG|EMERGENCY|SEVERE";

/** Any case, for between brackets or tabs. */
const ANY_CASE = `${CAPITALS}|${CAPITALS.toLowerCase()}`;

/** Time stamps without a year or a date tell no time, but are no message either: pino-pretty, zerolog, syslog. */
const SHORT_STAMP = String
  .raw`\d\d:\d\d:\d\d(?:[.,]\d+)?|\d?\d:\d\d[AP]M|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d`;

/** What may follow a level: a bracketed process, a colon, a dash, a bar. */
const BEHIND = String.raw`(?:(?:\s+\(\d+\))?:|\s+[-|:](?=\s))?`;

/** A time stamp, bare or in brackets, then a level. */
const STAMPED: readonly RegExp[] = [
  // zap's console: time, level and caller between tabs
  String.raw`(?<time>${STAMP})\t(?:${ANY_CASE})\t(?:[\w./@-]+:\d+\t)?(?<message>.*)`,
  String
    .raw`\[?(?:(?<time>${STAMP})|${SHORT_STAMP})\]?[ \t]+(?:[-|][ \t]+)?[\[(](?:${ANY_CASE})[\])]${BEHIND}\s+(?<message>.*)`,
  String
    .raw`\[?(?:(?<time>${STAMP})|${SHORT_STAMP})\]?[ \t]+(?:[-|][ \t]+)?(?:${CAPITALS}|TRC|DBG|INF|WRN|FTL|PNC)${BEHIND}\s+(?<message>.*)`,
].map((shape) => new RegExp(`^\\s*${shape}$`, "s"));

/** A time stamp that the line starts with, or the time of an access log. */
const ANY_STAMP = new RegExp(
  String.raw`^\[?(${STAMP})|^\S+ \S+ \S+ \[(\d\d/[A-Z][a-z]{2}/\d{4}:[\d: +-]+)\]`,
);

/** Parses any line. */
export function parsePlain(line: string): ParsedLine {
  for (const shape of STAMPED) {
    const groups = shape.exec(line)?.groups;
    if (groups === undefined) continue;
    const { time, message } = groups;
    return textLine({ timeMs: time === undefined ? undefined : readStamp(time), message });
  }
  const stamp = ANY_STAMP.exec(line);
  return textLine({ timeMs: readStamp(stamp?.[1] ?? stamp?.[2] ?? ""), message: line });
}
