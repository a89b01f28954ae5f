import assert from "node:assert/strict";
import type { LearntPace } from "../../src/irc/learnt_pace.ts";
import { PaceFile } from "../../src/reconcile/pace_file.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { recordingLog } from "./recording_log.ts";

function learnt(factor: number): LearntPace {
  const change = { verb: "lowered", because: "throttle notice", atMs: 1_000 } as const;
  return { profile: "solanum", seedPerSecond: 1.9, factor, change };
}

Deno.test("what was learnt is there after a restart, by connection and server", async () => {
  await using dir = await tempDir();
  const options = { stateDir: dir.path, clock: stoppedClock(), log: recordingLog() };
  {
    await using file = new PaceFile(options);
    file.of("libera").remember("TestNet", learnt(0.5));
    file.of("libera").remember("OtherNet", learnt(0.25));
    file.of("dalnet").remember("TestNet", learnt(0.125));
  }
  await using file = new PaceFile(options);
  assert.deepEqual(file.of("libera").recall("TestNet"), learnt(0.5));
  assert.deepEqual(file.of("libera").recall("OtherNet"), learnt(0.25));
  assert.deepEqual(file.of("dalnet").recall("TestNet"), learnt(0.125));
  assert.equal(file.of("dalnet").recall("OtherNet"), undefined);
  assert.deepEqual(options.log.entries, []);
  assert.equal(((await Deno.stat(dir.at("pace.json"))).mode ?? 0) & 0o777, 0o600);
});

Deno.test("it is written at most once a minute, and whole", async () => {
  await using dir = await tempDir();
  const clock = stoppedClock();
  const onDisk = () => Deno.readTextFile(dir.at("pace.json")).catch(() => "");
  await using file = new PaceFile({ stateDir: dir.path, clock, log: recordingLog() });
  file.of("libera").remember("TestNet", learnt(0.5));
  await clock.advance(30_000);
  file.of("libera").remember("TestNet", learnt(0.25));
  await clock.advance(29_000);
  assert.equal(await onDisk(), "");
  await clock.advance(1_000);
  await until("the file", async () => (await onDisk()).includes('"factor":0.25'));
  file.of("libera").remember("TestNet", learnt(0.75));
  await clock.advance(59_000);
  assert.match(await onDisk(), /"factor":0\.25/);
});

for (
  const [what, text] of [
    ["half a file", '{"version":1,"connections":{"li'],
    ["another version", '{"version":2,"connections":{}}'],
    ["a factor that is none", JSON.stringify({ version: 1, connections: { a: [["s", learnt(-1)]] } })],
    ["no object", "7"],
    ["an empty file", ""],
  ] as const
) {
  Deno.test(`${what} means starting from the profiles, and none of it is logged`, async () => {
    await using dir = await tempDir();
    await Deno.writeTextFile(dir.at("pace.json"), text);
    const log = recordingLog();
    await using file = new PaceFile({ stateDir: dir.path, clock: stoppedClock(), log });
    assert.equal(file.of("a").recall("s"), undefined);
    assert.deepEqual(log.entries, [
      { level: "warn", message: "Learnt paces cannot be read; starting from the profiles", fields: {} },
    ]);
  });
}

Deno.test("a pace file that cannot be written is said once", async () => {
  await using dir = await tempDir();
  const log = recordingLog();
  const clock = stoppedClock();
  {
    await using file = new PaceFile({ stateDir: dir.at("missing"), clock, log });
    file.of("a").remember("s", learnt(0.5));
    await clock.advance(60_000);
    await until("the complaint", () => log.entries.length > 0);
  }
  assert.deepEqual(log.messages(), ["Learnt paces cannot be written"]);
});
