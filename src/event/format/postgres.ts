/**
 * Lines of PostgreSQL's own log on stderr, with the prefixes of Docker's image, Debian, and RDS.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp } from "./time.ts";

/** Severities of reports (`error_severity` in `elog.c`), and what begins a further part of one. */
const SEVERITY = "DEBUG[1-5]|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC";
const PART = "DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE";

/** `%m [%p] %q%u@%d ` of Debian, without its end of Docker's image; `%t:%r:%u@%d:[%p]:` of RDS. */
const SHAPE = new RegExp(
  String
    .raw`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?) ([A-Z]{1,5}|[+-]\d\d(?::?\d\d)?)(?: \[(\d+)\](?: ([^\s@]+)@(\S+))? ?|:[^\s@]*:([^\s@:]+)@([^\s@:]+):\[(\d+)\]:)(?:(${PART})|${SEVERITY}):  (.*)$`,
  "s",
);

/**
 * Parses a line; the prefix is no part of the message, nor is the severity. A further part keeps its word.
 *
 * @returns `undefined` when it is no such line.
 */
export function parsePostgres(line: string): ParsedLine | undefined {
  const match = SHAPE.exec(line);
  if (match === null) return undefined;
  const [, time, zone, pid, user, database, rdsUser, rdsDatabase, rdsPid, part, text] = match;
  return textLine({
    timeMs: readStamp(`${time} ${zoneOf(zone)}`),
    message: part === undefined ? text : `${part}: ${text}`,
    known: [["pid", pid ?? rdsPid], ["user", user ?? rdsUser], ["database", database ?? rdsDatabase]],
  });
}

/** Names of other zones than UTC are ambiguous: such a time counts as none. */
function zoneOf(zone: string): string {
  if (/^(?:UTC|GMT|Z)$/.test(zone)) return "UTC";
  return /^[+-]\d\d$/.test(zone) ? `${zone}00` : zone;
}
