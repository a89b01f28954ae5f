import assert from "node:assert/strict";
import { ConfigError, formatDiagnostic } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";
import { compileScrubber } from "../../src/redact/redactor.ts";

/** One YAML for each mistake, and beside it what is said about it; `IRCTAIL_UPDATE=1` writes the latter anew. */
const TESTDATA = new URL("./testdata/", import.meta.url);

/** Secrets of the testdata: none of them may be said. */
const SECRETS = ["correct-horse", "battery-staple"];

const names = [...Deno.readDirSync(TESTDATA)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml")).sort();

for (const name of names) {
  Deno.test(`loadConfig() says what is wrong with ${name}`, () => {
    const said = saidAbout(name, (text) => text);
    const expected = new URL(name.replace(".yaml", ".txt"), TESTDATA);
    if (Deno.env.get("IRCTAIL_UPDATE") === "1") Deno.writeTextFileSync(expected, said);
    assert.equal(said, Deno.readTextFileSync(expected));
    // Redaction, which the commands have it go through, finds nothing to hide in our own words.
    assert.equal(saidAbout(name, compileScrubber([])), said);
    for (const secret of SECRETS) assert.equal(said.includes(secret), false, "a secret is said");
  });
}

function saidAbout(name: string, hide: (text: string) => string): string {
  const env = (variable: string) => variable === "HOME" ? "/home/irctail" : undefined;
  const path = new URL(name, TESTDATA).pathname;
  const print = (diagnostics: ConfigError["diagnostics"]) =>
    diagnostics.map((diagnostic) => formatDiagnostic(name, diagnostic) + "\n").join("");
  try {
    return print(loadConfig(path, { env, hide }).warnings);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return print(error.diagnostics);
  }
}
