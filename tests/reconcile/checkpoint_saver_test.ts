import assert from "node:assert/strict";
import { EMPTY_CHECKPOINT, loadCheckpoint } from "../../src/pipeline/checkpoint.ts";
import { checkpointSaver } from "../../src/reconcile/checkpoint_saver.ts";
import { tempDir } from "../support/temp_dir.ts";
import { recordingLog } from "./recording_log.ts";

const CHECKPOINT = {
  ...EMPTY_CHECKPOINT,
  sources: new Map([["app", new Map()]]),
};

Deno.test("a checkpoint that cannot be written is said once, and again when it can", async () => {
  await using dir = await tempDir();
  const log = recordingLog();
  const states: string[] = [];
  const stateDir = dir.at("state");
  const save = checkpointSaver({ stateDir, log, changed: (state) => states.push(state) });
  await save(EMPTY_CHECKPOINT);
  await save(EMPTY_CHECKPOINT);
  assert.deepEqual([states, log.messages()], [["failing"], ["Checkpoint cannot be written"]]);
  await Deno.mkdir(stateDir);
  await save(CHECKPOINT);
  await save(EMPTY_CHECKPOINT);
  assert.deepEqual([states, log.messages()], [["failing", "written"], [
    "Checkpoint cannot be written",
    "Checkpoint is written again",
  ]]);
  assert.deepEqual(loadCheckpoint(stateDir, () => assert.fail("It is damaged")), EMPTY_CHECKPOINT);
});

Deno.test("without a state directory nothing is written and nothing is wrong", async () => {
  const log = recordingLog();
  const save = checkpointSaver({ stateDir: undefined, log, changed: () => assert.fail("It was said") });
  await save(EMPTY_CHECKPOINT);
  assert.deepEqual(log.entries, []);
});
