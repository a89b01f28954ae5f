import assert from "node:assert/strict";
import fc from "fast-check";
import { compose } from "../../src/irc/compose.ts";
import type { Message } from "../../src/irc/connection.ts";
import type { Entry } from "../../src/irc/lane.ts";
import type { RedactedText } from "../../src/redact/redacted.ts";
import { timeOfDay } from "../../src/route/summary.ts";

function entry(text: string, changes: Partial<Message> = {}, state: Partial<Entry> = {}): Entry {
  return {
    message: {
      channel: "#a",
      flow: "logs",
      text: text as RedactedText,
      long: "clip",
      urgency: "normal",
      readMs: 0,
      timeMs: undefined,
      maxAgeMs: 3_000,
      settle: () => {},
      ...changes,
    },
    key: "#a",
    order: 0,
    lines: undefined,
    stamped: false,
    flying: 0,
    shown: 0,
    refusals: 0,
    alone: false,
    lost: false,
    doubts: 0,
    bytes: 0,
    ...state,
  };
}

const bytes = (text: string) => new TextEncoder().encode(text).length;

Deno.test("compose() puts short messages side by side, as many as fit, and counts which", () => {
  const [a, b, c, d] = ["one", "two", "three", "x".repeat(90)].map((text) => entry(text));
  assert.ok(a && b && c && d);
  const { text, entries } = compose(a, [b, c, d], { limitBytes: 100, nowMs: 0 });
  assert.equal(text, "one ⏐ two ⏐ three");
  assert.deepEqual(entries, [a, b, c]);
});

Deno.test("compose() leaves summaries, doubtful, begun and long messages alone", () => {
  const others: readonly Entry[] = [
    entry("⋯ 4 more in 6s: 4 info", { urgency: "summary" }),
    entry("doubtful", {}, { alone: true }),
    entry("begun", {}, { shown: 1 }),
    entry(`${"long ".repeat(40)}`, { long: "split" }),
  ];
  for (const other of others) {
    assert.equal(compose(entry("one"), [other, entry("two")], { limitBytes: 100, nowMs: 0 }).text, "one");
    assert.deepEqual(compose(other, [entry("two")], { limitBytes: 100, nowMs: 0 }).entries, [other]);
  }
});

Deno.test("compose() says of an error that is shown late when it was written, once", () => {
  const timeMs = Date.UTC(2026, 10, 24, 12, 0, 0);
  const late = entry("[ERROR] boom", { urgency: "error", timeMs });
  assert.equal(compose(late, [], { limitBytes: 100, nowMs: 3_000 }).text, "[ERROR] boom");
  for (const nowMs of [3_001, 60_000]) {
    assert.equal(compose(late, [], { limitBytes: 100, nowMs }).text, `${timeOfDay(timeMs)} [ERROR] boom`);
  }
  const normal = entry("[INFO] hello", { timeMs });
  assert.equal(compose(normal, [], { limitBytes: 100, nowMs: 60_000 }).text, "[INFO] hello");
});

Deno.test("compose() never makes a line longer than the limit, and shows every message it counts", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 32, max: 450 }),
    (texts, limitBytes) => {
      const [first, ...behind] = texts.map((text) => entry(text));
      assert.ok(first);
      const { text, entries } = compose(first, behind, { limitBytes, nowMs: 0 });
      assert.ok(bytes(text) <= limitBytes, `${bytes(text)} of ${limitBytes}`);
      assert.ok(entries.length <= 5);
      assert.deepEqual(entries, [first, ...behind].slice(0, entries.length));
      assert.equal(text, entries.map((each) => each.lines?.[0]).join(" ⏐ "));
    },
  ));
});
