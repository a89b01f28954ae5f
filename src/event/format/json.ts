/**
 * JSON lines: pino, bunyan, winston, zap, zerolog, slog, `tracing`, python-json-logger, structlog, ECS, Google Cloud.
 *
 * @module
 */

import { LazyLine, type ParsedLine } from "./parsed.ts";
import { readTime } from "./time.ts";

/** Where the message may stand, the likeliest first; `fields.message` is Rust's `tracing`. */
const MESSAGE_KEYS = [
  "msg",
  "message",
  "event",
  "text",
  "fields.message",
  "@message",
  "@m",
  "@mt",
  "short_message",
  "log",
  "body",
  "textPayload",
  "err.message",
  "error.message",
] as const;

/** Where the time may stand. */
const TIME_KEYS = [
  "time",
  "timestamp",
  "ts",
  "@timestamp",
  "asctime",
  "t",
  "@t",
  "datetime",
  "eventTime",
] as const;

/** Where a stack trace may stand. */
const STACK_KEYS = [
  "err.stack",
  "error.stack",
  "error.stack_trace",
  "exc_info",
  "exception",
  "stack",
  "stacktrace",
  "stack_trace",
  "stackTrace",
  "traceback",
  "@x",
] as const;

/** Prefix under which `tracing` nests an event's fields; they are found without it as well. */
const TRACING_PREFIX = "fields.";

/** How deep fields are looked for; what lies deeper is left out. */
const DEEPEST = 8;

/** An object that JSON.parse made. */
type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a line that is one JSON object.
 *
 * @returns `undefined` when it is not.
 */
export function parseJson(line: string): ParsedLine | undefined {
  const record = readObject(line);
  if (record === undefined) return undefined;
  return new LazyLine(
    { message: withStack(record, messageOf(record) ?? line), timeMs: timeOf(record) },
    () => {
      const fields = new Map<string, string>();
      flatten(record, "", 1, fields);
      for (const [name, value] of [...fields]) {
        const short = name.slice(TRACING_PREFIX.length);
        if (name.startsWith(TRACING_PREFIX) && !fields.has(short)) fields.set(short, value);
      }
      return fields;
    },
  );
}

function readObject(line: string): JsonObject | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON, or cut off: the line is text then.
    return undefined;
  }
}

function messageOf(record: JsonObject): string | undefined {
  for (const key of MESSAGE_KEYS) {
    const value = at(record, key);
    if (typeof value === "string" && value.trim() !== "") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
  }
  // An event of `tracing` that has fields and no message prints them.
  const fields = record["fields"];
  if (!isObject(fields)) return undefined;
  const pairs = new Map<string, string>();
  flatten(fields, "", 1, pairs);
  return pairs.size === 0 ? undefined : [...pairs].map(([name, value]) => `${name}=${value}`).join(" ");
}

function timeOf(record: JsonObject): number | undefined {
  for (const key of TIME_KEYS) {
    const timeMs = readTime(record[key]);
    if (timeMs !== undefined) return timeMs;
  }
  return undefined;
}

/** The message and, behind `\n`, the stack trace that the record holds beside it. */
function withStack(record: JsonObject, message: string): string {
  for (const key of STACK_KEYS) {
    const stack = at(record, key);
    if (typeof stack === "string" && stack.trim() !== "") {
      return message.includes(stack) ? message : `${message}\n${stack.trimEnd()}`;
    }
  }
  return message;
}

/** The value at a dotted name: of the key that is so named, else nested. */
function at(record: JsonObject, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const dot = name.indexOf(".");
  if (dot < 0) return undefined;
  const inner = record[name.slice(0, dot)];
  return isObject(inner) ? at(inner, name.slice(dot + 1)) : undefined;
}

/** Adds every text, number and boolean by dotted name; a list of such is joined with commas. */
function flatten(record: JsonObject, prefix: string, depth: number, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(record)) {
    const name = prefix + key;
    if (Array.isArray(value) && !value.some((item) => typeof item === "object")) {
      into.set(name, value.join(","));
    } else if (typeof value === "object" && value !== null && depth < DEEPEST) {
      flatten(value as JsonObject, `${name}.`, depth + 1, into);
    } else if (typeof value !== "object") into.set(name, String(value));
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
