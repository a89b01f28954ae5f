import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/file.ts";
import { tempDir } from "../support/temp_dir.ts";
import { follow } from "./follow.ts";
import { append } from "./reading.ts";

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b, 0x08]],
  ["bzip2", [...new TextEncoder().encode("BZh9"), 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

const PACKED = "Leaving out compressed files";

async function gzip(text: string): Promise<Uint8Array> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

Deno.test("File source leaves out rotated files that are packed by their names, and says so once", async () => {
  await using dir = await tempDir();
  append(dir.at("app.log"), "one\n");
  for (const name of ["1.gz", "2.bz2", "3.xz", "4.zst", "5.GZ"]) {
    append(dir.at(`app.log.${name}`), "packed\n");
  }
  await using it = follow(dir, { spec: { paths: [dir.at("app.log*")] } });
  await it.reading.count(1);
  append(dir.at("app.log.6.gz"), "packed\n");
  append(dir.at("app.log.7"), "two\n");
  await it.clock.advance(SWEEP_MS * 3);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
  assert.deepEqual(it.log.said.map(({ message }) => message), [PACKED]);
  assert.deepEqual(it.reading.states.at(-1), { phase: "reading" });
});

for (const [program, magic] of MAGIC) {
  Deno.test(`File source leaves out what ${program} packed under any name`, async () => {
    await using dir = await tempDir();
    append(dir.at("app.log"), "one\n");
    append(dir.at("app.log.1"), new Uint8Array([...magic, 1, 2, 3, 10, 4, 5, 6, 10]));
    await using it = follow(dir, { spec: { paths: [dir.at("app.log*")] } });
    await it.reading.count(1);
    append(dir.at("app.log.1"), "more\n");
    await it.clock.advance(SWEEP_MS * 3);
    assert.deepEqual(it.reading.texts, ["one"]);
    assert.deepEqual(it.log.said.map(({ fields }) => fields.path), [dir.at("app.log.1")]);
  });
}

Deno.test("File source reads text that only looks like the beginning of a packed file", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "BZh9 is the mark of bzip2\n");
  await using it = follow(dir);
  assert.deepEqual(await it.reading.count(1), ["BZh9 is the mark of bzip2"]);
});

Deno.test("File source lets go of a file that turns out to be packed while it is written", async () => {
  await using dir = await tempDir();
  append(dir.at("app.log"), "one\n");
  append(dir.at("app.log.1"), "");
  await using it = follow(dir, { spec: { paths: [dir.at("app.log*")] } });
  await it.reading.count(1);
  const packed = await gzip("one\n".repeat(10_000));
  append(dir.at("app.log.1"), packed.subarray(0, 20));
  await it.clock.advance(SWEEP_MS);
  append(dir.at("app.log.1"), packed.subarray(20));
  append(dir.at("app.log"), "two\n");
  await it.clock.advance(SWEEP_MS * 3);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
  const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => linkOf(`/proc/self/fd/${name}`));
  assert.ok(!open.includes(dir.at("app.log.1")));
  assert.deepEqual(it.log.said.map(({ message }) => message), [PACKED]);
});

Deno.test("File source leaves a packed file out of its first look too, where it would start at the end", async () => {
  await using dir = await tempDir();
  append(dir.at("app.log.1"), new Uint8Array([...await gzip("one\n"), 10]));
  await using it = follow(dir, { spec: { paths: [dir.at("app.log*")], startAt: "end" } });
  await it.clock.advance(SWEEP_MS);
  append(dir.at("app.log.1"), "a packed file that grows\n");
  append(dir.at("app.log"), "one\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(1), ["one"]);
});

Deno.test("File source reads a file that took the place of a packed one", async () => {
  await using dir = await tempDir();
  append(dir.at("app.log.1"), await gzip("packed\n"));
  await using it = follow(dir, { spec: { paths: [dir.at("app.log*")] } });
  await it.clock.advance(SWEEP_MS);
  Deno.writeTextFileSync(dir.at("app.log.1"), "lines again\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(1), ["lines again"]);
});

function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return ""; // Closed since the directory was listed.
  }
}
