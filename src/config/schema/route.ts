/**
 * The `defaults:` and `routes:` sections as they are written.
 *
 * @module
 */

import { z } from "zod";
import { LEVELS } from "../../event/level.ts";
import { channelProblem, parseTarget } from "../target.ts";
import {
  addIssue,
  checkTemplate,
  count,
  duration,
  flag,
  name,
  oneOrMany,
  pattern,
  rate,
  template,
  text,
} from "./leaf.ts";

const budget = z.strictObject({
  rate: rate("Lines shown, for each channel of the route; default 60/m", { least: "1/h", most: "1000/s" })
    .optional(),
  burst: count("Lines shown at once; default 20", { least: 1, most: 10_000 }).optional(),
  max_age: duration("A line older than this is summarised, not shown; default 3s", {
    least: "100ms",
    most: "1h",
  })
    .optional(),
  digest: duration("How often what was not shown is summarised; default 5s", { least: "1s", most: "1h" })
    .optional(),
}).describe("How much is shown");

/** How lines are shown: the keys that `defaults:` and a route share. */
const look = z.strictObject({
  redact: text(
    "Redaction profile: standard, strict, minimal or one of your own; off on single routes only; default standard",
  )
    .optional(),
  i_understand: flag("Beside redact: off on a route to a channel with private: true; nowhere else")
    .optional(),
  template: template("Message template; default [{level}] {message}").optional(),
  budget: budget.optional(),
  repeats: z.enum(["collapse", "show"]).describe("Whether identical lines are counted; default collapse")
    .optional(),
  long: z.enum(["clip", "split"])
    .describe(
      "What happens to a message that does not fit: clip it, or split it into at most 5; default clip",
    )
    .optional(),
  colors: z.enum(["auto", "on", "off"]).describe("Whether levels are coloured; default auto").optional(),
  delay: duration(
    "Hold every line back this long, so that a panic or a reload can still stop it; default 0ms",
    {
      least: "0ms",
      most: "1m",
    },
  ).optional(),
}).shape;

const minLevel = (description: string) => z.enum(LEVELS).describe(description).optional();

/** Shape of the `defaults:` section. */
export const defaultsSchema = z.strictObject({
  min_level: minLevel("Least severe level that routes take; default info"),
  ...look,
}).describe("What every route inherits, key by key");

const match = z.strictObject({
  service: oneOrMany(text("Glob over the service"), "Services").optional(),
  source: oneOrMany(text("Glob over the source's name"), "Sources").optional(),
  min_level: minLevel("Least severe level; default: that of defaults, or trace on drop routes"),
  contains: oneOrMany(text("Text"), "Text the line holds, without its ANSI codes").optional(),
  regex: oneOrMany(pattern("re2 pattern"), "Patterns found in the line, without its ANSI codes").optional(),
  fields: z.record(
    text("Field name"),
    oneOrMany(z.union([z.string(), z.number(), z.boolean()]), "Values the field may have"),
  ).describe("Parsed fields").optional(),
}).describe("Conditions: all must hold, of a list one suffices; default: every line");

const to = z.string().superRefine((value, context) => {
  const target = parseTarget(value);
  if (target === undefined) {
    const slash = value.lastIndexOf("/");
    addIssue(context, "Must name a channel with its #", {
      hint: `write "${value.slice(0, slash + 1)}#${value.slice(slash + 1)}"`,
    });
  } else if (target.kind === "channel") {
    const problem = channelProblem(target.channel);
    if (problem !== undefined) addIssue(context, problem, { offset: target.offset });
    checkTemplate(value, context);
  }
}).describe('Where lines go: "connection/#channel", "#channel" with one connection, or "bus:NAME"');

/** One route. */
const route = z.strictObject({
  name: name("Name of the route; default route-1 and so on").optional(),
  match: match.optional(),
  to: to.optional(),
  drop: z.literal(true).describe("Drop the lines instead of sending them").optional(),
  continue: flag("Whether the routes below see the line too; default false").optional(),
  ...look,
}).describe("One rule; the first that matches wins");

/** Shape of the `routes:` section. */
export const routesSchema = z.array(route).min(1).describe("Which lines go where, in order");

/** One route as it is written. */
export type WrittenRoute = z.infer<typeof route>;

/** The `defaults:` section as it is written. */
export type WrittenDefaults = z.infer<typeof defaultsSchema>;
