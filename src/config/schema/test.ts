/**
 * The `tests:` section as it is written.
 *
 * @module
 */

import { z } from "zod";
import { channelProblem, parseTarget } from "../target.ts";
import { addIssue, logText, name, text } from "./leaf.ts";

const to = z.string().superRefine((value, context) => {
  const target = parseTarget(value);
  if (target?.kind !== "channel") {
    addIssue(context, "Must name a channel with its #", {
      hint: 'write "#channel" or "connection/#channel"',
    });
    return;
  }
  const braceAt = value.indexOf("{");
  const problem = braceAt >= 0
    ? "A test names the channel that comes of it: no placeholders"
    : channelProblem(target.channel);
  if (problem !== undefined) addIssue(context, problem, { offset: braceAt >= 0 ? braceAt : target.offset });
}).describe('Channel it goes to: "#channel", or "connection/#channel" where several have one of that name');

const expected = z.strictObject({
  to,
  text: logText(text("Message as it stands in the channel, without the nick")),
}).describe("One message");

const test = z.strictObject({
  line: logText(z.string().min(1).describe("The line as its source reads it; several lines make a record")),
  source: name("Source it comes from"),
  service: text("Service it belongs to; default: that of the source").optional(),
  expect: z.array(expected).describe("Every message that is sent for it; empty for none"),
}).describe("One example");

/** Shape of the `tests:` section. */
export const testsSchema = z.array(test).describe("Examples for `irctail test`");

/** Shape of the section when bad parts were left out. */
export const draftTestsSchema = z.array(test.partial());

/** One test in which only the parts that fit are left. */
export type DraftTest = z.infer<typeof draftTestsSchema>[number];

/** One test as it is written. */
export type WrittenTest = z.infer<typeof test>;
