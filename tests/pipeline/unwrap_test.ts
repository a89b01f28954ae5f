import assert from "node:assert/strict";
import fc from "fast-check";
import type { Batch } from "../../src/event/event.ts";
import { laneKey } from "../../src/pipeline/lane_key.ts";
import { Scratch } from "../../src/pipeline/scratch.ts";
import { PIECE_WAIT_MS, Unwrapper } from "../../src/pipeline/unwrap.ts";
import { batchOf, offsetOf, programOf, STDIN, streamOf, testPipeline, UNLIMITED } from "./support.ts";

const decoder = new TextDecoder();
const STREAM = streamOf();

function unwrapper(maxLineBytes: number = 65_536, wanted: "cri" | "docker" | "detect" = "detect"): Unwrapper {
  return new Unwrapper(wanted, new Scratch(maxLineBytes));
}

/** A line of a batch, with the range of the file it came from. */
interface Line {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function linesOf(batch: Batch | undefined): Line[] {
  const lines: Line[] = [];
  if (batch === undefined) return lines;
  const { bytes } = batch;
  for (let start = 0; start < bytes.length;) {
    const next = bytes.indexOf(0x0a, start) + 1;
    assert.ok(next > start, "every line ends");
    const [from, to] = [offsetOf(batch.cursorAt(start)), offsetOf(batch.cursorAt(next))];
    lines.push({ text: decoder.decode(bytes.subarray(start, next - 1)), from, to });
    start = next;
  }
  return lines;
}

const textsOf = (batch: Batch | undefined) => linesOf(batch).map(({ text }) => text);

type Tag = "P" | "F";
type Name = "stdout" | "stderr";

const cri = (name: Name, tag: Tag, text: string) => `2026-01-02T03:04:05.123456789Z ${name} ${tag} ${text}\n`;
const docker = (name: Name, tag: Tag, text: string) =>
  `${
    JSON.stringify({ log: text + (tag === "F" ? "\n" : ""), stream: name, time: "2026-01-02T03:04:05.1Z" })
  }\n`;

Deno.test("a stream without envelopes is handed on as it is", () => {
  const open = unwrapper();
  for (const text of ["INFO ready\n", cri("stdout", "F", "not asked again")]) {
    const batch = batchOf(STREAM, text, { readMs: 0 });
    assert.equal(open.unwrap(batch), batch);
  }
  assert.equal(open.dueMs, Infinity);
});

Deno.test("pieces are joined to the line they are of, within a batch and across batches", () => {
  for (const line of [cri, docker]) {
    const open = unwrapper();
    const first = line("stdout", "F", "one") + line("stdout", "P", "tw");
    const second = line("stdout", "P", "o ha") + line("stdout", "F", "lves") + line("stderr", "F", "three");
    const [a, b] = [
      open.unwrap(batchOf(STREAM, first, { readMs: 0 })),
      () => open.unwrap(batchOf(STREAM, second, { readMs: 5, fromBytes: first.length })),
    ];
    const begun = first.length - line("stdout", "P", "tw").length;
    assert.deepEqual(linesOf(a), [{ text: "one", from: 0, to: begun }]);
    assert.equal(offsetOf(a.cursorAt(a.bytes.length)), begun);
    assert.equal(open.dueMs, PIECE_WAIT_MS);
    const end = first.length + second.length;
    const third = end - line("stderr", "F", "three").length;
    assert.deepEqual(linesOf(b()), [
      { text: "two halves", from: begun, to: third },
      { text: "three", from: third, to: end },
    ]);
    assert.equal(open.dueMs, Infinity);
  }
});

Deno.test("lines of the other output wait behind a piece, and keep their order", () => {
  const text = cri("stdout", "P", "a") + cri("stderr", "F", "x") + cri("stderr", "F", "y") +
    cri("stdout", "F", "b") +
    cri("stdout", "F", "c");
  const mixed = text.length - cri("stdout", "F", "c").length;
  assert.deepEqual(linesOf(unwrapper().unwrap(batchOf(STREAM, text, { readMs: 0 }))), [
    { text: "ab", from: 0, to: mixed },
    { text: "x", from: mixed, to: mixed },
    { text: "y", from: mixed, to: mixed },
    { text: "c", from: mixed, to: text.length },
  ]);
});

Deno.test("what waits is given out as it is when asked for, and then not held any more", () => {
  const open = unwrapper();
  const text = cri("stdout", "P", "Password: ") + cri("stderr", "F", "x");
  const batch = open.unwrap(batchOf(STREAM, text, { readMs: 7 }));
  assert.deepEqual([batch.bytes.length, offsetOf(batch.cursorAt(0))], [0, 0]);
  assert.equal(open.dueMs, 7 + PIECE_WAIT_MS);
  const flushed = open.flush();
  assert.deepEqual(linesOf(flushed), [
    { text: "Password: ", from: 0, to: text.length },
    { text: "x", from: text.length, to: text.length },
  ]);
  assert.equal(flushed?.readMs, 7);
  assert.deepEqual([open.dueMs, open.flush()], [Infinity, undefined]);
});

Deno.test("a line that is put together is no longer than the longest, and what waits is bounded", () => {
  const open = unwrapper(1024);
  const piece = cri("stdout", "P", "word ".repeat(100));
  let offset = 0;
  const feed = (text: string) => {
    const batch = open.unwrap(batchOf(STREAM, text, { readMs: 0, fromBytes: offset }));
    offset += text.length;
    return textsOf(batch);
  };
  for (let i = 0; i < 2_000; i++) assert.deepEqual(feed(piece), []);
  const [line = ""] = feed(cri("stdout", "F", "end"));
  assert.ok(line.length <= 1024 && line.endsWith(" [line cut at 1 KiB]"));
  for (const text of ["x".repeat(1000), ""]) {
    const other = cri("stderr", "F", text);
    let held = 0;
    for (let given: string[] = feed(piece); given.length === 0; held++) given = feed(other);
    assert.ok(held > 100 && held < 2_000, `${held} lines wait`);
    feed(cri("stdout", "F", "end"));
  }
});

Deno.test("lines without an envelope between others stay as they are", () => {
  const text = cri("stdout", "F", "one") + "rotated by hand\n" + cri("stdout", "F", "two");
  assert.deepEqual(textsOf(unwrapper().unwrap(batchOf(STREAM, text, { readMs: 0 }))), [
    "one",
    "rotated by hand",
    "two",
  ]);
});

Deno.test("the time of a line is that of its envelope", () => {
  for (const line of [cri, docker]) {
    const text = line("stdout", "F", "one") + line("stderr", "F", "two");
    const batch = unwrapper().unwrap(batchOf(STREAM, text, { readMs: 0 }));
    for (const at of [0, 4]) {
      assert.match(new Date(batch.writtenMs?.(at) ?? 0).toISOString(), /^2026-01-02T03:04:05\.1/);
    }
  }
});

interface Part {
  readonly name: Name;
  readonly tag: Tag;
  readonly text: string;
}

const partsArb: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.record({
    name: fc.constantFrom<Name>("stdout", "stdout", "stderr"),
    tag: fc.constantFrom<Tag>("F", "F", "P"),
    text: fc.constantFrom("INFO one", "", "größe", '{"msg":"x"}', "    at f", "tail \\", "\t"),
  }),
  { maxLength: 20 },
);

interface ModelLine {
  readonly text: string;
  /** Index of its first piece, and of its last. */
  readonly first: number;
  readonly last: number;
  /** Index of the piece that ends it, `Infinity` when none does. */
  readonly end: number;
}

/** Every line, in the order in which they begin. */
function model(parts: readonly Part[]): ModelLine[] {
  const lines: { name: Name; text: string; first: number; last: number; end: number }[] = [];
  for (const [index, { name, tag, text }] of parts.entries()) {
    let line = lines.find((line) => line.name === name && line.end === Infinity);
    if (line === undefined) lines.push(line = { name, text: "", first: index, last: index, end: Infinity });
    line.text += text;
    line.last = index;
    if (tag === "F") line.end = index;
  }
  return lines;
}

Deno.test("any cut of the pieces into batches gives the same lines, and every resume point is exact", () => {
  fc.assert(
    fc.property(
      partsArb,
      fc.array(fc.nat({ max: 20 })),
      fc.constantFrom(cri, docker),
      (parts, cuts, line) => {
        const format = line === cri ? "cri" : "docker";
        const encoder = new TextEncoder();
        const outer = parts.map(({ name, tag, text }) => encoder.encode(line(name, tag, text)));
        const offsets = outer.reduce<number[]>((sums, { length }) => [...sums, (sums.at(-1) ?? 0) + length], [
          0,
        ]);
        const bytes = Uint8Array.from(outer.flatMap((part) => [...part]));
        const given: Line[] = [];
        const open = unwrapper(65_536, format);
        const points = [...new Set([...cuts.filter((cut) => cut < parts.length), parts.length])].sort((
          a,
          b,
        ) => a - b);
        let from = 0;
        for (const to of points) {
          const batch = open.unwrap(
            batchOf(STREAM, bytes.slice(offsets[from], offsets[to]), {
              readMs: 0,
              fromBytes: offsets[from] ?? 0,
            }),
          );
          given.push(...linesOf(batch));
          // A restart goes on from here with what is left: nothing lost, nothing twice.
          const resume = offsetOf(batch.cursorAt(batch.bytes.length));
          const again = unwrapper(65_536, format);
          const rest = batchOf(STREAM, bytes.slice(resume), { readMs: 0, fromBytes: resume });
          const left = [...textsOf(again.unwrap(rest)), ...textsOf(again.flush())];
          assert.deepEqual([...given.map(({ text }) => text), ...left], model(parts).map(({ text }) => text));
          from = to;
        }
        given.push(...linesOf(open.flush()));
        const lines = model(parts);
        assert.deepEqual(given.map(({ text }) => text), lines.map(({ text }) => text));
        for (const [index, { text, first, last, end }] of lines.entries()) {
          const isMixed = lines.some((other) =>
            other.first !== first && other.first <= end && other.end >= first
          );
          const { from = -1, to = -1 } = given[index] ?? {};
          if (isMixed) continue;
          assert.deepEqual([from, to], [offsets[first], offsets[last + 1]]);
          const again = batchOf(STREAM, bytes.slice(from, to), { readMs: 0, fromBytes: from });
          assert.deepEqual(textsOf(unwrapper(65_536, format).unwrapAgain(again)), [text]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

const test = (spec: Partial<typeof STDIN> = {}) =>
  testPipeline(programOf([{ send: { budget: UNLIMITED } }]), { spec: { ...STDIN, ...spec } as typeof STDIN });

Deno.test("levels, continuation lines, blank lines and key blocks are those of the text in the envelope", () => {
  for (const line of [cri, docker]) {
    const { feed, connection, intake } = test();
    feed(
      [
        "2026-01-02 03:04:05,123 - shop - ERROR - it failed",
        "Traceback (most recent call last):",
        '  File "a.py", line 3, in f',
        "ValueError: bad",
        "",
        "DEBUG cannot read -----BEGIN RSA PRIVATE KEY-----",
        "MIIEowIBAAKCAQEAxvPbqzX0Yd1c9fKZ0Qb2m8uJ0t7kq5n3rWc1yVhLxGzPqTqA",
        "-----END RSA PRIVATE KEY-----",
        "INFO ready",
      ].map((text) => line("stderr", "F", text)).join(""),
    );
    assert.equal(intake.account.read, 3);
    assert.match(connection.waiting[0] ?? "", /^\[ERROR\] it failed ⏎ .*ValueError: bad/);
    assert.doesNotMatch(connection.waiting.join(), /MIIEow/);
    assert.equal(connection.waiting[2], "[INFO] INFO ready");
  }
});

Deno.test("a piece that never ends is shown after a while, and the checkpoint lies before it until then", async () => {
  const { feed, connection, clock, pipeline, left } = test();
  const before = cri("stdout", "F", "INFO ready");
  const prompt = cri("stdout", "P", "Password: ");
  feed(before + prompt);
  assert.deepEqual(connection.waiting, ["[INFO] INFO ready"]);
  const position = () => {
    const cursor = left()?.position;
    return cursor === undefined ? undefined : offsetOf(cursor);
  };
  assert.equal(position(), before.length);
  assert.equal(pipeline.nextDueMs(), PIECE_WAIT_MS);
  await clock.advance(PIECE_WAIT_MS);
  pipeline.tick();
  assert.deepEqual(connection.waiting, ["[INFO] INFO ready", "[INFO] Password: "]);
  assert.equal(position(), before.length + prompt.length);
});

Deno.test("pieces that wait are read again, not shown, when the source is started anew", () => {
  const { feed, connection, intake } = test();
  const begun = cri("stdout", "P", "two ");
  feed(cri("stdout", "F", "one") + begun);
  const resume = intake.resume()?.get("stream")?.position;
  assert.equal(resume === undefined ? -1 : offsetOf(resume), cri("stdout", "F", "one").length);
  feed(begun + cri("stdout", "F", "halves"), { stream: streamOf() });
  assert.deepEqual(connection.waiting, ["[INFO] one", "[INFO] two halves"]);
});

Deno.test("a record that is read again is opened as well", () => {
  for (const line of [cri, docker]) {
    const { intake, connection, clock } = test();
    const text = line("stdout", "P", "ERROR fai") + line("stdout", "F", "led") +
      line("stdout", "F", "    at f");
    const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
    intake.take(batchOf(STREAM, text, {
      readMs: clock.monotonic(),
      again: {
        from: at(0),
        to: at(text.length),
        level: "error",
        lanes: [laneKey({ route: "all", connection: "irc", channel: "#logs" })],
      },
    }));
    assert.equal(intake.account.read, 1);
    assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed ⏎ at f"]);
  }
});
