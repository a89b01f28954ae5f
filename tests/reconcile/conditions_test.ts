import assert from "node:assert/strict";
import { Conditions } from "../../src/reconcile/conditions.ts";
import { stoppedClock } from "../support/stopped_clock.ts";

function source(name: string, ready: boolean, reason: string) {
  return { kind: "source", name, ready, reason };
}

Deno.test("a condition is as old as its readiness; another reason is a change but makes it no younger", async () => {
  const clock = stoppedClock(1_000_000);
  const conditions = new Conditions(clock);
  const reading = source("app", true, "reading");
  assert.deepEqual(conditions.observe([reading]), [{ now: reading, before: undefined }]);
  await clock.advance(5_000);
  assert.deepEqual(conditions.observe([{ ...reading }]), []);
  assert.equal(conditions.sinceMs(reading), 1_000_000);

  const waiting = source("app", false, "no file is there yet");
  assert.deepEqual(conditions.observe([waiting]), [{ now: waiting, before: { ...reading } }]);
  await clock.advance(7_000);
  const denied = source("app", false, "permission denied");
  assert.deepEqual(conditions.observe([denied]), [{ now: denied, before: waiting }]);
  assert.equal(conditions.sinceMs(denied), 1_005_000);
});

Deno.test("what is gone is forgotten, and what has the same name in another kind is something else", async () => {
  const clock = stoppedClock(0);
  const conditions = new Conditions(clock);
  const connection = { ...source("app", true, "as bot"), kind: "connection" };
  const reading = source("app", true, "reading");
  assert.equal(conditions.observe([reading, connection]).length, 2);
  conditions.observe([connection]);
  await clock.advance(1_000);
  assert.deepEqual(conditions.observe([reading, connection]), [{ now: reading, before: undefined }]);
  assert.deepEqual([conditions.sinceMs(reading), conditions.sinceMs(connection)], [1_000, 0]);
});
