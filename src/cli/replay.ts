/**
 * `irctail replay`: what would be sent for a sample of lines, through the very path that `run` uses.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Config, FileSourceSpec, SourceSpec } from "../config/config.ts";
import type { Batch } from "../event/event.ts";
import { detectEnvelope } from "../event/envelope/envelope.ts";
import type { PrintedMessage } from "../irc/printed.ts";
import { Chunk } from "../pipeline/chunk.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { compileProgram } from "../pipeline/program.ts";
import { compileReading, type Reading } from "../pipeline/reading.ts";
import type { Clock } from "../runtime/clock.ts";
import { compileGlob } from "../runtime/glob.ts";
import type { Logger } from "../runtime/log.ts";
import { openSource } from "../source/open.ts";
import { everything, openRehearsal, sayRest, settled, withoutBudgets } from "./rehearsal.ts";

/** What `replay` needs. */
export interface ReplayOptions {
  readonly config: Config;
  /** Config key of the source the sample is read as; `undefined` finds it. */
  readonly source: string | undefined;
  /** Sample files; none reads standard input. */
  readonly files: readonly string[];
  /** Keep to budgets and collapse repeats, on the lines' own time stamps. */
  readonly budgets: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly host: string;
  /** Takes each message. */
  readonly print: (message: PrintedMessage) => void;
  /** Called after each batch, before the next is waited for. */
  readonly flush: () => void;
}

/** How much was read and said. */
export interface ReplayStats {
  readonly bytes: number;
  readonly records: number;
  readonly messages: number;
  readonly elapsedMs: number;
}

/** The sample cannot be read, or not as any one source; names the file, which the caller scrubs. */
export class ReplaySourceError extends Error {}

/**
 * Replays a sample.
 *
 * @throws {ReplaySourceError} When a file cannot be read, or when it is not clear which source the sample is of.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplayStats> {
  const { config, budgets, files, log, host, print, flush } = options;
  const samples = files.length > 0
    ? files.map((file) => sampleOf(file, options))
    : [{ id: sourceFor(undefined, options), spec: standardInput(options) }];
  const clock = budgets ? new SampleClock() : options.clock;
  const program = compileProgram(budgets ? config : withoutBudgets(config));
  let messages = 0;
  const pipeline = openRehearsal({
    program,
    clock,
    log,
    host,
    print: (message) => {
      messages++;
      print(message);
    },
  });
  const beganMs = options.clock.monotonic();
  let bytes = 0;
  for (const { id, spec } of samples) {
    const intake = pipeline.intake(id, spec);
    for await (const batch of everything(openSource(id, spec, { clock: options.clock, log }), signal)) {
      bytes += batch.bytes.length;
      if (clock instanceof SampleClock) {
        await replayInTime(batch, spec, clock, pipeline, (part) => intake.take(part));
      } else intake.take(batch);
      await settled();
      flush();
    }
  }
  await sayRest(pipeline);
  flush();
  const records = [...pipeline.intakes.values()].reduce((sum, { account }) => sum + account.read, 0);
  return { bytes, records, messages, elapsedMs: options.clock.monotonic() - beganMs };
}

/** A clock that stands where the sample's time stamps say. */
class SampleClock implements Clock {
  #nowMs = 0;
  now(): number {
    return this.#nowMs;
  }
  monotonic(): number {
    return this.#nowMs;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
  /** Moves forward; a stamp out of order does not turn time back. */
  moveTo(timeMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }
}

/** Gives the lines of a batch to the pipeline at the time each was written, saying what falls due in between. */
async function replayInTime(
  batch: Batch,
  spec: SourceSpec,
  clock: SampleClock,
  pipeline: Pipeline,
  take: (batch: Batch) => void,
): Promise<void> {
  const chunk = new Chunk(batch);
  const reading = compileReading(spec);
  const handOver = async (start: number, end: number) => {
    if (end === start) return;
    take({
      ...batch,
      bytes: batch.bytes.subarray(start, end),
      readMs: clock.monotonic(),
      cursorAt: (index) => batch.cursorAt(start + index),
    });
    await settled();
  };
  let groupStart = 0;
  for (let start = 0; start < chunk.text.length;) {
    const newline = chunk.text.indexOf("\n", start);
    const next = newline < 0 ? chunk.text.length : newline + 1;
    const timeMs = writtenMs(chunk, { start, end: newline < 0 ? next : newline }, reading);
    if (timeMs !== undefined && timeMs > clock.now()) {
      await handOver(groupStart, start);
      groupStart = start;
      while (pipeline.nextDueMs() <= timeMs) {
        clock.moveTo(pipeline.nextDueMs());
        pipeline.tick();
        await settled();
      }
      clock.moveTo(timeMs);
    }
    start = next;
  }
  await handOver(groupStart, chunk.text.length);
}

/** When a line says it was written: its envelope, or its text. */
function writtenMs(
  chunk: Chunk,
  { start, end }: { readonly start: number; readonly end: number },
  reading: Reading,
): number | undefined {
  const { bytes } = chunk;
  const envelope = reading.unwrapper() === undefined ? undefined : detectEnvelope(bytes, start, end);
  return envelope?.writtenMs(bytes, start, end) ?? reading.parse(chunk.decode(start, end)).timeMs;
}

function sampleOf(file: string, options: ReplayOptions): { readonly id: string; readonly spec: SourceSpec } {
  const path = readable(file);
  const id = sourceFor(resolve(file), options);
  const spec = options.config.sources.get(id);
  const reading = spec ?? standardInput(options);
  const service = spec?.service ?? id;
  const sample: FileSourceSpec = {
    type: "file",
    paths: [escapeGlob(path)],
    exclude: [],
    startAt: "beginning",
    service,
    format: reading.format,
    multiline: reading.multiline,
    maxLineBytes: reading.maxLineBytes,
  };
  return { id, spec: sample };
}

/** The real path of a file that can be read: a source would wait for it, and a replay has nothing to wait for. */
function readable(file: string): string {
  const refuse = (because: string) => new ReplaySourceError(`Cannot read the sample "${file}": ${because}`);
  try {
    if (!Deno.statSync(file).isFile) throw refuse("it is not a regular file; standard input takes anything");
    const path = Deno.realPathSync(file);
    Deno.openSync(path).close();
    return path;
  } catch (error) {
    if (error instanceof ReplaySourceError) throw error;
    if (error instanceof Deno.errors.NotFound) throw refuse("there is no such file");
    if (error instanceof Deno.errors.PermissionDenied) throw refuse("permission denied");
    throw refuse("the system refuses it");
  }
}

function standardInput(options: ReplayOptions): SourceSpec {
  const id = sourceFor(undefined, options);
  const spec = options.config.sources.get(id);
  if (spec === undefined) throw new ReplaySourceError("Cannot replay without a source");
  // Of a container or a unit a sample does not say which it was.
  const { service = id, format, multiline, maxLineBytes } = spec;
  return { type: "stdin", tee: false, service, format, multiline, maxLineBytes };
}

/** The source a sample is read as: the named one, the only one, or the one whose globs match the file. */
function sourceFor(path: string | undefined, { config, source }: ReplayOptions): string {
  const names = [...config.sources.keys()];
  const list = names.map((name) => `"${name}"`).join(", ");
  if (source !== undefined) {
    if (config.sources.has(source)) return source;
    throw new ReplaySourceError(`There is no source "${source}": the config has ${list}`);
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  const matching = [...config.sources].filter(([, spec]) =>
    path !== undefined && spec.type === "file" &&
    spec.paths.some((glob) => compileGlob(glob, { path: true })(path))
  );
  const [match] = matching;
  if (matching.length === 1 && match !== undefined) return match[0];
  throw new ReplaySourceError(`Cannot tell which source the sample is of: name one of ${list} with --source`);
}

/** A glob that matches one path only. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}\\]/g, "\\$&");
}
