import assert from "node:assert/strict";
import fc from "fast-check";
import type { Batch, Stream, Unsettled } from "../../src/event/event.ts";
import { Collector } from "../../src/source/docker_batch.ts";
import { Body } from "../../src/source/docker_body.ts";
import { DockerLog, type LogState } from "../../src/source/docker_log.ts";
import { type DockerCursor, Position } from "../../src/source/docker_position.ts";
import { parseMoment } from "../../src/source/docker_stamp.ts";
import { decode } from "./reading.ts";

const RUNS = { numRuns: 300 };
const MAX_LINE_BYTES = 64 * 1024;
const PIECE_BYTES = 16 * 1024;
const STREAM: Stream = { key: "c", service: "app", labels: new Map() };
const encoder = new TextEncoder();

/** A line as a container writes it. */
interface Written {
  readonly output: 1 | 2;
  readonly text: string;
  /** In nanoseconds behind the first second. */
  readonly atNanos: number;
}

const FIRST_SECOND = 1_795_442_769;

function stampOf(atNanos: number, coarse: boolean): string {
  const seconds = FIRST_SECOND + Math.floor(atNanos / 1e9);
  const text = new Date(seconds * 1_000).toISOString().slice(0, 19);
  return coarse ? `${text}Z ` : `${text}.${String(atNanos % 1e9).padStart(9, "0")}Z `;
}

/** The log as the daemon sends it: frames of pieces, each with its time stamp. */
function framed(lines: readonly Written[], options: { readonly coarse?: boolean } = {}): Uint8Array {
  const parts = lines.flatMap(({ output, text, atNanos }) => {
    const bytes = encoder.encode(`${text}\n`);
    const pieces: Uint8Array[] = [];
    // A line of exactly one piece has its newline in the next one.
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) pieces.push(bytes.subarray(at, at + PIECE_BYTES));
    return pieces.flatMap((piece) => {
      const stamp = encoder.encode(stampOf(atNanos, options.coarse ?? false));
      const header = new Uint8Array(8);
      header[0] = output;
      new DataView(header.buffer).setUint32(4, stamp.length + piece.length);
      return [header, stamp, piece];
    });
  });
  return concat(parts);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What one attachment gives out. */
interface Got {
  readonly texts: string[];
  readonly cursors: DockerCursor[];
  readonly again: { readonly text: string; readonly record: Unsettled }[];
  readonly lost: Unsettled[];
  batches: number;
}

function read(
  bytes: Uint8Array,
  options: {
    readonly state?: LogState;
    readonly cuts?: readonly number[];
    readonly isTty?: boolean;
    readonly maxLineBytes?: number;
    readonly ended?: boolean;
  } = {},
): Got {
  const got: Got = { texts: [], cursors: [], again: [], lost: [], batches: 0 };
  const state = options.state ?? { position: Position.at(0), again: [] };
  const log = new DockerLog(state, {
    isTty: options.isTty ?? false,
    collector: new Collector(options.maxLineBytes ?? MAX_LINE_BYTES),
    fault: () => {},
    lost: (record) => got.lost.push(record),
  });
  const marks = { stream: STREAM, readMs: 0 };
  const take = (batch: Batch) => {
    got.batches++;
    assert.equal(batch.bytes.at(-1), 10);
    for (let start = 0; start < batch.bytes.length;) {
      const next = batch.bytes.indexOf(10, start) + 1;
      const text = decode(batch.bytes.subarray(start, next - 1));
      if (batch.again !== undefined) got.again.push({ text, record: batch.again });
      else {
        got.texts.push(text);
        got.cursors.push(batch.cursorAt(next) as DockerCursor);
      }
      start = next;
    }
  };
  const cuts = [...new Set([0, ...options.cuts ?? [], bytes.length])].toSorted((a, b) => a - b);
  for (let i = 1; i < cuts.length; i++) {
    // A copy: what was read may be changed.
    for (const batch of log.read(bytes.slice(cuts[i - 1], cuts[i]), marks)) take(batch);
  }
  if (options.ended ?? true) { for (const batch of log.finish(marks)) take(batch); }
  return got;
}

const text = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((value) => value.replaceAll("\n", " ")),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: PIECE_BYTES - 2, max: 3 * PIECE_BYTES }).map((length) => "x".repeat(length)),
  },
);

/** Time stamps go forward, but outputs overtake each other, and some are the same. */
const written: fc.Arbitrary<readonly Written[]> = fc.array(
  fc.record({
    output: fc.constantFrom(1 as const, 2 as const),
    text,
    stepNanos: fc.constantFrom(0, 1, 1, 700, 3e8, -1, -900),
  }),
  { minLength: 1, maxLength: 30 },
).map((lines) => {
  let atNanos = 1e9;
  return lines.map(({ output, text, stepNanos }) => ({ output, text, atNanos: atNanos += stepNanos }));
});

const cutsOf = (bytes: Uint8Array) => fc.array(fc.nat(bytes.length), { maxLength: 40 });

Deno.test("DockerLog gives out the same lines however the stream is cut", () => {
  fc.assert(
    fc.property(
      written.chain((lines) => {
        const bytes = framed(lines);
        return fc.record({ lines: fc.constant(lines), bytes: fc.constant(bytes), cuts: cutsOf(bytes) });
      }),
      ({ lines, bytes, cuts }) => {
        assert.deepEqual(read(bytes, { cuts }).texts, lines.map((line) => decode(encoder.encode(line.text))));
      },
    ),
    RUNS,
  );
});

for (const coarse of [false, true]) {
  Deno.test(`DockerLog resumes after every line with nothing lost or doubled, stamps ${coarse ? "in seconds" : "in nanoseconds"}`, () => {
    fc.assert(
      fc.property(written, fc.nat(), (lines, index) => {
        // What Podman joins itself comes in one frame, so long lines are left out.
        const short = coarse ? lines.filter((line) => line.text.length < PIECE_BYTES - 1) : lines;
        if (short.length === 0) return;
        const bytes = framed(short, { coarse });
        const first = read(bytes);
        const cursor = first.cursors[index % short.length];
        assert.ok(cursor);
        const position = Position.of(cursor);
        assert.ok(position);
        const second = read(bytes, { state: { position, again: [] } });
        assert.deepEqual(second.texts, first.texts.slice(index % short.length + 1));
      }),
      RUNS,
    );
  });
}

Deno.test("DockerLog reads records again that were not settled, and loses those that are gone", () => {
  fc.assert(
    fc.property(written, fc.nat(), fc.nat(), fc.nat({ max: 3 }), (lines, where, until, length) => {
      const bytes = framed(lines);
      const { texts, cursors } = read(bytes);
      const points = [Position.at(0).cursor(), ...cursors];
      const to = until % lines.length + 1;
      const from = where % to;
      const end = Math.min(to, from + 1 + length);
      const record: Unsettled = {
        from: points[from] ?? points[0],
        to: points[end] ?? points[0],
        level: "info",
        lanes: ["a"],
      };
      const gone: Unsettled = { ...record, to: record.from };
      const position = Position.of(points[to] ?? points[0]);
      assert.ok(position);
      const got = read(bytes, { state: { position, again: [record, gone] } });
      assert.deepEqual(got.again.map((found) => found.text), texts.slice(from, end));
      assert.deepEqual(got.texts, texts.slice(to));
      assert.deepEqual(got.lost, [gone]);
      // Everything up to there was rotated away.
      const later = lines.map((line) => ({ ...line, atNanos: line.atNanos + 1e10 }));
      const rotated = read(framed(later), { state: { position: position.clone(), again: [record] } });
      assert.deepEqual(rotated.lost, [record]);
      assert.deepEqual(rotated.texts, texts);
    }),
    RUNS,
  );
});

Deno.test("DockerLog puts pieces of lines of a terminal together", () => {
  const stamp = "2026-11-23T14:06:09.455193740Z ";
  const long = "x".repeat(PIECE_BYTES);
  const log = `${stamp}a\r\n${stamp}${long}${stamp}${long}${stamp}end\r\n${stamp}${stamp}b\r\n`;
  for (const cuts of [[], [1, 40, 20_000, 33_000, 49_000], Array.from({ length: 500 }, (_, i) => i * 99)]) {
    const { texts } = read(encoder.encode(log), { isTty: true, cuts });
    assert.deepEqual(texts, ["a\r", `${long}${long}end\r`, `${stamp}b\r`]);
  }
});

/** One frame of the first output, whatever it ends with. */
function frame(atNanos: number, text: string, options: { readonly coarse?: boolean } = {}): Uint8Array {
  const bytes = encoder.encode(stampOf(atNanos, options.coarse ?? false) + text);
  const header = new Uint8Array(8);
  header[0] = 1;
  new DataView(header.buffer).setUint32(4, bytes.length);
  return concat([header, bytes]);
}

Deno.test("DockerLog puts pieces together that Podman stamped on both sides of a full second", () => {
  const coarse = { coarse: true };
  const log = concat([
    frame(0.9e9, "line 1 éé", coarse),
    frame(1.1e9, "é.\n", coarse),
    frame(1.2e9, "last words", coarse),
    frame(3.0e9, "first\n", coarse),
  ]);
  const { texts, cursors } = read(log);
  assert.deepEqual(texts, ["line 1 ééé.", "last words", "first"]);
  // Who resumes from a second is sent what was stamped since then.
  const since = concat([
    frame(1.1e9, "é.\n", coarse),
    frame(1.2e9, "last words", coarse),
    frame(3.0e9, "first\n", coarse),
  ]);
  for (const [i, cursor] of cursors.slice(0, 2).entries()) {
    const position = Position.of(cursor);
    assert.ok(position);
    assert.deepEqual(read(since, { state: { position, again: [] } }).texts, texts.slice(i + 1));
  }
});

Deno.test("DockerLog tells last words without a newline from a line that goes on", () => {
  const long = "y".repeat(PIECE_BYTES);
  const log = concat([
    frame(1, "last words"),
    frame(2, "first\n"),
    frame(3, long),
    frame(3, "end"),
    frame(4, long),
  ]);
  assert.deepEqual(read(log, { ended: false }).texts, ["last words", "first", `${long}end`]);
  assert.deepEqual(read(log).texts, ["last words", "first", `${long}end`, long]);
});

Deno.test("DockerLog cuts a line that is too long, and says so", () => {
  const lines: Written[] = [
    { output: 1, text: "z".repeat(200_000), atNanos: 1 },
    { output: 1, text: "next", atNanos: 2 },
  ];
  const { texts } = read(framed(lines), { maxLineBytes: 1_024 });
  assert.match(texts[0] ?? "", /^z{512,1024} \[line cut at 1 KiB\]$/);
  assert.equal(texts[1], "next");
});

Deno.test("DockerLog makes batches of many lines", () => {
  const lines = Array.from(
    { length: 50_000 },
    (_, i): Written => ({ output: 1, text: `line ${i}`, atNanos: i }),
  );
  const got = read(framed(lines));
  assert.deepEqual(got.texts, lines.map((line) => line.text));
  assert.ok(got.batches < 10, `${got.batches} batches`);
});

Deno.test("DockerLog takes any bytes and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isTty) => {
      read(bytes, { isTty });
    }),
    RUNS,
  );
});

Deno.test("Body takes chunks apart however they are cut, and knows its end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 10 }),
      fc.array(fc.nat(700), { maxLength: 20 }),
      (chunks, cuts) => {
        const sent = concat([
          ...chunks.flatMap((
            chunk,
          ) => [encoder.encode(`${chunk.length.toString(16)}\r\n`), chunk, encoder.encode("\r\n")]),
          encoder.encode("0\r\n\r\n"),
        ]);
        const body = new Body({ kind: "chunked" });
        const ends = [...cuts.filter((cut) => cut < sent.length), sent.length].toSorted((a, b) => a - b);
        const got: Uint8Array[] = [];
        let start = 0;
        for (const end of ends) {
          assert.equal(body.isDone, false);
          const bytes = sent.slice(start, end);
          got.push(bytes.slice(0, body.take(bytes)));
          start = end;
        }
        assert.deepEqual(concat(got), concat(chunks));
        assert.equal(body.isDone && body.isWhole, true);
      },
    ),
    RUNS,
  );
});

Deno.test("Body knows where a body ends without chunks, and refuses a size that is none", () => {
  const body = new Body({ kind: "length", bytes: 3 });
  assert.equal(body.take(encoder.encode("ab")), 2);
  assert.equal(body.isWhole, false);
  assert.equal(body.take(encoder.encode("cd")), 1);
  assert.equal(body.isWhole, true);
  assert.equal(new Body({ kind: "close" }).isWhole, true);
  assert.throws(() => new Body({ kind: "chunked" }).take(encoder.encode("xyz\r\n")), SyntaxError);
});

Deno.test("parseMoment() reads what daemons write", () => {
  assert.deepEqual(parseMoment("1970-01-01T00:00:01.5Z"), { seconds: 1, nanos: 500_000_000 });
  assert.deepEqual(parseMoment("1970-01-01T01:00:01+01:00"), { seconds: 1, nanos: 0 });
  for (const text of ["", "now", "1970-01-01", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00"]) {
    assert.equal(parseMoment(text), undefined, text);
  }
});
