/**
 * The `notices:` section as it is written.
 *
 * @module
 */

import { z } from "zod";
import { channelProblem, parseTarget } from "../target.ts";
import { addIssue } from "./leaf.ts";

const to = z.string().superRefine((value, context) => {
  const target = parseTarget(value);
  if (target?.kind !== "channel") {
    addIssue(context, "Must name a channel with its #", { hint: 'write "connection/#channel"' });
    return;
  }
  const braceAt = value.indexOf("{");
  const problem = braceAt >= 0 ? "News go to one channel: no placeholders" : channelProblem(target.channel);
  if (problem !== undefined) addIssue(context, problem, { offset: braceAt >= 0 ? braceAt : target.offset });
}).describe('Where irctail says its own news: "connection/#channel", "#channel" with one connection');

/** Shape of the `notices:` section. */
export const noticesSchema = z.strictObject({ to })
  .describe("irctail's own news, such as a reload or a dead source; left out: log and status only");
