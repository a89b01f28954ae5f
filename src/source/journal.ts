/**
 * The systemd journal, read through journalctl: started again when it dies, and resumed where reading was.
 *
 * @module
 */

import type { JournaldSourceSpec } from "../config/config.ts";
import type { Batch, Stream } from "../event/event.ts";
import { backoffMs, type BackoffSpec } from "../runtime/backoff.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { readAgain } from "./journal_again.ts";
import { originOf } from "./journal_entry.ts";
import { type ExportEntry, ExportParser } from "./journal_export.ts";
import { leftBehind, nextGroup, type Owed } from "./journal_resume.ts";
import { cursorAfter, type JournalCursor, Run } from "./journal_run.ts";
import { compileSelection, type OwnJournal, ownJournal, type Selection } from "./journal_selection.ts";
import { JournalState } from "./journal_state.ts";
import { JournalStreams } from "./journal_streams.ts";
import { type Ending, Journalctl, PROBE, readingArgs, type Span } from "./journalctl.ts";
import { makeRoom } from "./lines.ts";
import { type ReadOptions, type Source, SourceError } from "./source.ts";

/** How journalctl is started again. */
const RESTART: BackoffSpec = { firstMs: 200, longestMs: 30_000 };

/** How long entries are gathered into one batch while journalctl is in the middle of one, in milliseconds. */
const LONGEST_GATHER_MS = 20;

/** After so many entries of others the position is told, so that a restart does not read them all again. */
const TOLD_EVERY_ENTRIES = 10_000;

/** What a journald source needs. */
export interface JournaldSourceDeps {
  /** Measures waits and stamps batches. */
  readonly clock: Clock;
  /** Takes what an operator should know. */
  readonly log: Logger;
  /** Program and first arguments; `journalctl` by default. */
  readonly journalctl?: readonly string[];
  /** What is never read; this process by default. */
  readonly own?: OwnJournal;
  /** Spreads restarts: 0 to 1; `Math.random` by default. */
  readonly random?: () => number;
}

/**
 * Makes a source of the journal; starts nothing until it is read. When it runs for the first time it begins with what
 * is written from then on.
 *
 * @param id Config key.
 * @param spec Which entries.
 * @param deps Time, log, and how journalctl is called.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function openJournaldSource(id: string, spec: JournaldSourceSpec, deps: JournaldSourceDeps): Source {
  const selection = compileSelection(spec, deps.own ?? thisProcess());
  return {
    id,
    read: (options, signal) => new JournalReading({ id, spec, deps, selection }, options).read(signal),
  };
}

interface JournaldSource {
  readonly id: string;
  readonly spec: JournaldSourceSpec;
  readonly deps: JournaldSourceDeps;
  readonly selection: Selection;
}

/** One reading of a journal, over as many lives of journalctl as it takes. */
class JournalReading {
  readonly #source: JournaldSource;
  readonly #options: ReadOptions;
  readonly #state: JournalState;
  readonly #streams: JournalStreams;
  readonly #run: Run;
  /** Stands for the journal at positions where no entry was given out. */
  readonly #marker: Stream;
  readonly #owed: Set<Owed>;
  /** Streams that are nothing but what they owe. */
  readonly #others: string[];
  #position: JournalCursor;

  constructor(source: JournaldSource, options: ReadOptions) {
    const { id, spec, deps: { clock, log } } = source;
    const left = leftBehind(options.resume ?? new Map());
    this.#source = source;
    this.#options = options;
    this.#state = new JournalState({ source: id, clock, log, tell: options.state });
    this.#streams = new JournalStreams(spec.service, options.ended);
    this.#run = new Run(makeRoom(spec.maxLineBytes));
    this.#marker = { key: "journal", service: spec.service ?? id, labels: new Map() };
    this.#owed = new Set(left.owed);
    this.#others = [...left.others];
    this.#position = left.position ?? beginningAt(clock.now());
    for (const { key, record } of left.lost) options.lost(key, record);
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    const { clock, random = Math.random } = this.#source.deps;
    if (signal.aborted) return;
    if (this.#position.entry === "") yield this.#mark(this.#position);
    for (let attempt = 1; !signal.aborted; attempt++) {
      this.#state.starting();
      const ending = yield* this.#try(signal);
      if (signal.aborted) return;
      if (this.#options.once && (ending === undefined || ending.fault === "nothing")) return;
      this.#state.waiting(ending?.because ?? "journalctl ended");
      if (this.#state.hasRead) attempt = 1;
      // Rejects when aborted, which ends the loop.
      await pause(clock, backoffMs(attempt, RESTART, random), signal);
    }
  }

  /**
   * Reads what is owed, then what was written meanwhile, then what is being written. The last two are not one, because
   * since systemd 250 `--follow` leaves out what was written before the machine was started (systemd#36102).
   */
  async *#try(signal: AbortSignal): AsyncGenerator<Batch, Ending> {
    try {
      const fault = await this.#probe(signal);
      if (fault !== undefined || signal.aborted) return fault;
      while (this.#owed.size > 0) {
        const ending = yield* this.#readAgain(signal);
        if (ending !== undefined || signal.aborted) return ending;
      }
      this.#endOthers();
      const ending = yield* this.#readOn({ follow: false }, signal);
      if (ending !== undefined || this.#options.once || signal.aborted) return ending;
      return yield* this.#readOn({ follow: true }, signal);
    } catch (error) {
      if (!(error instanceof SourceError) || !error.retryable) throw error;
      return { because: error.message };
    }
  }

  async *#readAgain(signal: AbortSignal): AsyncGenerator<Batch, Ending> {
    const group = nextGroup([...this.#owed]);
    const [first] = group;
    if (first === undefined) return undefined;
    const { spec: { maxLineBytes }, deps: { clock } } = this.#source;
    await using journalctl = this.#read({ from: first.from, follow: false }, signal);
    const found = readAgain(group, journalctl, { streams: this.#streams, clock, maxLineBytes }, signal);
    for (;;) {
      const { done, value } = await found.next();
      if (signal.aborted) return undefined;
      if (done) {
        if (value !== undefined && value.fault !== "no such cursor") return value;
        this.#lose(value === undefined ? group : [first]);
        return undefined;
      }
      this.#owed.delete(value.owed);
      yield value.batch;
    }
  }

  async *#readOn(
    { follow }: { readonly follow: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<Batch, Ending> {
    const { spec, deps: { clock } } = this.#source;
    const from = this.#position;
    const parser = new ExportParser(spec.maxLineBytes + 1);
    const run = this.#run;
    let count = from.count;
    let isFirst = from.entry !== "";
    await using journalctl = this.#read({ from, follow }, signal);
    await using _ = this.#state.settling();
    for (let chunk = await journalctl.read(); chunk !== undefined; chunk = await journalctl.read()) {
      if (signal.aborted) return undefined;
      this.#state.reading();
      const nowMs = clock.monotonic();
      let last: ExportEntry | undefined;
      for (const entry of parser.push(chunk)) {
        if (isFirst) {
          isFirst = false;
          if (entry.text("__CURSOR") === from.entry) {
            if (!from.isAhead) continue;
          } else if (!follow) this.#sayGone();
        }
        last = entry;
        const stream = this.#streamOf(entry);
        if (stream !== undefined) {
          if (!run.fits(stream, entry)) yield this.#takeRun();
          if (signal.aborted) return undefined;
          run.add(entry, { stream, count, nowMs });
        }
        count++;
      }
      if (run.isEmpty) {
        const isFar = count - this.#position.count >= TOLD_EVERY_ENTRIES;
        if (isFar && last !== undefined) yield this.#mark(cursorAfter(last, count));
      } else if (parser.isBetweenEntries || nowMs - run.sinceMs >= LONGEST_GATHER_MS) {
        yield this.#takeRun();
      }
      if (signal.aborted) return undefined;
    }
    if (!run.isEmpty && !signal.aborted) yield this.#takeRun();
    const ending = await journalctl.ending();
    if (ending?.fault === "no such cursor") {
      this.#sayGone();
      this.#position = { ...this.#position, entry: "" };
    }
    return ending;
  }

  async #probe(signal: AbortSignal): Promise<Ending> {
    await using journalctl = this.#start(PROBE, signal);
    while (await journalctl.read() !== undefined);
    const ending = await journalctl.ending();
    if (ending === undefined && journalctl.partial !== undefined) this.#state.partial(journalctl.partial);
    return ending;
  }

  #read(span: Span, signal: AbortSignal): Journalctl {
    return this.#start([...readingArgs(span), ...this.#source.selection.args], signal);
  }

  #start(args: readonly string[], signal: AbortSignal): Journalctl {
    const { journalctl: command = ["journalctl"] } = this.#source.deps;
    return new Journalctl({ command, args }, signal);
  }

  #sayGone(): void {
    this.#source.deps.log.warn(
      "The journal no longer has the entry that was read last; reading on from the nearest",
      {
        source: this.#source.id,
      },
    );
  }

  /** The stream of an entry that is wanted. */
  #streamOf(entry: ExportEntry): Stream | undefined {
    const origin = originOf(entry);
    const refusal = this.#source.selection.refuses(entry, origin);
    if (refusal === "own") this.#state.skipsOwn();
    return refusal === undefined ? this.#streams.of(origin) : undefined;
  }

  #takeRun(): Batch {
    const batch = this.#run.take();
    this.#position = batch.end;
    return batch;
  }

  /** A batch without lines, which tells the position. */
  #mark(position: JournalCursor): Batch {
    this.#position = position;
    return {
      stream: this.#marker,
      bytes: new Uint8Array(),
      readMs: this.#source.deps.clock.monotonic(),
      cursorAt: () => position,
    };
  }

  #lose(owed: readonly Owed[]): void {
    for (const each of owed) {
      if (this.#owed.delete(each)) this.#options.lost(each.key, each.record);
    }
  }

  #endOthers(): void {
    for (const key of this.#others.splice(0)) {
      if (!this.#streams.has(key)) this.#options.ended({ key, service: "", labels: new Map() });
    }
  }
}

function beginningAt(nowMs: number): JournalCursor {
  return { kind: "journal", entry: "", isAhead: false, count: 0, timeUs: Math.round(nowMs * 1000) };
}

/** This process, as the journal names it. */
function thisProcess(): OwnJournal {
  let cgroups = "";
  try {
    cgroups = Deno.readTextFileSync("/proc/self/cgroup");
  } catch (error) {
    // Without /proc, or without leave to read it, irctail does not run as a service of systemd.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
  }
  return ownJournal(cgroups, Deno.pid);
}
