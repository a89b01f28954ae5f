import assert from "node:assert/strict";
import { redact, redactorOf } from "./standard.ts";

/** Registers a test of inputs and expected outputs, one line a pair; redacting twice changes nothing. */
export function table(name: string, rows: readonly (readonly [string, string])[], profile?: string) {
  const hide = profile === undefined ? redact : (text: string) => redactorOf(profile).redact(text).text;
  Deno.test(name, () => {
    for (const [line, expected] of rows) {
      assert.equal(hide(line), expected);
      assert.equal(hide(expected), expected, "redacting twice changes nothing");
    }
  });
}

/** Registers a test of lines that stay as they are. */
export function unchanged(name: string, lines: readonly string[], profile?: string) {
  table(name, lines.map((line) => [line, line] as const), profile);
}
