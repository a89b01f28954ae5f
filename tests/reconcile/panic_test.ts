import assert from "node:assert/strict";
import { Panic } from "../../src/reconcile/panic.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { recordingLog } from "./recording_log.ts";

function panicOf(dir: TempDir | undefined) {
  const clock = stoppedClock(1_000_000);
  const log = recordingLog();
  const done: string[] = [];
  const panic = new Panic({
    stateDir: dir?.path,
    clock,
    log,
    mute: () => void done.push("mute"),
    unmute: (mutedForMs) => void done.push(`unmute after ${mutedForMs}`),
  });
  return { panic, clock, log, done };
}

Deno.test("Panic mutes once, says since when, and ends once", async () => {
  const { panic, clock, done } = panicOf(undefined);
  assert.deepEqual(panic.resume(), { muted: false, changed: false });
  assert.deepEqual(panic.panic(), { muted: true, changed: true, sinceMs: 1_000_000 });
  await clock.advance(5_000);
  assert.deepEqual(panic.panic(), { muted: true, changed: false, sinceMs: 1_000_000 });
  assert.deepEqual(panic.resume(), { muted: false, changed: true, sinceMs: 1_000_000 });
  assert.equal(panic.sinceMs, undefined);
  assert.deepEqual(done, ["mute", "unmute after 5000"]);
  assert.deepEqual([panic.toggle().muted, panic.toggle().muted], [true, false]);
});

Deno.test("Panic is kept for the next run until somebody ends it, readable by its user alone", async () => {
  await using dir = await tempDir();
  panicOf(dir).panic.panic();
  assert.equal((Deno.statSync(dir.at("panic.json")).mode ?? 0) & 0o777, 0o600);
  const next = panicOf(dir);
  assert.deepEqual([next.panic.sinceMs, next.done], [1_000_000, ["mute"]]);
  assert.deepEqual(next.log.messages(), ["Still muted by a panic of an earlier run: irctail resume ends it"]);
  next.panic.resume();
  assert.deepEqual([...Deno.readDirSync(dir.path)], []);
  assert.deepEqual(panicOf(dir).done, []);
});

Deno.test("Panic goes on from a file that nobody can read: it is there", async () => {
  for (const text of ["", "nonsense", "{}", '{"sinceMs":"soon"}', '{"sinceMs":1e300}']) {
    await using dir = await tempDir();
    await Deno.writeTextFile(dir.at("panic.json"), text);
    const { panic, done } = panicOf(dir);
    assert.deepEqual([panic.sinceMs, done], [1_000_000, ["mute"]], text);
  }
});

Deno.test("Panic mutes where it cannot be kept, and says that it is not", async () => {
  await using dir = await tempDir();
  const { panic, log, done } = panicOf(dir);
  await Deno.remove(dir.path);
  panic.panic();
  panic.resume();
  await Deno.mkdir(dir.path);
  assert.deepEqual(done, ["mute", "unmute after 0"]);
  assert.deepEqual(log.messages(), [
    "Every channel is muted: irctail resume ends it",
    "The panic cannot be kept: a restart would speak again",
    "Every channel can be spoken in again",
  ]);
});
