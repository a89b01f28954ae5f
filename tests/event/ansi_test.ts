import assert from "node:assert/strict";
import fc from "fast-check";
import { sequenceEnd, skipSequences, stripAnsi } from "../../src/event/ansi.ts";

Deno.test("stripAnsi() removes colours, cursor moves, titles and links", () => {
  assert.equal(stripAnsi("\x1b[2m2025\x1b[0m \x1b[1;31mERROR\x1b[m"), "2025 ERROR");
  assert.equal(stripAnsi("a\x1b[2Kb\x1b[10;20Hc\x1b[?25hd"), "abcd");
  assert.equal(stripAnsi("\x1b]0;title\x07text"), "text");
  assert.equal(stripAnsi("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
  assert.equal(stripAnsi("\x1b(Bx\x1b7y\x1bMz"), "xyz");
});

Deno.test("stripAnsi() removes 8-bit sequences", () => {
  assert.equal(stripAnsi("\x9b31mred\x9b0m \x9d0;title\x9ctext"), "red text");
});

Deno.test("stripAnsi() keeps the text behind a control string that never ends", () => {
  assert.equal(stripAnsi("\x1b]0;title ERROR"), "0;title ERROR");
  assert.equal(stripAnsi("before \x1b["), "before ");
  assert.equal(stripAnsi("before \x1b"), "before ");
});

Deno.test("stripAnsi() leaves other text alone", () => {
  assert.equal(stripAnsi("plain [31m ünïcode 🚀"), "plain [31m ünïcode 🚀");
});

Deno.test("stripAnsi() comes to an end on a megabyte of sequences that never end", () => {
  // What is not linear here does not come back: 10^12 steps.
  for (const start of ["\x1b]", "\x9d", "\x1bP", "\x1b[", "\x9b"]) {
    assert.ok(stripAnsi(start.repeat(1_000_000)).length <= 2_000_000);
  }
});

Deno.test("skipSequences() agrees with stripAnsi() on where text starts", () => {
  const part = fc.constantFrom(
    "\x1b",
    "\x9b",
    "\x9d",
    "[",
    "]",
    "31",
    "m",
    ";",
    "\x07",
    "\\",
    "\x9c",
    "é",
    "x",
    "(",
    "\x85",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const bytes = new TextEncoder().encode(text);
      const from = skipSequences(bytes, 0, bytes.length);
      const rest = new TextDecoder().decode(bytes.subarray(from));
      assert.equal(stripAnsi(rest), stripAnsi(text));
      assert.ok(from === bytes.length || sequenceEnd(bytes, from, bytes.length) === from);
    }),
    { numRuns: 1000 },
  );
});
