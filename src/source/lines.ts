/**
 * Where lines end in a chunk of bytes, and how a line that is too long is cut.
 *
 * @module
 */

import { LAST_BYTES } from "./identity.ts";

/** `\n`. */
export const NEWLINE = 10;

/** How much is read at once: beyond 64 KiB the size hardly matters (measured), so this bounds memory. */
export const CHUNK_BYTES: number = 256 * 1024;

/** Shortest longest line: room for the marker and something before it. */
const LEAST_MAX_LINE_BYTES = 64;

/**
 * How far back a cut looks for the end of a token, so that it does not leave half a key that no redaction rule knows;
 * longer than the usual keys, hashes and addresses.
 */
const TOKEN_BYTES = 1024;

/** Blanks, quotes and brackets: what stands between tokens in log text. */
const DELIMITERS: ReadonlySet<number> = new Set([..." \t\"'`,;()[]{}<>|"].map((text) => text.charCodeAt(0)));

/** Memory that a source reads into, used again for every batch. */
export interface Room {
  /**
   * A chunk, or one line of the greatest length; before it what a file reads again to compare, behind it one byte to
   * end a last line with.
   */
  readonly bytes: Uint8Array;
  /** How many of them may be read into. */
  readonly capacityBytes: number;
  /** Longest line, without its newline. */
  readonly maxLineBytes: number;
  /** What a cut line ends with. */
  readonly marker: Uint8Array;
}

/**
 * Makes the memory of one source.
 *
 * @param maxLineBytes Longest line; less than 64 counts as 64.
 */
export function makeRoom(maxLineBytes: number): Room {
  const longest = Math.max(maxLineBytes, LEAST_MAX_LINE_BYTES);
  const capacityBytes = Math.max(CHUNK_BYTES, longest + 1);
  return {
    bytes: new Uint8Array(LAST_BYTES + capacityBytes + 1),
    capacityBytes,
    maxLineBytes: longest,
    marker: new TextEncoder().encode(` [line cut at ${sizeText(longest)}]`),
  };
}

/** What was found in a chunk that starts at a line. */
export interface Whole {
  /** Index just after the last newline of the lines that are whole and not too long. */
  readonly end: number;
  /** Whether a line that is too long starts at `end`; otherwise what follows is the beginning of a line. */
  readonly tooLong: boolean;
}

/**
 * Finds the whole lines of a chunk by looking for one newline every `maxLineBytes`, not for every newline.
 *
 * @param bytes A chunk that starts where a line starts.
 * @param maxLineBytes Longest line, without its newline.
 */
export function wholeLines(bytes: Uint8Array, maxLineBytes: number): Whole {
  let end = 0;
  while (end < bytes.length) {
    const newline = bytes.lastIndexOf(NEWLINE, Math.min(end + maxLineBytes, bytes.length - 1));
    if (newline < end) return { end, tooLong: bytes.length - end > maxLineBytes };
    end = newline + 1;
  }
  return { end, tooLong: false };
}

/**
 * Cuts the line at `start` in place and ends it with the marker and a newline. The marker is within the greatest
 * length, so the line becomes shorter; the token that the cut would tear is left out.
 *
 * @param room Holds at least `maxLineBytes` of the line.
 * @param start Index of its first byte.
 * @returns Index just after its new newline.
 */
export function cutLine(room: Room, start: number): number {
  const { bytes, marker } = room;
  let cut = start + room.maxLineBytes - marker.length;
  const furthest = start + Math.max(room.maxLineBytes >> 1, room.maxLineBytes - TOKEN_BYTES);
  for (let i = cut; i > furthest; i--) {
    if (DELIMITERS.has(bytes[i - 1] ?? 0)) {
      cut = i;
      break;
    }
  }
  cut = characterStart(bytes, cut);
  bytes.set(marker, cut);
  bytes[cut + marker.length] = NEWLINE;
  return cut + marker.length + 1;
}

/**
 * Cuts every line of the first `length` bytes that is too long, in place.
 *
 * @param room Holds lines, the last of them ended.
 * @param length How many bytes they are.
 * @returns How many bytes they are now.
 */
export function cutLines(room: Room, length: number): number {
  const { bytes } = room;
  let written = 0;
  for (let start = 0; start < length;) {
    const next = bytes.subarray(0, length).indexOf(NEWLINE, start) + 1;
    bytes.copyWithin(written, start, next);
    written = next - start > room.maxLineBytes + 1 ? cutLine(room, written) : written + next - start;
    start = next;
  }
  return written;
}

/** The nearest index at or before `index` where a UTF-8 character starts; `index` itself in what is not UTF-8. */
function characterStart(bytes: Uint8Array, index: number): number {
  for (let back = 0; back < 4; back++) {
    if (((bytes[index - back] ?? 0) & 0b1100_0000) !== 0b1000_0000) return index - back;
  }
  return index;
}

function sizeText(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / 1024 / 1024} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
