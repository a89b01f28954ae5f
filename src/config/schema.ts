/**
 * The shape of a config as it is written in YAML: every key, what it may hold and what it is for. The JSON Schema and
 * the reference documentation are made from it; `resolve.ts` makes a `Config` of what fits.
 *
 * @module
 */

import { z } from "zod";
import { connectionsSchema, draftConnectionsSchema } from "./schema/connection.ts";
import { secret, text } from "./schema/leaf.ts";
import { noticesSchema } from "./schema/notices.ts";
import { redactionSchema } from "./schema/redaction.ts";
import { defaultsSchema, routesSchema } from "./schema/route.ts";
import { busesSchema, sourcesSchema } from "./schema/source.ts";
import { draftTestsSchema, testsSchema } from "./schema/test.ts";

const http = z.strictObject({
  listen: text("HOST:PORT of the status page, /metrics, /healthz, /readyz and POST /-/reload"),
  token: secret("Bearer token; required on any other address than loopback").optional(),
  hosts: z.array(text("Host name")).describe("Further Host names accepted").optional(),
}).describe("Status page and metrics; left out: off");

function isFilled(section: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(section).length > 0;
}

/** A whole config file. */
export const configSchema = z.strictObject({
  version: z.literal(1, { error: "Must be 1, without quotes: no other version is known" }).describe(
    "Version of the config's format: 1",
  ),
  state_dir: text(
    "Directory for checkpoints, lock and control socket; default $STATE_DIRECTORY, else $XDG_STATE_HOME/irctail, else ~/.local/state/irctail",
  ).optional(),
  http: http.optional(),
  notices: noticesSchema.optional(),
  connections: connectionsSchema.refine(isFilled, { error: "Must hold at least one connection" }),
  sources: sourcesSchema.refine(isFilled, { error: "Must hold at least one source" }),
  buses: busesSchema.optional(),
  redaction: redactionSchema.optional(),
  defaults: defaultsSchema.optional(),
  routes: routesSchema,
  tests: testsSchema.optional(),
});

/** A config file that fits the schema: references expanded, nothing merged, units still text. */
export type WrittenConfig = z.infer<typeof configSchema>;

/** A config file in which only the parts that fit are left. */
export const draftSchema = configSchema.partial().extend({
  connections: draftConnectionsSchema,
  sources: sourcesSchema,
  tests: draftTestsSchema,
});

/** What is left of it. */
export type DraftConfig = z.infer<typeof draftSchema>;
