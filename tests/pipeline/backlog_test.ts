import assert from "node:assert/strict";
import { Backlog } from "../../src/pipeline/backlog.ts";

const INFO = 2;
const ERROR = 4;
const noon = { nowMs: 1_000, wallMs: Date.UTC(2026, 0, 1, 12) };
const later = { nowMs: 4_000, wallMs: noon.wallMs + 3_000 };

Deno.test("Backlog says once per kind that something became due", () => {
  const backlog = new Backlog();
  assert.equal(backlog.count("overflow", INFO, noon), true);
  assert.equal(backlog.count("overflow", INFO, noon), false);
  assert.equal(backlog.count("gap", INFO, noon), true);
  assert.equal(backlog.total, 3);
});

Deno.test("Backlog owes what was taken until it was shown, and owes it again when it was not", () => {
  const backlog = new Backlog();
  backlog.count("overflow", INFO, noon, 5);
  const taken = backlog.take("overflow");
  assert.ok(taken);
  backlog.count("overflow", ERROR, later);
  assert.equal(backlog.total, 6);
  backlog.release(taken, false);
  assert.equal(backlog.total, 6);
  const again = backlog.take("overflow");
  assert.ok(again);
  assert.equal(again.sinceMs, noon.nowMs);
  backlog.release(again, true);
  assert.equal(backlog.total, 0);
});

Deno.test("Backlog carries everything owed over a restart, summaries on their way and repeats included", () => {
  const backlog = new Backlog();
  backlog.count("overflow", INFO, noon, 5);
  backlog.take("overflow");
  backlog.count("gap", ERROR, later, 2);
  const counters = backlog.counters([[INFO, 3]], later);
  assert.ok(counters);
  const restarted = new Backlog();
  assert.equal(restarted.restore(counters, { nowMs: 50, wallMs: later.wallMs + 10_000 }), 10);
  assert.equal(restarted.waiting.overflow?.tally.total, 8);
  assert.equal(restarted.waiting.overflow?.fromMs, noon.wallMs);
  assert.equal(restarted.waiting.gap?.tally.total, 2);
  assert.equal(restarted.waiting.gap?.toMs, later.wallMs);
  assert.equal(restarted.counters([], later)?.overflow?.counts[INFO], 8);
});

Deno.test("Backlog has no counters when nothing is owed", () => {
  assert.equal(new Backlog().counters([[INFO, 0]], noon), undefined);
});
