/**
 * Entries of one stream, one after the other, as a batch.
 *
 * @module
 */

import type { Batch, Cursor, Stream, Unsettled } from "../event/event.ts";
import type { LevelIndex } from "../event/level.ts";
import { scanLevel } from "../event/level_scan.ts";
import { levelOf, timeUsOf } from "./journal_entry.ts";
import type { ExportEntry } from "./journal_export.ts";
import { cutLine, NEWLINE, type Room } from "./lines.ts";

/** Resume point in a journal. */
export type JournalCursor = Extract<Cursor, { readonly kind: "journal" }>;

const TAB = 0x09;
const CR = 0x0d;
const SPACE = 0x20;

const DECODER = new TextDecoder();

const NOTHING = new Uint8Array();

/** Lines of a journal. */
export interface JournalBatch extends Batch {
  /** Resume point behind them. */
  readonly end: JournalCursor;
}

/** An entry whose lines are in the batch. */
interface Placed {
  /** Index of its first byte. */
  readonly start: number;
  readonly cursor: Uint8Array;
  readonly timeUs: number;
  /** Entries read before it. */
  readonly count: number;
  readonly level: LevelIndex | undefined;
}

/** Collects the messages of consecutive entries of one stream. One run serves all batches, one after the other. */
export class Run {
  readonly #room: Room;
  #stream: Stream | undefined;
  #entries: Placed[] = [];
  #lengthBytes = 0;
  #sinceMs = 0;

  /**
   * Starts empty.
   *
   * @param room What messages are put into.
   */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#lengthBytes === 0;
  }

  /** When the first of its entries was read, in `Clock.monotonic()` milliseconds. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Whether an entry can be added before the batch is given out. */
  fits(stream: Stream, entry: ExportEntry): boolean {
    const { marker, capacityBytes } = this.#room;
    const addedBytes = (entry.bytes("MESSAGE")?.length ?? 0) + marker.length;
    return this.isEmpty ||
      (stream === this.#stream && this.#lengthBytes + addedBytes < capacityBytes);
  }

  /**
   * Adds the lines of an entry; its message was cut by the parser, one byte beyond the greatest length at the earliest.
   *
   * @param entry The entry.
   * @param place Where it belongs, how many were read before it, and when.
   */
  add(
    entry: ExportEntry,
    place: { readonly stream: Stream; readonly count: number; readonly nowMs: number },
  ): void {
    const whole = entry.bytes("MESSAGE") ?? NOTHING;
    const isTooLong = whole.length > this.#room.maxLineBytes;
    const message = trim(whole, { isTooLong });
    if (message.length === 0) return;
    const start = this.#lengthBytes;
    if (start === 0) {
      this.#stream = place.stream;
      this.#sinceMs = place.nowMs;
      this.#entries = [];
    }
    this.#lengthBytes = this.#put(message, { isTooLong });
    this.#entries.push({
      start,
      cursor: entry.bytes("__CURSOR") ?? NOTHING,
      timeUs: timeUsOf(entry),
      count: place.count,
      level: levelOf(entry),
    });
  }

  #put(message: Uint8Array, { isTooLong }: { readonly isTooLong: boolean }): number {
    const { bytes, marker, maxLineBytes } = this.#room;
    let end = this.#lengthBytes + message.length;
    bytes.set(message, this.#lengthBytes);
    if (isTooLong) {
      if (message.length >= maxLineBytes) return cutLine(this.#room, this.#lengthBytes);
      bytes.set(marker, end);
      end += marker.length;
    }
    bytes[end] = NEWLINE;
    return end + 1;
  }

  /**
   * The batch of what was added; valid until the next entry is added.
   *
   * @param again Set when it is a record of an earlier run.
   */
  take(again?: Unsettled): JournalBatch {
    if (this.#stream === undefined) throw new Error("Cannot make a batch of nothing");
    const bytes = this.#room.bytes.subarray(0, this.#lengthBytes);
    const entries = this.#entries;
    const at = seeker(entries);
    this.#lengthBytes = 0;
    return {
      stream: this.#stream,
      bytes,
      readMs: this.#sinceMs,
      end: cursorOf(at(bytes.length), { isAhead: false }),
      cursorAt: (index) => cursorOf(at(index), { isAhead: index < bytes.length }),
      continuesAt: (index) => at(index).start !== index,
      levelAt(index) {
        const newline = bytes.indexOf(NEWLINE, index);
        return scanLevel(bytes, index, newline) === -1 ? at(index).level : undefined;
      },
      ...again === undefined ? {} : { again },
    };
  }
}

/**
 * The resume point behind an entry.
 *
 * @param entry The entry.
 * @param count Entries read with this one.
 */
export function cursorAfter(entry: ExportEntry, count: number): JournalCursor {
  return {
    kind: "journal",
    entry: entry.text("__CURSOR") ?? "",
    isAhead: false,
    count,
    timeUs: timeUsOf(entry),
  };
}

function cursorOf(entry: Placed, { isAhead }: { readonly isAhead: boolean }): JournalCursor {
  return {
    kind: "journal",
    entry: DECODER.decode(entry.cursor),
    isAhead,
    count: isAhead ? entry.count : entry.count + 1,
    timeUs: entry.timeUs,
  };
}

/** Finds the entry that an index belongs to; the end belongs to the last. Indexes are asked in order, mostly. */
function seeker(entries: readonly Placed[]): (index: number) => Placed {
  let near = 0;
  return (index) => {
    if ((entries[near]?.start ?? 0) > index) near = 0;
    while ((entries[near + 1]?.start ?? Infinity) <= index) near++;
    const entry = entries[near];
    if (entry === undefined) throw new RangeError(`Cannot find the entry at ${index}`);
    return entry;
  };
}

/** Leaves out blank lines at the beginning, so that the first line begins the record, and line ends at the end. */
function trim(message: Uint8Array, { isTooLong }: { readonly isTooLong: boolean }): Uint8Array {
  let start = 0;
  for (let at = 0; at < message.length; at++) {
    const byte = message[at];
    if (byte === NEWLINE) start = at + 1;
    else if (byte !== SPACE && byte !== TAB && byte !== CR) break;
    if (at + 1 === message.length) start = message.length;
  }
  let end = message.length;
  while (!isTooLong && end > start && (message[end - 1] === NEWLINE || message[end - 1] === CR)) end--;
  return message.subarray(start, end);
}
