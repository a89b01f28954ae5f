import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { configJsonSchema } from "../../src/config/json_schema.ts";
import { tempDir } from "../support/temp_dir.ts";

const EXAMPLE = new URL("../../config.example.yaml", import.meta.url);

Deno.test("config.example.yaml loads, and without a warning", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irc"), "correct horse");
  const text = (await Deno.readTextFile(EXAMPLE)).replace("/run/secrets/irc", dir.at("irc"));
  await Deno.writeTextFile(dir.at("irctail.yaml"), text);
  const { config, warnings } = loadConfig(dir.at("irctail.yaml"), { env: () => undefined });
  assert.deepEqual(warnings, []);
  assert.deepEqual([config.connections.size, config.sources.size, config.routes.length], [2, 4, 4]);
});

Deno.test("config.example.yaml shows every key of the schema", async () => {
  const text = await Deno.readTextFile(EXAMPLE);
  const absent = [...keysOf(configJsonSchema())].filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
  assert.deepEqual(absent, []);
});

Deno.test("config.schema.json is what the schema says", async () => {
  const written = await Deno.readTextFile(new URL("../../config.schema.json", import.meta.url));
  assert.deepEqual(JSON.parse(written), configJsonSchema());
});

Deno.test("configJsonSchema() describes every key", () => {
  assert.deepEqual(undescribed(configJsonSchema(), ""), []);
});

function propertiesOf(schema: unknown): [string, unknown][] {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return [];
  return Object.entries(schema.properties ?? {});
}

function keysOf(schema: unknown): Set<string> {
  const keys = new Set(propertiesOf(schema).map(([key]) => key));
  if (typeof schema !== "object" || schema === null) return keys;
  for (const child of Object.values(schema)) for (const key of keysOf(child)) keys.add(key);
  return keys;
}

function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = propertiesOf(schema)
    .filter(([, child]) => typeof child !== "object" || child === null || !("description" in child))
    .map(([key]) => `${path}/${key}`);
  return [...own, ...Object.entries(schema).flatMap(([key, child]) => undescribed(child, `${path}/${key}`))];
}
