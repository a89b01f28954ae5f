/**
 * The log of one container from where it is attached: what an earlier run read is left out, or read again.
 *
 * @module
 */

import type { Batch, Unsettled } from "../event/event.ts";
import { type Found, ReadAgain } from "./docker_again.ts";
import type { Collector, ReadMarks } from "./docker_batch.ts";
import { FramedLines } from "./docker_framed_lines.ts";
import type { LineReader, LineSink } from "./docker_line.ts";
import { Cut, type Position } from "./docker_position.ts";
import { TtyLines } from "./docker_tty_lines.ts";

/**
 * How much earlier than its cursor a log is asked for: a line of several pieces has the time stamp of the first, and
 * the daemon may hold the line of one output back while it writes that of the other.
 */
const MARGIN_SECONDS = 5;

/** How far a log was read, by this run and the ones before. */
export interface LogState {
  /** Everything before it was handed on; moves with every batch. */
  readonly position: Position;
  /** Records before it that must be read again, in the order of the log; those that were are taken out. */
  readonly again: Unsettled[];
}

/** How a log is read on. */
export interface LogOptions {
  /** Whether the container has a terminal. */
  readonly isTty: boolean;
  /** Where lines are put together. */
  readonly collector: Collector;
  /** Told that the daemon cannot read all of it. */
  readonly fault: () => void;
  /** Told of every record that cannot be read again. */
  readonly lost: (record: Unsettled) => void;
}

/** One attachment to a log. */
export class DockerLog {
  readonly #position: Position;
  readonly #collector: Collector;
  readonly #again: ReadAgain;
  readonly #reader: LineReader;
  readonly #cut: Cut;
  readonly #at: Position;
  /** Whether everything that comes now is behind the position. */
  #isNew = false;
  #found: Found | undefined;

  /** The second from which the daemon is to send the log. */
  readonly sinceSeconds: number;

  /**
   * Reads nothing yet.
   *
   * @param state How far the log was read; goes on with it.
   * @param options How it is read.
   */
  constructor(state: LogState, options: LogOptions) {
    this.#position = state.position;
    this.#collector = options.collector;
    this.#again = new ReadAgain(state.again, options.lost);
    const from = this.#again.from ?? state.position;
    this.#at = from.clone();
    this.#cut = new Cut(from);
    this.sinceSeconds = Math.max(0, from.seconds - MARGIN_SECONDS);
    const sink: LineSink = {
      line: (seconds, nanos, bytes, start, end) => this.#line(seconds, nanos, bytes, start, end),
      fault: options.fault,
    };
    const { isTty, collector: { maxLineBytes } } = options;
    this.#reader = isTty ? new TtyLines(sink, maxLineBytes) : new FramedLines(sink, maxLineBytes);
  }

  /** Where reading is, whether what was read was new or not. */
  get at(): Position {
    return this.#at;
  }

  /**
   * Takes the lines out of what the daemon sent.
   *
   * @param bytes What it sent; may be changed.
   * @param marks What the batches say of themselves.
   */
  *read(bytes: Uint8Array, marks: ReadMarks): Generator<Batch> {
    this.#reader.feed(bytes);
    yield* this.#drain(() => this.#reader.step(), marks);
  }

  /**
   * Takes what has no newline, for the log has ended.
   *
   * @param marks What the batches say of themselves.
   */
  *finish(marks: ReadMarks): Generator<Batch> {
    yield* this.#drain(() => this.#reader.finish(), marks);
    this.#again.end();
  }

  *#drain(step: () => boolean, marks: ReadMarks): Generator<Batch> {
    while (step()) {
      if (this.#found !== undefined) yield this.#takeFound(this.#found, marks);
      else if (this.#collector.isFull) yield this.#take(marks);
    }
    if (!this.#collector.isEmpty) yield this.#take(marks);
  }

  #line(seconds: number, nanos: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#cut.passes(seconds, nanos)) return;
    this.#at.pass(seconds, nanos);
    if (!this.#isNew) {
      if (this.#at.compare(this.#position) <= 0) {
        this.#found = this.#again.line(this.#at, bytes, start, end);
        return;
      }
      this.#isNew = true;
      this.#again.end();
    }
    this.#collector.add(bytes, start, end, this.#at);
  }

  #take(marks: ReadMarks): Batch {
    const batch = this.#collector.take(this.#position, marks);
    this.#position.moveTo(this.#at);
    return batch;
  }

  #takeFound({ record, bytes }: Found, marks: ReadMarks): Batch {
    this.#found = undefined;
    return {
      ...marks,
      bytes,
      cursorAt: (index) => index === 0 ? record.from : record.to,
      again: record,
    };
  }
}
