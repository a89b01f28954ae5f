/**
 * Text of Rust programs: `tracing` in its full, compact and pretty formats, and `env_logger`.
 *
 * @module
 */

import { type ParsedLine, textLine } from "./parsed.ts";
import { readStamp } from "./time.ts";

/** Both write RFC 3339, with a `T`: Python's `logging` does not. */
const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)`;

const LEVEL = "TRACE|DEBUG|INFO|WARN|ERROR";

/** `2025-10-31T14:32:49.123456Z  INFO …` with a thread perhaps; `tracing` pads the level to five. */
const TRACING = new RegExp(String.raw`^\s*(${STAMP})\s+(?:${LEVEL})\s+(?:ThreadId\(\d+\)\s+)?(.*)$`, "s");

/** `[2025-10-31T14:32:49Z INFO  facilitator] …` of `env_logger`. */
const ENV_LOGGER = new RegExp(String.raw`^\[(${STAMP})\s+(?:${LEVEL})\s+([\w:-]+)\]\s?(.*)$`, "s");

/** A target is the path of a Rust module, which is followed by a colon and a blank. */
const TARGET = /^([A-Za-z_][\w-]*(?:::[\w-]+)*): /;

/** A span's name; its fields in braces and a colon follow. */
const SPAN_NAME = /[A-Za-z_][\w.<>/-]*(?:::[\w<>-]+)*/y;

/** The place in the source that the formats print on demand. */
const SOURCE_PLACE = /^[\w./\\-]+\.rs:(?:\d+:)? /;

/**
 * Parses a line; time, level, spans and target are no part of the message, but spans' fields are fields.
 *
 * @returns `undefined` when it is no such line.
 */
export function parseTracing(line: string): ParsedLine | undefined {
  const match = TRACING.exec(line);
  if (match === null) {
    const env = ENV_LOGGER.exec(line);
    return env === null
      ? undefined
      : textLine({ timeMs: readStamp(env[1]), logger: env[2], message: env[3] });
  }
  const { spans, rest } = splitSpans(match[2]);
  const target = TARGET.exec(rest);
  const message = (target === null ? rest : rest.slice(target[0].length)).replace(SOURCE_PLACE, "");
  return textLine({ timeMs: readStamp(match[1]), context: spans, logger: target?.[1], message });
}

/**
 * Takes the spans off: `request{method=GET path=/}:inner{n=1}: target: message`. Without braces and without a further
 * span one cannot be told from a target, and is taken for it.
 */
function splitSpans(text: string): {
  /** The fields of all spans. */
  readonly spans: string;
  readonly rest: string;
} {
  const none = { spans: "", rest: text };
  const fields: string[] = [];
  let at = 0;
  for (let chained = false;; chained = true) {
    SPAN_NAME.lastIndex = at;
    const name = SPAN_NAME.exec(text);
    if (name === null) return none;
    let end = at + name[0].length;
    if (text[end] === "{") {
      const close = closingBrace(text, end);
      if (close === undefined) return none;
      fields.push(text.slice(end + 1, close));
      chained = true;
      end = close + 1;
    }
    if (text[end] !== ":") return none;
    if (text[end + 1] === " ") {
      return chained ? { spans: fields.join(" "), rest: text.slice(end + 2) } : none;
    }
    at = end + 1;
  }
}

/** Index of the brace that closes the one at `open`; braces in quotes do not count. */
function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = open; i < text.length; i++) {
    const character = text[i];
    if (character === "\\" && quoted) i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth++;
    else if (!quoted && character === "}" && --depth === 0) return i;
  }
  return undefined;
}
