import assert from "node:assert/strict";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/pipeline/checkpoint.ts";
import { laneKey } from "../../src/pipeline/lane_key.ts";
import { MAX_CHANNELS_PER_ROUTE } from "../../src/pipeline/pipeline.ts";
import { until } from "../support/until.ts";
import { batchOf, BUDGET, programOf, STDIN, streamOf, testPipeline, UNLIMITED } from "./support.ts";

const TEMPLATED = { send: { channel: "#logs-{service}", budget: UNLIMITED } };

const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;

const keyOf = (route: string, channel: string) => laneKey({ route, connection: "irc", channel });

/** One stream per service. */
const serviceStream = (service: string) => streamOf(service, service);

Deno.test("a route opens 20 channels; what would open the next one is counted and never offered", () => {
  const test = testPipeline(programOf([TEMPLATED]));
  const { pipeline, connection, feed, lane } = test;
  for (let i = 0; i <= MAX_CHANNELS_PER_ROUTE + 1; i++) feed("ERROR x\n", { stream: serviceStream(`s${i}`) });
  connection.settle("shown");
  feed("ERROR again\n", { stream: serviceStream("s0") });
  feed("ERROR again\n", { stream: serviceStream(`s${MAX_CHANNELS_PER_ROUTE}`) });
  assert.equal(pipeline.channels("irc").length, MAX_CHANNELS_PER_ROUTE);
  assert.equal(pipeline.channels("irc").includes(""), false);
  assert.equal(connection.offered.some(({ message }) => message.channel === ""), false);
  assert.equal(connection.offered.length, MAX_CHANNELS_PER_ROUTE + 1);
  assert.deepEqual([lane("all", "").account.matched, lane("all", "").pending], [3, 3]);
  pipeline.sayAll();
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR again"]);
});

Deno.test("channels that a reload left make room for those of the new template", () => {
  const test = testPipeline(programOf([TEMPLATED]));
  const { pipeline, connection, feed } = test;
  const feedAll = () => {
    for (let i = 0; i < MAX_CHANNELS_PER_ROUTE; i++) feed("INFO x\n", { stream: serviceStream(`s${i}`) });
  };
  feedAll();
  pipeline.swap(programOf([{ send: { channel: "#prod-{service}", budget: UNLIMITED } }]));
  feedAll();
  connection.settle("shown");
  pipeline.tick();
  assert.deepEqual(
    pipeline.channels("irc").toSorted(),
    Array.from({ length: MAX_CHANNELS_PER_ROUTE }, (_, i) => `#prod-s${i}`).toSorted(),
  );
});

Deno.test("a lane that comes back while it says its last words goes on with its counts", () => {
  const test = testPipeline(programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]));
  const { pipeline, connection, feed, lane } = test;
  const before = programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]);
  feed("INFO a\nINFO b\n");
  pipeline.swap(programOf([]));
  assert.equal(lane("all").retired, true);
  pipeline.tick();
  assert.deepEqual(connection.waiting, ["[INFO] INFO a", "⋯ 1 more in 1s: 1 info"]);
  pipeline.swap(before);
  feed("INFO c\n");
  assert.equal(lane("all").retired, false);
  connection.settle("shown");
  pipeline.tick();
  assert.deepEqual([lane("all").account.matched, lane("all").pending], [3, 1]);
});

Deno.test("a channel that a changed template leads to again is joined again", () => {
  const { pipeline, connection, feed, lane, channelChanges } = testPipeline(programOf([TEMPLATED]));
  const stream = serviceStream("src");
  feed("INFO a\n", { stream });
  connection.settle("shown");
  pipeline.swap(programOf([{ send: { channel: "#logs-{source}", budget: UNLIMITED } }]));
  assert.deepEqual(pipeline.channels("irc"), []);
  const before = channelChanges();
  feed("INFO b\n", { stream });
  assert.deepEqual(pipeline.channels("irc"), ["#logs-src"]);
  assert.equal(channelChanges(), before + 1);
  assert.deepEqual([lane("all", "#logs-src").retired, lane("all", "#logs-src").account.matched], [false, 2]);
});

Deno.test("a lane whose route is gone is forgotten once it has said what it owes", () => {
  const { pipeline, connection, feed } = testPipeline(
    programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]),
  );
  feed("INFO a\nINFO b\n");
  pipeline.swap(programOf([]));
  assert.deepEqual(pipeline.channels("irc"), ["#logs"]);
  pipeline.tick();
  connection.settle("shown");
  pipeline.tick();
  assert.deepEqual([pipeline.lanes.size, pipeline.channels("irc").length], [0, 0]);
});

Deno.test("a record read again is named in the checkpoint until it is settled, though nothing new was read", () => {
  const again = { from: at(0), to: at(8), level: "error", lanes: [keyOf("all", "#logs")] } as const;
  const left: Checkpoint = {
    sources: new Map([["src", new Map([["stream", { position: at(8), unsettled: [again] }]])]]),
    lanes: new Map(),
  };
  const test = testPipeline(programOf([{}]), { left });
  const resumed = test.intake.resume()?.get("stream")?.unsettled[0];
  assert.ok(resumed);
  assert.deepEqual(test.left(), { position: at(8), unsettled: [again] });
  test.intake.take(batchOf(streamOf(), "ERROR x\n", { readMs: 0, again: resumed }));
  assert.deepEqual(test.left(), { position: at(8), unsettled: [again] });
  test.connection.settle("shown");
  assert.deepEqual(test.left(), { position: at(8), unsettled: [] });
});

Deno.test("records of the run before stay in the checkpoint until each was read again", () => {
  const record = (from: number, level: "error" | "info") =>
    ({ from: at(from), to: at(from + 8), level, lanes: [keyOf("all", "#logs")] }) as const;
  const records = [record(0, "error"), record(8, "info")];
  const left: Checkpoint = {
    sources: new Map([["src", new Map([["stream", { position: at(16), unsettled: records }]])]]),
    lanes: new Map(),
  };
  const test = testPipeline(programOf([{}]), { left });
  const [first] = records;
  assert.ok(first);
  test.intake.take(batchOf(streamOf(), "ERROR x\n", { readMs: 0, again: first }));
  assert.deepEqual(new Set(test.left()?.unsettled), new Set(records));
  // The first is in the queue of this process and settles by itself.
  assert.deepEqual(test.intake.resume()?.get("stream"), { position: at(16), unsettled: records.slice(1) });
});

Deno.test("a record of the run before that can no longer be read is a gap, once", () => {
  const again = { from: at(0), to: at(8), level: "error", lanes: [keyOf("all", "#logs")] } as const;
  const left: Checkpoint = {
    sources: new Map([["src", new Map([["stream", { position: at(8), unsettled: [again] }]])]]),
    lanes: new Map(),
  };
  const test = testPipeline(programOf([{}]), { left });
  test.intake.lost("stream", again);
  test.intake.lost("stream", again);
  test.intake.ended(streamOf());
  test.pipeline.tick();
  assert.deepEqual(test.connection.settle("shown"), ["⋯ gap 12:00:00-12:00:00: 1 lines, 1 error"]);
  assert.deepEqual([test.left(), test.lane("all").account.summarised], [undefined, 1]);
});

Deno.test("a source that is started anew does not read its late lines twice", () => {
  const test = testPipeline(programOf([{}]));
  const { intake, connection, feed } = test;
  feed("ERROR failed\n");
  feed("    at a\n");
  const resume = intake.resume();
  assert.deepEqual(resume?.get("stream")?.position, at(22));
  // The same stream, as the source names it after its restart.
  feed("INFO next\n", { stream: streamOf() });
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed", "⏎ at a", "[INFO] INFO next"]);
});

Deno.test("a source that left the config comes back as one that never ran", () => {
  const stream = { position: at(5), unsettled: [] };
  const left: Checkpoint = { sources: new Map([["src", new Map([["stream", stream]])]]), lanes: new Map() };
  const { pipeline } = testPipeline(programOf([{}]), { left });
  assert.deepEqual(pipeline.checkpoint().sources.get("src")?.get("stream"), stream);
  pipeline.swap(programOf([{}], []));
  pipeline.removeIntake("src");
  assert.equal(pipeline.checkpoint().sources.size, 0);
  pipeline.swap(programOf([{}]));
  assert.equal(pipeline.intake("src", STDIN).resume(), undefined);
});

Deno.test("what an earlier run left of a source that is not started yet stays in the checkpoint", () => {
  const stream = { position: at(5), unsettled: [] };
  const left: Checkpoint = { sources: new Map([["other", new Map([["s", stream]])]]), lanes: new Map() };
  const { pipeline } = testPipeline(programOf([{}], ["src", "other"]), { left });
  assert.deepEqual(pipeline.checkpoint().sources.get("other")?.get("s"), stream);
});

Deno.test("an ended stream is forgotten when its last record is settled", () => {
  const test = testPipeline(programOf([{}]));
  test.feed("INFO x\n");
  test.intake.ended(streamOf());
  assert.ok(test.left());
  test.connection.settle("shown");
  test.pipeline.tick();
  assert.equal(test.left(), undefined);
});

Deno.test("counts that were not said go through a checkpoint into the next run", () => {
  const program = programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]);
  const before = testPipeline(program);
  before.feed("INFO a\nINFO b\nWARN c\n");
  before.connection.settle("shown");
  const left = decodeCheckpoint(encodeCheckpoint(before.pipeline.checkpoint()));
  assert.deepEqual(left, before.pipeline.checkpoint());
  const after = testPipeline(program, { left, clock: before.clock });
  assert.deepEqual(after.lane("all").account.matched, 2);
  after.pipeline.sayAll();
  assert.deepEqual(after.connection.settle("shown"), ["⋯ 2 more in 1s: 1 warn, 1 info"]);
  assert.equal(after.pipeline.checkpoint().lanes.size, 0);
});

Deno.test("counts of a route that is gone are said to be dropped", () => {
  const program = programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]);
  const before = testPipeline(program);
  before.feed("INFO a\nINFO b\n");
  const { log, pipeline } = testPipeline(programOf([{ name: "other" }]), {
    left: before.pipeline.checkpoint(),
  });
  assert.equal(log.length, 1);
  assert.match(log[0] ?? "", /no longer configured/);
  assert.equal(pipeline.lanes.size, 0);
});

Deno.test("run() says a digest when it is due, and a gap when the channel can be spoken in again", async () => {
  const { pipeline, clock, connection, feed } = testPipeline(
    programOf([{ send: { budget: { ...BUDGET, burstLines: 1 } } }]),
  );
  const stop = new AbortController();
  const running = pipeline.run(stop.signal);
  feed("INFO a\nINFO b\n");
  connection.settle("shown");
  await clock.advance(BUDGET.digestMs);
  assert.deepEqual(connection.settle("shown"), ["⋯ 1 more in 5s: 1 info"]);
  connection.speaks = false;
  feed("INFO c\n");
  connection.settle("away");
  await clock.advance(60_000);
  assert.deepEqual(connection.waiting, []);
  connection.speaks = true;
  pipeline.poke();
  await clock.advance(0);
  assert.deepEqual(connection.waiting, ["⋯ gap 12:00:05-12:00:05: 1 lines"]);
  stop.abort();
  await running;
});

Deno.test("a checkpoint is written at once when the server took something, else within 100 ms", async () => {
  const { pipeline, clock, connection, feed } = testPipeline(programOf([{}]));
  const saved: number[] = [];
  const stop = new AbortController();
  const keeping = pipeline.keepCheckpoints((checkpoint) => {
    saved.push(checkpoint.sources.get("src")?.get("stream")?.unsettled.length ?? -1);
    return Promise.resolve();
  }, stop.signal);
  feed("INFO a\n");
  await clock.advance(99);
  assert.deepEqual(saved, []);
  await clock.advance(1);
  assert.deepEqual(saved, [1]);
  connection.settle("shown");
  await until("the checkpoint behind the acknowledgement", () => saved.length === 2);
  assert.deepEqual(saved, [1, 0]);
  await clock.advance(60_000);
  assert.equal(saved.length, 2);
  stop.abort();
  await keeping;
});
