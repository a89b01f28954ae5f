import assert from "node:assert/strict";
import fc from "fast-check";
import { Repeats } from "../../src/route/repeats.ts";

const DIGEST_MS = 5_000;

Deno.test("Repeats shows the first and counts the same text within 60 s of the last one", () => {
  const repeats = new Repeats<string>(() => DIGEST_MS);
  assert.equal(repeats.seen("a", 0, "A"), "first");
  assert.equal(repeats.seen("a", 50_000, "A"), "repeat");
  assert.equal(repeats.seen("b", 50_000, "B"), "first");
  assert.equal(repeats.seen("a", 110_000, "A"), "repeat");
  assert.equal(repeats.seen("b", 110_001, "B"), "first");
  assert.equal(repeats.pending, 2);
});

Deno.test("Repeats announces the further ones after the digest, then at doubling intervals", () => {
  const repeats = new Repeats<string>(() => DIGEST_MS);
  const announced: number[] = [];
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 100) {
    repeats.seen("a", nowMs, "A");
    for (const { value, count } of repeats.due(nowMs)) {
      assert.equal(value, "A");
      assert.ok(count > 0);
      announced.push(nowMs);
    }
  }
  assert.deepEqual(announced, [5_100, 15_200, 35_300]);
});

Deno.test("Repeats is due when it says, and drains what is left", () => {
  const repeats = new Repeats<string>(() => DIGEST_MS);
  assert.equal(repeats.nextDueMs, Infinity);
  repeats.seen("a", 0, "A");
  assert.equal(repeats.nextDueMs, Infinity);
  repeats.seen("a", 1_000, "A");
  assert.equal(repeats.nextDueMs, 6_000);
  assert.deepEqual(repeats.due(5_999), []);
  assert.deepEqual(repeats.drain(), [{ value: "A", count: 1, sinceMs: 1_000 }]);
  assert.equal(repeats.pending, 0);
});

Deno.test("Repeats loses no count, whatever comes in whatever order, and stays bounded", () => {
  const events = fc.array(fc.tuple(fc.nat(400), fc.nat(30_000)), { maxLength: 1_000 });
  fc.assert(fc.property(events, (steps) => {
    const repeats = new Repeats<number>(() => DIGEST_MS);
    let nowMs = 0;
    let counted = 0;
    let announced = 0;
    for (const [text, afterMs] of steps) {
      nowMs += afterMs;
      if (repeats.seen(String(text), nowMs, text) === "repeat") counted++;
      if (text % 7 === 0) announced += sum(repeats.due(nowMs));
      assert.equal(announced + repeats.pending, counted);
      assert.equal(sum(repeats.counts()), repeats.pending);
    }
    assert.equal(announced + sum(repeats.drain()), counted);
  }));
});

Deno.test("Repeats loses no count when far more texts repeat than it remembers and nobody asks", () => {
  const repeats = new Repeats<number>(() => DIGEST_MS);
  let counted = 0;
  for (let text = 0; text < 2_000; text++) {
    for (let i = 0; i < 3; i++) if (repeats.seen(`text ${text}`, text, text) === "repeat") counted++;
  }
  assert.equal(counted, 2 * 512);
  assert.equal(repeats.pending, counted);
  assert.equal(sum(repeats.due(2_000)) + sum(repeats.drain()), counted);
});

Deno.test("Repeats counts a text on when it returns after 60 s and nobody took what was counted", () => {
  const repeats = new Repeats<string>(() => DIGEST_MS);
  for (const nowMs of [0, 1, 70_000, 70_001]) repeats.seen("a", nowMs, "A");
  assert.deepEqual(repeats.drain().map(({ count }) => count), [1, 1]);
});

Deno.test("Repeats remembers fewer texts when they are long, and none that is longer than all it may hold", () => {
  const repeats = new Repeats<number>(() => DIGEST_MS);
  const long = (text: number) => String(text).padEnd(65_536);
  for (let text = 0; text < 6; text++) assert.equal(repeats.seen(long(text), 0, text), "first");
  assert.equal(repeats.seen(long(5), 0, 5), "repeat");
  assert.equal(repeats.seen(long(0), 0, 0), "first");
  const endless = "x".repeat(300_000);
  assert.deepEqual([repeats.seen(endless, 0, 9), repeats.seen(endless, 0, 9)], ["first", "first"]);
});

function sum(runs: readonly { readonly count: number }[]): number {
  return runs.reduce((total, { count }) => total + count, 0);
}
