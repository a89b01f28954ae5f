/**
 * Lines out of the frames of a container without a terminal: parts of frames, and pieces of long lines.
 *
 * @module
 */

import { Frames, SYSTEM_ERROR } from "./docker_frames.ts";
import { Held } from "./docker_held.ts";
import { type LineReader, type LineSink, PIECE_BYTES } from "./docker_line.ts";
import { LONGEST_STAMP_BYTES, StampReader } from "./docker_stamp.ts";
import { NEWLINE } from "./lines.ts";

/** Podman cuts lines where a read of its monitor ended, which takes this much at once (conmon, `STDIO_BUF_SIZE`). */
const READ_BYTES = 8 * 1024;

/**
 * How far apart in seconds the time stamps of two pieces of a line may be where Podman made them: it tells seconds only,
 * and the pieces of a line that was written at once can lie on both sides of a full one.
 */
const COARSE_SECONDS = 1;

/** One output of a container, and the line on it that is not whole yet. */
class Output {
  readonly held: Held;
  /** Time stamp of the frame as far as it was read. */
  readonly stamp: Held = new Held(LONGEST_STAMP_BYTES);
  isInStamp = false;
  /** Whether there is the beginning of a line. */
  isOpen = false;
  seconds = 0;
  nanos = 0;
  /** Whether its time stamp is Podman's. */
  isCoarse = false;
  /** Length of the last piece, without its time stamp. */
  pieceBytes = 0;

  constructor(maxLineBytes: number) {
    this.held = new Held(maxLineBytes + 1);
  }

  /**
   * Whether nothing continues the last piece, although it has no newline: Docker cuts at full pieces only. These are
   * last words without a newline, and ends of long lines, which the driver `local` leaves without one.
   */
  get isLast(): boolean {
    return !this.isCoarse && this.pieceBytes < PIECE_BYTES;
  }
}

/** The log of a container without a terminal. */
export class FramedLines implements LineReader {
  readonly #sink: LineSink;
  readonly #maxLineBytes: number;
  readonly #frames = new Frames();
  readonly #stamps = new StampReader();
  readonly #outputs = new Map<number, Output>();
  /** Where the part goes on that is looked at. */
  #at = 0;
  /** Whether a step left something of the part to the next one. */
  #isPartOpen = false;

  /** Gives lines to `sink`; of one that is longer than `maxLineBytes` a byte more than that. */
  constructor(sink: LineSink, maxLineBytes: number) {
    this.#sink = sink;
    this.#maxLineBytes = maxLineBytes;
  }

  feed(bytes: Uint8Array): void {
    this.#frames.feed(bytes);
  }

  step(): boolean {
    const frames = this.#frames;
    if (!this.#isPartOpen) {
      if (!frames.next()) return false;
      if (frames.output === SYSTEM_ERROR) {
        if (frames.begins) this.#sink.fault();
        return true;
      }
    }
    const { output, bytes, begins, ends } = frames;
    let known = this.#outputs.get(output);
    if (begins && ends && !(known?.isOpen ?? false)) {
      const { start, end } = frames;
      const last = end - 1;
      if (end > start && bytes[last] === NEWLINE) {
        const text = this.#stamps.read(bytes, start, end);
        this.#sink.line(this.#stamps.seconds, this.#stamps.nanos, bytes, text === -1 ? start : text, last);
        return true;
      }
    }
    if (known === undefined) this.#outputs.set(output, known = new Output(this.#maxLineBytes));
    this.#addPart(known);
    return true;
  }

  finish(): boolean {
    for (const output of this.#outputs.values()) {
      if (!output.isOpen) continue;
      this.#give(output);
      return true;
    }
    return false;
  }

  /** Adds a part of a frame to the line it belongs to. */
  #addPart(output: Output): void {
    const { bytes, start, end, begins, ends } = this.#frames;
    if (!this.#isPartOpen) {
      this.#at = start;
      if (begins) {
        output.isInStamp = true;
        output.stamp.clear();
      }
    }
    this.#isPartOpen = false;
    if (output.isInStamp) {
      if (!this.#readStamp(output)) return;
      output.isInStamp = false;
      if (output.isOpen && !this.#continues(output)) {
        // The line before it had no newline: its writer ended. What this part says comes with the next step.
        this.#give(output);
        this.#isPartOpen = true;
      }
      this.#takeStamp(output);
      output.pieceBytes = 0;
      if (this.#isPartOpen) return;
    }
    const isWhole = ends && end > start && bytes[end - 1] === NEWLINE;
    const to = isWhole ? end - 1 : end;
    output.held.add(bytes, this.#at, to);
    output.pieceBytes += Math.max(0, to - this.#at);
    if (isWhole || (ends && output.isLast)) this.#give(output);
  }

  /** Reads on in the time stamp; whether it is whole now, or will never be. */
  #readStamp(output: Output): boolean {
    const { bytes, end, ends } = this.#frames;
    const before = output.stamp.bytes.length;
    output.stamp.add(bytes, this.#at, end);
    const stamp = output.stamp.bytes;
    const text = this.#stamps.read(stamp, 0, stamp.length);
    if (text !== -1) this.#at += text - before;
    return text !== -1 || ends || stamp.length === LONGEST_STAMP_BYTES;
  }

  #continues(output: Output): boolean {
    const { seconds, nanos } = this.#stamps;
    const isFull = output.pieceBytes > 0 && output.pieceBytes % READ_BYTES === 0;
    if (isFull) return true;
    if (output.isCoarse) return Math.abs(seconds - output.seconds) <= COARSE_SECONDS;
    return seconds === output.seconds && nanos === output.nanos;
  }

  /** The last piece's time stamp is the line's: who resumes from its second sees that piece and none before it. */
  #takeStamp(output: Output): void {
    output.isOpen = true;
    output.seconds = this.#stamps.seconds;
    output.nanos = this.#stamps.nanos;
    output.isCoarse = this.#stamps.isCoarse;
  }

  #give(output: Output): void {
    const { bytes } = output.held;
    this.#sink.line(output.seconds, output.nanos, bytes, 0, bytes.length);
    output.held.clear();
    output.isOpen = false;
  }
}
