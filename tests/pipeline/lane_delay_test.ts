import assert from "node:assert/strict";
import { composeRedactor, type Redactor } from "../../src/redact/redactor.ts";
import { userRule } from "../../src/redact/user_rule.ts";
import { BUDGET, lineOf, programOf, sendRoute, type TestLane, testLane, testPipeline } from "./support.ts";

const DELAYED = { delayMs: 400 } as const;

/** Invariant I1, for one lane. */
function assertAccounted({ lane }: TestLane): void {
  const { matched, shown, summarised, withheld } = lane.account;
  assert.equal(matched, shown + summarised + withheld + lane.pending);
}

/** A redactor with one rule of the user's, which a reload has brought. */
function hiding(pattern: string): Redactor {
  const rule = userRule({ pattern, replace: "[…]" });
  return composeRedactor([{ name: "new", rule }], { secrets: [], now: () => 0 });
}

/** A redactor that vouches for nothing. */
function failing(): Redactor {
  const rule = {
    needs: ~0,
    find() {
      throw new Error("The rule failed");
    },
  };
  return composeRedactor([{ name: "throws", rule }], { secrets: [], now: () => 0 });
}

function continueWith({ lane, clock }: TestLane, text: string): { readonly settled: () => number } {
  let settled = 0;
  lane.deliverContinuation(lineOf(text, "info", clock), () => void settled++);
  return { settled: () => settled };
}

Deno.test("a line waits out its delay, in order, counted as pending, and holds its checkpoint back", async () => {
  const test = testLane(DELAYED);
  const { lane, clock, connection, say, wakes } = test;
  const first = say("one");
  assert.equal(wakes(), 1);
  await clock.advance(100);
  say("two", "error");
  const more = continueWith(test, "more of it");
  assert.deepEqual([first.taken, first.settled(), lane.pending, lane.nextDueMs()], [true, 0, 2, 400]);
  assert.equal(wakes(), 1, "one look is enough for all that wait");
  assertAccounted(test);
  await clock.advance(299);
  lane.tick();
  assert.deepEqual(connection.offered, []);
  await clock.advance(1);
  lane.tick();
  assert.deepEqual(connection.waiting, ["[INFO] one"]);
  assert.equal(lane.nextDueMs(), 500);
  await clock.advance(100);
  lane.tick();
  assert.deepEqual(connection.waiting, ["[INFO] one", "[ERROR] two", "⏎ more of it"]);
  const { offered } = test.connection;
  assert.equal(offered.map(({ message }) => message.readMs).join(), "0,100,100", "age counts from the read");
  assertAccounted(test);
  connection.settle("shown");
  assert.deepEqual([first.settled(), more.settled(), lane.account.shown, lane.idle], [1, 1, 2, true]);
  assertAccounted(test);
});

Deno.test("a reload that hides more applies to the lines that wait, and its template too", async () => {
  const { lane, clock, connection, say } = testLane(DELAYED);
  say("order ORD-4711 paid");
  await clock.advance(200);
  lane.adopt({ ...sendRoute({ ...DELAYED, template: "{message}" }), redactor: hiding("ORD-\\d+") });
  await clock.advance(200);
  lane.tick();
  assert.deepEqual(connection.waiting, ["order […] paid"]);
});

Deno.test("a line that the new redaction cannot vouch for is withheld when its wait is over", async () => {
  const test = testLane(DELAYED);
  const { lane, clock, connection, say } = test;
  const line = say("order ORD-4711 paid");
  lane.adopt({ ...sendRoute(DELAYED), redactor: failing() });
  await clock.advance(400);
  lane.tick();
  assert.deepEqual(connection.waiting, ["[line withheld: redaction failed]"]);
  assert.deepEqual([lane.account.withheld, lane.pending, line.settled()], [1, 0, 1]);
  connection.settle("shown");
  assertAccounted(test);
});

Deno.test("a reload that ends the delay lets what waits go first", async () => {
  const { lane, clock, connection, say } = testLane(DELAYED);
  say("one");
  await clock.advance(1);
  lane.adopt(sendRoute({ delayMs: 0 }));
  say("two");
  assert.deepEqual(connection.waiting, ["[INFO] one", "[INFO] two"]);
  lane.tick();
  assert.equal(connection.offered.length, 2);
});

Deno.test("lines of a route that a reload has removed are counted, and their text is nowhere", async () => {
  const test = testLane({ ...DELAYED, repeats: "collapse", budget: { ...BUDGET, burstLines: 4 } });
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 3; i++) say("secret plan");
  for (let i = 0; i < 9; i++) say(`secret ${i}`);
  lane.retire();
  lane.tick();
  assert.deepEqual(connection.settle("shown"), ["⋯ 12 more in 1s: 12 info"]);
  await clock.advance(60_000);
  lane.tick();
  assert.deepEqual([connection.waiting, lane.idle], [[], true]);
  assertAccounted(test);
});

Deno.test("repeats of a line that waits are counted at once, cost no budget, and are said behind it", async () => {
  const test = testLane({ delayMs: 8_000, repeats: "collapse", budget: { ...BUDGET, burstLines: 2 } });
  const { lane, clock, connection, say } = test;
  say("disk full", "warn");
  for (let i = 0; i < 47; i++) assert.equal(say("disk full", "warn").settled(), 1);
  assert.equal(say("another").taken, true);
  assertAccounted(test);
  for (let ms = 0; ms < 13_000; ms += 100) {
    lane.tick();
    await clock.advance(100);
  }
  lane.tick();
  assert.deepEqual(connection.waiting, [
    "[WARN] disk full",
    "[INFO] another",
    "↻ ×47 in 13s: [WARN] disk full",
  ]);
  connection.settle("shown");
  assertAccounted(test);
});

Deno.test("everything that waits is said when the agent leaves, before what is counted", () => {
  const { lane, connection, say } = testLane({ ...DELAYED, repeats: "collapse" });
  say("one");
  say("one");
  say("two");
  lane.tick({ all: true });
  assert.deepEqual(connection.waiting, ["[INFO] one", "[INFO] two", "↻ ×1 in 1s: [INFO] one"]);
});

Deno.test("no more waits than the budget admits meanwhile, whatever comes back; the rest is counted", async () => {
  const test = testLane({ delayMs: 60_000, budget: { ...BUDGET, burstLines: 4, linesPerSecond: 0.1 } });
  const { lane, clock, connection, say } = test;
  for (let i = 0; i < 200; i++) {
    say(`line ${i}`, i % 2 === 0 ? "error" : "info");
    await clock.advance(250);
  }
  // 4 at once and 6 a minute, and half as many again of errors.
  assert.ok(lane.pending >= 200 && lane.account.shown === 0);
  assertAccounted(test);
  lane.tick({ all: true });
  const lines = connection.waiting.filter((text) => text.startsWith("["));
  assert.ok(lines.length > 4 && lines.length <= 16, `${lines.length}`);
  connection.settle("shown");
  assertAccounted(test);
});

Deno.test("few lines wait when they are long, and one that is alone waits however long it is", () => {
  const { lane, connection, say } = testLane({ ...DELAYED, budget: { ...BUDGET, burstLines: 1_000 } });
  const long = "lorem ipsum ".repeat(25_000);
  assert.equal(say(long).taken, true);
  assert.equal(say("short").taken, false);
  lane.tick({ all: true });
  assert.equal(connection.waiting.filter((text) => text.startsWith("[")).length, 1);
  assert.equal(say("short").taken, true);
});

Deno.test("a panic counts what waits, repeats and overflow as one gap, without a word of their text", async () => {
  const test = testLane({ ...DELAYED, repeats: "collapse", budget: { ...BUDGET, burstLines: 3 } });
  const { lane, clock, connection, say } = test;
  const held = say("held back", "error");
  say("again and again");
  say("again and again");
  const more = continueWith(test, "more of it");
  for (let i = 0; i < 10; i++) say("over budget");
  lane.mute();
  assert.deepEqual([held.settled(), more.settled()], [1, 1]);
  assertAccounted(test);
  assert.equal(lane.nextDueMs(), Infinity);
  await clock.advance(2_000);
  const during = say("during", "error");
  assert.deepEqual([during.taken, during.settled(), continueWith(test, "and more").settled()], [false, 1, 1]);
  assert.equal(lane.wantsSample(clock.monotonic()), false);
  lane.tick({ all: true });
  assert.deepEqual(connection.offered, []);
  assertAccounted(test);
  lane.unmute();
  lane.tick();
  assert.deepEqual(connection.settle("shown"), ["⋯ gap 12:00:00-12:00:02: 14 lines, 2 error"]);
  assertAccounted(test);
  await clock.advance(60_000);
  say("again and again");
  lane.tick({ all: true });
  assert.deepEqual(connection.waiting, ["[INFO] again and again"], "it was never shown before");
});

Deno.test("a summary that was on the wire when the panic came, and was lost, is in the gap", async () => {
  const test = testLane({ budget: { ...BUDGET, burstLines: 1 } });
  const { lane, clock, connection, say } = test;
  say("shown");
  for (let i = 0; i < 5; i++) say("over budget");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  lane.tick();
  assert.equal(connection.waiting.length, 1);
  lane.mute();
  connection.settle("away");
  lane.unmute();
  lane.tick();
  assert.deepEqual(connection.settle("shown"), ["⋯ gap 12:00:00-12:00:00: 5 lines"]);
  assertAccounted(test);
});

Deno.test("a lane that opens during a panic is muted, and what was half read is counted", async () => {
  const { pipeline, clock, connection, feed, lane } = testPipeline(
    programOf([{ send: { channel: "#{service}", delayMs: 400 } }]),
  );
  feed("INFO one\n");
  await clock.advance(10);
  feed("    at frame 1\n");
  pipeline.mute();
  feed("INFO two\n");
  connection.mute();
  await clock.advance(1_000);
  pipeline.tick();
  pipeline.sayAll();
  assert.deepEqual(connection.offered, []);
  assert.deepEqual([lane("all", "#app").pending, lane("all", "#app").account.continuationsCut], [2, 1]);
  connection.unmute();
  pipeline.unmute();
  feed("INFO three\n");
  await clock.advance(1_000);
  pipeline.tick();
  assert.deepEqual(connection.waiting, ["⋯ gap 12:00:00-12:00:00: 2 lines", "[INFO] INFO three"]);
});

Deno.test("the loop looks when the first line that waits is due, and needs no timer for each", async () => {
  const { pipeline, clock, connection, feed } = testPipeline(programOf([{ send: DELAYED }]));
  const stop = new AbortController();
  const running = pipeline.run(stop.signal);
  await clock.advance(0);
  for (let i = 0; i < 5; i++) {
    feed(`INFO n=${i}\n`);
    await clock.advance(10);
    assert.ok(clock.sleepers <= 1);
  }
  await clock.advance(349);
  assert.deepEqual(connection.offered, []);
  await clock.advance(1);
  assert.deepEqual(connection.waiting, ["[INFO] INFO n=0"]);
  await clock.advance(100);
  assert.deepEqual(connection.waiting, [0, 1, 2, 3, 4].map((n) => `[INFO] INFO n=${n}`));
  stop.abort();
  await running;
});

Deno.test("lines that wait stand in the checkpoint until they are shown", async () => {
  const { pipeline, clock, connection, feed, left } = testPipeline(programOf([{ send: DELAYED }]));
  feed("INFO one\n");
  assert.deepEqual(left()?.unsettled.map(({ level }) => level), ["info"]);
  await clock.advance(400);
  pipeline.tick();
  assert.equal(left()?.unsettled.length, 1);
  connection.settle("shown");
  assert.deepEqual(left()?.unsettled, []);
});
