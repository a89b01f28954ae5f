/**
 * One open file, read line by line as it grows: half lines, lines that are too long, and truncation.
 *
 * @module
 */

import type { Batch, Stream, Unsettled } from "../event/event.ts";
import { isCompressed, MAGIC_BYTES } from "./compressed.ts";
import { FileText } from "./file_text.ts";
import { BEGINNING, type FileCursor, holds, type Place, readAt, readPlace } from "./identity.ts";
import { cutLine, cutLines, NEWLINE, type Room, wholeLines } from "./lines.ts";

/**
 * So many zero bytes where a line begins are a hole, not text: a writer that did not notice a truncation went on at its
 * old offset. What is behind them is shown as if they were not there.
 */
const LEAST_HOLE_BYTES = 64;

/** How many truncated texts are remembered: copies of older ones were made long before. */
const MOST_PAST_TEXTS = 4;

/**
 * What one turn of reading gave: lines, nothing although there is more to read, nothing because all is read, or nothing
 * because the file turned out to be packed.
 */
export type Read = Batch | "searching" | "end" | "compressed";

/**
 * A file that is open, and how far it was read. What follows the last newline is not kept but read again next time,
 * so that a thousand files need one buffer.
 *
 * A file that was truncated is read from its beginning: seen because it no longer holds what stood before the place
 * that was reached, or does not begin as it did. What was written between the last read and the truncation cannot be
 * read by anyone.
 */
export class Tail implements Disposable {
  /** What its lines belong to. */
  readonly stream: Stream;
  /** Path under which the globs found it last. */
  path: string;
  /** The same without symbolic links: under which events name it, and in whose directory it is rotated. */
  realPath: string;
  /** When it last had something new, in `Clock.monotonic()` milliseconds. */
  grewMs: number;
  readonly #file: Deno.FsFile;
  readonly #room: Room;
  readonly #text: FileText;
  #place: Place = BEGINNING;
  /** Where the search for the end of a line that is too long goes on; the place itself otherwise. */
  #searched: Place = BEGINNING;
  #pieceBytes = 0;
  /** Where reading stopped in texts that were truncated away, the latest last. */
  #past: readonly FileCursor[] = [];

  /**
   * Starts at the beginning of a file.
   *
   * @param file Closed when this is disposed of.
   * @param options What and where it is, what to read into, and the time.
   */
  constructor(
    file: Deno.FsFile,
    options: {
      readonly stream: Stream;
      readonly path: string;
      readonly realPath: string;
      readonly room: Room;
      readonly nowMs: number;
    },
  ) {
    this.#file = file;
    this.#room = options.room;
    this.stream = options.stream;
    this.path = options.path;
    this.realPath = options.realPath;
    this.grewMs = options.nowMs;
    this.#text = new FileText(file, options.room);
  }

  /** Resume point after what was read. */
  get cursor(): FileCursor {
    return this.#text.cursors(this)(this.#place);
  }

  /** Whether there is the beginning of a line that has no end yet. */
  get hasPiece(): boolean {
    return this.#pieceBytes > 0 || this.#searched !== this.#place;
  }

  /** Whether its size is another than the one up to which it was read: cheaper than reading. */
  get hasNew(): boolean {
    return this.stat().size !== this.#searched.offsetBytes + this.#pieceBytes;
  }

  /** What the file system says about it now. */
  stat(): Deno.FileInfo {
    return this.#file.statSync();
  }

  /** Goes on after a cursor that is known to be one of this text. */
  resumeAt(cursor: FileCursor): void {
    this.#moveTo(readPlace(this.#file, cursor.offsetBytes) ?? BEGINNING);
  }

  /**
   * Goes to the end, but not into a line: after the last newline, so that a line which is being written is seen whole.
   * Looks back one chunk; a line longer than that is entered at the end of the file.
   */
  skipToEnd(): void {
    const { size } = this.stat();
    const from = Math.max(0, size - this.#room.capacityBytes);
    const length = readAt(this.#file, from, this.#room.bytes.subarray(0, size - from));
    const newline = this.#room.bytes.subarray(0, length).lastIndexOf(NEWLINE);
    const offsetBytes = newline === -1 && from > 0 ? size : from + newline + 1;
    this.#moveTo(readPlace(this.#file, offsetBytes) ?? BEGINNING);
  }

  /**
   * Reads what is next.
   *
   * @param nowMs `Clock.monotonic()`.
   */
  read(nowMs: number): Read {
    let bytes = this.#text.readOn(this.#searched);
    if (bytes === undefined) {
      this.#startOver();
      bytes = this.#text.readOn(this.#searched);
      if (bytes === undefined) return "searching";
    }
    if (this.#searched !== this.#place) return this.#searchOn(bytes, nowMs);
    if (this.#place.offsetBytes === 0 && isCompressed(bytes.subarray(0, MAGIC_BYTES))) return "compressed";
    return this.#skipHole(bytes, nowMs) ? "searching" : this.#lines(bytes, nowMs);
  }

  /** Whether another file holds text that was read here: a copy made before a truncation, or of what is still here. */
  hasRead(other: Deno.FsFile): boolean {
    return [...this.#past, this.cursor].some((cursor) => cursor.offsetBytes > 0 && holds(other, cursor));
  }

  /** Whether it begins as packed files do. */
  isCompressed(): boolean {
    const head = this.#room.bytes.subarray(0, MAGIC_BYTES);
    return isCompressed(head.subarray(0, readAt(this.#file, 0, head)));
  }

  /**
   * Gives out what follows the last newline as a line of its own; call it when {@linkcode read} just said `end`, whose
   * bytes it uses.
   *
   * @param nowMs `Clock.monotonic()`.
   */
  takePiece(nowMs: number): Read {
    if (this.#searched !== this.#place) return this.#cut(this.#searched.offsetBytes, nowMs);
    const length = this.#pieceBytes;
    if (length === 0) return "end";
    const end = this.#text.places()(length);
    return this.#oneLine(this.#text.endLine(length), end, nowMs);
  }

  /**
   * Reads an unsettled record of an earlier run.
   *
   * @param record Where it is.
   * @param nowMs `Clock.monotonic()`.
   * @returns The record, or `undefined` when the file no longer holds it.
   */
  readAgain(record: Unsettled, nowMs: number): Batch | undefined {
    const { from, to } = record;
    if (from.kind !== "file" || to.kind !== "file") return undefined;
    const wanted = Math.min(to.offsetBytes - from.offsetBytes, this.#room.capacityBytes);
    if (wanted <= 0) return undefined;
    const { bytes } = this.#room;
    let length = readAt(this.#file, from.offsetBytes, bytes.subarray(0, wanted));
    if (length < wanted || !holds(this.#file, to)) return undefined;
    if (bytes[length - 1] !== NEWLINE) bytes[length++] = NEWLINE;
    length = cutLines(this.#room, length);
    return {
      stream: this.stream,
      bytes: bytes.subarray(0, length),
      readMs: nowMs,
      cursorAt: (index) => index === 0 ? from : to,
      again: record,
    };
  }

  /** A batch without lines, which tells where this stream begins. */
  begin(nowMs: number): Batch {
    const cursor = this.cursor;
    return { stream: this.stream, bytes: new Uint8Array(), readMs: nowMs, cursorAt: () => cursor };
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #skipHole(bytes: Uint8Array, nowMs: number): boolean {
    let length = 0;
    while (length < bytes.length && bytes[length] === 0) length++;
    if (length < LEAST_HOLE_BYTES) return false;
    this.#moveTo(this.#text.places()(length));
    this.grewMs = nowMs;
    return true;
  }

  #lines(bytes: Uint8Array, nowMs: number): Read {
    const { end, tooLong } = wholeLines(bytes, this.#room.maxLineBytes);
    if (end > 0) {
      const cursorOf = this.#text.cursors(this);
      const placeIn = this.#text.places();
      this.#moveTo(placeIn(end));
      this.grewMs = nowMs;
      return {
        stream: this.stream,
        bytes: bytes.subarray(0, end),
        readMs: nowMs,
        cursorAt: (index) => cursorOf(placeIn(index)),
      };
    }
    if (tooLong) return this.#searchOn(bytes, nowMs);
    if (bytes.length > this.#pieceBytes) this.grewMs = nowMs;
    this.#pieceBytes = bytes.length;
    return "end";
  }

  /** Looks for the end of a line that is too long; holds none of it. */
  #searchOn(bytes: Uint8Array, nowMs: number): Read {
    if (bytes.length === 0) return "end";
    this.grewMs = nowMs;
    this.#pieceBytes = 0;
    const newline = bytes.indexOf(NEWLINE);
    if (newline !== -1) return this.#cut(this.#searched.offsetBytes + newline + 1, nowMs);
    this.#searched = this.#text.places()(bytes.length);
    return "searching";
  }

  /** Gives out the beginning of the line at the place, which ends at `end`. */
  #cut(end: number, nowMs: number): Read {
    const { maxLineBytes, bytes } = this.#room;
    const length = readAt(this.#file, this.#place.offsetBytes, bytes.subarray(0, maxLineBytes));
    const place = readPlace(this.#file, end);
    if (length < maxLineBytes || place === undefined || !this.#text.beginsAsBefore()) {
      this.#startOver();
      return "searching";
    }
    return this.#oneLine(bytes.subarray(0, cutLine(this.#room, 0)), place, nowMs);
  }

  /** One line whose bytes are not those of the file: only its two ends are resume points. */
  #oneLine(bytes: Uint8Array, end: Place, nowMs: number): Batch {
    const start = this.#place;
    this.#moveTo(end);
    const cursorOf = this.#text.cursors(this);
    return {
      stream: this.stream,
      bytes,
      readMs: nowMs,
      cursorAt: (index) => cursorOf(index === 0 ? start : end),
    };
  }

  #startOver(): void {
    if (this.#place.offsetBytes > 0) this.#past = [...this.#past, this.cursor].slice(-MOST_PAST_TEXTS);
    this.#text.startOver();
    this.#moveTo(BEGINNING);
  }

  #moveTo(place: Place): void {
    this.#place = place;
    this.#searched = place;
    this.#pieceBytes = 0;
  }
}
