import assert from "node:assert/strict";
import { levelIndex } from "../../src/event/level.ts";
import { LEVELS } from "../../src/event/level.ts";
import { BUDGET, lineOf, sendRoute, type TestLane, testLane } from "./support.ts";

/** Invariant I1, for one lane. */
function assertAccounted({ lane }: TestLane): void {
  const { matched, shown, summarised, withheld } = lane.account;
  assert.equal(matched, shown + summarised + withheld + lane.pending);
}

Deno.test("a lane shows its burst, counts the rest, and says once after the digest time how many there were", async () => {
  const test = testLane();
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 5; i++) assert.equal(say(`line ${i}`).taken, true);
  await clock.advance(100);
  for (let i = 0; i < 7; i++) assert.equal(say(`user ${i} logged in`).taken, false);
  for (let i = 0; i < 3; i++) say(`disk ${i}`, "warn");
  connection.settle("shown");
  assert.equal(lane.account.shown, 5);
  assert.equal(lane.nextDueMs(), 100 + BUDGET.digestMs);
  await clock.advance(BUDGET.digestMs - 1);
  lane.tick();
  assert.deepEqual(connection.waiting, []);
  await clock.advance(1);
  lane.tick();
  lane.tick();
  assert.deepEqual(connection.waiting, [
    '⋯ 10 more in 5s: 7 info, 3 warn · ~×7 "user <n> logged in", ~×3 "disk <n>"',
  ]);
  assertAccounted(test);
  connection.settle("shown");
  assert.deepEqual({ ...lane.account }, {
    matched: 15,
    shown: 5,
    summarised: 10,
    withheld: 0,
    continuationsCut: 0,
  });
  assert.equal(lane.idle, true);
  assert.equal(lane.nextDueMs(), Infinity);
});

Deno.test("errors draw from a bucket of their own, half of the route's, before they draw from the route's", () => {
  const { say, connection } = testLane({ budget: { ...BUDGET, burstLines: 4 } });
  for (let i = 0; i < 4; i++) say(`info ${i}`);
  assert.equal(say("one too many").taken, false);
  assert.equal(say("first", "error").taken, true);
  assert.equal(say("second", "fatal").taken, true);
  assert.equal(say("third", "error").taken, false);
  assert.deepEqual(connection.offered.map(({ message }) => message.urgency), [
    "normal",
    "normal",
    "normal",
    "normal",
    "error",
    "error",
  ]);
});

Deno.test("a record that is counted is settled at once, one that is sent when its end is known", () => {
  const { say, connection } = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  const sent = say("sent");
  assert.equal(sent.settled(), 0);
  connection.settle("shown");
  assert.equal(sent.settled(), 1);
});

Deno.test("repeats are counted, cost no budget, and are said with growing intervals", async () => {
  const test = testLane({ repeats: "collapse", budget: { ...BUDGET, burstLines: 2 } });
  const { lane, clock, connection, say } = test;
  const first = say("disk full", "warn");
  assert.equal(first.taken, true);
  for (let i = 0; i < 47; i++) {
    const repeat = say("disk full", "warn");
    assert.deepEqual([repeat.taken, repeat.settled()], [false, 1]);
  }
  assert.equal(say("another").taken, true);
  assert.equal(say("over budget").taken, false);
  assertAccounted(test);
  connection.settle("shown");
  assert.equal(lane.nextDueMs(), BUDGET.digestMs);
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.settle("shown"), [
    "⋯ 1 more in 5s: 1 info",
    "↻ ×47 in 5s: [WARN] disk full",
  ]);
  say("disk full", "warn");
  assert.equal(lane.nextDueMs(), 3 * BUDGET.digestMs);
  await clock.advance(2 * BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.settle("shown"), ["↻ ×1 in 10s: [WARN] disk full"]);
  assert.equal(lane.account.summarised, 49);
  assertAccounted(test);
});

Deno.test("the same text with another level is not a repeat", () => {
  const { say } = testLane({ repeats: "collapse" });
  assert.equal(say("disk full", "warn").taken, true);
  assert.equal(say("disk full", "error").taken, true);
});

Deno.test("a line that redaction cannot vouch for is withheld, counted, and a notice stands for it", () => {
  const test = testLane();
  const { lane, connection, say } = test;
  const { taken, settled } = say("boom token=abc");
  assert.equal(taken, false);
  assert.equal(settled(), 1);
  assert.deepEqual(connection.waiting, ["[line withheld: redaction failed]"]);
  assert.equal(lane.account.withheld, 1);
  connection.settle("shown");
  assert.equal(lane.account.shown, 0);
  assertAccounted(test);
});

Deno.test("a line that redaction cannot vouch for gets into no summary", async () => {
  const { lane, clock, connection, say } = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  say("shown");
  say("boom token=abc");
  say("boom token=abc");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.waiting, ["⋯ 2 more in 5s: 2 info"]);
});

Deno.test("what is counted in a gap is no template of a later overflow", async () => {
  const { lane, clock, connection, say } = testLane({
    budget: { ...BUDGET, burstLines: 1, linesPerSecond: 1e-6 },
  });
  say("shown");
  connection.settle("shown");
  connection.speaks = false;
  for (let i = 0; i < 20; i++) say("while nobody heard it");
  connection.speaks = true;
  for (let i = 0; i < 2; i++) say("too many");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.waiting, [
    "⋯ gap 12:00:00-12:00:00: 20 lines",
    '⋯ 2 more in 5s: 2 info · ~×2 "too many"',
  ]);
});

Deno.test("a sample is redacted before its numbers are masked", async () => {
  const { lane, clock, connection, say } = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  say("shown");
  for (let i = 0; i < 2; i++) say("login with password=hunter2-4711");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.doesNotMatch(connection.waiting.join(), /hunter|4711/);
});

Deno.test("what expired is overflow, what the server was away for is a gap, and the gap is said first", async () => {
  const test = testLane({ budget: { ...BUDGET, burstLines: 4 } });
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 2; i++) say(`late ${i}`);
  connection.settle("expired");
  connection.speaks = false;
  say("gone", "error");
  say("gone too");
  await clock.advance(3_000);
  connection.settle("away");
  assert.equal(lane.pending, 4);
  assert.equal(lane.nextDueMs(), Infinity);
  lane.tick({ all: true });
  assert.deepEqual(connection.waiting, []);
  await clock.advance(2_000);
  connection.speaks = true;
  assert.equal(lane.nextDueMs(), 0);
  lane.tick();
  assert.deepEqual(connection.settle("shown"), [
    "⋯ gap 12:00:03-12:00:03: 2 lines, 1 error",
    "⋯ 2 more in 5s: 2 info",
  ]);
  assertAccounted(test);
  assert.equal(lane.idle, true);
});

Deno.test("a gap is said before the first line that can be shown again", () => {
  const { connection, say } = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  connection.speaks = false;
  say("lost");
  connection.settle("away");
  connection.speaks = true;
  say("back");
  assert.deepEqual(connection.waiting, ["⋯ gap 12:00:00-12:00:00: 1 lines", "[INFO] back"]);
});

Deno.test("a line is a gap when nobody can hear it, and overflow when the queue is full", () => {
  const { lane, connection, say } = testLane();
  connection.full = true;
  const refused = say("full");
  assert.deepEqual([refused.taken, refused.settled()], [false, 1]);
  connection.speaks = false;
  say("away");
  const { overflow, gap } = lane.counters() ?? {};
  assert.deepEqual([overflow?.counts, gap?.counts], [[0, 0, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0]]);
});

Deno.test("a summary that was not shown is owed again, with what came meanwhile, and is said once", async () => {
  const test = testLane({ budget: { ...BUDGET, burstLines: 1, linesPerSecond: 1e-6 } });
  const { lane, clock, connection, say } = test;
  say("shown");
  connection.settle("shown");
  for (let i = 0; i < 3; i++) say("held back");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  say("meanwhile");
  assertAccounted(test);
  connection.settle("away");
  assertAccounted(test);
  assert.equal(lane.pending, 4);
  lane.tick();
  assert.deepEqual(connection.settle("shown").map((text) => text.split(" ·")[0]), [
    "⋯ 4 more in 5s: 4 info",
  ]);
  await clock.advance(60_000);
  lane.tick({ all: true });
  assert.deepEqual(connection.waiting, []);
  assert.equal(lane.account.summarised, 4);
});

Deno.test("a lane says nothing more while a summary is on its way", async () => {
  const { lane, clock, connection, say } = testLane({
    budget: { ...BUDGET, burstLines: 1, linesPerSecond: 1e-6 },
  });
  say("shown");
  say("held back");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  say("held back");
  await clock.advance(BUDGET.digestMs);
  assert.equal(lane.nextDueMs(), Infinity);
  lane.tick();
  lane.tick({ all: true });
  assert.equal(connection.waiting.length, 2);
  connection.settle("shown");
  lane.tick();
  assert.deepEqual(connection.waiting.map((text) => text.split(":")[0]), ["⋯ 1 more in 5s"]);
});

Deno.test("a summary that the queue does not take is offered again", async () => {
  const test = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  const { lane, clock, connection, say } = test;
  say("shown");
  say("held back");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  connection.full = true;
  lane.tick();
  assertAccounted(test);
  assert.ok(lane.nextDueMs() <= clock.monotonic());
  connection.full = false;
  lane.tick();
  assert.deepEqual(connection.waiting, ["⋯ 1 more in 5s: 1 info"]);
});

Deno.test("repeats whose summary was not shown are owed as overflow", async () => {
  const test = testLane({ repeats: "collapse" });
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 3; i++) say("same");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.settle("away"), ["↻ ×2 in 5s: [INFO] same"]);
  assertAccounted(test);
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.deepEqual(connection.settle("shown"), ["⋯ 2 more in 10s: 2 info"]);
  assertAccounted(test);
});

Deno.test("a line that was not shown gives its token back", () => {
  const { connection, say } = testLane({ budget: { ...BUDGET, burstLines: 2, linesPerSecond: 1e-6 } });
  say("first");
  say("second");
  assert.equal(say("third").taken, false);
  connection.settle("expired", 1);
  assert.equal(say("fourth").taken, true);
  connection.settle("shown");
  assert.equal(say("fifth").taken, false);
});

Deno.test("continuation lines follow their record as one message and are counted with it", () => {
  const test = testLane({ budget: { ...BUDGET, burstLines: 2, linesPerSecond: 1e-6 } });
  const { lane, clock, connection, say } = test;
  say("failed", "error");
  let settled = 0;
  const continuation = () => lane.deliverContinuation(lineOf("at a\nat b", "error", clock), () => settled++);
  continuation();
  assert.deepEqual(connection.waiting, ["[ERROR] failed", "⏎ at a ⏎ at b"]);
  connection.settle("shown", 1);
  connection.settle("expired", 1);
  assert.equal(settled, 1);
  assert.deepEqual([lane.account.matched, lane.account.continuationsCut], [1, 1]);
  // The one that was not shown gave its token back: two are left.
  continuation();
  continuation();
  assert.equal(connection.waiting.length, 2);
  continuation();
  assert.deepEqual([connection.waiting.length, settled, lane.account.continuationsCut], [2, 2, 2]);
  assertAccounted(test);
});

Deno.test("a reload keeps counts and tokens", async () => {
  const test = testLane({ budget: { ...BUDGET, linesPerSecond: 1e-6 } });
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 7; i++) say(`line ${i}`);
  connection.settle("shown");
  lane.adopt(sendRoute({ budget: { ...BUDGET, linesPerSecond: 1e-6, burstLines: 50, digestMs: 1_000 } }));
  assert.equal(say("still no token").taken, false);
  assert.equal(lane.pending, 3);
  await clock.advance(1_000);
  lane.tick();
  assert.match(connection.settle("shown").join(), /^⋯ 3 more in 1s: 3 info/);
  assertAccounted(test);
});

Deno.test("a retired lane says at once what it owes, and is idle", () => {
  const test = testLane({ repeats: "collapse", budget: { ...BUDGET, burstLines: 2 } });
  const { lane, connection, say, wakes } = test;
  say("same");
  say("same");
  say("another");
  say("too many");
  const before = wakes();
  lane.retire();
  assert.ok(wakes() > before);
  assert.equal(lane.nextDueMs(), 0);
  lane.tick();
  connection.settle("shown", 2);
  assert.equal(lane.idle, false);
  const asked = wakes();
  assert.deepEqual(connection.settle("shown"), ["⋯ 1 more in 1s: 1 info", "↻ ×1 in 1s: [INFO] same"]);
  assert.deepEqual([lane.idle, lane.retired], [true, true]);
  assert.ok(wakes() > asked, "nobody is told that it can be forgotten");
});

Deno.test("a retired lane asks to be forgotten when its last line was shown", () => {
  const { lane, connection, say, wakes } = testLane();
  say("the last one");
  lane.retire();
  const before = wakes();
  connection.settle("shown");
  assert.equal(lane.idle, true);
  assert.ok(wakes() > before);
});

Deno.test("a restart owes what the run before owed, summaries on their way and repeats included", async () => {
  const before = testLane({
    repeats: "collapse",
    budget: { ...BUDGET, burstLines: 1, linesPerSecond: 1e-6 },
  });
  before.say("same");
  before.say("same");
  before.say("too many", "warn");
  before.connection.settle("shown");
  await before.clock.advance(BUDGET.digestMs);
  before.lane.tick();
  before.connection.speaks = false;
  before.say("gone", "error");
  before.say("gone", "error");
  before.connection.settle("away", 3);
  const counters = before.lane.counters();
  assert.ok(counters);
  assert.equal(before.lane.pending, 4);

  const after = testLane({}, { clock: before.clock });
  after.lane.restore(counters);
  assert.equal(after.lane.account.matched, 4);
  assertAccounted(after);
  assert.deepEqual(after.lane.counters(), counters);
  await after.clock.advance(60_000);
  after.lane.tick();
  const numbers = after.connection.settle("shown").map((text) =>
    Number(/(\d+) (?:lines|more)/.exec(text)?.[1])
  );
  assert.equal(numbers.reduce((sum, number) => sum + number), 4);
  assert.equal(after.lane.account.summarised, 4);
  assert.equal(after.lane.counters(), undefined);
});

Deno.test("a record that can no longer be read is a gap, whatever its level", () => {
  const test = testLane();
  for (const level of LEVELS) test.lane.countLost(levelIndex(level));
  assertAccounted(test);
  test.lane.tick();
  assert.deepEqual(test.connection.waiting, [
    "⋯ gap 12:00:00-12:00:00: 6 lines, 1 error, 1 fatal",
  ]);
});
