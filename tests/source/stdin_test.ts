import assert from "node:assert/strict";
import { systemClock } from "../../src/runtime/clock.ts";
import { openSource } from "../../src/source/open.ts";
import { openStdinSource, type Stdout } from "../../src/source/stdin.ts";
import { tempDir } from "../support/temp_dir.ts";
import { sourceContract } from "./contract.ts";
import { append, keptLog, offsetOf, Reading, stdinSpec } from "./reading.ts";

/** A pipe into a source. */
function pipe(options: { readonly tee?: Stdout; readonly maxLineBytes?: number } = {}) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const log = keptLog();
  const { tee, maxLineBytes } = options;
  const source = openSource(
    "app",
    stdinSpec({ tee: tee !== undefined, ...(maxLineBytes && { maxLineBytes }) }),
    {
      clock: systemClock,
      log,
      stdin: readable,
      ...(tee === undefined ? {} : { stdout: tee }),
    },
  );
  const write = async (bytes: string | Uint8Array) => {
    await writer.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  };
  return { source, log, write, close: () => writer.close(), writer };
}

sourceContract("Stdin", () => {
  let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isOpen = true;
  const stdin = new ReadableStream<Uint8Array>({
    start(controller) {
      feed = controller;
    },
    cancel() {
      isOpen = false;
    },
  });
  return Promise.resolve({
    source: openSource("app", stdinSpec(), { clock: systemClock, log: keptLog(), stdin }),
    restarted: undefined,
    outage: undefined,
    write(text: string) {
      const bytes = new TextEncoder().encode(text);
      for (let i = 0; isOpen && i < bytes.length; i += 50_000) feed?.enqueue(bytes.subarray(i, i + 50_000));
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

/** Takes at most `mostBytes` at once, and nothing any more after `lastBytes`. */
function shortWrites(mostBytes: number, lastBytes = Infinity) {
  const taken: number[] = [];
  const write = (bytes: Uint8Array) => {
    if (taken.length >= lastBytes) return Promise.reject(new Deno.errors.BrokenPipe("Nobody reads"));
    const part = bytes.subarray(0, mostBytes);
    taken.push(...part);
    return Promise.resolve(part.length);
  };
  return { write, taken };
}

Deno.test("Stdin source puts lines together that come in pieces, and gives out a last line without a newline", async () => {
  const { source, write, close } = pipe();
  await using reading = new Reading(source);
  for (const piece of ["on", "e\ntw", "o\n", "\r\n", "é\nlast"]) await write(piece);
  await close();
  await reading.done;
  assert.deepEqual(reading.texts, ["one", "two", "\r", "é", "last"]);
  assert.deepEqual(reading.lines.map(({ to }) => offsetOf(to)), [4, 8, 10, 13, 17]);
  assert.deepEqual(reading.ended.map(({ key }) => key), ["stdin"]);
});

Deno.test("Stdin source passes on what is not UTF-8, also where a chunk ends within a character", async () => {
  const { source, write, close } = pipe();
  await using reading = new Reading(source);
  await write(new Uint8Array([0xc3]));
  await write(new Uint8Array([0xa9, 0x0a, 0xff, 0x00, 0x0a]));
  await close();
  await reading.done;
  assert.deepEqual(reading.texts, ["é", "\\xff\0"]);
});

Deno.test("Stdin source cuts a line that is too long, however it comes, and reads on behind it", async () => {
  const long = "word ".repeat(1000);
  for (const pieceBytes of [7, 1000, 1024, 1025, 65_536]) {
    const { source, write, close } = pipe({ maxLineBytes: 1024 });
    await using reading = new Reading(source);
    const text = `one\n${long}\ntwo\n${"y".repeat(1024)}\n${long}\n${long}`;
    for (let i = 0; i < text.length; i += pieceBytes) await write(text.slice(i, i + pieceBytes));
    await close();
    await reading.done;
    const cut = `${"word ".repeat(200).slice(0, 1000)} [line cut at 1 KiB]`.replace("  [", " [");
    const [one, first, two, exact, second, last] = reading.texts;
    assert.deepEqual([one, two, exact], ["one", "two", "y".repeat(1024)]);
    for (const line of [first, second, last]) {
      assert.match(line ?? "", /^(word )+ \[line cut at 1 KiB\]$/);
      assert.ok(Math.abs((line ?? "").length - cut.length) < 10);
    }
    assert.equal(reading.lines.length, 6);
    assert.equal(offsetOf(reading.lines[1]?.to), 4 + long.length + 1);
    assert.equal(offsetOf(reading.lines[5]?.to), text.length);
  }
});

Deno.test("Stdin source holds little of a line without an end", async () => {
  const { source, write, close } = pipe();
  await using reading = new Reading(source);
  const chunk = new Uint8Array(1024 * 1024).fill(0x78);
  for (let i = 0; i < 64; i++) await write(chunk);
  await write("\nnext\n");
  await close();
  await reading.done;
  assert.match(reading.texts[0] ?? "", /^x+ \[line cut at 64 KiB\]$/);
  assert.equal(reading.texts[1], "next");
});

Deno.test("Stdin source with tee copies every byte through short writes", async () => {
  const stdout = shortWrites(3);
  const { source, write, close } = pipe({ tee: stdout });
  await using reading = new Reading(source);
  const bytes = new Uint8Array(1000).map((_, i) => i % 256);
  await write(bytes);
  await close();
  await reading.done;
  assert.deepEqual(new Uint8Array(stdout.taken), bytes);
});

Deno.test("Stdin source with tee copies a line before it gives it out", async () => {
  const stdout = shortWrites(1000);
  const { source, write, close } = pipe({ tee: stdout });
  const atBatch: number[] = [];
  const consumed = (async () => {
    const options = { resume: undefined, once: false, lost() {}, ended() {}, state() {} };
    for await (const _ of source.read(options, new AbortController().signal)) {
      atBatch.push(stdout.taken.length);
    }
  })();
  await write("one\n");
  await write("two\n");
  await close();
  await consumed;
  assert.deepEqual(atBatch, [4, 8]);
});

Deno.test("Stdin source with tee reads on when standard output is closed, and says so once", async () => {
  const stdout = shortWrites(1000, 4);
  const { source, log, write, close } = pipe({ tee: stdout });
  await using reading = new Reading(source);
  for (const line of ["one\n", "two\n", "three\n"]) await write(line);
  await close();
  await reading.done;
  assert.deepEqual(reading.texts, ["one", "two", "three"]);
  assert.deepEqual(log.said.map(({ message }) => message), [
    "Cannot copy to standard output any more; reading on",
  ]);
});

Deno.test("Stdin source with tee ends when aborted while nobody takes the copy", async () => {
  const { source, write, writer } = pipe({ tee: { write: () => new Promise(() => {}) } });
  const reading = new Reading(source);
  await write("one\n");
  reading.abort();
  await reading.done;
  await writer.abort().catch(() => {});
});

Deno.test("Stdin source loses what was unsettled in an earlier run, and says so", async () => {
  const { source, close } = pipe();
  const from = { kind: "stdin", offsetBytes: 0 } as const;
  const record = { from, to: { kind: "stdin", offsetBytes: 4 }, level: "info", lanes: ["x"] } as const;
  await using reading = new Reading(source, {
    resume: new Map([["stdin", { position: record.to, unsettled: [record] }]]),
  });
  await close();
  await reading.done;
  assert.deepEqual(reading.lost, [record]);
});

Deno.test("Stdin source fails for good when standard input cannot be read", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Deno.errors.Interrupted("broken")),
  });
  const source = openStdinSource("app", stdinSpec(), { clock: systemClock, log: keptLog(), stdin });
  await assert.rejects(new Reading(source).done, { name: "SourceError", retryable: false });
});

/** A program that reads its own standard input through a source with tee and prints what came to standard error. */
async function program(path: string, options: { readonly abortAfterLines: number }): Promise<void> {
  const href = (name: string) => JSON.stringify(new URL(`../../src/${name}`, import.meta.url).href);
  await Deno.writeTextFile(
    path,
    `
    import { openSource } from ${href("source/open.ts")};
    import { systemClock } from ${href("runtime/clock.ts")};
    const log = { info: console.error, warn: console.error, error: console.error };
    const spec = ${JSON.stringify(stdinSpec({ tee: true }))};
    const controller = new AbortController();
    let lines = 0;
    const options = { resume: undefined, once: false, lost() {}, ended() { console.error("ended"); }, state() {} };
    for await (const { bytes } of openSource("app", spec, { clock: systemClock, log }).read(options, controller.signal)) {
      lines += bytes.filter((byte) => byte === 10).length;
      if (lines >= ${options.abortAfterLines}) setTimeout(() => controller.abort(), 50);
    }
    console.error("lines", lines);
    Deno.exit(0); // As irctail itself does: Deno 2.4.2 otherwise waits for a thread that still reads the pipe.
    `,
  );
}

/** Says where packages are. */
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

Deno.test("Stdin source reads a real pipe and copies it to a real pipe", async () => {
  await using dir = await tempDir();
  await program(dir.at("program.ts"), { abortAfterLines: Infinity });
  const text = Array.from({ length: 50_000 }, (_, i) => `line ${i}`).join("\n");
  append(dir.at("in"), text);
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `cat "$2" | "$0" run --quiet --no-lock --config "$3" -A "$1"`,
      Deno.execPath(),
      dir.at("program.ts"),
      dir.at("in"),
      CONFIG,
    ],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), text);
  assert.equal(new TextDecoder().decode(stderr), "ended\nlines 50000\n");
});

Deno.test("Stdin source goes on counting when the reader of the real pipe leaves", async () => {
  await using dir = await tempDir();
  await program(dir.at("program.ts"), { abortAfterLines: Infinity });
  append(dir.at("in"), "a line of some length\n".repeat(50_000));
  const { stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `cat "$2" | "$0" run --quiet --no-lock --config "$3" -A "$1" | head -n 1 > /dev/null`,
      Deno.execPath(),
      dir.at("program.ts"),
      dir.at("in"),
      CONFIG,
    ],
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.match(said, /^Cannot copy to standard output any more; reading on .*BrokenPipe/);
  assert.match(said, /lines 50000\n$/);
});

Deno.test("Stdin source ends when aborted while a real pipe is silent, and so does the process", async () => {
  await using dir = await tempDir();
  await program(dir.at("program.ts"), { abortAfterLines: 1 });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--config", CONFIG, "-A", dir.at("program.ts")],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("one\n"));
  const { stdout, stderr, code } = await child.output();
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(stdout), "one\n");
  assert.equal(new TextDecoder().decode(stderr), "lines 1\n");
  await writer.abort().catch(() => {});
});
