import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BURST_LINES, facilitator, formatTracing } from "../../../src/cli/demo/facilitator.ts";
import { openLogFile } from "../../../src/cli/demo/log_file.ts";
import { hex32Bytes, jwt, seededRandom, skKey } from "../../../src/cli/demo/made_up.ts";
import { type Entry, runService, type SampleService } from "../../../src/cli/demo/services.ts";
import { formatPython, testSeller } from "../../../src/cli/demo/test_seller.ts";
import { stoppedClock } from "../../support/stopped_clock.ts";
import { findProgram, missing } from "../../support/parts.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** What a service does in its first `seconds`, with the second it does it in. */
function firstSeconds(service: SampleService, seconds: number, seed = 1) {
  const done: { readonly atMs: number; readonly entries: readonly Entry[] }[] = [];
  let atMs = 0;
  for (const step of service.script(seededRandom(seed))) {
    atMs += step.afterMs;
    if (atMs > seconds * 1000) break;
    done.push({ atMs, entries: step.entries });
  }
  return done;
}

Deno.test("the facilitator's lines are byte for byte what tracing-subscriber 0.3 writes", () => {
  // Compared with the output of a Rust program with `tracing_subscriber::fmt().with_ansi(true)`.
  const timeMs = Date.UTC(2026, 10, 23, 12, 58, 17, 739) + 0.5625;
  const entry: Entry = {
    level: "INFO",
    from: "t",
    message: "Payment settled",
    fields: [["payer", "0x2C3"], ["network", '"base"'], ["amount", 1]],
  };
  assert.equal(
    formatTracing(entry, timeMs),
    "\x1b[2m2026-11-23T12:58:17.739562Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mt\x1b[0m\x1b[2m:\x1b[0m Payment settled " +
      '\x1b[3mpayer\x1b[0m\x1b[2m=\x1b[0m0x2C3 \x1b[3mnetwork\x1b[0m\x1b[2m=\x1b[0m"base" ' +
      "\x1b[3mamount\x1b[0m\x1b[2m=\x1b[0m1\n",
  );
  const heads = (["DEBUG", "WARN", "ERROR"] as const).map((level) =>
    formatTracing({ level, from: "t", message: "x" }, timeMs).split(" ").slice(1, -2).join(" ")
  );
  assert.deepEqual(heads, ["\x1b[34mDEBUG\x1b[0m", "\x1b[33m WARN\x1b[0m", "\x1b[31mERROR\x1b[0m"]);
});

Deno.test({
  name: "the test seller's lines are byte for byte what Python's logging writes",
  ignore: missing("python3"),
  fn: async () => {
    const program = [
      "import logging, sys",
      "logging.basicConfig(stream=sys.stdout, format='%(asctime)s - %(name)s - %(levelname)s - %(message)s', level=10)",
      "for level in (10, 20, 30, 40):",
      "    record = logging.LogRecord('test_seller.app', level, 'f', 1, 'hello', None, None)",
      "    record.created, record.msecs = 1700000000.042, 42.0",
      "    logging.getLogger().handle(record)",
    ].join("\n");
    const python = new Deno.Command(findProgram("python3") ?? "python3", {
      args: ["-c", program],
      env: { TZ: "UTC" },
    });
    const { stdout } = await python.output();
    const ours = (["DEBUG", "INFO", "WARN", "ERROR"] as const).map((level) =>
      formatPython({ level, from: "test_seller.app", message: "hello" }, 1_700_000_000_042)
    );
    // Both write local time; here the zone of this process is undone.
    const offsetMs = new Date(1_700_000_000_042).getTimezoneOffset() * 60_000;
    const utc = ours.map((line) =>
      new Date(Date.parse(`${line.slice(0, 10)}T${line.slice(11, 19)}Z`) + offsetMs).toISOString()
        .slice(0, 19).replace("T", " ") + line.slice(19)
    );
    assert.equal(utc.join(""), new TextDecoder().decode(stdout));
  },
});

Deno.test("within ten seconds the facilitator pays, fails, repeats itself and bursts, and prints its key", () => {
  const done = firstSeconds(facilitator, 10);
  const entries = done.flatMap((step) => step.entries);
  assert.ok(entries.some((entry) => entry.message.startsWith("Payment settled - TX: 0x")));
  assert.ok(entries.some((entry) => entry.level === "ERROR"));
  assert.ok(entries.some((entry) => entry.level === "DEBUG"));
  assert.ok(entries.some((entry) => /EVM_PRIVATE_KEY=0x[0-9a-f]{64}$/.test(entry.message)));
  assert.ok(done.some((step) => step.entries.length === BURST_LINES));
  const repeated = done.some(({ entries: [first, ...rest] }) =>
    rest.length >= 5 && rest.every((entry) => entry === first)
  );
  assert.ok(repeated);
});

Deno.test("a burst comes about every 20 s, and between bursts less than the demo's budget of one line a second", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const done = firstSeconds(facilitator, 300, seed);
      const bursts = done.filter((step) => step.entries.length === BURST_LINES).map((step) => step.atMs);
      for (const [index, atMs] of bursts.slice(1).entries()) {
        const gap = atMs - (bursts[index] ?? 0);
        assert.ok(gap > 12_000 && gap < 30_000, String(gap));
      }
      const calm = done.filter((step) => step.entries.length < 5).flatMap((step) => step.entries)
        .filter((entry) => entry.level !== "DEBUG");
      assert.ok(calm.length < 300, String(calm.length));
    }),
    { numRuns: 30 },
  );
});

Deno.test("within a minute the test seller prints every kind of secret and a stack trace", () => {
  const entries = firstSeconds(testSeller, 60).flatMap((step) => step.entries);
  for (
    const pattern of [
      /sk-proj-[\w-]{48}$/,
      /Authorization: Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/,
      /password=\S+ host=db$/,
      /^Payment received from 0x[0-9a-f]{40}: \$\d+\.\d\d$/,
    ]
  ) {
    assert.ok(entries.some((entry) => pattern.test(entry.message)), String(pattern));
  }
  const trace = entries.find((entry) => entry.below !== undefined);
  assert.equal(trace?.below?.[0], "Traceback (most recent call last):");
});

Deno.test("the same seed makes the same demo, another seed another one", () => {
  assert.deepEqual(firstSeconds(testSeller, 60, 7), firstSeconds(testSeller, 60, 7));
  assert.notDeepEqual(firstSeconds(testSeller, 60, 7), firstSeconds(testSeller, 60, 8));
});

Deno.test("made-up values have the shape of real ones", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const random = seededRandom(seed);
    const number = random();
    assert.ok(number >= 0 && number < 1);
    assert.match(hex32Bytes(random), /^0x[0-9a-f]{64}$/);
    assert.match(skKey(random), /^sk-proj-[A-Za-z0-9_-]{48}$/);
    const [header = "", claims = ""] = jwt(random).split(".");
    for (const part of [header, claims]) {
      assert.equal(typeof JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/"))), "object");
    }
  }));
});

Deno.test("a service writes each step at its time in one piece, counts it, and ends when it is told to", async () => {
  const clock = stoppedClock(Date.UTC(2026, 0, 1));
  const stop = new AbortController();
  const tally = { lines: 0, records: 0, debug: 0 };
  const written: string[] = [];
  const service: SampleService = {
    name: "s",
    format: formatPython,
    *script() {
      yield { afterMs: 0, entries: [{ level: "INFO", from: "a", message: "one" }] };
      const below = ["Traceback (most recent call last):", "E: x"];
      yield {
        afterMs: 1000,
        entries: [
          { level: "ERROR", from: "a", message: "two", below },
          { level: "DEBUG", from: "a", message: "three" },
        ],
      };
      for (;;) yield { afterMs: 1000, entries: [] };
    },
  };
  const running = runService(
    service,
    { clock, random: Math.random, tally, write: (text) => written.push(text) },
    stop.signal,
  );
  await clock.advance(999);
  assert.equal(written.length, 1);
  await clock.advance(1);
  assert.equal(written.length, 2);
  assert.match(
    written[1] ?? "",
    /^\S+ \S+ - a - ERROR - two\nTraceback .*\nE: x\n\S+ \S+ - a - DEBUG - three\n$/,
  );
  assert.deepEqual(tally, { lines: 5, records: 3, debug: 1 });
  stop.abort();
  await running;
  assert.equal(clock.sleepers, 0);
});

Deno.test("a log file is rotated by rename before it outgrows its bound, and nothing is lost", async () => {
  await using dir = await tempDir();
  const path = dir.at("s.log");
  {
    using file = openLogFile(path, 100);
    for (let i = 0; i < 15; i++) file.append(`line ${String(i).padStart(4, "0")}\n`);
  }
  assert.equal((await Deno.stat(`${path}.1`)).size, 100);
  assert.equal((await Deno.stat(path)).size, 50);
  const text = await Deno.readTextFile(`${path}.1`) + await Deno.readTextFile(path);
  assert.deepEqual(
    text.trimEnd().split("\n"),
    Array.from({ length: 15 }, (_, i) => `line ${String(i).padStart(4, "0")}`),
  );
  using again = openLogFile(path, 100);
  again.append("x".repeat(60));
  assert.equal((await Deno.stat(`${path}.1`)).size, 50);
});
