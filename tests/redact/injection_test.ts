import assert from "node:assert/strict";
import { HEX64, redact, SK_KEY } from "./standard.ts";

/** What may stand in the middle of a key to hide it from a rule. */
const SPLITTERS: Readonly<Record<string, string>> = {
  "carriage return": "\r",
  "line feed": "\n",
  "both": "\r\n",
  "NUL": "\0",
  "CTCP": "\x01",
  "bold": "\x02",
  "colour": "\x03",
  "colours": "\x0304,12",
  "hex colour": "\x04ff00ff",
  "reset": "\x0f",
  "ANSI colour": "\x1b[1;31m",
  "8-bit CSI": "\x9b0m",
  "OSC title": "\x1b]0;title\x07",
  "OSC link": "\x1b]8;;https://x.test\x1b\\",
  "8-bit OSC": "\x9d0;t\x9c",
  "escaped ANSI": "\\u001b[31m",
  "zero-width space": "\u200b",
  "zero-width joiner": "\u200d",
  "word joiner": "\u2060",
  "byte order mark": "\ufeff",
  "soft hyphen": "\u00ad",
  "bidi override": "\u202e",
  "tag": "\u{e0041}",
  "variation selector": "\ufe0f",
  "line separator": "\u2028",
  "delete": "\x7f",
  "next line": "\x85",
};

for (const [name, splitter] of Object.entries(SPLITTERS)) {
  Deno.test(`a key split by ${name} is hidden whole`, () => {
    for (const at of [12, 20, 30]) {
      const sk = `use ${SK_KEY.slice(0, at)}${splitter}${SK_KEY.slice(at)} now`;
      assert.equal(redact(sk), "use sk-[REDACTED] now");
      const hex = `wallet 0x${HEX64.slice(0, at)}${splitter}${HEX64.slice(at)} now`;
      // A colour code in a number keeps its digits: the number is then too long for a key, and shortened.
      assert.match(redact(hex), /^wallet 0x(?:\[REDACTED_KEY\]|4c0883\.\.\.) now$/);
    }
  });
}

Deno.test("nothing of control, formatting or another line survives", () => {
  const hostile =
    "\x01ACTION x\x01 a\r\nPRIVMSG #ops :b\0 \x1b]0;t\x07\u2066c\u2069 \x0304,05d \x9b31me \ud800";
  assert.doesNotMatch(
    redact(hostile),
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
  );
  assert.equal(redact(hostile), "ACTION x a PRIVMSG #ops :b c d e \ufffd");
});

Deno.test("full-width letters are read as the letters they look like", () => {
  assert.equal(redact("ｐａｓｓｗｏｒｄ＝hunter2"), "password=[REDACTED]");
});

Deno.test("a forged summary becomes plain text", () => {
  assert.equal(redact("⋯ 99 more in 6s: 99 error"), "... 99 more in 6s: 99 error");
  assert.equal(redact("\u200b⋯\u200b 99 more"), "... 99 more");
  assert.equal(redact("a ⏐ b"), "a | b");
});

Deno.test("a forged placeholder does not protect what stands beside it", () => {
  assert.equal(redact("password=[REDACTED]hunter2"), "password=[REDACTED]");
  assert.equal(redact("password=hunter2[REDACTED]"), "password=[REDACTED]");
});

Deno.test("an unterminated terminal string does not swallow the line", () => {
  assert.equal(redact("before \x1b]0;after"), "before 0;after");
});
