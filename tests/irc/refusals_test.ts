import assert from "node:assert/strict";
import { shownText } from "../../src/irc/refusals.ts";
import { compileScrubber } from "../../src/redact/redactor.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { assertUnmarked, CONFIGURED, MARKS } from "../support/marked.ts";

Deno.test("shownText() is one short line without control characters", () => {
  assert.equal(shownText(" You\x02are\r\nbanned "), "You are banned");
  const long = "word ".repeat(100);
  assert.ok(shownText(long).length <= 200);
  assert.match(shownText(long), /^(?:word )+word$/);
});

Deno.test("shownText() leaves no piece of a secret that redaction would not know, wherever it is cut", () => {
  const scrub = compileScrubber([new Secret(CONFIGURED)]);
  for (const mark of MARKS) {
    for (let before = 0; before < 260; before++) {
      assertUnmarked(`${before} characters in`, scrub(shownText(`${"x".repeat(before)} ${mark} and more`)));
    }
  }
});
