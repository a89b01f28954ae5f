/**
 * What takes lines out of the log of a container, and what takes these lines.
 *
 * @module
 */

/** Docker cuts longer lines into pieces of this size, each with the time stamp of the first (moby, `copier.go`). */
export const PIECE_BYTES = 16 * 1024;

/** Takes lines. */
export interface LineSink {
  /**
   * Takes a line.
   *
   * @param seconds When it was written, in seconds since the Unix epoch.
   * @param nanos Nanoseconds on top of them.
   * @param bytes Holds it until the call returns.
   * @param start Index of its first byte.
   * @param end Index behind its last byte, without a newline; further than the longest line when it is too long.
   */
  line(seconds: number, nanos: number, bytes: Uint8Array, start: number, end: number): void;
  /** The daemon said that it cannot read all of the log. */
  fault(): void;
}

/** Reads one log; gives out at most one line a step. */
export interface LineReader {
  /** Takes the next chunk; the one before it was read to its end. */
  feed(bytes: Uint8Array): void;
  /** Reads on; `false` when the chunk is read. */
  step(): boolean;
  /** Gives out what will not be continued, for the log has ended; at most one line a step. */
  finish(): boolean;
}
