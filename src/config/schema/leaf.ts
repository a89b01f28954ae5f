/**
 * The kinds of values a config holds: names, secrets, durations, sizes, rates, patterns, templates.
 *
 * @module
 */

import { z } from "zod";
import { compilePattern } from "../pattern.ts";
import { parseTemplate } from "../template.ts";
import { DURATION_SYNTAX, parseDuration, parseRate, parseSize, RATE_SYNTAX, SIZE_SYNTAX } from "../units.ts";

/** What a check may add to its message; `issues.ts` reads it. */
export interface IssueDetails {
  /** What to write instead. */
  readonly hint?: string;
  /** Index in the text where the trouble begins, in UTF-16 units. */
  readonly offset?: number;
}

/** Longest text of one value, in UTF-16 units: the longest IRC message is 512 bytes, and a pattern 512 characters. */
const LONGEST_TEXT = 1024;

/** Longest name, in UTF-16 units: names become metric labels and columns. */
const LONGEST_NAME = 64;

/** Characters that would end a line on the wire, or hide in one. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;

/** How a name is written; `/` and `:` would be ambiguous in `to`. */
const NAME_SYNTAX = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Text of one line.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function text(description: string) {
  return z.string()
    .min(1)
    .max(LONGEST_TEXT)
    .refine((value) => !CONTROL.test(value), { error: "Must be one line without control characters" })
    .describe(description);
}

/**
 * A password, key or token. `fill.ts` knows it by `writeOnly` and keeps it out of everything that is printed.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function secret(description: string) {
  return text(description).meta({ description, writeOnly: true });
}

/** Values that are text of a log, or of a message made from it. */
const logTexts = new WeakSet<z.core.$ZodType>();

/**
 * Text of a log, or of a message made from it: no excerpt of the config shows it (invariant I2).
 *
 * @param schema What it must be.
 */
export function logText<T extends z.ZodType>(schema: T): T {
  logTexts.add(schema);
  return schema;
}

/** Whether a value is text of a log. */
export function isLogText(schema: z.core.$ZodType): boolean {
  return logTexts.has(schema);
}

/**
 * A name the user gives, as a key or a value.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function name(description: string) {
  return z.string()
    .regex(NAME_SYNTAX, {
      error: "Must be a name of letters, digits, _ . and -, with a letter or digit first",
    })
    .max(LONGEST_NAME)
    .describe(description);
}

/**
 * Values by a name the user gives.
 *
 * @param values What stands under each name.
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function named<T extends z.ZodType>(values: T, description: string) {
  return z.record(name("Name of your choice"), values).describe(description);
}

/**
 * One value or a list of them.
 *
 * @param value What may stand alone or in the list.
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function oneOrMany<T extends z.ZodType>(value: T, description: string) {
  return z.union([value, z.array(value).min(1)]).describe(description);
}

/**
 * A whole number.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 * @param least Smallest allowed.
 * @param most Largest allowed.
 */
export function count(description: string, { least, most }: { least: number; most: number }) {
  return z.number().int().min(least).max(most).describe(description);
}

/**
 * Yes or no.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function flag(description: string) {
  return z.boolean().describe(description);
}

/**
 * A duration with a unit.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 * @param range Shortest and longest, written the same way.
 */
export function duration(description: string, range: { least: string; most: string }) {
  return measured(description, {
    syntax: DURATION_SYNTAX,
    parse: parseDuration,
    range,
    error: "Must be a duration with a unit: 500ms, 3s, 10m or 24h",
  });
}

/**
 * A size with a unit.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 * @param range Smallest and largest, written the same way.
 */
export function size(description: string, range: { least: string; most: string }) {
  return measured(description, {
    syntax: SIZE_SYNTAX,
    parse: parseSize,
    range,
    error: "Must be a size with a unit: 512B, 64KiB or 1MiB",
  });
}

/**
 * A rate with a unit.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 * @param range Slowest and fastest, written the same way.
 */
export function rate(description: string, range: { least: string; most: string }) {
  return measured(description, {
    syntax: RATE_SYNTAX,
    parse: parseRate,
    range,
    error: "Must be a rate with a unit: 2/s, 30/m or 10/h",
  });
}

interface Measure {
  readonly syntax: RegExp;
  readonly parse: (text: string) => number | undefined;
  readonly range: { readonly least: string; readonly most: string };
  readonly error: string;
}

function measured(description: string, { syntax, parse, range, error }: Measure) {
  const least = parse(range.least) ?? -Infinity;
  const most = parse(range.most) ?? Infinity;
  return z.string({ error: (issue) => issue.input === undefined ? undefined : error })
    .regex(syntax, { error })
    .refine((value) => {
      const amount = parse(value);
      return amount === undefined || amount >= least && amount <= most;
    }, { error: `Must be from ${range.least} to ${range.most}` })
    .describe(description);
}

/**
 * A pattern in re2 syntax.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 * @param check Throws a `SyntaxError` for a pattern that must not be used; default: one that does not compile.
 */
export function pattern(description: string, check: (pattern: string) => unknown = compilePattern) {
  return z.string().min(1).superRefine((value, context) => {
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  }).describe(description);
}

/**
 * A message template.
 *
 * @param description Stands in the documentation and in the JSON Schema.
 */
export function template(description: string) {
  return text(description).superRefine(checkTemplate);
}

/**
 * Adds the problems of a template to what zod found.
 *
 * @param value Text with placeholders.
 * @param context Where to say so.
 */
export function checkTemplate(value: string, context: z.RefinementCtx): void {
  for (const { message, hint, offset } of parseTemplate(value).problems) {
    addIssue(context, message, { offset, ...hint === undefined ? {} : { hint } });
  }
}

/**
 * Adds an issue with a hint to what zod found.
 *
 * @param context Where to say so.
 * @param message What is wrong.
 * @param details What else is known.
 */
export function addIssue(context: z.RefinementCtx, message: string, details: IssueDetails = {}): void {
  context.addIssue({ code: "custom", message, params: { ...details } });
}
