/**
 * Access and error logs of nginx; the access log is the combined format of Apache and many others too.
 *
 * @module
 */

import { LazyLine, type ParsedLine } from "./parsed.ts";
import { readStamp } from "./time.ts";

/** A text in quotes, in which nginx writes quotes as `\x22` and Apache as `\"`. */
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/** Address, identity, user, time, request, status, size, and in the combined format referrer and browser. */
const ACCESS = new RegExp(
  String.raw`^(\S+) (\S+) (\S+) \[([^\]]+)\] (${QUOTED} (\d{3}) (\d+|-)(?: ${QUOTED} ${QUOTED})?.*)$`,
  "s",
);

/** Method, path and protocol of a request. */
const REQUEST = /^(\S+) (\S+)(?: (HTTP\/[\d.]+))?$/;

/** `2026/01/02 03:04:05 [error] 29#29: *1 text`: time, level, process and thread, number of the connection. */
const ERROR =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?:debug|info|notice|warn|error|crit|alert|emerg)\] (\d+)#(\d+): (?:\*(\d+) )?(.*)$/s;

/** What nginx says of the request at the end of an error: `, client: 10.0.0.1, server: shop, request: "GET / HTTP/1.1"`. */
const CONTEXT = /, (client|server|request|upstream|host|referrer|subrequest): ("[^"]*"|[^,"]*)/g;

/**
 * Parses a line. Of an access log the time is no part of the message, nor are a `-` for the identity and the user; of
 * an error log time, level and numbers are none. Fields have the names of nginx's variables.
 *
 * @returns `undefined` when it is neither.
 */
export function parseNginx(line: string): ParsedLine | undefined {
  return parseAccess(line) ?? parseError(line);
}

function parseAccess(line: string): ParsedLine | undefined {
  const match = ACCESS.exec(line);
  if (match === null) return undefined;
  const [, address, identity, user, time, rest, request, status, size, referrer, browser] = match;
  const who = [address, identity, user].filter((name) => name !== "-").join(" ");
  return new LazyLine({ message: who === "" ? rest : `${who} ${rest}`, timeMs: readStamp(time) }, () => {
    const [, method, path, protocol] = REQUEST.exec(request) ?? [];
    return fieldsOf({
      remote_addr: address,
      remote_user: user,
      request,
      request_method: method,
      request_uri: path,
      server_protocol: protocol,
      status,
      body_bytes_sent: size,
      http_referer: referrer,
      http_user_agent: browser,
    });
  });
}

function parseError(line: string): ParsedLine | undefined {
  const match = ERROR.exec(line);
  if (match === null) return undefined;
  const [, time, pid, thread, connection, message] = match;
  return new LazyLine({ message, timeMs: readStamp(time) }, () => {
    const context = [...message.matchAll(CONTEXT)].map((
      [, name, value],
    ) => [name, value.replace(/^"|"$/g, "")]);
    return fieldsOf({ pid, thread, connection, ...Object.fromEntries(context) });
  });
}

/** What is given and not `-`, which stands for nothing. */
function fieldsOf(values: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "-") fields.set(name, value);
  }
  return fields;
}
