/**
 * The vocabulary of what is read: streams, batches, cursors and how a record ends.
 *
 * @module
 */

import type { Level, LevelIndex } from "./level.ts";

/** Where to resume in a stream; read only by the source kind that wrote it. */
export type Cursor =
  | {
    readonly kind: "file";
    /** Offset in the file, in bytes, of the first byte not yet read. */
    readonly offsetBytes: number;
    /** Where the file was when it was last seen; a renamed file is looked for in the same directory. */
    readonly path: string;
    /** Hash of the first `headBytes` bytes, which tells a reused inode from the file that was read. */
    readonly head: string;
    /** How many bytes `head` covers. */
    readonly headBytes: number;
    /** Hash of up to 64 bytes just before the offset, which tells texts with equal heads apart; older ones lack it. */
    readonly last?: string;
    /** The path without symbolic links, where that is another one: a rotated file stays beside it. */
    readonly realPath?: string;
  }
  | { readonly kind: "stdin"; readonly offsetBytes: number }
  | {
    readonly kind: "docker";
    /** Latest time stamp that was read, in nanoseconds since the Unix epoch; decimal, for it is above 2^53. */
    readonly timeNs: string;
    /**
     * How many lines were read from the first one with that time stamp on, this one included: several lines may have
     * the same, and the two outputs of a container overtake each other.
     */
    readonly lines: number;
  }
  | {
    readonly kind: "journal";
    /** The journal's own name of an entry, opaque; empty when there was none yet: then `timeUs` says where to begin. */
    readonly entry: string;
    /** Whether that entry comes next; otherwise it was the last one that was read. */
    readonly isAhead: boolean;
    /** Entries read before this point, in all runs: tells which of two points is the later one, and how far apart they are. */
    readonly count: number;
    /** When the journal took the entry, in microseconds since the Unix epoch. */
    readonly timeUs: number;
  };

/** A record that was handed to a connection and is not settled yet. */
export interface Unsettled {
  /** Resume point just before its first line. */
  readonly from: Cursor;
  /** Resume point just after its last line. */
  readonly to: Cursor;
  /** Severity, so that a record which can no longer be read again is counted as what it was. */
  readonly level: Level;
  /** Keys of the lanes that still owe it; after a crash it is offered to these alone. */
  readonly lanes: readonly string[];
}

/** How far one stream was handled: everything before `position` is settled but what `unsettled` names. */
export interface StreamCheckpoint {
  /** Where reading goes on. */
  readonly position: Cursor;
  /** Records before `position` that are still on their way, oldest first. */
  readonly unsettled: readonly Unsettled[];
}

/** One sequence of lines inside a source: one file, one container, one journal. */
export interface Stream {
  /** Identity that survives a restart and a rename, such as `dev:inode` of a file; unique within the source. */
  readonly key: string;
  /** Service the lines belong to. */
  readonly service: string;
  /** Labels for `{label.NAME}`. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Whole lines as they were read, in a buffer that is only valid until the next batch is asked for. */
export interface Batch {
  /** Where they come from; the same object for every batch of one stream. */
  readonly stream: Stream;
  /**
   * Complete lines, each ended by `\n`; never longer than 256 KiB plus one line. Empty where a stream is entered at its
   * end: the batch then only tells from where on a restart must go on.
   */
  readonly bytes: Uint8Array;
  /** When the batch was read, in `Clock.monotonic()` milliseconds; `max_age` counts from here. */
  readonly readMs: number;
  /**
   * Resume point at a line boundary; may be asked for as long as `bytes` is valid.
   *
   * @param index Index into `bytes` of the first byte not yet handled; `bytes.length` for the end of the batch.
   */
  cursorAt(index: number): Cursor;
  /**
   * Severity of a line, where the source knows it and the text does not say it; left out: as the text says.
   *
   * @param index Index into `bytes` of the line's first byte.
   */
  levelAt?(index: number): LevelIndex | undefined;
  /**
   * Whether a line belongs to the record before it, whatever it looks like; left out: as the text looks.
   *
   * @param index Index into `bytes` of the line's first byte.
   */
  continuesAt?(index: number): boolean;
  /**
   * When a line was written, in milliseconds since the Unix epoch, where that stands beside its text; left out: as the
   * text says.
   *
   * @param index Index into `bytes` of the line's first byte.
   */
  writtenMs?(index: number): number | undefined;
  /** Set when the batch is an unsettled record of an earlier run, read again. */
  readonly again?: Unsettled;
}

/** What became of a record, once and for all. */
export type Settlement = "shown" | "summarised" | "withheld" | "unrouted" | "dropped";
