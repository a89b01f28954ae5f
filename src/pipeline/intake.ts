/**
 * One source's way into the pipeline: its streams, its account, and what an earlier run left behind.
 *
 * @module
 */

import type { SourceSpec } from "../config/config.ts";
import type { Batch, Stream, StreamCheckpoint, Unsettled } from "../event/event.ts";
import { emptySourceAccount, type SourceAccount } from "./accounts.ts";
import { Activity } from "./activity.ts";
import { compileReading, type Reading } from "./reading.ts";
import { type ReaderDeps, StreamReader } from "./stream_reader.ts";

/** What an intake needs from the pipeline. */
export interface IntakeDeps {
  /** What every stream reader needs. */
  readonly reader: ReaderDeps;
  /** Counts a record that can no longer be read, in the lanes that owed it. */
  readonly countLost: (record: Unsettled) => void;
  /** Name of this machine. */
  readonly host: string;
}

/** What an earlier run left of one stream, until it was taken up again. */
interface Carried {
  readonly position: StreamCheckpoint["position"];
  readonly unsettled: Set<Unsettled>;
}

/** One source's way in. */
export class Intake {
  readonly #id: string;
  readonly #deps: IntakeDeps;
  readonly #readers = new Map<string, StreamReader>();
  readonly #carried = new Map<string, Carried>();
  /** Readers that still go by an earlier spec. */
  readonly #behind = new WeakSet<StreamReader>();
  #reading: Reading;
  #ranBefore: boolean;

  /** What became of the records. */
  readonly account: SourceAccount = emptySourceAccount();
  /** When it spoke last. */
  readonly activity: Activity;

  /**
   * Opens the way of one source.
   *
   * @param id Config key.
   * @param spec Format and multiline of its lines.
   * @param left What an earlier run left; `undefined` when the source never ran.
   * @param deps The pipeline.
   */
  constructor(
    id: string,
    spec: SourceSpec,
    left: ReadonlyMap<string, StreamCheckpoint> | undefined,
    deps: IntakeDeps,
  ) {
    this.#id = id;
    this.#reading = compileReading(spec);
    this.#deps = deps;
    this.#ranBefore = left !== undefined;
    this.activity = new Activity({ spokeBefore: left !== undefined && left.size > 0 });
    for (const [key, { position, unsettled }] of left ?? []) {
      this.#carried.set(key, { position, unsettled: new Set(unsettled) });
    }
  }

  /** Goes on with a changed spec: its streams change over with their next batch and keep their positions. */
  adopt(spec: SourceSpec): void {
    this.#reading = compileReading(spec);
    for (const reader of this.#readers.values()) this.#behind.add(reader);
  }

  /**
   * Where the source resumes: `undefined` when it never ran. What is in an outbox of this process settles by itself
   * and is not named.
   */
  resume(): ReadonlyMap<string, StreamCheckpoint> | undefined {
    if (!this.#ranBefore) {
      this.#ranBefore = true;
      return undefined;
    }
    // Continuation lines that wait would be read again, and pieces of a line are.
    for (const reader of this.#readers.values()) reader.forgetPieces();
    this.tick(Infinity, { all: true });
    const resume = new Map<string, StreamCheckpoint>();
    for (const [key, { position, unsettled }] of this.#carried) {
      resume.set(key, { position, unsettled: [...unsettled] });
    }
    for (const [key, reader] of this.#readers) {
      const left = reader.checkpoint();
      if (left !== undefined) {
        resume.set(key, {
          position: left.position,
          unsettled: [...(this.#carried.get(key)?.unsettled ?? [])],
        });
      }
    }
    return resume;
  }

  /** Handles a batch. */
  take(batch: Batch): void {
    const { stream, again } = batch;
    const origin = { source: this.#id, reading: this.#reading, host: this.#deps.host, stream };
    let reader = this.#readers.get(stream.key);
    if (reader === undefined) {
      reader = new StreamReader(
        origin,
        { account: this.account, position: this.#carried.get(stream.key)?.position },
        this.#deps.reader,
      );
      this.#readers.set(stream.key, reader);
    } else if (this.#behind.delete(reader) || reader.stream !== stream) {
      reader.adopt(origin);
    }
    reader.take(batch);
    if (again !== undefined) this.#carried.get(stream.key)?.unsettled.delete(again);
    else if (batch.bytes.length > 0) this.activity.saw(this.account.read, batch.readMs);
  }

  /** Counts a record of an earlier run that can no longer be read. */
  lost(stream: string, record: Unsettled): void {
    if (this.#carried.get(stream)?.unsettled.delete(record)) this.#deps.countLost(record);
  }

  /** Forgets a stream that will never yield again, once its records are settled. */
  ended(stream: Stream): void {
    this.#carried.delete(stream.key);
    const reader = this.#readers.get(stream.key);
    if (reader !== undefined) reader.ended = true;
    this.forgetEnded();
  }

  /** Forgets ended streams whose records are settled by now. */
  forgetEnded(): void {
    for (const [key, reader] of this.#readers) {
      if (reader.ended && reader.settled) this.#readers.delete(key);
    }
  }

  /** Sends continuation lines and pieces of lines that waited long enough; all of them when `all`. */
  tick(nowMs: number, options: { readonly all: boolean }): void {
    for (const reader of this.#readers.values()) {
      reader.flush(options.all ? Infinity : nowMs);
    }
    this.forgetEnded();
  }

  /** When continuation lines or pieces of lines are due, in monotonic milliseconds; `Infinity` when there are none. */
  get nextDueMs(): number {
    let due = Infinity;
    for (const reader of this.#readers.values()) due = Math.min(due, reader.nextDueMs);
    return due;
  }

  /** What a restart needs to know of this source; `undefined` while it has not run. */
  checkpoint(): ReadonlyMap<string, StreamCheckpoint> | undefined {
    if (!this.#ranBefore) return undefined;
    const streams = new Map<string, StreamCheckpoint>();
    for (const [key, { position, unsettled }] of this.#carried) {
      streams.set(key, { position, unsettled: [...unsettled] });
    }
    for (const [key, reader] of this.#readers) {
      const left = reader.checkpoint();
      if (left === undefined) continue;
      const carried = this.#carried.get(key)?.unsettled ?? [];
      streams.set(key, { position: left.position, unsettled: [...carried, ...left.unsettled] });
    }
    return streams;
  }
}
