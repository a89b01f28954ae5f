import assert from "node:assert/strict";
import { systemClock } from "../../src/runtime/clock.ts";
import { SWEEP_MS } from "../../src/source/file.ts";
import { PARTIAL_AFTER_MS, ROTATED_CLOSE_MS } from "../../src/source/followed.ts";
import { streamKey } from "../../src/source/identity.ts";
import { openSource } from "../../src/source/open.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { sourceContract } from "./contract.ts";
import { follow, offsetOf, unsettledAt } from "./follow.ts";
import { followCommand } from "./follow_process.ts";
import { append, fileSpec, keptLog } from "./reading.ts";

sourceContract("File", async () => {
  const dir = await tempDir();
  const path = dir.at("app.log");
  let isOpen = true;
  const open = () => openSource("app", fileSpec({ paths: [path] }), { clock: systemClock, log: keptLog() });
  return {
    source: open(),
    restarted: open,
    outage: {
      begin: () => Deno.rename(dir.path, `${dir.path}.away`),
      end: () => Deno.rename(`${dir.path}.away`, dir.path),
      isSeen: false,
    },
    write: (text) => Promise.resolve(append(path, text)),
    async [Symbol.asyncDispose]() {
      if (isOpen) await dir[Symbol.asyncDispose]();
      isOpen = false;
    },
  };
});

Deno.test("File source reads on in a file that was renamed before it reads its successor", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir);
  await it.reading.count(1);
  using writer = Deno.openSync(dir.at("a.log"), { append: true });
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  writer.writeSync(new TextEncoder().encode("two\n"));
  append(dir.at("a.log"), "three\n");
  assert.deepEqual(await it.reading.count(3), ["one", "two", "three"]);
  writer.writeSync(new TextEncoder().encode("late\n"));
  assert.deepEqual(await it.reading.count(4), ["one", "two", "three", "late"]);
});

Deno.test("File source closes a renamed file that was quiet for 30 s and says that it ended", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\nhalf");
  await using it = follow(dir);
  await it.reading.count(1);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  await it.clock.advance(PARTIAL_AFTER_MS + SWEEP_MS);
  assert.deepEqual(await it.reading.count(2), ["one", "half"]);
  assert.deepEqual(it.reading.ended, []);
  await it.clock.advance(ROTATED_CLOSE_MS + SWEEP_MS);
  assert.deepEqual(it.reading.ended.map(({ key }) => key), [it.reading.lines[0]?.stream.key]);
});

Deno.test("File source keeps the stream of a file whose new name the globs mean as well", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir);
  await it.reading.count(1);
  Deno.renameSync(dir.at("a.log"), dir.at("b.log"));
  append(dir.at("b.log"), "two\n");
  append(dir.at("a.log"), "three\n");
  await it.reading.count(3);
  await it.clock.advance(ROTATED_CLOSE_MS * 2);
  append(dir.at("b.log"), "four\n");
  await it.reading.count(4);
  const [one, , , four] = it.reading.lines;
  assert.equal(four?.stream, one?.stream);
  assert.deepEqual([...it.reading.texts].sort(), ["four", "one", "three", "two"]);
  assert.deepEqual(it.reading.ended, []);
});

Deno.test("File source reads a deleted file to its end, also its last half line, and closes it", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir);
  await it.reading.count(1);
  using writer = Deno.openSync(dir.at("a.log"), { append: true });
  writer.writeSync(new TextEncoder().encode("two\nhalf"));
  Deno.removeSync(dir.at("a.log"));
  await until("the end of the stream", () => it.reading.ended.length === 1, { seen: () => it.reading.texts });
  assert.deepEqual(it.reading.texts, ["one", "two", "half"]);
});

Deno.test("File source reads a file from its beginning that replaces a deleted one", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir, { spec: { startAt: "end" } });
  await until("the first look", () => it.reading.batches === 1);
  Deno.removeSync(dir.at("a.log"));
  append(dir.at("a.log"), "one\ntwo\n");
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
});

Deno.test("File source starts again when a file was truncated", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  await using it = follow(dir);
  await it.reading.count(2);
  Deno.truncateSync(dir.at("a.log"));
  append(dir.at("a.log"), "new\n");
  assert.deepEqual(await it.reading.count(3), ["one", "two", "new"]);
});

Deno.test("File source starts again when a file was truncated and has grown past where it was", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  await using it = follow(dir);
  await it.reading.count(2);
  Deno.writeTextFileSync(dir.at("a.log"), "three, which is longer\nfour\n");
  assert.deepEqual(await it.reading.count(4), ["one", "two", "three, which is longer", "four"]);
});

Deno.test("File source starts again when a file became shorter but begins as before", async () => {
  await using dir = await tempDir();
  const lines = Array.from({ length: 50 }, (_, i) => `${"x".repeat(98 - `${i}`.length)} ${i}`);
  append(dir.at("a.log"), lines.join("\n") + "\n");
  await using it = follow(dir);
  await it.reading.count(50);
  Deno.truncateSync(dir.at("a.log"), 2000);
  assert.deepEqual(await it.reading.count(70), [...lines, ...lines.slice(0, 20)]);
});

Deno.test("File source finds a copy of a file beside the truncated original only where the globs mean it", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir);
  await it.reading.count(1);
  Deno.copyFileSync(dir.at("a.log"), dir.at("a.log.1"));
  Deno.truncateSync(dir.at("a.log"));
  append(dir.at("a.log"), "two\n");
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
});

Deno.test("File source finds files and directories that appear later", async () => {
  await using dir = await tempDir();
  await using it = follow(dir, { spec: { paths: [dir.at("logs/*/x.log"), dir.at("deep/**/*.log")] } });
  await until("the first state", () => it.reading.states.length > 0);
  assert.deepEqual(it.reading.states, [{ phase: "waiting", because: "no file is there yet" }]);
  Deno.mkdirSync(dir.at("logs/web"), { recursive: true });
  append(dir.at("logs/web/x.log"), "one\n");
  append(dir.at("logs/web/y.log"), "not this\n");
  await it.clock.advance(SWEEP_MS);
  await it.reading.count(1);
  Deno.mkdirSync(dir.at("deep/er/still"), { recursive: true });
  append(dir.at("deep/er/still/z.log"), "two\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
  assert.deepEqual(it.reading.states.at(-1), { phase: "reading" });
});

Deno.test("File source sees with the sweep what the watch does not see", async () => {
  await using dir = await tempDir();
  await using elsewhere = await tempDir();
  append(elsewhere.at("a"), "one\n");
  Deno.linkSync(elsewhere.at("a"), dir.at("a.log"));
  await using it = follow(dir);
  await it.reading.count(1);
  append(elsewhere.at("a"), "two\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
});

Deno.test("File source follows a symbolic link, also when it is pointed elsewhere", async () => {
  await using dir = await tempDir();
  await using elsewhere = await tempDir();
  append(elsewhere.at("one"), "one\n");
  append(elsewhere.at("two"), "two\n");
  Deno.symlinkSync(elsewhere.at("one"), dir.at("a.log"));
  await using it = follow(dir);
  await it.reading.count(1);
  append(elsewhere.at("one"), "more\n");
  await it.reading.count(2);
  Deno.symlinkSync(elsewhere.at("two"), dir.at("next"));
  Deno.renameSync(dir.at("next"), dir.at("a.log"));
  assert.deepEqual(await it.reading.count(3), ["one", "more", "two"]);
});

Deno.test("File source reads a file with two names once", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  Deno.linkSync(dir.at("a.log"), dir.at("b.log"));
  await using it = follow(dir, { once: true });
  await it.reading.done;
  assert.deepEqual(it.reading.texts, ["one"]);
});

Deno.test("File source leaves out what is excluded", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  append(dir.at("b.log"), "two\n");
  await using it = follow(dir, { once: true, spec: { exclude: ["**/b.*"] } });
  await it.reading.done;
  assert.deepEqual(it.reading.texts, ["one"]);
});

Deno.test("File source names the service after the file and its directory", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("web"));
  append(dir.at("web/access.log.json"), "one\n");
  await using it = follow(dir, { once: true, spec: { paths: [dir.at("*/*")], service: "{dir}-{stem}" } });
  await it.reading.done;
  assert.equal(it.reading.lines[0]?.stream.service, "web-access");
});

Deno.test("File source refuses what is not a regular file and says so once", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("a.log"));
  Deno.mkdirSync(dir.at("beside.log"));
  const fifo = await new Deno.Command("mkfifo", { args: [dir.at("pipe.log")] }).output();
  assert.ok(fifo.success);
  await using it = follow(dir, { spec: { paths: [dir.at("*.log"), dir.at("a.log")] } });
  await until("the first state", () => it.reading.states.length > 0);
  await it.clock.advance(SWEEP_MS * 5);
  assert.equal(it.reading.states.length, 1);
  assert.deepEqual(
    it.log.said.map(({ message, fields }) => [message, fields.path]).sort(),
    [
      ["Cannot follow what is not a regular file", dir.at("a.log")],
      ["Cannot follow what is not a regular file", dir.at("pipe.log")],
    ],
  );
});

Deno.test("File source skips irctail's own output and says so once", async () => {
  await using dir = await tempDir();
  append(dir.at("own.log"), "mine\n");
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir, { own: new Set([streamKey(Deno.statSync(dir.at("own.log")))]) });
  await it.reading.count(1);
  append(dir.at("own.log"), "mine\n");
  await it.clock.advance(SWEEP_MS * 3);
  assert.deepEqual(it.reading.texts, ["one"]);
  assert.deepEqual(it.log.said.map(({ fields }) => fields.path), [dir.at("own.log")]);
});

Deno.test("File source recognises the file that its standard output goes to", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const { success } = await new Deno.Command("sh", {
    args: [
      "-c",
      'out=$1; shift; "$@" > "$out" && exec "$@" >> "$out"',
      "sh",
      dir.at("out.log"),
      ...followCommand(fileSpec({ paths: [dir.at("*.log")] }), "once", "raw"),
    ],
    stderr: "inherit",
  }).output();
  assert.ok(success);
  assert.equal(Deno.readTextFileSync(dir.at("out.log")), "one\none\n");
});

Deno.test("File source waits for a path that cannot be looked at, says so once, and reads the others", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  Deno.symlinkSync("loop.log", dir.at("loop.log"));
  await using it = follow(dir);
  await it.reading.count(1);
  await it.clock.advance(SWEEP_MS * 3);
  assert.equal(it.reading.states.at(-1)?.phase, "waiting");
  assert.deepEqual(it.log.said.map(({ fields }) => fields.path), [dir.at("loop.log")]);
  Deno.removeSync(dir.at("loop.log"));
  append(dir.at("loop.log"), "two\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(2), ["one", "two"]);
  assert.deepEqual(it.reading.states.at(-1), { phase: "reading" });
});

Deno.test("File source gives out a line without its newline when nothing was added for 3 s", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "half");
  await using it = follow(dir);
  await until("the first state", () => it.reading.states.length > 0);
  await it.clock.advance(PARTIAL_AFTER_MS - SWEEP_MS);
  assert.deepEqual(it.reading.texts, []);
  await it.clock.advance(2 * SWEEP_MS);
  assert.deepEqual(await it.reading.count(1), ["half"]);
  append(dir.at("a.log"), " and the rest\n");
  assert.deepEqual(await it.reading.count(2), ["half", " and the rest"]);
});

Deno.test("File source enters a file at the end, but not in the middle of a line", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "old\nha");
  await using it = follow(dir, { spec: { startAt: "end" } });
  await until("the first look", () => it.reading.batches === 1);
  append(dir.at("a.log"), "lf\n");
  append(dir.at("b.log"), "later\n");
  assert.deepEqual([...await it.reading.count(2)].sort(), ["half", "later"]);
});

Deno.test("File source that began at the end goes on there after a restart without a line", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "old\n");
  const first = follow(dir, { spec: { startAt: "end" } });
  await until("the first look", () => first.reading.batches === 1);
  await first[Symbol.asyncDispose]();
  append(dir.at("a.log"), "meanwhile\n");
  append(dir.at("b.log"), "new file\n");
  await using it = follow(dir, { spec: { startAt: "end" }, resume: first.reading.checkpoints });
  assert.deepEqual([...await it.reading.count(2)].sort(), ["meanwhile", "new file"]);
});

Deno.test("File source passes on carriage returns, zero bytes and what is not UTF-8", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), new Uint8Array([0x61, 0xff, 0x0d, 0x0a, 0x00, 0x0a, 0x0a, 0xc3, 0xa9, 0x0a]));
  await using it = follow(dir, { once: true });
  await it.reading.done;
  assert.deepEqual(it.reading.texts, ["a\\xff\\x0d".replace("\\x0d", "\r"), "\0", "", "é"]);
});

Deno.test("File source shows what is behind the hole that a truncation left to a writer at its old offset", async () => {
  await using dir = await tempDir();
  using writer = Deno.openSync(dir.at("a.log"), { create: true, write: true });
  const encoder = new TextEncoder();
  writer.writeSync(encoder.encode(`one\n${"x".repeat(300_000)}\n`));
  await using it = follow(dir);
  await it.reading.count(2);
  Deno.truncateSync(dir.at("a.log"));
  writer.writeSync(encoder.encode("three\n"));
  assert.equal((await it.reading.count(3))[2], "three");
  writer.writeSync(encoder.encode("four\n"));
  assert.equal((await it.reading.count(4))[3], "four");
});

Deno.test("File source resumes behind a hole of which nothing follows yet", async () => {
  await using dir = await tempDir();
  {
    using file = Deno.openSync(dir.at("a.log"), { create: true, write: true });
    file.truncateSync(1_000_000);
  }
  const first = follow(dir, { once: true });
  await first.reading.done;
  assert.deepEqual(first.reading.texts, []);
  append(dir.at("a.log"), "one\n");
  await using it = follow(dir, { once: true, resume: first.reading.checkpoints });
  await it.reading.done;
  assert.deepEqual(it.reading.texts, ["one"]);
});

Deno.test("File source cuts a line that is too long and reads on behind it", async () => {
  await using dir = await tempDir();
  const long = "x".repeat(300 * 1024);
  append(dir.at("a.log"), `one\n${long}\ntwo\n${"y".repeat(64 * 1024)}\n${long}${long}`);
  await using it = follow(dir, { once: true });
  await it.reading.done;
  const [one, cut, two, exact, last] = it.reading.lines;
  assert.deepEqual([one?.text, two?.text, exact?.text], ["one", "two", "y".repeat(64 * 1024)]);
  assert.match(cut?.text ?? "", /^x{60000,65536} \[line cut at 64 KiB\]$/);
  assert.match(last?.text ?? "", /^x{60000,65536} \[line cut at 64 KiB\]$/);
  assert.equal(it.reading.lines.length, 5);
  assert.deepEqual([offsetOf(cut?.from), offsetOf(cut?.to)], [4, 4 + long.length + 1]);
  assert.equal(offsetOf(last?.to), Deno.statSync(dir.at("a.log")).size);
});

Deno.test("File source cuts a line that is written in pieces once, when it ends", async () => {
  await using dir = await tempDir();
  await using it = follow(dir, { spec: { maxLineBytes: 1024 } });
  for (let i = 0; i < 10; i++) append(dir.at("a.log"), "word ".repeat(300));
  append(dir.at("a.log"), "\nnext\n");
  const [cut, next] = await it.reading.count(2);
  assert.match(cut ?? "", /^(word ){190,} \[line cut at 1 KiB\]$/);
  assert.equal(next, "next");
  assert.ok((cut ?? "").length <= 1024);
});

Deno.test("File source reads files in turn, not one after the other", async () => {
  await using dir = await tempDir();
  const line = `${"x".repeat(1023)}\n`;
  append(dir.at("a.log"), line.repeat(2048));
  append(dir.at("b.log"), "small\n");
  await using it = follow(dir, { once: true });
  await it.reading.done;
  assert.ok(it.reading.texts.indexOf("small") < 1024);
  assert.equal(it.reading.lines.length, 2049);
});

Deno.test("File source follows a thousand files, each of which may grow at any time", async () => {
  await using dir = await tempDir();
  for (let i = 0; i < 1000; i++) append(dir.at(`${i}.log`), `first of ${i}\n`);
  await using it = follow(dir);
  await it.reading.count(1000);
  for (let i = 0; i < 1000; i++) append(dir.at(`${i}.log`), `second of ${i}\n`);
  await it.clock.advance(SWEEP_MS);
  await it.reading.count(2000);
  assert.equal(new Set(it.reading.texts).size, 2000);
});

Deno.test("File source finds a file that was renamed while nobody read it, and reads its rest first", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(dir.at("a.log"), "two\n");
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  append(dir.at("a.log"), "three\n");
  await using it = follow(dir, { resume: first.reading.checkpoints });
  assert.deepEqual(await it.reading.count(2), ["two", "three"]);
  assert.equal(it.reading.lines[0]?.stream.key, first.reading.lines[0]?.stream.key);
});

Deno.test("File source reads a file from its beginning that has the inode of the old one but another text", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  await first[Symbol.asyncDispose]();
  Deno.writeTextFileSync(dir.at("a.log"), "another text\nof more bytes\n");
  await using it = follow(dir, { resume: first.reading.checkpoints });
  assert.deepEqual(await it.reading.count(2), ["another text", "of more bytes"]);
});

Deno.test("File source reads unsettled records again, one batch each, before anything new", async () => {
  await using dir = await tempDir();
  const long = "z".repeat(100_000);
  append(dir.at("a.log"), `one\ntwo\n${long}\nfour\nhalf`);
  const first = follow(dir, { once: true });
  await first.reading.done;
  append(dir.at("a.log"), "\nfive\n");
  const resume = unsettledAt(first.reading, [1, 2, 4]);
  await using it = follow(dir, { resume });
  await it.reading.count(5);
  const expected = [1, 2, 4].map((index) => first.reading.texts[index]);
  assert.deepEqual(it.reading.texts, [...expected, "", "five"]);
  assert.deepEqual(
    it.reading.lines.slice(0, 3).map(({ again }) => again),
    [...resume.values()][0]?.unsettled,
  );
  assert.deepEqual(it.reading.lost, []);
});

Deno.test("File source says which unsettled records are lost with a deleted file, and that it ended", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  await first[Symbol.asyncDispose]();
  const resume = unsettledAt(first.reading, [0, 1]);
  Deno.removeSync(dir.at("a.log"));
  await using it = follow(dir, { resume });
  await until("the end of the stream", () => it.reading.ended.length === 1);
  assert.deepEqual(it.reading.lost, [...resume.values()][0]?.unsettled);
  assert.deepEqual(it.reading.ended.map(({ key }) => key), [...resume.keys()]);
});

Deno.test("File source says which unsettled records are lost with a truncated file, and reads it anew", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  await first[Symbol.asyncDispose]();
  Deno.writeTextFileSync(dir.at("a.log"), "new\n");
  await using it = follow(dir, { resume: unsettledAt(first.reading, [1]) });
  assert.deepEqual(await it.reading.count(1), ["new"]);
  assert.equal(it.reading.lost.length, 1);
  assert.deepEqual(it.reading.ended, []);
});

Deno.test("File source says which unsettled records a truncation took that it saw itself", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\ntwo\n");
  const first = follow(dir);
  await first.reading.count(2);
  Deno.writeTextFileSync(dir.at("a.log"), "three, which is longer\n");
  await first.reading.count(3);
  await first[Symbol.asyncDispose]();
  await using it = follow(dir, { resume: unsettledAt(first.reading, [1, 2]) });
  assert.deepEqual(await it.reading.count(1), ["three, which is longer"]);
  assert.deepEqual(it.reading.lost.map(({ to }) => to), [first.reading.lines[1]?.to]);
});

Deno.test("File source leaves alone a file that has the inode of a rotated one but another text", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  const first = follow(dir);
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  Deno.renameSync(dir.at("a.log"), dir.at("private"));
  Deno.writeTextFileSync(dir.at("private"), "nobody asked for this\n");
  append(dir.at("a.log"), "two\n");
  await using it = follow(dir, { resume: first.reading.checkpoints });
  await until("the end of the stream", () => it.reading.ended.length === 1);
  assert.deepEqual(await it.reading.count(1), ["two"]);
});

Deno.test("File source gives up a stream whose path the config no longer means", async () => {
  await using dir = await tempDir();
  append(dir.at("a.log"), "one\n");
  append(dir.at("b.log"), "two\n");
  const first = follow(dir);
  await first.reading.count(2);
  await first[Symbol.asyncDispose]();
  append(dir.at("b.log"), "three\n");
  append(dir.at("a.log"), "four\n");
  await using it = follow(dir, { resume: first.reading.checkpoints, spec: { exclude: [dir.at("b.log")] } });
  assert.deepEqual(await it.reading.count(1), ["four"]);
  assert.equal(it.reading.ended.length, 1);
});

Deno.test("File source reads a large file that is renamed meanwhile to its end before its successor", async () => {
  await using dir = await tempDir();
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i} ${"x".repeat(60)}`);
  append(dir.at("a.log"), lines.slice(0, 20_000).join("\n") + "\n");
  await using it = follow(dir);
  const gate = Promise.withResolvers<void>();
  it.reading.busy = gate.promise;
  await it.reading.count(1);
  Deno.renameSync(dir.at("a.log"), dir.at("a.log.1"));
  append(dir.at("a.log"), lines.slice(20_000).join("\n") + "\n");
  await it.clock.advance(SWEEP_MS);
  gate.resolve();
  await it.reading.count(30_000);
  assert.deepEqual(it.reading.texts, lines);
});
