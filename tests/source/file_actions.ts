import assert from "node:assert/strict";
import fc from "fast-check";
import type { StreamCheckpoint, Unsettled } from "../../src/event/event.ts";
import { openFileSource, SWEEP_MS } from "../../src/source/file.ts";
import { PARTIAL_AFTER_MS, ROTATED_CLOSE_MS } from "../../src/source/followed.ts";
import { HEAD_BYTES } from "../../src/source/identity.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { append, fileSpec, keptLog, Reading } from "./reading.ts";

/** What happens to a log file, and to the source that reads it. */
type Action =
  | { readonly do: "append"; readonly lines: number; readonly paddingBytes: number }
  | { readonly do: "append half a line" }
  | { readonly do: "rotate by rename" }
  | { readonly do: "rotate by copy" }
  | { readonly do: "write a longer text" }
  | { readonly do: "delete" }
  | { readonly do: "recreate" }
  | { readonly do: "point the link elsewhere" }
  | { readonly do: "pause"; readonly ms: number }
  | { readonly do: "let it read" }
  | { readonly do: "stop"; readonly unsettled: number }
  | { readonly do: "start" };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      lines: fc.integer({ min: 1, max: 50 }),
      paddingBytes: fc.constantFrom(0, 10, 3_000),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: "append half a line" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "rotate by rename" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "rotate by copy" as const }) },
  { weight: 3, arbitrary: fc.constant({ do: "write a longer text" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "delete" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "recreate" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "point the link elsewhere" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("pause" as const),
      ms: fc.constantFrom(SWEEP_MS, PARTIAL_AFTER_MS + SWEEP_MS, ROTATED_CLOSE_MS + 2 * SWEEP_MS),
    }),
  },
  { weight: 12, arbitrary: fc.constant({ do: "let it read" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("stop" as const), unsettled: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: "start" as const }) },
);

/** What the files of an experiment are like. */
interface Setting {
  /** Whether the path is a link to a file in another directory, as on a Kubernetes node. */
  readonly isLinked: boolean;
  /** Whether every text begins with the same lines, longer than what is hashed of a head. */
  readonly hasBanner: boolean;
}

const setting: fc.Arbitrary<Setting> = fc.record({ isLinked: fc.boolean(), hasBanner: fc.boolean() });

const BANNER = `${"=".repeat(79)}\n`.repeat(Math.ceil(HEAD_BYTES / 80) + 1);

/** One text that a file held, from its creation or truncation on. */
interface Text {
  /** Numbers written, in order. */
  readonly written: number[];
  /** Numbers behind its last newline. */
  piece: number[];
}

/**
 * A log file and a model of what must come out of the source. Lines hold numbers like `<12>` that are never used twice.
 * They end with the number as well: where two texts have the same head and the same bytes before the place that was
 * reached, nobody can tell one from the other by reading.
 *
 * Where an action destroys what nobody can have read yet, those numbers may come or not, but everything else must come
 * exactly once, and within one text in the order in which it was written.
 */
class Experiment implements AsyncDisposable {
  readonly #dir: TempDir;
  readonly #path: string;
  readonly #setting: Setting;
  /** Where the text is: the path itself, or what the link points to. */
  #file: string;
  readonly #texts: Text[] = [];
  readonly #must = new Set<number>();
  readonly #all: number[] = [];
  readonly #deleted: Text[] = [];
  #clock: StoppedClock = stoppedClock();
  #current: Text | undefined;
  #reading: Reading | undefined;
  #resume: ReadonlyMap<string, StreamCheckpoint> = new Map();
  #last = 0;
  #rotations = 0;
  /** Numbers that came from readings that were stopped. */
  #gotBefore: number[] = [];

  constructor(dir: TempDir, setting: Setting) {
    this.#dir = dir;
    this.#path = dir.at("app.log");
    this.#setting = setting;
    this.#file = this.#path;
    if (setting.isLinked) this.#pointElsewhere();
    this.#start();
  }

  async do(action: Action): Promise<void> {
    switch (action.do) {
      case "append":
        for (let i = 0; i < action.lines; i++) this.#write("\n", "x".repeat(action.paddingBytes));
        break;
      case "append half a line":
        this.#write("");
        break;
      case "rotate by rename":
        if (this.#current === undefined) break;
        if (!this.#isKnown(this.#current)) this.#mayLose(this.#current);
        Deno.renameSync(this.#file, `${this.#file}.${++this.#rotations}`);
        this.#current = undefined;
        break;
      case "rotate by copy":
        this.#truncate();
        break;
      case "write a longer text": {
        if (this.#current === undefined) break;
        const { size } = Deno.statSync(this.#file);
        this.#truncate();
        do this.#write("\n"); while (Deno.statSync(this.#file).size <= size);
        break;
      }
      case "delete":
        this.#delete();
        break;
      case "recreate":
        this.#delete();
        this.#write("\n");
        break;
      case "point the link elsewhere":
        if (!this.#setting.isLinked) break;
        // The old file stays where it is, but only who has seen it knows where that is.
        if (this.#current !== undefined && !this.#isKnown(this.#current)) this.#mayLose(this.#current);
        this.#current = undefined;
        this.#pointElsewhere();
        break;
      case "pause":
        await this.#clock.advance(action.ms);
        break;
      case "let it read":
        await this.#read();
        break;
      case "stop":
        await this.#stop(action.unsettled);
        break;
      case "start":
        this.#start();
        break;
    }
  }

  /** Lets everything be read that can be, and compares. */
  async compare(): Promise<void> {
    this.#start();
    await this.#read();
    for (let i = 0; i < 3; i++) await this.#clock.advance(PARTIAL_AFTER_MS);
    await this.#wait("everything", [...this.#must]);
    const got = this.#got;
    assert.equal(new Set(got).size, got.length, "A line came twice");
    const written = new Set(this.#all);
    assert.ok(got.every((number) => written.has(number)));
    for (const text of this.#texts) {
      const numbers = new Set(text.written);
      const mine = got.filter((number) => numbers.has(number));
      assert.deepEqual(mine, [...mine].sort((a, b) => a - b), "Lines of one text came out of order");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }

  #truncate(): void {
    if (this.#current === undefined) return;
    Deno.copyFileSync(this.#file, `${this.#file}.${++this.#rotations}`);
    Deno.truncateSync(this.#file);
    // What was not read before the truncation is only in the copy, which the globs do not mean.
    this.#mayLose(this.#current);
    this.#current = this.#newText();
  }

  #delete(): void {
    if (this.#current === undefined) return;
    // Whoever has it open reads it to its end; nobody else can.
    if (this.#reading === undefined || !this.#isKnown(this.#current)) this.#mayLose(this.#current);
    Deno.removeSync(this.#file);
    this.#deleted.push(this.#current);
    this.#current = undefined;
  }

  #pointElsewhere(): void {
    const directory = this.#dir.at(`${++this.#rotations}`);
    Deno.mkdirSync(directory);
    this.#file = `${directory}/0.log`;
    Deno.symlinkSync(this.#file, this.#dir.at("next"));
    Deno.renameSync(this.#dir.at("next"), this.#path);
  }

  /** The checkpoint of a text exists as soon as one of its lines was read. */
  #isKnown(text: Text): boolean {
    const got = new Set(this.#got);
    return text.written.some((number) => got.has(number));
  }

  #mayLose(text: Text): void {
    const got = new Set(this.#got);
    for (const number of text.written) if (!got.has(number)) this.#must.delete(number);
  }

  get #got(): number[] {
    return [...this.#gotBefore, ...numbersOf(this.#reading)];
  }

  #newText(): Text {
    const text: Text = { written: [], piece: [] };
    this.#texts.push(text);
    return text;
  }

  #write(end: "\n" | "", padding = ""): void {
    const isNew = this.#current === undefined || this.#current.written.length === 0;
    const text = this.#current ??= this.#newText();
    const number = ++this.#last;
    append(
      this.#file,
      `${isNew && this.#setting.hasBanner ? BANNER : ""}<${number}>${padding}#${number}${end}`,
    );
    text.written.push(number);
    if (end === "") text.piece.push(number);
    else text.piece = [];
    this.#must.add(number);
    this.#all.push(number);
  }

  #start(): void {
    if (this.#reading !== undefined) return;
    this.#clock = stoppedClock();
    const spec = fileSpec({ paths: [this.#path], maxLineBytes: 2048 });
    const source = openFileSource("app", spec, { clock: this.#clock, log: keptLog() });
    this.#reading = new Reading(source, { resume: this.#resume });
  }

  async #stop(unsettled: number): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined) return;
    await this.#comeAgain();
    await reading[Symbol.asyncDispose]();
    for (const text of this.#deleted.splice(0)) this.#mayLose(text);
    this.#gotBefore = this.#got;
    this.#reading = undefined;
    this.#resume = withUnsettled(reading, unsettled);
  }

  async #read(): Promise<void> {
    if (this.#reading === undefined) return;
    await this.#comeAgain();
    await this.#clock.advance(SWEEP_MS);
    const pieces = new Set(this.#texts.flatMap(({ piece }) => piece));
    await this.#wait("every whole line", [...this.#must].filter((number) => !pieces.has(number)));
  }

  /** Unsettled records come again, or are lost, each once and with the text they had. */
  async #comeAgain(): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined) return;
    const records = [...this.#resume.values()].flatMap(({ unsettled }) => unsettled);
    const again = () => reading.lines.flatMap((line) => line.again ?? []);
    await until("unsettled records", () => again().length + reading.lost.length >= records.length);
    assert.deepEqual(new Set([...again(), ...reading.lost]), new Set(records));
    assert.equal(again().length + reading.lost.length, records.length);
    for (const line of reading.lines) {
      if (line.again !== undefined) assert.deepEqual([line.text], line.again.lanes);
    }
  }

  async #wait(what: string, numbers: readonly number[]): Promise<void> {
    const missing = () => {
      const got = new Set(this.#got);
      return numbers.filter((number) => !got.has(number));
    };
    await until(what, async () => {
      if (missing().length === 0) return true;
      await this.#clock.advance(0);
      return false;
    }, { seen: missing });
  }
}

/** The checkpoints of a reading, with some of its last lines unsettled; their text stands where the lanes belong. */
function withUnsettled(reading: Reading, count: number): ReadonlyMap<string, StreamCheckpoint> {
  const checkpoints = new Map(reading.checkpoints);
  for (const { stream, from, to, text, again } of count === 0 ? [] : reading.lines.slice(-count)) {
    const checkpoint = checkpoints.get(stream.key);
    if (checkpoint === undefined || again !== undefined) continue;
    const record: Unsettled = { from, to, level: "info", lanes: [text] };
    checkpoints.set(stream.key, { ...checkpoint, unsettled: [...checkpoint.unsettled, record] });
  }
  return checkpoints;
}

function numbersOf(reading: Reading | undefined): number[] {
  return (reading?.lines ?? []).filter(({ again }) => again === undefined)
    .flatMap(({ text }) => [...text.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number)));
}

/**
 * Does random things to a log file while a source reads it, and compares what came out with a model. `IRCTAIL_SEED`
 * repeats a run.
 *
 * @param runs How many experiments.
 */
export async function fileExperiments(runs: number): Promise<void> {
  const seed = Number(Deno.env.get("IRCTAIL_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  // deno-lint-ignore no-console
  console.info(`File experiments: IRCTAIL_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(setting, fc.array(action, { maxLength: 30, size: "max" }), async (setting, actions) => {
      await using experiment = new Experiment(await tempDir(), setting);
      for (const action of actions) await experiment.do(action);
      await experiment.compare();
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
}
