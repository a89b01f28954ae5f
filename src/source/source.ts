/**
 * Where lines come from: the contract that every kind of source keeps.
 *
 * @module
 */

import type { Batch, Stream, StreamCheckpoint, Unsettled } from "../event/event.ts";

/** What a source is doing, for `status`. */
export type SourceState =
  | { readonly phase: "reading" }
  | { readonly phase: "waiting"; readonly because: string }
  | { readonly phase: "failed"; readonly because: string }
  | { readonly phase: "ended" };

/** What a source resumes from and whom it tells. */
export interface ReadOptions {
  /**
   * How far each stream was handled, by stream key; `undefined` when this source runs for the first time, which is
   * the only time `start_at: end` applies.
   */
  readonly resume: ReadonlyMap<string, StreamCheckpoint> | undefined;
  /** Told once for every unsettled record that can no longer be read, so that it is counted. */
  readonly lost: (stream: string, record: Unsettled) => void;
  /** Told when a stream will never yield again: its checkpoint may be forgotten once it is settled. */
  readonly ended: (stream: Stream) => void;
  /** Told of every change of state. */
  readonly state: (state: SourceState) => void;
  /** Ends the source at the end of what there is now, instead of following. */
  readonly once: boolean;
}

/** Somewhere lines come from. */
export interface Source {
  /** Config key. */
  readonly id: string;
  /**
   * Yields batches, oldest first, until `signal` aborts. Owns whatever it opens and has closed it by the time the
   * iteration ends, however it ends.
   *
   * @param options Where to resume, and whom to tell.
   * @param signal Ends the iteration normally, without an error, within 1 s.
   * @throws {SourceError} When reading cannot go on.
   */
  read(options: ReadOptions, signal: AbortSignal): AsyncIterable<Batch>;
}

/** A source that had to stop. */
export class SourceError extends Error {
  /** Whether starting again without a change of the config can help. */
  readonly retryable: boolean;

  /**
   * Makes an error for one source.
   *
   * @param message What was being done and what happened; no text of a line.
   * @param options Whether to retry, and the cause.
   */
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "SourceError";
    this.retryable = options.retryable;
  }
}
