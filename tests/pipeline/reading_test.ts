import assert from "node:assert/strict";
import fc from "fast-check";
import { LEVELS } from "../../src/event/level.ts";
import { scanLevel } from "../../src/event/level_scan.ts";
import { compileReading, type ReadingSpec } from "../../src/pipeline/reading.ts";
import { programOf, STDIN, testPipeline, UNLIMITED } from "./support.ts";

const encoder = new TextEncoder();

function reading(spec: Partial<ReadingSpec>) {
  return compileReading({ ...STDIN, ...spec });
}

/** A pipeline with a source of this format that shows everything from `minLevel` on. */
function open(spec: Partial<ReadingSpec>, minLevel: (typeof LEVELS)[number] = "trace") {
  const { format, multiline, maxLineBytes } = { ...STDIN, ...spec };
  return testPipeline(programOf([{ match: { minLevel }, send: { budget: UNLIMITED } }]), {
    spec: { type: "stdin", service: "app", tee: false, format, multiline, maxLineBytes },
  });
}

Deno.test("a format by pattern says level, message, time and fields by its groups", () => {
  const { levelOf, parse } = reading({
    format: { regex: String.raw`^(?P<time>\S+) \((?P<level>\w+)\) (?P<shop>\w+): (?P<message>.*)$` },
  });
  const line = "2026-01-02T03:04:05Z (fail) berlin: größe is wrong";
  const bytes = encoder.encode(`ERROR\n${line}\nFATAL`);
  assert.equal(levelOf(bytes, 6, bytes.length - 6), LEVELS.indexOf("error"));
  const { message, timeMs, fields } = parse(line);
  assert.equal(message, "größe is wrong");
  assert.equal(timeMs, Date.UTC(2026, 0, 2, 3, 4, 5));
  assert.deepEqual(Object.fromEntries(fields), { level: "fail", shop: "berlin" });
});

Deno.test("a level group may name the level by word, number or letter", () => {
  const { levelOf } = reading({ format: { regex: "^<(?P<level>[^>]*)> " } });
  for (
    const [text, level] of [
      ["Warning", "warn"],
      ["E", "error"],
      ["50", "error"],
      ["CRIT", "fatal"],
      ["silly", "trace"],
      [" debug ", "debug"],
      ["e", undefined],
      ["ERROR7", undefined],
      ["", undefined],
    ] as const
  ) {
    const bytes = encoder.encode(`<${text}> level=error`);
    const expected = level === undefined ? -1 : LEVELS.indexOf(level);
    assert.equal(levelOf(bytes, 0, bytes.length), expected, text);
  }
});

Deno.test("a line that a pattern does not match, or whose level it does not say, is read as any other", () => {
  const { levelOf, parse } = reading({ format: { regex: "^shop (?P<message>.*)$" } });
  for (const line of ["2026-01-02T03:04:05Z ERROR app: failed", "shop WARN slow"]) {
    const bytes = encoder.encode(line);
    assert.equal(levelOf(bytes, 0, bytes.length), scanLevel(bytes, 0, bytes.length));
  }
  assert.equal(parse("2026-01-02T03:04:05Z ERROR app: failed").message, "failed");
  assert.equal(parse("shop WARN slow\n  more").message, "WARN slow\n  more");
});

Deno.test("a pattern sees the line without ANSI codes, and judges what routes see", () => {
  const { feed, connection, intake } = open(
    { format: { regex: String.raw`^\[(?P<level>\w+)\]! (?P<message>.*)$` } },
    "error",
  );
  feed("\x1b[31m[fail]\x1b[0m! disk full\n[ok]! ERROR is only text\nERROR said plainly\n");
  assert.deepEqual(connection.waiting, ["[ERROR] disk full", "[ERROR] ERROR said plainly"]);
  assert.deepEqual(intake.account, { read: 3, unrouted: 1, dropped: 0, routed: 2 });
});

Deno.test("a trace behind a record that a pattern rates mild is a record of its own", () => {
  const { feed, connection } = open({ format: { regex: String.raw`^(?P<level>[A-Z])! (?P<message>.*)$` } });
  const trace = ["Traceback (most recent call last):", '  File "a.py", line 3, in f', "ValueError: bad"];
  feed(["I! ready", ...trace, "E! failed", ...trace, ""].join("\n"));
  assert.deepEqual(connection.waiting.map((text) => text.split(" ⏎ ")[0]), [
    "[INFO] ready",
    "[ERROR] Traceback (most recent call last):",
    "[ERROR] failed",
  ]);
});

Deno.test("lines are joined up to the next that a start pattern matches", () => {
  const { feed, connection, intake } = open({ multiline: { start: String.raw`^\d{4}-` } });
  feed("before\nany\n2026-01-02 03:04:05 ERROR one\nSELECT 1\n\n  FROM t\n2026-01-02 03:04:06 INFO two\n");
  assert.deepEqual(connection.waiting.map((text) => text.replace(/\s*⏎\s*/g, "|")), [
    "[INFO] before|any",
    "[ERROR] one|SELECT 1|FROM t",
    "[INFO] two",
  ]);
  assert.equal(intake.account.read, 3);
});

Deno.test("what does not match a start pattern is a late line within 200 ms, and a record afterwards", async () => {
  const { feed, connection, clock, pipeline } = open({ multiline: { start: "^BEGIN" } });
  feed("BEGIN one\n");
  feed("more\n");
  await clock.advance(200);
  pipeline.tick();
  await clock.advance(1);
  feed("alone\n");
  assert.deepEqual(connection.waiting, ["[INFO] BEGIN one", "⏎ more", "[INFO] alone"]);
});

Deno.test("only files and standard input are looked at for envelopes, unless the format says so", () => {
  assert.equal(reading({ type: "stdin" }).unwrapper() === undefined, false);
  assert.equal(reading({ type: "journald" }).unwrapper(), undefined);
  assert.equal(reading({ type: "journald", format: "cri" }).unwrapper() === undefined, false);
  assert.equal(reading({ type: "file", format: "json" }).unwrapper(), undefined);
});

Deno.test("a reading by pattern never throws, whatever a line holds", () => {
  const { levelOf, parse } = reading({
    format: { regex: "(?P<level>[a-z]+)?.*?(?P<time>\\d+)? (?P<message>.*)" },
  });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    const level = levelOf(bytes, 0, bytes.length);
    assert.ok(level >= -1 && level <= 5);
    assert.equal(typeof parse(new TextDecoder().decode(bytes)).message, "string");
  }));
});
