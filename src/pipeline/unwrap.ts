/**
 * From batches as a container runtime wrote them to batches as the program wrote them.
 *
 * CRI and Docker's json-file put every line into an envelope and cut long lines to pieces. Everything behind this step
 * (levels, continuation lines, key blocks, literals) decides on bytes, so the envelopes are taken off the bytes before:
 * one pass writes the texts of a batch, each ended by `\n`, into a second buffer, and remembers where each began in the
 * first, so that resume points stay exact. Streams without envelopes are told by their first line, and pay nothing.
 *
 * A piece waits for the end of its line, and so does what follows it, because the two outputs of a program may be mixed
 * within a line: then lines keep the order in which they began, and a resume point never lies behind a line that was
 * not given out. Such mixed lines share one range of resume points: after a crash they are one record. What waits is
 * bounded in bytes and in time; then it is given out as it is. Until then the checkpoint stays before it.
 *
 * @module
 */

import { detectEnvelope, type Envelope, envelopeOf } from "../event/envelope/envelope.ts";
import type { Batch, Cursor } from "../event/event.ts";
import type { EnvelopeFormat } from "../event/format.ts";
import { NEWLINE } from "../source/lines.ts";
import { HeldLines, type Piece } from "./held_lines.ts";
import type { Scratch } from "./scratch.ts";

/**
 * How long a piece waits for the rest of its line, in milliseconds. Runtimes write both at once, but between two sweeps
 * of the file source lies a second; a prompt, which CRI-O writes as a piece, may never end.
 */
export const PIECE_WAIT_MS = 1_500;

/** Stands for where a line came from whose first piece was read with an earlier batch. */
const BEFORE = -1;

/** Takes the envelopes off the lines of one stream. */
export class Unwrapper {
  readonly #wanted: EnvelopeFormat | "detect";
  readonly #scratch: Scratch;
  /** `undefined` before the first line, `"none"` when it had no envelope. */
  #envelope: Envelope | "none" | undefined;
  #held: HeldLines | undefined;

  /**
   * Starts with nothing read.
   *
   * @param wanted Which envelopes there are; `detect` goes by the first line.
   * @param scratch Where texts are written; may be shared with streams that are read by turns.
   */
  constructor(wanted: EnvelopeFormat | "detect", scratch: Scratch) {
    this.#wanted = wanted;
    this.#scratch = scratch;
    if (wanted !== "detect") this.#envelope = envelopeOf(wanted);
  }

  /** When pieces have waited long enough, in monotonic milliseconds; `Infinity` when none do. */
  get dueMs(): number {
    return this.#held === undefined ? Infinity : this.#held.readMs + PIECE_WAIT_MS;
  }

  /** Forgets pieces that wait: they will be read again. */
  forget(): void {
    this.#held = undefined;
  }

  /**
   * Takes the envelopes off; a line without one stays as it is.
   *
   * @param batch Valid as long as what is returned.
   * @returns The lines that are whole by now; `batch` itself when the stream has no envelopes.
   */
  unwrap(batch: Batch): Batch {
    const envelope = this.#envelopeOf(batch);
    return envelope === undefined ? batch : this.#unwrap(batch, envelope);
  }

  /** Takes the envelopes off a record that is read again: it knows no pieces but its own. */
  unwrapAgain(batch: Batch): Batch {
    const alone = new Unwrapper(this.#wanted, this.#scratch);
    const lines = alone.unwrap(batch);
    return alone.flush({ behind: lines }) ?? lines;
  }

  /**
   * Gives out what waits, as it is.
   *
   * @param options The batch that was unwrapped last, when its lines are to come first.
   * @returns `undefined` when nothing waits.
   */
  flush({ behind }: { readonly behind?: Batch } = {}): Batch | undefined {
    const held = this.#held;
    if (held?.range === undefined) return undefined;
    this.#held = undefined;
    const { from, to } = held.range;
    const length = behind?.bytes.length ?? 0;
    if (behind === undefined) this.#scratch.clear(held.roomBytes);
    const end = held.write(this.#scratch, length, { from: BEFORE, to: BEFORE });
    return {
      ...behind ?? { stream: held.stream, readMs: held.readMs },
      bytes: this.#scratch.room.bytes.subarray(0, end),
      cursorAt(index) {
        if (behind !== undefined && index < length) return behind.cursorAt(index);
        return index === length ? from : to;
      },
    };
  }

  #envelopeOf({ bytes }: Batch): Envelope | undefined {
    // A batch without lines only tells where a stream begins.
    if (bytes.length === 0) return undefined;
    if (this.#envelope === undefined) {
      const newline = bytes.indexOf(NEWLINE);
      this.#envelope = detectEnvelope(bytes, 0, newline < 0 ? bytes.length : newline) ?? "none";
    }
    return this.#envelope === "none" ? undefined : this.#envelope;
  }

  #unwrap(batch: Batch, envelope: Envelope): Batch {
    const { bytes } = batch;
    const scratch = this.#scratch;
    scratch.clear(bytes.length + 1 + (this.#held?.roomBytes ?? 0));
    const into = scratch.room.bytes;
    const before = this.#held?.range?.from;
    let heldFrom = BEFORE;
    let at = 0;
    let next = 0;
    for (let start = 0; start < bytes.length; start = next) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      next = newline < 0 ? end : newline + 1;
      const opened = envelope.open(bytes, start, end, into, at);
      if (opened < 0) into.set(bytes.subarray(start, end), at);
      const behind = opened < 0 ? at + end - start : opened;
      const ends = opened < 0 || envelope.ends;
      if (ends && this.#held === undefined) {
        scratch.mark(at, start);
        into[behind] = NEWLINE;
        at = behind + 1;
        continue;
      }
      if (this.#held === undefined) heldFrom = start;
      const held = this.#hold(batch, {
        output: opened < 0 ? 0 : envelope.output,
        ends,
        text: into.slice(at, behind),
      });
      if (held.isWaiting) continue;
      at = held.write(scratch, at, { from: heldFrom, to: next });
      this.#held = undefined;
    }
    return this.#batchOf(batch, envelope, { length: at, before, heldFrom });
  }

  #hold({ stream, readMs }: Batch, piece: Piece): HeldLines {
    const { maxLineBytes } = this.#scratch.room;
    const held = this.#held ??= new HeldLines({ stream, readMs, maxLineBytes });
    held.add(piece);
    return held;
  }

  /** The batch of what was written. A checkpoint at its end lies before what is held. */
  #batchOf(
    batch: Batch,
    envelope: Envelope,
    { length, before, heldFrom }: {
      readonly length: number;
      readonly before: Cursor | undefined;
      readonly heldFrom: number;
    },
  ): Batch {
    const scratch = this.#scratch;
    const cursorOf = (outer: number) =>
      outer === BEFORE && before !== undefined ? before : batch.cursorAt(outer);
    const end = this.#held === undefined ? batch.bytes.length : heldFrom;
    if (this.#held !== undefined) {
      this.#held.range = { from: cursorOf(heldFrom), to: batch.cursorAt(batch.bytes.length) };
    }
    return {
      stream: batch.stream,
      bytes: scratch.room.bytes.subarray(0, length),
      readMs: batch.readMs,
      ...batch.again === undefined ? {} : { again: batch.again },
      cursorAt: (index) => cursorOf(index >= length ? end : scratch.outerOf(index)),
      writtenMs(index) {
        const outer = scratch.outerOf(index);
        if (outer === BEFORE) return undefined;
        const newline = batch.bytes.indexOf(NEWLINE, outer);
        return envelope.writtenMs(batch.bytes, outer, newline < 0 ? batch.bytes.length : newline);
      },
    };
  }
}
