import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/file.ts";
import { ROTATED_CLOSE_MS } from "../../src/source/followed.ts";
import { missing } from "../support/parts.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { follow, unsettledAt } from "./follow.ts";
import { followProcess } from "./follow_process.ts";
import { append, fileSpec } from "./reading.ts";

const REFUSED = "Cannot read a file; trying again every second";

/** Root without the right to read everything: only what the file's own permissions allow. */
const UNPRIVILEGED = [
  "setpriv",
  "--inh-caps=-dac_override,-dac_read_search",
  "--bounding-set=-dac_override,-dac_read_search",
];

Deno.test({
  name: "File source says once that it must not read a file, reads the others, and reads it when it may",
  ignore: missing("setpriv"),
  fn: async () => {
    await using dir = await tempDir();
    append(dir.at("a.log"), "one\n");
    append(dir.at("closed.log"), "two\n");
    Deno.chmodSync(dir.at("closed.log"), 0);
    await using it = followProcess(
      fileSpec({ paths: [dir.at("*.log")] }),
      Deno.uid() === 0 ? UNPRIVILEGED : [],
    );
    await it.count(1);
    await until("a state", () => it.said.some(({ state }) => state?.because !== undefined));
    append(dir.at("a.log"), "three\n");
    await it.count(2);
    Deno.chmodSync(dir.at("closed.log"), 0o600);
    assert.deepEqual(await it.count(3), ["one", "three", "two"]);
    const refused = it.said.filter(({ message }) => message === REFUSED);
    assert.deepEqual(refused.map(({ fields }) => [fields?.path, fields?.because]), [
      [dir.at("closed.log"), "permission denied"],
    ]);
    assert.deepEqual(it.said.flatMap(({ state }) => state ?? []), [
      { phase: "waiting", because: "cannot read 1 file: permission denied" },
      { phase: "reading" },
    ]);
  },
});

Deno.test("File source reads what it can at 64 open files, says so, and reads the rest when there is room", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 200; i++) append(dir.at(`${i}.log`), `${i}\n`);
  await using it = followProcess(fileSpec({ paths: [dir.at("*.log")] }), [
    "sh",
    "-c",
    'ulimit -n 64 && exec "$@"',
    "sh",
  ]);
  await until("a state", () => it.said.some(({ state }) => state?.because?.endsWith("too many open files")));
  const { length } = await it.count(10);
  assert.ok(length < 64, `${length} files`);
  // What was read goes away, so that there is room for what was not.
  const removed = new Set<string>();
  await until("more files to be read than may be open", () => {
    for (const line of it.lines) {
      if (removed.size === removed.add(line).size) continue;
      Deno.removeSync(dir.at(`${line}.log`));
    }
    return removed.size > 64;
  }, { seen: () => it.said.slice(-3) });
  assert.equal(new Set(it.lines).size, it.lines.length);
  const refused = it.said.flatMap(({ message, fields }) => message === REFUSED ? fields?.path : []);
  assert.equal(new Set(refused).size, refused.length, "each file is said once");
});

/** Points a link at a directory, or at itself, so that nobody can look behind it. */
function point(dir: TempDir, target: "real" | "link"): void {
  Deno.symlinkSync(target, dir.at("next"));
  Deno.renameSync(dir.at("next"), dir.at("link"));
}

Deno.test("File source holds on to its files while their directory cannot be looked at", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("real"));
  point(dir, "real");
  append(dir.at("real/a.log"), "one\n");
  await using it = follow(dir, { spec: { paths: [dir.at("link/*.log")] } });
  await it.reading.count(1);
  point(dir, "link");
  await it.clock.advance(2 * ROTATED_CLOSE_MS);
  assert.equal(it.reading.states.at(-1)?.phase, "waiting");
  append(dir.at("real/a.log"), "two\n");
  await it.clock.advance(SWEEP_MS);
  await it.reading.count(2);
  point(dir, "real");
  await it.clock.advance(SWEEP_MS);
  append(dir.at("real/a.log"), "three\n");
  assert.deepEqual(await it.reading.count(3), ["one", "two", "three"]);
  assert.deepEqual(it.reading.ended, []);
  assert.deepEqual(it.reading.states.at(-1), { phase: "reading" });
});

Deno.test("File source keeps what an earlier run left while the directory cannot be looked at", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("real"));
  point(dir, "real");
  append(dir.at("real/a.log"), "one\n");
  const spec = { paths: [dir.at("link/*.log")] };
  const first = follow(dir, { spec });
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(dir.at("real/a.log"), "two\n");
  point(dir, "link");
  await using it = follow(dir, { spec, resume: unsettledAt(first.reading, [0]) });
  await until("a state", () => it.reading.states.length > 0);
  point(dir, "real");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
  assert.deepEqual([it.reading.lost, it.reading.ended], [[], []]);
});

Deno.test("File source refuses sockets, pipes and devices, and says so once for each", async () => {
  await using dir = await tempDir();
  using _socket = Deno.listen({ transport: "unix", path: dir.at("socket.log") });
  const { success } = await new Deno.Command("mkfifo", { args: [dir.at("pipe.log")] }).output();
  assert.ok(success);
  Deno.symlinkSync("/dev/urandom", dir.at("device.log"));
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir);
  await it.reading.count(1);
  await it.clock.advance(3 * SWEEP_MS);
  assert.deepEqual(it.reading.texts, ["one"]);
  assert.deepEqual(
    it.log.said.map(({ message, fields }) => [message, fields.path]).sort(),
    ["device", "pipe", "socket"].map((
      name,
    ) => ["Cannot follow what is not a regular file", dir.at(`${name}.log`)]),
  );
});

Deno.test("File source holds no deleted file open, so that no disk stays full", async () => {
  await using dir = await tempDir();
  for (const name of ["a", "b"]) append(dir.at(`${name}.log`), "one\n");
  await using it = follow(dir);
  await it.reading.count(2);
  using writer = Deno.openSync(dir.at("a.log"), { append: true });
  const held = () => [...openFiles()].filter((path) => path.startsWith(dir.path));
  const before = held();
  writer.writeSync(new TextEncoder().encode("two\nhalf"));
  Deno.removeSync(dir.at("a.log"));
  await until("the end of the stream", () => it.reading.ended.length === 1);
  assert.deepEqual(it.reading.texts.slice(2), ["two", "half"]);
  assert.deepEqual(before.sort(), [dir.at("a.log"), dir.at("a.log"), dir.at("b.log")]);
  // One of them is the writer's.
  assert.deepEqual(held().sort(), [`${dir.at("a.log")} (deleted)`, dir.at("b.log")]);
});

function* openFiles(): Generator<string> {
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      yield Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      continue; // Closed since the directory was listed.
    }
  }
}
