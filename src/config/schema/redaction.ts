/**
 * The `redaction:` section as it is written.
 *
 * @module
 */

import { z } from "zod";
import { REDACTION_PROFILES, REDACTION_RULES } from "../config.ts";
import { checkReplacePattern } from "../pattern.ts";
import { name, named, pattern, text } from "./leaf.ts";

const rule = z.strictObject({
  pattern: pattern(
    "re2 pattern of what must not be shown; never matches the empty string",
    checkReplacePattern,
  ),
  replace: text("What stands there instead, literally"),
}).describe("A rule of your own");

const profile = z.strictObject({
  builtin: z.enum(REDACTION_PROFILES).describe("Profile to start from; default standard").optional(),
  except: z.array(z.enum(REDACTION_RULES)).describe("Built-in rules to leave out")
    .optional(),
  rules: z.array(name("Name of a rule")).describe("Rules of your own to add").optional(),
}).describe("A profile of your own");

/** Shape of the `redaction:` section. */
export const redactionSchema = z.strictObject({
  rules: named(rule, "Rules of your own, by name; at most 64").optional(),
  profiles: named(profile, "Profiles of your own, by name").optional(),
}).describe("What must not be shown");

/** The section as it is written. */
export type WrittenRedaction = z.infer<typeof redactionSchema>;
