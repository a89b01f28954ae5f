/**
 * What a record looks like in the channel, and which channel it goes to.
 *
 * @module
 */

import { parseTemplate, type TemplatePart } from "../config/template.ts";
import type { Level } from "../event/level.ts";
import { timeOfDay } from "./summary.ts";

/** What templates may print. */
export interface LineValues {
  readonly service: string;
  readonly source: string;
  readonly host: string;
  readonly level: Level;
  readonly message: string;
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly timeMs: number;
  /** Value of a parsed field; `undefined` prints as nothing. */
  field(name: string): string | undefined;
  /** Value of a label of the stream; `undefined` prints as nothing. */
  label(name: string): string | undefined;
}

/** A message template, compiled. */
export interface Template {
  /** Prints a record; not fit to be sent before redaction. */
  readonly render: (values: LineValues) => string;
  /** Whether it prints when the record was written. */
  readonly saysTime: boolean;
}

/** A channel template, compiled. */
export interface ChannelTemplate {
  /** The channel, when it is the same for every record. */
  readonly fixed: string | undefined;
  /** Whether the channel is the same for a whole stream, or depends on the record. */
  readonly reads: "stream" | "line";
  /** The channel of a record: lower case, `{…}` reduced to `[a-z0-9._-]` and 32 characters. */
  readonly render: (values: LineValues) => string;
}

/** Longest expansion of one `{…}` in a channel, in characters (design §3). */
const LONGEST_EXPANSION = 32;

/** What an expansion becomes of which nothing is left: a channel is never named after nothing. */
const UNNAMED = "unnamed";

/** Placeholders that are the same for every record of a stream. */
const STREAM_NAMES: ReadonlySet<string> = new Set(["service", "source", "host", "label"]);

/** Compiles a message template; a placeholder that is not known is printed as it stands. */
export function compileTemplate(text: string): Template {
  const { parts } = parseTemplate(text);
  return {
    render: (values) => parts.map((part) => typeof part === "string" ? part : expand(part, values)).join(""),
    saysTime: parts.some((part) => typeof part !== "string" && part.name === "time"),
  };
}

/** Compiles a channel template. */
export function compileChannel(text: string): ChannelTemplate {
  const { parts } = parseTemplate(text);
  const names = parts.filter((part) => typeof part !== "string");
  return {
    fixed: names.length === 0 ? text : undefined,
    reads: names.every(({ name }) => STREAM_NAMES.has(name)) ? "stream" : "line",
    render: (values) =>
      parts.map((part) => typeof part === "string" ? part : channelName(expand(part, values))).join(""),
  };
}

function expand(part: Exclude<TemplatePart, string>, values: LineValues): string {
  switch (part.name) {
    case "level":
      return values.level.toUpperCase();
    case "time":
      return timeOfDay(values.timeMs);
    case "field":
      return values.field(part.key) ?? "";
    case "label":
      return values.label(part.key) ?? "";
    default:
      return values[part.name];
  }
}

function channelName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9._-]+/g, "").slice(0, LONGEST_EXPANSION) || UNNAMED;
}
