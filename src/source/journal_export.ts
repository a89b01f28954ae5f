/**
 * The journal export format (systemd's `JOURNAL_EXPORT_FORMATS`), taken apart in bytes: a field is `NAME=text` on a line,
 * or `NAME`, a little-endian 64-bit length and that many bytes; an empty line ends an entry.
 *
 * @module
 */

import { NEWLINE } from "./lines.ts";

/** The fields of an entry that anybody asks for. */
export const JOURNAL_FIELDS = [
  "__CURSOR",
  "__REALTIME_TIMESTAMP",
  "MESSAGE",
  "PRIORITY",
  "SYSLOG_IDENTIFIER",
  "UNIT",
  "COREDUMP_UNIT",
  "_SYSTEMD_UNIT",
  "_SYSTEMD_USER_UNIT",
  "_PID",
  "_UID",
  "_COMM",
] as const;

/** One of {@linkcode JOURNAL_FIELDS}. */
export type JournalField = (typeof JOURNAL_FIELDS)[number];

/** The fields of one entry; a field that it has several times has its first value. */
export class ExportEntry {
  readonly #values: readonly (Uint8Array | undefined)[];

  /** Takes values in the order of {@linkcode JOURNAL_FIELDS}. */
  constructor(values: readonly (Uint8Array | undefined)[]) {
    this.#values = values;
  }

  /** Value of a field, cut where the parser was told to; `undefined` when the entry does not have it. */
  bytes(field: JournalField): Uint8Array | undefined {
    return this.#values[INDEX[field]];
  }

  /** Value of a field as text; U+FFFD for what is not UTF-8. */
  text(field: JournalField): string | undefined {
    const bytes = this.bytes(field);
    return bytes === undefined ? undefined : DECODER.decode(bytes);
  }
}

const EQUALS = 0x3d;

/** Bytes of a length. */
const LENGTH_BYTES = 8;

/** Longest name of a field: journald takes no longer one (`journal-file.c`, `JOURNAL_FIELD_NAME_LENGTH_MAX`). */
const LONGEST_NAME_BYTES = 64;

const DECODER = new TextDecoder();

const INDEX = Object.fromEntries(JOURNAL_FIELDS.map((name, index) => [name, index])) as Readonly<
  Record<JournalField, number>
>;

/** Names as bytes, by their length: a field that nobody asks for is not decoded. */
const BY_LENGTH: ReadonlyMap<number, readonly { readonly bytes: Uint8Array; readonly index: number }[]> = Map
  .groupBy(
    JOURNAL_FIELDS.map((name, index) => ({ bytes: new TextEncoder().encode(name), index })),
    ({ bytes }) => bytes.length,
  );

/** What the next byte belongs to. */
type Expects = "name" | "text" | "length" | "binary" | "newline";

/**
 * Takes chunks of any size and gives out whole entries. Holds the wanted fields of one entry, each cut at the greatest
 * length, whatever is written: a message of gigabytes passes through. Garbage gives entries without the usual fields.
 */
export class ExportParser {
  readonly #mostBytes: number;
  #values: (Uint8Array | undefined)[] = [];
  #isEmpty = true;
  #expects: Expects = "name";
  /** Beginning of a name, text, length or binary value that the chunks before ended in. */
  #pieces: Uint8Array[] = [];
  #heldBytes = 0;
  /** Index of the field whose value is read; -1 when nobody asks for it. */
  #field = -1;
  /** How much of a binary value is still to come. */
  #restBytes = 0;

  /**
   * Starts between two entries.
   *
   * @param mostBytes How much of a value is kept.
   */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Whether everything so far was whole entries: nothing says that more is on its way. */
  get isBetweenEntries(): boolean {
    return this.#isEmpty && this.#expects === "name" && this.#heldBytes === 0;
  }

  /**
   * Takes the entries out that end in a chunk.
   *
   * @param chunk What came next; must not change while entries are used.
   */
  *push(chunk: Uint8Array): Generator<ExportEntry> {
    for (let at = 0; at < chunk.length;) {
      switch (this.#expects) {
        case "name": {
          const end = endOfName(chunk, at);
          if (end === chunk.length) this.#hold(chunk.subarray(at), LONGEST_NAME_BYTES + 1);
          else if (chunk[end] === EQUALS) this.#name(chunk, at, end, "text");
          else if (end > at || this.#heldBytes > 0) this.#name(chunk, at, end, "length");
          else if (!this.#isEmpty) yield this.#end();
          at = end + 1;
          break;
        }
        case "text": {
          const newline = chunk.indexOf(NEWLINE, at);
          const end = newline === -1 ? chunk.length : newline;
          if (this.#field !== -1) {
            const text = chunk.subarray(at, end);
            if (newline === -1) this.#hold(text, this.#mostBytes);
            else this.#value(text);
          }
          if (newline !== -1) this.#expects = "name";
          at = end + 1;
          break;
        }
        case "length": {
          const part = chunk.subarray(at, at + LENGTH_BYTES - this.#heldBytes);
          at += part.length;
          if (this.#heldBytes + part.length < LENGTH_BYTES) this.#hold(part, LENGTH_BYTES);
          else {
            this.#restBytes = lengthOf(this.#take(part));
            this.#expects = "binary";
            if (this.#restBytes === 0) this.#binary(part.subarray(part.length));
          }
          break;
        }
        case "binary": {
          const part = chunk.subarray(at, at + this.#restBytes);
          at += part.length;
          this.#restBytes -= part.length;
          if (this.#restBytes > 0) this.#holdValue(part);
          else this.#binary(part);
          break;
        }
        case "newline":
          at++;
          this.#expects = "name";
          break;
      }
    }
  }

  #name(chunk: Uint8Array, start: number, end: number, expects: "text" | "length"): void {
    this.#isEmpty = false;
    this.#expects = expects;
    if (this.#heldBytes === 0) this.#field = indexOf(chunk, start, end);
    else {
      const name = this.#take(chunk.subarray(start, end));
      this.#field = indexOf(name, 0, name.length);
    }
  }

  #binary(part: Uint8Array): void {
    if (this.#field !== -1) this.#value(part);
    this.#expects = "newline";
  }

  #value(last: Uint8Array): void {
    const value = this.#take(last);
    this.#values[this.#field] ??= value.length > this.#mostBytes ? value.subarray(0, this.#mostBytes) : value;
  }

  #holdValue(part: Uint8Array): void {
    if (this.#field !== -1) this.#hold(part, this.#mostBytes);
  }

  /** Keeps the beginning of something until its end comes; what is beyond `mostBytes` is left out. */
  #hold(part: Uint8Array, mostBytes: number): void {
    const kept = part.subarray(0, Math.max(0, mostBytes - this.#heldBytes));
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#heldBytes += kept.length;
  }

  /** What was held and its end, in one piece. */
  #take(last: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return last;
    const whole = new Uint8Array(this.#heldBytes + last.length);
    let at = 0;
    for (const piece of [...this.#pieces, last]) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#heldBytes = 0;
    return whole;
  }

  #end(): ExportEntry {
    const entry = new ExportEntry(this.#values);
    this.#values = [];
    this.#isEmpty = true;
    return entry;
  }
}

/** Index of the `=` or the newline behind a name; the chunk's length when it holds neither. */
function endOfName(chunk: Uint8Array, start: number): number {
  let end = start;
  while (end < chunk.length && chunk[end] !== EQUALS && chunk[end] !== NEWLINE) end++;
  return end;
}

/** Index of the field whose name stands at [start, end); -1 when nobody asks for it. */
function indexOf(bytes: Uint8Array, start: number, end: number): number {
  for (const name of BY_LENGTH.get(end - start) ?? []) {
    let same = 0;
    while (start + same < end && name.bytes[same] === bytes[start + same]) same++;
    if (start + same === end) return name.index;
  }
  return -1;
}

/** A length beyond 2^53 is no length; it is treated as one that never ends. */
function lengthOf(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
}
