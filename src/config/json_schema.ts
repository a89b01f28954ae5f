/**
 * The JSON Schema of the config, for editors.
 *
 * @module
 */

import { z } from "zod";
import { configSchema } from "./schema.ts";

/** A place of the JSON Schema. */
interface Json {
  [keyword: string]: unknown;
}

/** What a value looks like that holds a reference; what it stands for is known when the config is loaded. */
const REFERENCE = { type: "string", pattern: "\\$\\{" } as const;

/**
 * Makes the JSON Schema (draft 2020-12) of a config file.
 */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => allowReference(zodSchema, jsonSchema as Json),
  });
  refuseReferenceInKeys(schema);
  return {
    $schema,
    title: "irctail config",
    description: "Sources, routes and IRC connections of irctail",
    ...schema,
  };
}

/** Lets a reference stand wherever a number, a flag, one of some words or text of a certain form is wanted. */
function allowReference(zodSchema: z.core.$ZodType, json: Json): void {
  const narrow = zodSchema instanceof z.ZodNumber || zodSchema instanceof z.ZodBoolean ||
    zodSchema instanceof z.ZodEnum || zodSchema instanceof z.ZodString && "pattern" in json;
  if (!narrow) return;
  const { description, ...wanted } = json;
  for (const keyword of Object.keys(json)) delete json[keyword];
  Object.assign(json, description === undefined ? {} : { description }, { anyOf: [wanted, REFERENCE] });
}

/** References never stand in keys. */
function refuseReferenceInKeys(json: unknown): void {
  if (typeof json !== "object" || json === null) return;
  const place = json as Json;
  const names = place["propertyNames"];
  if (typeof names === "object" && names !== null && "anyOf" in names && Array.isArray(names.anyOf)) {
    place["propertyNames"] = names.anyOf[0];
  }
  for (const child of Object.values(place)) refuseReferenceInKeys(child);
}
