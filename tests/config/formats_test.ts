import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ENVELOPE_FORMATS, LINE_FORMATS } from "../../src/event/format.ts";
import { writeConfig } from "../support/config_file.ts";
import { tempDir } from "../support/temp_dir.ts";

/** The only source of a config whose source has these keys. */
async function load(keys: string) {
  await using dir = await tempDir();
  const path = await writeConfig(dir, {
    port: 6667,
    sources: [`app: { type: file, paths: ["${dir.at("*.log")}"], ${keys} }`],
  });
  return loadConfig(path, { env: () => undefined }).config.sources.get("app");
}

Deno.test("every format of the design may be named", async () => {
  for (const format of [...LINE_FORMATS, ...ENVELOPE_FORMATS]) {
    assert.equal((await load(`format: ${format}`))?.format, format);
  }
});

Deno.test("a format and a beginning of records may be patterns", async () => {
  const source = await load(
    `format: { regex: '(?P<level>\\w+) (?P<message>.*)' }, multiline: { start: '^\\d' }`,
  );
  assert.deepEqual(source?.format, { regex: "(?P<level>\\w+) (?P<message>.*)" });
  assert.deepEqual(source?.multiline, { start: "^\\d" });
});

Deno.test("a pattern that is not re2 is refused", async () => {
  for (const keys of ["format: { regex: '(?=x)' }", "multiline: { start: '(' }"]) {
    await assert.rejects(load(keys), ConfigError);
  }
});

Deno.test("a service may be named after the labels of a pod's path, and after no others", async () => {
  assert.equal((await load('service: "{label.container}"'))?.service, "{label.container}");
  await assert.rejects(load('service: "{label.image}"'), ConfigError);
});
