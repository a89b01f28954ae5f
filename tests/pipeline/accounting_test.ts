import assert from "node:assert/strict";
import fc from "fast-check";
import type { Stream } from "../../src/event/event.ts";
import type { Outcome } from "../../src/irc/connection.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  EMPTY_CHECKPOINT,
  encodeCheckpoint,
} from "../../src/pipeline/checkpoint.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import type { Program } from "../../src/pipeline/program.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import {
  batchOf,
  BUDGET,
  keptLog,
  offsetOf,
  programOf,
  type ScriptedConnection,
  scriptedConnection,
  STDIN,
  streamOf,
} from "./support.ts";

/** What a line is; a number makes it the only one of its text. */
type LineKind = "info" | "error" | "debug" | "noise" | "same" | "withheld" | "continuation";

type Step =
  | { readonly do: "read"; readonly stream: number; readonly lines: readonly LineKind[] }
  | { readonly do: "settle"; readonly outcome: Outcome; readonly count: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "speak"; readonly on: boolean }
  | { readonly do: "full"; readonly on: boolean }
  | { readonly do: "reload"; readonly program: number }
  | { readonly do: "panic" }
  | { readonly do: "resume" }
  | { readonly do: "restart source" }
  | { readonly do: "save" }
  | { readonly do: "crash"; readonly from: "now" | "saved"; readonly lost: boolean };

const NOISE = { name: "noise", match: { contains: ["healthz"] }, drop: true } as const;
const ERRORS = { name: "errors", match: { minLevel: "error" }, continue: true } as const;
const ALL = { name: "all", match: { minLevel: "info" } } as const;

/** Everything that is not debug or noise goes to `#logs` under all of them, and to nothing else there. */
const PROGRAMS: readonly Program[] = [
  programOf([
    NOISE,
    { ...ERRORS, send: { channel: "#errors" } },
    { ...ALL, send: { repeats: "collapse" } },
  ]),
  programOf([NOISE, { ...ALL, send: { budget: { ...BUDGET, burstLines: 50, digestMs: 1_000 } } }]),
  programOf([
    NOISE,
    { ...ERRORS, send: { channel: "#severe" } },
    { ...ALL, send: { budget: { ...BUDGET, burstLines: 1, linesPerSecond: 0.01 }, repeats: "collapse" } },
  ]),
  programOf([
    NOISE,
    { ...ERRORS, send: { channel: "#errors", delayMs: 1_000 } },
    { ...ALL, send: { delayMs: 400, budget: { ...BUDGET, burstLines: 20 }, repeats: "collapse" } },
  ]),
];

/** A file that only grows; read again from wherever a checkpoint says. */
class LogFile {
  readonly stream: Stream;
  #text = "";
  #readBytes = 0;

  constructor(key: string) {
    this.stream = streamOf(key);
  }

  append(line: string): void {
    this.#text += `${line}\n`;
  }

  slice(from: number, to: number): string {
    return this.#text.slice(from, to);
  }

  /** What was not read yet. */
  rest(): { readonly text: string; readonly fromBytes: number } {
    const fromBytes = this.#readBytes;
    this.#readBytes = this.#text.length;
    return { text: this.#text.slice(fromBytes), fromBytes };
  }

  seek(offsetBytes: number): void {
    this.#readBytes = offsetBytes;
  }
}

class SteppedClock implements Clock {
  #ms = 0;
  now = () => Date.UTC(2026, 0, 2) + this.#ms;
  monotonic = () => this.#ms;
  sleep = () => Promise.reject(new Error("Nothing waits here"));
  move(ms: number): void {
    this.#ms += ms;
  }
}

/** Pipelines one after the other, and everything that was ever said. */
class Story {
  readonly #clock = new SteppedClock();
  readonly #files = [new LogFile("a"), new LogFile("b")];
  readonly #runs: Pipeline[] = [];
  readonly #connections: ScriptedConnection[] = [];
  /** Lines that the run was told were shown before it began. */
  #acknowledged: ReadonlySet<string> = new Set();
  #program = 0;
  #saved = EMPTY_CHECKPOINT;
  #shownWhenSaved: ReadonlySet<string> = new Set();
  #numbers = 0;
  #muted = false;
  /** Number of the first line that was not written yet when a panic ended in this run. */
  #firstAfterPanic = 0;
  /** How many messages had been offered then. */
  #offeredBeforePanicEnded = 0;
  /** Records of `#logs` that were written. */
  expected = 0;
  /** Whether every restart went on from the last moment. */
  isExact = true;

  constructor() {
    this.#open(EMPTY_CHECKPOINT);
  }

  take(step: Step): void {
    const connection = this.#connection;
    switch (step.do) {
      case "read": {
        const file = this.#files[step.stream];
        for (const kind of step.lines) file?.append(this.#line(kind));
        if (file !== undefined) this.#read(file);
        break;
      }
      case "settle":
        connection.settle(step.outcome, step.count);
        break;
      case "wait":
        this.#clock.move(step.ms);
        this.#pipeline.tick();
        break;
      case "speak":
        connection.speaks = step.on;
        this.#pipeline.tick();
        break;
      case "full":
        connection.full = step.on;
        break;
      case "reload":
        this.#program = step.program;
        this.#pipeline.swap(this.#compiled);
        this.#pipeline.tick();
        break;
      case "panic":
        if (this.#muted) break;
        this.#muted = true;
        this.#pipeline.mute();
        connection.mute();
        break;
      case "resume":
        if (!this.#muted) break;
        this.#muted = false;
        connection.unmute();
        this.#pipeline.unmute();
        this.#firstAfterPanic = this.#numbers;
        this.#offeredBeforePanicEnded = connection.offered.length;
        this.#pipeline.tick();
        break;
      case "restart source": {
        const resume = this.#pipeline.intake("src", STDIN).resume();
        for (const file of this.#files) {
          const left = resume?.get(file.stream.key);
          // Everything a crash left was read again at once; what is in the queue settles by itself.
          assert.deepEqual(left?.unsettled ?? [], []);
          file.seek(left === undefined ? 0 : offsetOf(left.position));
          this.#read(file);
        }
        break;
      }
      case "save":
        this.#saved = this.#checkpoint();
        this.#shownWhenSaved = this.#shownLines();
        break;
      case "crash":
        this.#crash(step);
        break;
    }
  }

  /** Invariant I1, and that nothing is said again which a restart knew to be said. */
  check(): void {
    const { read, unrouted, dropped, routed } = this.#pipeline.intake("src", STDIN).account;
    assert.equal(read, unrouted + dropped + routed);
    for (const [key, { account, pending }] of this.#pipeline.lanes) {
      assert.equal(account.matched, account.shown + account.summarised + account.withheld + pending, key);
    }
    for (const { text } of this.#connection.offered.slice(this.#offeredBeforePanicEnded)) {
      const number = Number(/ n=(\d+)/.exec(text)?.[1] ?? Infinity);
      assert.ok(number >= this.#firstAfterPanic, `said after a panic: ${text}`);
    }
    for (const { text, message } of this.#connection.offered) {
      assert.ok(!this.#acknowledged.has(`${message.channel} ${text}`), `said again: ${text}`);
    }
  }

  /** Lets everything be said that is owed. */
  drain(): void {
    this.take({ do: "resume" });
    this.#connection.speaks = true;
    this.#connection.full = false;
    for (let round = 0; round < 5; round++) {
      this.#pipeline.sayAll();
      this.#connection.settle("shown");
      this.#pipeline.tick();
    }
  }

  /** After the drain: nothing is owed, and what was said adds up. */
  checkDrained(): void {
    for (const [key, lane] of this.#pipeline.lanes) assert.equal(lane.pending, 0, key);
    assert.deepEqual([...this.#pipeline.checkpoint().lanes], []);
    for (const file of this.#files) {
      assert.deepEqual(
        this.#pipeline.checkpoint().sources.get("src")?.get(file.stream.key)?.unsettled ?? [],
        [],
      );
    }
    const said = this.#connections.flatMap(({ offered }) =>
      offered.filter(({ outcome, message }) => outcome === "shown" && message.channel === "#logs")
    ).map(({ text }) => text);
    const records = said.filter((text) => text.startsWith("[") && !text.startsWith("[line withheld")).length;
    const counted = said.map((text) =>
      Number(/^⋯ (?:gap \S+ )?(\d+)|^↻ ×(\d+)/.exec(text)?.slice(1).join("") ?? 0)
    )
      .reduce((sum, number) => sum + number, 0);
    const withheld = this.#runs.reduce((sum, run) => sum + (lanesOf(run)?.account.withheld ?? 0), 0);
    const total = records + counted + withheld;
    if (this.isExact) assert.equal(total, this.expected);
    else assert.ok(total >= this.expected, `${this.expected - total} of ${this.expected} vanished`);
  }

  get #pipeline(): Pipeline {
    const last = this.#runs.at(-1);
    if (last === undefined) throw new Error("Nothing runs");
    return last;
  }

  get #connection(): ScriptedConnection {
    const last = this.#connections.at(-1);
    if (last === undefined) throw new Error("Nothing is connected");
    return last;
  }

  get #compiled(): Program {
    return PROGRAMS[this.#program] ?? programOf([]);
  }

  #open(left: Checkpoint): void {
    const connection = scriptedConnection();
    connection.flying = 2;
    this.#connections.push(connection);
    const pipeline = new Pipeline(this.#compiled, left, {
      clock: this.#clock,
      log: keptLog(),
      host: "box",
      connection: () => connection,
      channelsChanged: () => {},
    });
    this.#runs.push(pipeline);
    // What was in flight when the last run ended is read again, whatever happened to it.
    this.#firstAfterPanic = 0;
    this.#offeredBeforePanicEnded = 0;
    if (this.#muted) {
      pipeline.mute();
      connection.mute();
    }
    pipeline.intake("src", STDIN).resume();
  }

  #read(file: LogFile): void {
    const { text, fromBytes } = file.rest();
    const batch = batchOf(file.stream, text, { fromBytes, readMs: this.#clock.monotonic() });
    this.#pipeline.intake("src", STDIN).take(batch);
  }

  #line(kind: LineKind): string {
    const number = this.#numbers++;
    if (kind === "continuation") {
      // Whether it is a record of its own depends on when it is read.
      this.isExact = false;
      return `    at frame ${number}`;
    }
    if (kind !== "debug" && kind !== "noise") this.expected++;
    switch (kind) {
      case "info":
        return `INFO n=${number}`;
      case "error":
        return `ERROR n=${number}`;
      case "debug":
        return `DEBUG n=${number}`;
      case "noise":
        return `ERROR n=${number} healthz`;
      case "same":
        return "WARN the same again";
      case "withheld":
        return `INFO boom n=${number}`;
    }
  }

  #checkpoint(): Checkpoint {
    return decodeCheckpoint(encodeCheckpoint(this.#pipeline.checkpoint()));
  }

  /** Lines with a number of their own that were shown, as far as this run knows. */
  #shownLines(): ReadonlySet<string> {
    const numbered = this.#connection.offered.filter(({ outcome, text }) =>
      outcome === "shown" && /^\[\w+\] \w+ n=\d+$/.test(text)
    );
    return this.#acknowledged.union(
      new Set(numbered.map(({ text, message }) => `${message.channel} ${text}`)),
    );
  }

  #crash({ from, lost }: { readonly from: "now" | "saved"; readonly lost: boolean }): void {
    const left = from === "now" ? this.#checkpoint() : this.#saved;
    const shown = from === "now" ? this.#shownLines() : this.#shownWhenSaved;
    if (from === "saved") this.isExact = false;
    this.#acknowledged = shown;
    this.#open(left);
    const intake = this.#pipeline.intake("src", STDIN);
    for (const file of this.#files) {
      const resume = intake.resume()?.get(file.stream.key);
      for (const again of resume?.unsettled ?? []) {
        const text = file.slice(offsetOf(again.from), offsetOf(again.to));
        const options = { fromBytes: offsetOf(again.from), readMs: this.#clock.monotonic(), again };
        if (lost) intake.lost(file.stream.key, again);
        else intake.take(batchOf(file.stream, text, options));
        this.check();
      }
      file.seek(resume === undefined ? 0 : offsetOf(resume.position));
      this.#read(file);
    }
  }
}

function lanesOf(pipeline: Pipeline) {
  return [...pipeline.lanes.values()].find(({ route }) => route.spec.name === "all");
}

const stepArb = (kinds: readonly LineKind[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("read" as const),
        stream: fc.nat({ max: 1 }),
        lines: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12, size: "max" }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("settle" as const),
        outcome: fc.constantFrom<Outcome>("shown", "shown", "expired", "away"),
        count: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        ms: fc.constantFrom(1, 100, 201, 400, 1_000, 5_000, 61_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("speak" as const), on: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("full" as const), on: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("reload" as const),
        program: fc.nat({ max: PROGRAMS.length - 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: "panic" as const }) },
    { weight: 2, arbitrary: fc.constant({ do: "resume" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "restart source" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "save" as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("crash" as const),
        from: fc.constantFrom("now" as const, "now" as const, "saved" as const),
        lost: fc.boolean(),
      }),
    },
  );

const RECORDS: readonly LineKind[] = ["info", "error", "debug", "noise", "same", "same", "withheld"];

function tell(steps: readonly Step[]): void {
  const story = new Story();
  for (const step of steps) {
    story.take(step);
    story.check();
  }
  story.drain();
  story.check();
  story.checkDrained();
}

Deno.test("every record is accounted for at every moment, and said or counted in the end", () => {
  fc.assert(fc.property(fc.array(stepArb(RECORDS), { minLength: 5, maxLength: 40, size: "max" }), tell), {
    numRuns: 400,
  });
});

Deno.test("the same holds when records go on over several lines and reads", () => {
  const steps = fc.array(stepArb([...RECORDS, "continuation", "continuation"]), {
    minLength: 5,
    maxLength: 40,
  });
  fc.assert(fc.property(steps, tell), { numRuns: 200 });
});
