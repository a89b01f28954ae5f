/**
 * From the bytes of one stream to records, and from records to lanes: the loop every line goes through.
 *
 * Nothing is decoded here that is not going to be shown: lines are found and rated on bytes, literals are searched in
 * the chunk, and a record over budget is only counted.
 *
 * @module
 */

import type { Batch, Cursor, Stream, StreamCheckpoint, Unsettled } from "../event/event.ts";
import { DEFAULT_LEVEL_INDEX, type LevelIndex, levelIndex, LEVELS } from "../event/level.ts";
import { mayHoldPem, PemState } from "../redact/pem.ts";
import { AckWindow } from "./ack_window.ts";
import type { SourceAccount } from "./accounts.ts";
import { Chunk } from "./chunk.ts";
import { Dispatch } from "./dispatch.ts";
import type { Lane } from "./lane.ts";
import { Line, type LineOrigin } from "./line.ts";
import type { Program } from "./program.ts";
import { type Joiner, PLAIN_READING } from "./reading.ts";
import { RecordView } from "./record.ts";
import { type OpenLane, planStream } from "./stream_plan.ts";
import type { Unwrapper } from "./unwrap.ts";

const CR = 0x0d;

/** How long after a record its continuation lines still belong to it (design §5). */
export const CONTINUATION_MS = 200;

/** How many late continuation lines are kept for one message; the rest would be folded away anyway. */
const MAX_CONTINUATION_LINES = 256;

/** How much text of late continuation lines is kept, in bytes; redaction looks at the first 8 KiB. */
const MAX_CONTINUATION_BYTES = 64 * 1024;

/** What a reader needs from the pipeline. */
export interface ReaderDeps {
  /** The config as it is now; another object after every change. */
  readonly program: () => Program;
  /** Where records go. */
  readonly openLane: OpenLane;
  /** Wall clock in milliseconds. */
  readonly nowMs: () => number;
  /** Told when continuation lines wait to be sent. */
  readonly wake: () => void;
  /** Told when something changed that a checkpoint holds. */
  readonly changed: () => void;
  /** Told when a record on its way was settled. */
  readonly acknowledged: () => void;
}

/** Continuation lines that came in a later read than their record. */
interface LateLines {
  /** Where their record went. */
  readonly lanes: readonly Lane[];
  /** Severity of their record. */
  readonly levelIndex: LevelIndex;
  readonly readMs: number;
  readonly from: Cursor;
  readonly texts: string[];
  /** Size of the lines in `texts`. */
  bytes: number;
  readonly dueMs: number;
  to: Cursor;
}

/** Reads one stream. */
export class StreamReader {
  readonly #account: SourceAccount;
  readonly #deps: ReaderDeps;
  readonly #window = new AckWindow();
  readonly #pem = new PemState();
  #origin: LineOrigin;
  #joiner: Joiner | undefined;
  #unwrapper: Unwrapper | undefined;
  #planned: { readonly program: Program; readonly dispatch: Dispatch } | undefined;
  /** Where the last record went; `undefined` when there is none that a continuation could belong to. */
  #lastLanes: readonly Lane[] | undefined;
  #lastReadMs = 0;
  #lastLevelIndex: LevelIndex = DEFAULT_LEVEL_INDEX;
  #late: LateLines | undefined;

  /** Whether the source said that nothing will come any more. */
  ended = false;

  /**
   * Starts with nothing read.
   *
   * @param origin The source, how its lines are read, and the stream.
   * @param options The source's account, and where an earlier run had got to.
   * @param deps The pipeline.
   */
  constructor(
    origin: LineOrigin,
    options: { readonly account: SourceAccount; readonly position: Cursor | undefined },
    deps: ReaderDeps,
  ) {
    // What is read again may be on its way for long before anything new is read, and must be named meanwhile.
    if (options.position !== undefined) this.#window.advance(options.position);
    this.#account = options.account;
    this.#deps = deps;
    this.#origin = origin;
    this.#joiner = origin.reading.joiner();
    this.#unwrapper = origin.reading.unwrapper();
  }

  /** The stream as its source names it now. */
  get stream(): Stream {
    return this.#origin.stream;
  }

  /** Goes on with a source that was started anew, perhaps with another format or service. */
  adopt(origin: LineOrigin): void {
    this.flush(Infinity);
    this.#origin = origin;
    this.#joiner = origin.reading.joiner();
    this.#unwrapper = origin.reading.unwrapper();
    this.#planned = undefined;
    this.ended = false;
  }

  /** Whether every record it read is settled. */
  get settled(): boolean {
    return this.#window.size === 0 && this.nextDueMs === Infinity;
  }

  /** When continuation lines or pieces of a line are due, in monotonic milliseconds; `Infinity` when there are none. */
  get nextDueMs(): number {
    return Math.min(this.#late?.dueMs ?? Infinity, this.#unwrapper?.dueMs ?? Infinity);
  }

  /** How far the stream was handled; `undefined` before its first batch ever. */
  checkpoint(): StreamCheckpoint | undefined {
    const left = this.#window.checkpoint();
    if (left === undefined || this.#late === undefined) return left;
    return { position: left.position, unsettled: [...left.unsettled, unsettledOf(this.#late)] };
  }

  /** Handles every line of a batch. */
  take(batch: Batch): void {
    const unwrapper = this.#unwrapper;
    if (batch.again !== undefined) {
      this.#takeAgain(unwrapper === undefined ? batch : unwrapper.unwrapAgain(batch), batch.again);
    } else if (unwrapper === undefined) {
      this.#takeLines(batch);
    } else {
      this.#takeLines(unwrapper.unwrap(batch));
      if (unwrapper.dueMs !== Infinity) this.#deps.wake();
    }
  }

  /** Sends what has waited long enough for more of its kind: pieces of a line, and continuation lines. */
  flush(nowMs: number): void {
    if (this.#unwrapper !== undefined && this.#unwrapper.dueMs <= nowMs) {
      const pieces = this.#unwrapper.flush();
      if (pieces !== undefined) this.#takeLines(pieces);
    }
    if (this.#late !== undefined && this.#late.dueMs <= nowMs) this.#flushLate();
  }

  /** Forgets pieces of a line that wait for their end: the source is going to read them again. */
  forgetPieces(): void {
    this.#unwrapper?.forget();
  }

  #takeLines(batch: Batch): void {
    const chunk = new Chunk(batch);
    const { bytes, text } = chunk;
    const record = new RecordView(chunk, this.#origin, this.#deps.nowMs);
    const dispatch = this.#dispatch();
    const watchPem = this.#pem.active || mayHoldPem(text);
    let next = 0;
    for (let start = 0; start < bytes.length; start = next) {
      const newline = text.indexOf("\n", start);
      next = newline < 0 ? bytes.length : newline + 1;
      const end = lineEnd(bytes, start, newline < 0 ? bytes.length : newline);
      if (isBlank(bytes, start, end)) continue;
      const swallowed = watchPem && this.#pem.swallows(text, start, end);
      if (swallowed || this.#continues(batch, start, end)) {
        if (record.begun) {
          if (swallowed) record.swallow(next);
          else record.join(end, next);
          continue;
        }
        if (this.#addLate(chunk, start, end, next, swallowed)) continue;
      }
      if (record.begun) this.#hand(record, dispatch);
      else this.#flushLate();
      record.begin(start, end, next);
    }
    if (record.begun) this.#hand(record, dispatch);
    this.#window.advance(batch.cursorAt(bytes.length));
    this.#deps.changed();
  }

  #flushLate(): void {
    const late = this.#late;
    if (late === undefined) return;
    this.#late = undefined;
    const line = new Line(late.texts.join("\n"), {
      levelIndex: late.levelIndex,
      readMs: late.readMs,
      nowMs: this.#deps.nowMs(),
    }, { ...this.#origin, reading: PLAIN_READING });
    const pending = this.#window.add(unsettledOf(late));
    for (const lane of late.lanes) {
      lane.deliverContinuation(line, () => {
        pending.settle(lane.key);
        this.#deps.acknowledged();
      });
    }
    this.#deps.changed();
  }

  /** Whether a line belongs to the record before it: because it looks like it, or because its source knows. */
  #continues(batch: Batch, start: number, end: number): boolean {
    const looksLikeIt = this.#joiner?.continues(batch.bytes, start, end) ?? false;
    return looksLikeIt || (batch.continuesAt?.(start) ?? false);
  }

  /** The routes of this stream as the config has them now. */
  #dispatch(): Dispatch {
    const program = this.#deps.program();
    if (this.#planned?.program !== program) {
      const plan = planStream(program, this.#origin, this.#deps.openLane);
      const { acknowledged } = this.#deps;
      const dispatch = new Dispatch(plan, { account: this.#account, window: this.#window, acknowledged });
      this.#planned = { program, dispatch };
    }
    return this.#planned.dispatch;
  }

  #hand(record: RecordView, dispatch: Dispatch): void {
    this.#lastLanes = dispatch.take(record);
    this.#lastReadMs = record.readMs;
    this.#lastLevelIndex = record.levelIndex;
  }

  #takeAgain(batch: Batch, again: Unsettled): void {
    const chunk = new Chunk(batch);
    const { bytes, text } = chunk;
    const record = new RecordView(chunk, this.#origin, this.#deps.nowMs);
    // A key stands in it from its first line on, if it holds any: a state of its own sees all of it.
    const pem = new PemState();
    let next = 0;
    for (let start = 0; start < bytes.length; start = next) {
      const newline = text.indexOf("\n", start);
      next = newline < 0 ? bytes.length : newline + 1;
      const end = lineEnd(bytes, start, newline < 0 ? bytes.length : newline);
      if (isBlank(bytes, start, end)) continue;
      const swallowed = pem.swallows(text, start, end);
      if (!record.begun) record.begin(start, end, next);
      else if (swallowed) record.swallow(next);
      else record.join(end, next);
    }
    if (!record.begun) return;
    // Continuation lines say no level: they have that of their record.
    record.levelIndex = levelIndex(again.level);
    this.#dispatch().take(record, new Set(again.lanes));
    this.#lastLanes = undefined;
    this.#deps.changed();
  }

  #addLate(chunk: Chunk, start: number, end: number, next: number, swallowed: boolean): boolean {
    const { batch } = chunk;
    const lanes = this.#lastLanes;
    if (lanes === undefined) return swallowed;
    if (!swallowed && batch.readMs - this.#lastReadMs > CONTINUATION_MS) return false;
    if (lanes.length === 0) return true;
    if (this.#late === undefined) {
      if (swallowed) return true;
      this.#late = {
        lanes,
        levelIndex: this.#lastLevelIndex,
        readMs: batch.readMs,
        from: batch.cursorAt(start),
        to: batch.cursorAt(next),
        texts: [],
        bytes: 0,
        dueMs: this.#lastReadMs + CONTINUATION_MS,
      };
      this.#deps.wake();
    }
    const { texts, bytes } = this.#late;
    if (!swallowed && texts.length < MAX_CONTINUATION_LINES && bytes < MAX_CONTINUATION_BYTES) {
      texts.push(chunk.decode(start, end));
      this.#late.bytes += end - start;
    }
    this.#late.to = batch.cursorAt(next);
    return true;
  }
}

/** What a checkpoint says of late lines: after a crash they go where their record went. */
function unsettledOf({ from, to, levelIndex, lanes }: LateLines): Unsettled {
  return { from, to, level: LEVELS[levelIndex], lanes: lanes.map((lane) => lane.key) };
}

/** End of a line's text, before CR LF or LF. */
function lineEnd(bytes: Uint8Array, start: number, newline: number): number {
  return newline > start && bytes[newline - 1] === CR ? newline - 1 : newline;
}

/** Whether a line holds nothing but blanks and tabs. */
function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0x20 && bytes[i] !== 0x09) return false;
  }
  return true;
}
