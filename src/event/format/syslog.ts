/**
 * Syslog, as it is sent (RFC 3164 and RFC 5424) and as rsyslog and syslog-ng write it to files, without the priority.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp, STAMP } from "./time.ts";

/** RFC 5424 §6: priority, version, time, host, program, process, kind of message, structured data, text. */
const IETF = new RegExp(
  String
    .raw`^<\d{1,3}>1 (-|${STAMP}) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)(?: \uFEFF?(.*))?$`,
  "s",
);

/** RFC 3164 §4.1: the time has no year, and the text begins behind program and process. */
const BSD = new RegExp(
  String
    .raw`^(<\d{1,3}>)?(?:(${STAMP})|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([\w./@-]+(?: [\w./-]+)?)(?:\[(\d+)\])?: ?(.*)$`,
  "s",
);

/** The identifier of an element of structured data, or one of its parameters. */
const PARAMETER = /\[([^\s=\]"]+)|(?<=\s)([^\s=\]"]+)="((?:[^"\\]|\\.)*)"/gs;

/**
 * Parses a line; time, host, program and process are no part of the message. The program is the field `logger`.
 *
 * @returns `undefined` when it is no such line.
 */
export function parseSyslog(line: string): ParsedLine | undefined {
  const ietf = IETF.exec(line);
  if (ietf !== null) {
    const [, time, host, program, process, kind, data, message = ""] = ietf;
    return textLine({
      timeMs: readStamp(time),
      message,
      logger: given(program),
      known: [
        ["hostname", given(host)],
        ["pid", given(process)],
        ["msgid", given(kind)],
        ...parameters(data),
      ],
    });
  }
  const bsd = BSD.exec(line);
  if (bsd === null) return undefined;
  const [, , time, host, logger, pid, message] = bsd;
  return textLine({
    timeMs: time === undefined ? undefined : readStamp(time),
    message,
    logger,
    known: [["hostname", host], ["pid", pid]],
  });
}

/**
 * Parses a line that cannot be anything else but syslog: one with a priority, or with a host and a program whose
 * process is named, or the kernel's.
 *
 * @returns `undefined` when it is no such line.
 */
export function parseCertainSyslog(line: string): ParsedLine | undefined {
  return CERTAIN.test(line) ? parseSyslog(line) : undefined;
}

const CERTAIN = new RegExp(
  String
    .raw`^(?:<\d{1,3}>|(?:${STAMP}|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ (?:[\w./@-]+\[\d+\]|kernel): )`,
);

function given(text: string): string | undefined {
  return text === "-" ? undefined : text;
}

/** `[origin@1 ip="10.0.0.1"]` is the field `origin@1.ip`. */
function parameters(data: string): readonly (readonly [string, string])[] {
  let element = "";
  const found: (readonly [string, string])[] = [];
  for (const [, id, name, value] of data.matchAll(PARAMETER)) {
    if (id !== undefined) element = id;
    else found.push([`${element}.${name}`, value.replace(/\\(["\\\]])/g, "$1")]);
  }
  return found;
}
