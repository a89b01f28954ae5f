import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/file.ts";
import { POLL_MS } from "../../src/source/poller.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { follow } from "./follow.ts";
import { append } from "./reading.ts";

/**
 * Writes until so much happened in a directory that nobody listens to it any more: then the source waits for its next
 * look and not for the sweep.
 */
async function heat(it: ReturnType<typeof follow>, path: string): Promise<number> {
  let lines = 1;
  await it.reading.count(lines);
  await until("the directory to be hot", () => {
    if ((it.waits.at(-1) ?? Infinity) <= POLL_MS) return true;
    append(path, `${lines++}\n`);
    return false;
  });
  await it.clock.advance(POLL_MS);
  await it.reading.count(lines);
  return lines;
}

/** A source whose directory is hot. */
async function followHot(dir: TempDir) {
  append(dir.at("a.log"), "first\n");
  const it = follow(dir);
  const lines = await heat(it, dir.at("a.log"));
  return { ...it, lines };
}

Deno.test("File source looks at a hot directory instead of listening to it, and misses nothing", async () => {
  await using dir = await tempDir();
  await using it = await followHot(dir);
  append(dir.at("a.log"), "one\n");
  for (let i = 0; i < 20; i++) await it.clock.advance(0);
  assert.equal(it.reading.texts.length, it.lines, "an event woke it");
  await it.clock.advance(2 * POLL_MS);
  assert.equal((await it.reading.count(it.lines + 1)).at(-1), "one");
  assert.equal(new Set(it.reading.texts).size, it.reading.texts.length);
});

Deno.test("File source sees a rotation in a hot directory without waiting for the sweep", async () => {
  await using dir = await tempDir();
  await using it = await followHot(dir);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  append(dir.at("a.log.1"), "last\n");
  append(dir.at("a.log"), "new\n");
  await it.clock.advance(2 * POLL_MS);
  assert.deepEqual((await it.reading.count(it.lines + 2)).slice(-2), ["last", "new"]);
});

Deno.test("File source sees a truncation in a hot directory without waiting for the sweep", async () => {
  await using dir = await tempDir();
  await using it = await followHot(dir);
  Deno.writeTextFileSync(dir.at("a.log"), "new\n");
  await it.clock.advance(2 * POLL_MS);
  assert.equal((await it.reading.count(it.lines + 1)).at(-1), "new");
});

Deno.test("File source listens again to a directory that was hot and became quiet", async () => {
  await using dir = await tempDir();
  await using it = await followHot(dir);
  await it.clock.advance(3 * SWEEP_MS);
  append(dir.at("a.log"), "one\n");
  assert.equal((await it.reading.count(it.lines + 1)).at(-1), "one");
});

Deno.test("File source lets go of a hot directory that is removed, and finds the next of that name", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("sub"));
  append(dir.at("sub/a.log"), "first\n");
  await using it = follow(dir, { spec: { paths: [dir.at("sub/*.log")] } });
  const lines = await heat(it, dir.at("sub/a.log"));
  Deno.removeSync(dir.at("sub"), { recursive: true });
  await it.clock.advance(2 * SWEEP_MS);
  Deno.mkdirSync(dir.at("sub"));
  append(dir.at("sub/a.log"), "new\n");
  await it.clock.advance(SWEEP_MS);
  await it.reading.count(lines + 1);
  append(dir.at("sub/a.log"), "by an event\n");
  assert.equal((await it.reading.count(lines + 2)).at(-1), "by an event");
});
