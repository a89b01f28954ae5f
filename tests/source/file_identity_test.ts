import assert from "node:assert/strict";
import type { StreamCheckpoint } from "../../src/event/event.ts";
import { SWEEP_MS } from "../../src/source/file.ts";
import { ROTATED_CLOSE_MS } from "../../src/source/followed.ts";
import { HEAD_BYTES } from "../../src/source/identity.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { follow, unsettledAt } from "./follow.ts";
import { append } from "./reading.ts";

/** What a program says at every start: longer than what is hashed of a head. */
const BANNER = `${"=".repeat(79)}\n`.repeat(Math.ceil(2 * HEAD_BYTES / 80));
const BANNER_LINES = BANNER.split("\n").length - 1;

/** Checkpoints as they look when the machine was restarted and the device has another number. */
function renumbered(checkpoints: ReadonlyMap<string, StreamCheckpoint>): Map<string, StreamCheckpoint> {
  return new Map([...checkpoints].map(([key, left]) => [`4711:${key.split(":")[1]}`, left]));
}

Deno.test("File source reads files whose beginnings are equal, each to its end", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), `${BANNER}one\n`);
  append(dir.at("b.log"), `${BANNER}two\n`);
  await using it = follow(dir);
  await it.reading.count(2 * BANNER_LINES + 2);
  append(dir.at("a.log"), "three\n");
  append(dir.at("b.log"), "four\n");
  await it.reading.count(2 * BANNER_LINES + 4);
  const said = it.reading.texts.filter((text) => !text.startsWith("="));
  assert.deepEqual(said.sort(), ["four", "one", "three", "two"]);
});

Deno.test("File source starts again when a truncated file has the same head and is larger than before", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), `${BANNER}one\n`);
  await using it = follow(dir);
  await it.reading.count(BANNER_LINES + 1);
  Deno.writeTextFileSync(dir.at("a.log"), `${BANNER}two, which is longer\nthree\n`);
  await it.reading.count(2 * BANNER_LINES + 3);
  assert.deepEqual(
    it.reading.texts.filter((text) => !text.startsWith("=")),
    ["one", "two, which is longer", "three"],
  );
});

Deno.test("File source starts again after a restart in a file of the same inode and head that is larger", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), `${BANNER}one\n`);
  const first = follow(dir);
  await first.reading.count(BANNER_LINES + 1);
  await first[Symbol.asyncDispose]();
  Deno.writeTextFileSync(dir.at("a.log"), `${BANNER}two, which is longer\nthree\n`);
  const resume = unsettledAt(first.reading, [BANNER_LINES]);
  await using it = follow(dir, { resume });
  await it.reading.count(BANNER_LINES + 2);
  assert.deepEqual(it.reading.texts.slice(-2), ["two, which is longer", "three"]);
  assert.equal(it.reading.lost.length, 1);
});

Deno.test("File source reads what has the place, the head and perhaps the inode of a deleted file", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), `${BANNER}one\n`);
  const first = follow(dir);
  await first.reading.count(BANNER_LINES + 1);
  await first[Symbol.asyncDispose]();
  Deno.removeSync(dir.at("a.log"));
  append(dir.at("a.log"), `${BANNER}two\nthree\n`);
  await using it = follow(dir, { resume: first.reading.checkpoints });
  await it.reading.count(BANNER_LINES + 2);
  assert.deepEqual(it.reading.texts.slice(-2), ["two", "three"]);
});

Deno.test("File source knows a file again at every size below, at and above 1 KiB", async () => {
  await using dir = await tempDir();
  const texts: string[] = [];
  const written: string[] = [];
  let resume: ReadonlyMap<string, StreamCheckpoint> | undefined;
  for (let size = 0; size < 2 * HEAD_BYTES; size += 96) {
    const line = `${size} ${"x".repeat(94 - `${size}`.length)}`;
    append(dir.at("a.log"), `${line}\n`);
    written.push(line);
    await using it = follow(dir, { once: true, ...(resume === undefined ? {} : { resume }) });
    await it.reading.done;
    texts.push(...it.reading.texts);
    resume = it.reading.checkpoints;
  }
  assert.deepEqual(texts, written);
});

Deno.test("File source goes on in a file whose device has another number since the last run", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  await first[Symbol.asyncDispose]();
  append(dir.at("a.log"), "three\n");
  const resume = renumbered(unsettledAt(first.reading, [1]));
  const second = follow(dir, { resume });
  assert.deepEqual(await second.reading.count(2), ["two", "three"]);
  assert.deepEqual([...second.reading.checkpoints.keys()], [...resume.keys()]);
  assert.deepEqual([second.reading.lost, second.reading.ended], [[], []]);
  await second[Symbol.asyncDispose]();
  append(dir.at("a.log"), "four\n");
  await using it = follow(dir, { resume: second.reading.checkpoints });
  assert.deepEqual(await it.reading.count(1), ["four"]);
});

Deno.test("File source finds a file that was rotated, on a device that has another number", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(dir.at("a.log"), "two\n");
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  append(dir.at("a.log"), "three\n");
  await using it = follow(dir, { resume: renumbered(first.reading.checkpoints) });
  assert.deepEqual(await it.reading.count(2), ["two", "three"]);
});

Deno.test("File source reads another text from its beginning when the device has another number", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  Deno.writeTextFileSync(dir.at("a.log"), "two, which is longer\n");
  const resume = renumbered(unsettledAt(first.reading, [0]));
  await using it = follow(dir, { resume });
  assert.deepEqual(await it.reading.count(1), ["two, which is longer"]);
  assert.deepEqual(it.reading.ended.map(({ key }) => key), [...resume.keys()]);
  assert.equal(it.reading.lost.length, 1);
});

Deno.test("File source does not go by a checkpoint of another text, although its key is right", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(dir.at("b.log"), "two\n");
  const { dev, ino } = Deno.statSync(dir.at("b.log"));
  const position = [...first.reading.checkpoints.values()][0]?.position;
  assert.ok(position?.kind === "file");
  const resume = new Map([[`${dev}:${ino}`, { position, unsettled: [] }]]);
  await using it = follow(dir, { resume });
  await it.reading.count(2);
  assert.deepEqual(new Set(it.reading.texts), new Set(["one", "two"]));
  assert.equal(new Set(it.reading.lines.map(({ stream }) => stream.key)).size, 2);
});

Deno.test("File source takes up a checkpoint of the version that did not hash what is before the offset", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(dir.at("a.log"), "two\n");
  const resume = new Map(
    [...first.reading.checkpoints].map(([key, { position }]) => {
      assert.ok(position.kind === "file");
      const { last, ...older } = position;
      assert.ok(last !== undefined);
      return [key, { position: older, unsettled: [] }];
    }),
  );
  await using it = follow(dir, { resume });
  assert.deepEqual(await it.reading.count(1), ["two"]);
});

Deno.test("File source goes on where it was in a rotated file that comes back after it was closed", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  await using it = follow(dir);
  await it.reading.count(2);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  await it.clock.advance(ROTATED_CLOSE_MS + 2 * SWEEP_MS);
  await until("the end of the stream", () => it.reading.ended.length === 1);
  append(dir.at("a.log.1"), "three\n");
  Deno.renameSync(dir.at("a.log.1"), dir.at("b.log"));
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(3), ["one", "two", "three"]);
  assert.equal(it.reading.checkpoints.size, 1);
});

Deno.test("File source tells a restart where it is in a rotated file that came back with nothing new", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  await first.clock.advance(ROTATED_CLOSE_MS + 2 * SWEEP_MS);
  await until("the end of the stream", () => first.reading.ended.length === 1);
  Deno.renameSync(dir.at("a.log.1"), dir.at("b.log"));
  await first.clock.advance(SWEEP_MS);
  await until("the checkpoint", () => first.reading.checkpoints.size === 1);
  await first[Symbol.asyncDispose]();
  append(dir.at("b.log"), "three\n");
  await using it = follow(dir, { resume: first.reading.checkpoints });
  assert.deepEqual(await it.reading.count(1), ["three"]);
});

Deno.test("File source reads from its beginning what comes back with another text after it was closed", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  await using it = follow(dir);
  await it.reading.count(2);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  await it.clock.advance(ROTATED_CLOSE_MS + 2 * SWEEP_MS);
  await until("the end of the stream", () => it.reading.ended.length === 1);
  Deno.writeTextFileSync(dir.at("a.log.1"), "another text\n");
  Deno.renameSync(dir.at("a.log.1"), dir.at("b.log"));
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(3), ["one", "two", "another text"]);
});
