/**
 * Keeps `config.schema.json` equal to what the zod schema says.
 *
 * @module
 */

import { configJsonSchema } from "../src/config/json_schema.ts";

const FILE = new URL("../config.schema.json", import.meta.url);

const [mode] = Deno.args;
const wanted = JSON.stringify(configJsonSchema(), undefined, 2) + "\n";
if (mode === "--write") {
  Deno.writeTextFileSync(FILE, wanted);
} else if (mode === "--check") {
  if (readIfThere(FILE) !== wanted) {
    say("config.schema.json is not what the schema says: run `deno task schema`");
    Deno.exit(1);
  }
} else {
  say("usage: tools/schema.ts --write | --check");
  Deno.exit(2);
}

function readIfThere(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text + "\n"));
}
