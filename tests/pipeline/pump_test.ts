import assert from "node:assert/strict";
import type { Batch } from "../../src/event/event.ts";
import { pump } from "../../src/pipeline/pump.ts";
import { type ReadOptions, type Source, SourceError, type SourceState } from "../../src/source/source.ts";
import { aborted } from "../../src/runtime/scope.ts";
import { until } from "../support/until.ts";
import { batchOf, programOf, streamOf, type TestPipeline, testPipeline } from "./support.ts";

/** A source whose n-th start does what the n-th script says; the last one is repeated. */
function scripted(
  ...scripts: readonly ((options: ReadOptions, signal: AbortSignal) => AsyncIterable<Batch>)[]
): Source & { readonly starts: readonly ReadOptions[] } {
  const starts: ReadOptions[] = [];
  return {
    id: "src",
    starts,
    read(options, signal) {
      const script = scripts[Math.min(starts.length, scripts.length - 1)];
      starts.push(options);
      if (script === undefined) throw new Error("There is no script");
      return script(options, signal);
    },
  };
}

function failing(message: string, retryable: boolean): () => AsyncIterable<Batch> {
  // deno-lint-ignore require-yield
  return async function* () {
    await Promise.resolve();
    throw new SourceError(message, { retryable });
  };
}

function pumping(source: Source, test: TestPipeline, signal: AbortSignal) {
  const states: SourceState[] = [];
  const done = pump(source, test.intake, {
    clock: test.clock,
    random: () => 1,
    once: false,
    state: (state) => void states.push(state),
  }, signal);
  return { states, done };
}

const open = () => testPipeline(programOf([{}]));

Deno.test("a source that fails is started again, later every time, from where it was", async () => {
  const test = open();
  const stream = streamOf();
  const source = scripted(
    failing("first", true),
    async function* (): AsyncGenerator<Batch> {
      yield batchOf(stream, "one\n", { readMs: 0 });
      await Promise.resolve();
      throw new SourceError("second", { retryable: true });
    },
    failing("third", true),
    async function* (_, signal): AsyncGenerator<Batch> {
      yield batchOf(stream, "two\n", { fromBytes: 4, readMs: 0 });
      await aborted(signal, new AbortController().signal);
    },
  );
  const stop = new AbortController();
  const { states, done } = pumping(source, test, stop.signal);
  for (const delayMs of [500, 1_000, 2_000]) {
    const starts = source.starts.length;
    await until("the back-off", () => test.clock.sleepers === 1);
    await test.clock.advance(delayMs - 1);
    assert.equal(source.starts.length, Math.max(1, starts));
    await test.clock.advance(1);
    await until("the next start", () => source.starts.length > starts);
  }
  await until("the second line", () => test.connection.waiting.length === 2);
  stop.abort();
  await done;
  assert.deepEqual(states, [
    { phase: "waiting", because: "first" },
    { phase: "waiting", because: "second" },
    { phase: "waiting", because: "third" },
    { phase: "ended" },
  ]);
  assert.deepEqual(test.connection.waiting, ["[INFO] one", "[INFO] two"]);
  assert.deepEqual(source.starts.map(({ resume }) => resume?.get("stream")?.position), [
    undefined,
    undefined,
    { kind: "stdin", offsetBytes: 4 },
    { kind: "stdin", offsetBytes: 4 },
  ]);
});

Deno.test("a source that read well for long is not made to wait for its failures of long ago", async () => {
  const test = open();
  const source = scripted(
    failing("early", true),
    failing("early", true),
    failing("early", true),
    // deno-lint-ignore require-yield
    async function* (_, signal): AsyncGenerator<Batch> {
      await test.clock.sleep(3_600_000, signal);
      throw new SourceError("late", { retryable: true });
    },
    failing("later", false),
  );
  const { states, done } = pumping(source, test, new AbortController().signal);
  for (const delayMs of [500, 1_000, 2_000, 3_600_000, 500]) {
    await until("somebody to sleep", () => test.clock.sleepers === 1);
    await test.clock.advance(delayMs);
  }
  await done;
  assert.deepEqual(states.at(-1), { phase: "failed", because: "later" });
});

Deno.test("a source that cannot be helped ends as failed and is not started again", async () => {
  const test = open();
  const source = scripted(failing("gone for good", false));
  const { states, done } = pumping(source, test, new AbortController().signal);
  await done;
  assert.deepEqual(states, [{ phase: "failed", because: "gone for good" }]);
  assert.equal(source.starts.length, 1);
});

Deno.test("an abort ends the wait for the next start", async () => {
  const test = open();
  const stop = new AbortController();
  const { states, done } = pumping(scripted(failing("down", true)), test, stop.signal);
  await until("the back-off", () => test.clock.sleepers === 1);
  stop.abort();
  await done;
  assert.deepEqual(states, [{ phase: "waiting", because: "down" }]);
  assert.equal(test.clock.sleepers, 0);
});

Deno.test("a bug in a source is no state: it is thrown", async () => {
  const test = open();
  const source = scripted(() => {
    throw new TypeError("a bug");
  });
  const { done } = pumping(source, test, new AbortController().signal);
  await assert.rejects(done, TypeError);
});
