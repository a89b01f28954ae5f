import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/docker_watch.ts";
import { startScriptedDaemon } from "../support/scripted_daemon.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { readContainers } from "./container_suite.ts";

Deno.test("Docker source attaches again when the daemon has lines that it does not send", async () => {
  await using daemon = await startScriptedDaemon();
  const clock = stoppedClock(Date.now());
  await using reading = readContainers(daemon, { clock });
  daemon.write("one");
  await reading.count(1);
  daemon.isSending = false;
  daemon.write("two");
  daemon.write("three");
  // Nothing came for a minute: it is looked at, and once more until that has an effect.
  for (let i = 0; i < 5 && reading.texts.length < 3; i++) await clock.advance(SWEEP_MS);
  assert.deepEqual(await reading.count(3), ["one", "two", "three"]);
  assert.deepEqual(reading.log.said.map(({ message }) => message), [
    "Attaching again to a container whose log had stopped",
  ]);
});

Deno.test("Docker source leaves a log alone that has nothing new", async () => {
  await using daemon = await startScriptedDaemon();
  const clock = stoppedClock(Date.now());
  await using reading = readContainers(daemon, { clock });
  daemon.write("one");
  await reading.count(1);
  const looks = () => daemon.asked.filter((target) => target.includes("tail=1")).length;
  for (let i = 1; i <= 3; i++) {
    await clock.advance(SWEEP_MS);
    await until(`look ${i}`, () => looks() === i);
  }
  assert.equal(daemon.asked.filter((target) => target.includes("follow=1")).length, 1);
  daemon.write("two");
  assert.deepEqual(await reading.count(2), ["one", "two"]);
});

Deno.test("Docker source says that a daemon does not answer, and ends all the same", async () => {
  await using daemon = await startScriptedDaemon();
  const clock = stoppedClock(Date.now());
  await using reading = readContainers(daemon, { clock });
  daemon.write("one");
  await reading.count(1);
  daemon.isAnswering = false;
  for (let i = 0; i < 10 && reading.states.at(-1)?.phase !== "waiting"; i++) {
    await clock.advance(SWEEP_MS / 4);
  }
  await until("the state", () => reading.states.at(-1)?.phase === "waiting");
  assert.match(JSON.stringify(reading.states.at(-1)), /no answer within 10 s|the connection broke/);
  const startMs = performance.now();
  reading.abort();
  await reading.done;
  assert.ok(performance.now() - startMs < 1_000);
});
