import assert from "node:assert/strict";
import type { Cursor } from "../../src/event/event.ts";
import type { Source, SourceState } from "../../src/source/source.ts";
import { until } from "../support/until.ts";
import { Reading } from "./reading.ts";

/** A source of one kind with something behind it that a test can write to. */
export interface Bench extends AsyncDisposable {
  readonly source: Source;
  /** Makes these bytes appear in the source. */
  write(text: string): Promise<void>;
  /** A source after a restart, which resumes; `undefined` where what was read is gone. */
  readonly restarted: (() => Source) | undefined;
  /** How what is behind it goes away and comes back; `undefined` for what cannot. */
  readonly outage: Outage | undefined;
  /** How resume points are told apart; by their offset in bytes when left out. */
  readonly measure?: Measure;
}

/** What is behind a source, gone for a while. */
export interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Whether a source can see it before it ends, and then has to say so. */
  readonly isSeen: boolean;
}

/** What a kind of cursor counts. */
export interface Measure {
  /** How far a resume point is from where reading began. */
  at(cursor: Cursor): number | undefined;
  /** How far it is from one end of a line to the other. */
  of(text: string): number;
}

const BYTES: Measure = {
  at: (cursor) => "offsetBytes" in cursor ? cursor.offsetBytes : undefined,
  of: (text) => new TextEncoder().encode(text).length + 1,
};

/** Longest end after an abort, in milliseconds: `Source.read` promises it. */
const END_MS = 1_000;

/**
 * What every kind of source must do. The leak sanitizers of each test judge that nothing stays open.
 *
 * @param kind For the names of the tests.
 * @param open Makes a bench; it is disposed of when the test ends. One that has an outage shares what is behind it with
 *   no other test.
 * @param options Whether its part is missing on this machine.
 */
export function sourceContract(
  kind: string,
  open: (options: { readonly hasOutage: boolean }) => Promise<Bench>,
  options: { readonly ignore?: boolean } = {},
): void {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${kind} source ${name}`, ignore: options.ignore ?? false, fn });

  test("yields every line once and in order", async () => {
    await using bench = await open({ hasOutage: false });
    await using reading = new Reading(bench.source);
    await bench.write("one\ntwo\n");
    await reading.count(2);
    await bench.write("three\nfo");
    await bench.write("ur\n");
    assert.deepEqual(await reading.count(4), ["one", "two", "three", "four"]);
  });

  test("yields batches of many lines with exact resume points", async () => {
    await using bench = await open({ hasOutage: false });
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${"é".repeat(i % 7)}.`);
    await using reading = new Reading(bench.source);
    await bench.write(lines.join("\n") + "\n");
    await reading.count(lines.length);
    assert.deepEqual(reading.texts, lines);
    assert.ok(reading.batches < lines.length / 10, `${reading.batches} batches`);
    const { at, of } = bench.measure ?? BYTES;
    let offset = 0;
    for (const { text, from, to } of reading.lines) {
      assert.equal(at(from), offset);
      offset += of(text);
      assert.equal(at(to), offset);
    }
  });

  test("ends when aborted while idle", async () => {
    await using bench = await open({ hasOutage: false });
    const reading = new Reading(bench.source);
    await bench.write("one\n");
    await reading.count(1);
    await endsSoon(reading);
  });

  test("ends when aborted before it was read", async () => {
    await using bench = await open({ hasOutage: false });
    await endsSoon(new Reading(bench.source));
  });

  test("ends when aborted while there is more to read", async () => {
    await using bench = await open({ hasOutage: false });
    const gate = Promise.withResolvers<void>();
    const reading = new Reading(bench.source);
    reading.busy = gate.promise;
    const written = bench.write(`${"x".repeat(99)}\n`.repeat(30_000));
    await reading.count(1);
    reading.abort();
    const startMs = performance.now();
    gate.resolve();
    await reading.done;
    assert.ok(performance.now() - startMs < END_MS);
    assert.ok(reading.lines.length < 30_000);
    await bench[Symbol.asyncDispose]();
    await written;
  });

  test("ends when aborted while its consumer is busy", async () => {
    await using bench = await open({ hasOutage: false });
    const gate = Promise.withResolvers<void>();
    const reading = new Reading(bench.source);
    reading.busy = gate.promise;
    await bench.write("one\n");
    await reading.count(1);
    await bench.write("two\n");
    reading.abort();
    gate.resolve();
    await endsSoon(reading);
    assert.deepEqual(reading.texts, ["one"]);
  });

  test("closes what it opened when its consumer leaves", async () => {
    await using bench = await open({ hasOutage: false });
    await bench.write("one\n");
    const batches = bench.source.read({
      resume: undefined,
      once: false,
      lost: () => {},
      ended: () => {},
      state: () => {},
    }, new AbortController().signal);
    for await (const batch of batches) {
      if (batch.bytes.length === 0) continue;
      assert.equal(batch.bytes.length, 4);
      break;
    }
  });

  test("goes on when what is behind it was away, and says what it does", async () => {
    await using bench = await open({ hasOutage: true });
    if (bench.outage === undefined) return;
    await using reading = new Reading(bench.source);
    const isIn = (phase: SourceState["phase"]) => reading.states.at(-1)?.phase === phase;
    await bench.write("one\n");
    await reading.count(1);
    await until("the state", () => isIn("reading"), { seen: () => reading.states });
    await bench.outage.begin();
    if (bench.outage.isSeen) await until("the state", () => isIn("waiting"), { seen: () => reading.states });
    await bench.outage.end();
    await bench.write("two\nthree\n");
    assert.deepEqual(await reading.count(3), ["one", "two", "three"]);
    await until("the state", () => isIn("reading"), { seen: () => reading.states });
  });

  test("resumes after its cursor with nothing lost or repeated", async () => {
    await using bench = await open({ hasOutage: false });
    if (bench.restarted === undefined) return;
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`);
    const texts: string[] = [];
    let resume: Reading["checkpoints"] = new Map();
    for (let i = 0; i < lines.length; i += 100) {
      await using reading = new Reading(i === 0 ? bench.source : bench.restarted(), { resume });
      await bench.write(lines.slice(i, i + 50).join("\n") + "\n");
      await reading.count(50 + (i === 0 ? 0 : 50));
      reading.abort();
      await reading.done;
      texts.push(...reading.texts);
      resume = reading.checkpoints;
      await bench.write(lines.slice(i + 50, i + 100).join("\n") + "\n");
    }
    await using reading = new Reading(bench.restarted(), { resume });
    texts.push(...await reading.count(50));
    assert.deepEqual(texts, lines);
  });
}

async function endsSoon(reading: Reading): Promise<void> {
  const startMs = performance.now();
  reading.abort();
  let isDone = false;
  const done = reading.done.finally(() => isDone = true);
  await until("the end of the source", () => isDone);
  await done;
  assert.ok(performance.now() - startMs < END_MS, `${performance.now() - startMs} ms`);
}
