import assert from "node:assert/strict";
import {
  type Checkpoint,
  decodeCheckpoint,
  EMPTY_CHECKPOINT,
  encodeCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from "../../src/pipeline/checkpoint.ts";
import { tempDir } from "../support/temp_dir.ts";

const position = {
  kind: "file",
  offsetBytes: 120,
  path: "/var/log/app.log",
  head: "1f2e",
  headBytes: 64,
} as const;

const checkpoint: Checkpoint = {
  sources: new Map([[
    "app",
    new Map([["66:1234", {
      position,
      unsettled: [{
        from: { ...position, offsetBytes: 100 },
        to: position,
        level: "error",
        lanes: ['["r","irc","#a"]'],
      }],
    }]]),
  ]]),
  lanes: new Map([['["r","irc","#a"]', { overflow: { counts: [0, 0, 7, 0, 0, 0], fromMs: 1, toMs: 2 } }]]),
};

Deno.test("a checkpoint reads back as it was written", async () => {
  await using dir = await tempDir();
  await saveCheckpoint(dir.path, encodeCheckpoint(checkpoint));
  assert.deepEqual(loadCheckpoint(dir.path, () => assert.fail("damaged")), checkpoint);
  assert.equal((Deno.statSync(dir.at("checkpoint.json")).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a missing checkpoint is an empty one, silently", async () => {
  await using dir = await tempDir();
  assert.deepEqual(loadCheckpoint(dir.path, () => assert.fail("damaged")), EMPTY_CHECKPOINT);
});

Deno.test("a damaged checkpoint is set aside, said, and started without", async () => {
  const whole = encodeCheckpoint(checkpoint);
  const position = { kind: "file", offsetBytes: -1, path: "", head: "", headBytes: 0 };
  const damages = [
    whole.slice(0, whole.length / 2),
    "",
    "null",
    "[]",
    JSON.stringify({ version: 2, sources: {}, lanes: {} }),
    JSON.stringify({ version: 1, sources: { app: { "1:2": { unsettled: [] } } }, lanes: {} }),
    JSON.stringify({ version: 1, sources: { app: { "1:2": { position, unsettled: [] } } }, lanes: {} }),
    JSON.stringify({ version: 1, sources: {}, lanes: { "no key": {} } }),
    JSON.stringify({
      version: 1,
      sources: {},
      lanes: { '["r","c","#a"]': { gap: { counts: [1], fromMs: 0, toMs: 0 } } },
    }),
  ];
  for (const text of damages) {
    await using dir = await tempDir();
    await Deno.writeTextFile(dir.at("checkpoint.json"), text);
    const told: string[] = [];
    assert.deepEqual(
      loadCheckpoint(dir.path, (because, movedTo) => told.push(because, movedTo)),
      EMPTY_CHECKPOINT,
    );
    assert.equal(told[1], dir.at("checkpoint.json.damaged"));
    assert.equal(await Deno.readTextFile(dir.at("checkpoint.json.damaged")), text);
  }
});

Deno.test("a file left half written by a crash does not hurt the checkpoint before it", async () => {
  await using dir = await tempDir();
  await saveCheckpoint(dir.path, encodeCheckpoint(checkpoint));
  await Deno.writeTextFile(dir.at("checkpoint.json.new"), '{"version":1,"sour');
  assert.deepEqual(loadCheckpoint(dir.path, () => assert.fail("damaged")), checkpoint);
  await saveCheckpoint(dir.path, encodeCheckpoint(EMPTY_CHECKPOINT));
  assert.deepEqual(loadCheckpoint(dir.path, () => assert.fail("damaged")), EMPTY_CHECKPOINT);
});

Deno.test("decodeCheckpoint() refuses what a later version wrote", () => {
  assert.throws(() => decodeCheckpoint('{"version":2,"sources":{},"lanes":{}}'), /not what version 1 writes/);
});
