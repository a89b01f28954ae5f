import assert from "node:assert/strict";
import { redact } from "./standard.ts";

/** Share of benign lines that may be changed; reference/redaction.md asks for 1 %. */
const MOST_CHANGED = 0.01;

Deno.test("lines of real systems stay as they are", () => {
  const lines = Deno.readTextFileSync(new URL("./benign.txt", import.meta.url)).split("\n").filter((line) =>
    line !== ""
  );
  const changed = lines
    .map((line) => ({ line: line.replaceAll("\t", " "), shown: redact(line) }))
    .filter(({ line, shown }) => line !== shown);
  assert.ok(lines.length >= 100);
  assert.ok(changed.length <= lines.length * MOST_CHANGED, Deno.inspect(changed));
});
