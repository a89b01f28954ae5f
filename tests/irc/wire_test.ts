import assert from "node:assert/strict";
import fc from "fast-check";
import { byteLength, limitFor, refit, toWire } from "../../src/irc/wire.ts";
import type { RedactedText } from "../../src/redact/redacted.ts";

const clip = (text: string, limitBytes: number) => toWire(text as RedactedText, { limitBytes, long: "clip" });
const split = (text: string, limitBytes: number) =>
  toWire(text as RedactedText, { limitBytes, long: "split" });

/** Text as logs have it: words, scripts, emoji, controls, lone surrogates. */
const logText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 3_000 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 1_500 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 120 }).map((words) =>
      words.join(" ")
    ),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom("\u0301", "\u200d", "\r\n", "\0", "\x01", "👩‍👩‍👧", "\ud800", " "), {
      maxLength: 900,
    }).map((parts) => parts.join("")),
  },
);
const word = (most: number) =>
  fc.string({ unit: fc.constantFrom(..."abcXYZ019[]\\^_-é"), minLength: 1, maxLength: most });
const prefix = fc.record({
  nick: word(30),
  user: word(10),
  host: fc.option(word(63), { nil: undefined }),
});

Deno.test("toWire() makes lines that fit with the relayed prefix, valid and without control characters", () => {
  fc.assert(fc.property(
    prefix,
    word(50).map((name) => `#${name}`),
    logText,
    fc.constantFrom("clip", "split"),
    (prefix, channel, text, long) => {
      const lines = toWire(text as RedactedText, { limitBytes: limitFor(prefix, channel), long });
      assert.ok(lines.length >= 1 && lines.length <= (long === "clip" ? 1 : 5), `${lines.length} lines`);
      for (const line of lines) {
        const host = prefix.host ?? "h".repeat(63);
        const relayed = `:${prefix.nick}!${prefix.user}@${host} PRIVMSG ${channel} :${line}\r\n`;
        const bytes = new TextEncoder().encode(relayed);
        assert.ok(bytes.length <= 512, `${bytes.length} bytes`);
        assert.equal(new TextDecoder("utf-8", { fatal: true }).decode(bytes), relayed);
        assert.match(line, /^[^\p{Cc}]+$/u);
        assert.notEqual(line.trim(), "");
      }
    },
  ));
});

Deno.test("toWire() loses nothing but blanks when it splits", () => {
  fc.assert(fc.property(logText, fc.integer({ min: 40, max: 450 }), (text, limitBytes) => {
    const lines = split(text, limitBytes);
    if (lines.length === 5) return;
    const bare = (text: string) => text.toWellFormed().replace(/[\s\p{Cc}]/gu, "");
    const expected = bare(text);
    assert.equal(bare(lines.join("")), expected === "" ? bare("…") : expected);
  }));
});

Deno.test("toWire() accounts for every byte that it cuts", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 900 }), (text) => {
    const clean = text.replace(/\p{Cc}/gu, "").trim();
    const [line = ""] = clip(clean, 100);
    const cut = /^(.*)… \+(\d+) B$/su.exec(line);
    if (byteLength(clean) <= 100 || cut === null) return;
    const [, shown = "", bytes] = cut;
    assert.ok(clean.startsWith(shown));
    // Blanks before the mark are cut and not counted.
    const blanks = byteLength(clean) - byteLength(shown) - Number(bytes);
    assert.equal(clean.slice(shown.length, shown.length + blanks).trim(), "");
  }));
});

Deno.test("toWire() says how much it cut off", () => {
  assert.deepEqual(clip("a".repeat(50), 50), ["a".repeat(50)]);
  assert.deepEqual(clip("a".repeat(151), 50), [`${"a".repeat(36)}… +115 B`]);
  assert.deepEqual(clip("a".repeat(5_036), 50), [`${"a".repeat(36)}… +5.0 kB`]);
  assert.deepEqual(clip("a".repeat(2_000_036), 50), [`${"a".repeat(36)}… +2.0 MB`]);
});

Deno.test("toWire() splits into five lines at most, and clips the last one", () => {
  const lines = split("b".repeat(1_000), 100);
  assert.equal(lines.length, 5);
  assert.deepEqual(lines.slice(0, 4), Array.from({ length: 4 }, () => "b".repeat(100)));
  assert.equal(lines[4], `${"b".repeat(86)}… +514 B`);
});

Deno.test("toWire() breaks at a blank when there is one near the end", () => {
  assert.deepEqual(split(`${"x".repeat(36)} ${"y".repeat(10)}`, 40), ["x".repeat(36), "y".repeat(10)]);
  assert.deepEqual(split(`xx ${"y".repeat(50)}`, 40), [`xx ${"y".repeat(37)}`, "y".repeat(13)]);
});

Deno.test("toWire() keeps a character and its marks together", () => {
  assert.deepEqual(split(`${"a".repeat(38)}e\u0301x`, 40), ["a".repeat(38), "e\u0301x"]);
  assert.deepEqual(split(`${"a".repeat(33)}👩‍👧`, 40), ["a".repeat(33), "👩‍👧"]);
});

Deno.test("toWire() turns line ends into blanks and drops other control characters", () => {
  assert.deepEqual(clip("a\r\nQUIT :b\0\x01ACTION\x01\x02\x0304c\x7f\x9b1m\td", 400), [
    "a QUIT :bACTION04c1m d",
  ]);
});

Deno.test("toWire() never makes an empty line", () => {
  for (const text of ["", " ", "\r\n", "\0\x01", "\t\t"]) assert.deepEqual(clip(text, 400), ["…"]);
});

Deno.test("refit() makes cut lines fit again when the prefix has grown", () => {
  const lines = refit(split("c".repeat(300), 100), 60);
  assert.ok(lines.every((line) => byteLength(line) <= 60));
  assert.equal(lines.join(""), "c".repeat(300));
});

Deno.test("limitFor() assumes the longest host until the server showed ours, and a shorter LINELEN", () => {
  const unknown = limitFor({ nick: "tail", user: "~tail", host: undefined }, "#logs");
  const known = limitFor({ nick: "tail", user: "~tail", host: "h.test" }, "#logs");
  assert.equal(known, 512 - ":tail!~tail@h.test PRIVMSG #logs :\r\n".length);
  assert.equal(known - unknown, 63 - "h.test".length);
  assert.equal(limitFor({ nick: "tail", user: "~tail", host: "h.test" }, "#logs", 400), known - 112);
  assert.equal(limitFor({ nick: "tail", user: "~tail", host: "h.test" }, "#logs", 8_192), known);
});
