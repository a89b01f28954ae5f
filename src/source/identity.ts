/**
 * What makes a file the same file, and its text the same text, after a rename, a truncation or a restart.
 *
 * @module
 */

import type { Cursor } from "../event/event.ts";

/** Resume point in a file. */
export type FileCursor = Extract<Cursor, { readonly kind: "file" }>;

/** How much of a file's beginning is hashed at most: enough for a few time stamps, cheap to read again. */
export const HEAD_BYTES = 1024;

/**
 * How much before an offset is hashed at most. Files of one program often begin with the same banner; what stands just
 * before the place that was reached holds a time stamp or a number.
 */
export const LAST_BYTES = 64;

/** Hash of a file's first bytes. */
export interface Head {
  /** The hash, in hexadecimal. */
  readonly head: string;
  /** How many bytes it covers, 0 to 1024. */
  readonly headBytes: number;
}

/** The head of a file of which nothing is known. */
export const NO_HEAD: Head = { head: hashBytes(new Uint8Array()), headBytes: 0 };

/** A place in a text, and what stands before it. */
export interface Place {
  /** From the start of the file. */
  readonly offsetBytes: number;
  /** Hash of up to 64 bytes before it. */
  readonly last: string;
}

/** The beginning of any text. */
export const BEGINNING: Place = { offsetBytes: 0, last: NO_HEAD.head };

/**
 * Identity of a file on this machine: `dev:inode`. Deno gives both as floating-point numbers, so two inodes above
 * 2^53 may look alike; only a few overlay and network file systems have such, and the text tells most of them apart.
 *
 * @param info From `Deno.stat` or an open file.
 */
export function streamKey(info: Deno.FileInfo): string {
  return `${info.dev}:${info.ino}`;
}

/**
 * The part of an identity that a restart of the machine keeps: device numbers are given out anew to some file systems.
 *
 * @param key From {@linkcode streamKey}.
 */
export function inodeOf(key: string): string {
  return key.slice(key.indexOf(":") + 1);
}

/**
 * Reads the head again.
 *
 * @param file Its position is moved.
 * @param known What the head was.
 * @returns The head as far as it is known now, or `undefined` when the file no longer begins with what it was.
 */
export function readHead(file: Deno.FsFile, known: Head): Head | undefined {
  const length = readAt(file, 0, scratch);
  if (length < known.headBytes) return undefined;
  if (hashBytes(scratch.subarray(0, known.headBytes)) !== known.head) return undefined;
  if (length === known.headBytes) return known;
  return { head: hashBytes(scratch.subarray(0, length)), headBytes: length };
}

/**
 * Reads what stands before an offset.
 *
 * @param file Its position is moved.
 * @param offsetBytes From the start of the file.
 * @returns `undefined` when the file is not that long.
 */
export function readPlace(file: Deno.FsFile, offsetBytes: number): Place | undefined {
  const length = Math.min(offsetBytes, LAST_BYTES);
  const before = scratch.subarray(0, length);
  if (readAt(file, offsetBytes - length, before) < length) return undefined;
  return { offsetBytes, last: hashBytes(before) };
}

/**
 * Whether a file holds the text that a cursor was made in: its head is the same, it is long enough, and what stands
 * before the cursor is the same.
 *
 * @param file Its position is moved.
 * @param cursor Of this or an earlier run.
 */
export function holds(file: Deno.FsFile, cursor: Cursor): cursor is FileCursor {
  if (cursor.kind !== "file" || readHead(file, cursor) === undefined) return false;
  const place = readPlace(file, cursor.offsetBytes);
  return place !== undefined && (cursor.last === undefined || cursor.last === place.last);
}

/**
 * Reads at an offset, as much as one call gives.
 *
 * @param file Its position is moved.
 * @param offsetBytes From the start of the file.
 * @param into Where to put it.
 * @returns How many bytes, 0 at the end.
 */
export function readAt(file: Deno.FsFile, offsetBytes: number, into: Uint8Array): number {
  file.seekSync(offsetBytes, Deno.SeekMode.Start);
  return file.readSync(into) ?? 0;
}

/**
 * Hash of up to 64 bytes that end at an index.
 *
 * @param bytes Text as it stands in a file.
 * @param end Index just after them.
 */
export function hashLast(bytes: Uint8Array, end: number): string {
  return hashBytes(bytes.subarray(Math.max(0, end - LAST_BYTES), end));
}

/** Every head is read into this, one after the other and never across an `await`. */
const scratch = new Uint8Array(HEAD_BYTES);

/** FNV-1a (offset bases and prime of its reference) twice with different seeds: tells files apart, protects nothing. */
function hashBytes(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}
