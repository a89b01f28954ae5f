/**
 * The text of an open file: read on from a place, and compared with what it was before.
 *
 * @module
 */

import {
  type FileCursor,
  hashLast,
  type Head,
  LAST_BYTES,
  NO_HEAD,
  type Place,
  readAt,
  readHead,
} from "./identity.ts";
import { NEWLINE, type Room } from "./lines.ts";

/** A text that may be replaced by another at any time. What was read stands in the room until the next read. */
export class FileText {
  readonly #file: Deno.FsFile;
  readonly #room: Room;
  #head: Head;
  /** What stood before the place that was read on from stands in the room again, so many bytes of it. */
  #leadBytes = 0;
  /** Offset in the file of the first byte that is new. */
  #startBytes = 0;

  /**
   * Looks at how a file begins.
   *
   * @param file Its position is moved.
   * @param room What to read into.
   */
  constructor(file: Deno.FsFile, room: Room) {
    this.#file = file;
    this.#room = room;
    this.#head = readHead(file, NO_HEAD) ?? NO_HEAD;
  }

  /**
   * Reads on, and sees whether the text is still the one that was read before. What is compared comes with the same
   * read, or after it: then a truncation in between is seen as well.
   *
   * @param place Up to where it was read.
   * @returns What is new, one chunk at most; `undefined` when it is another text.
   */
  readOn({ offsetBytes, last }: Place): Uint8Array | undefined {
    const { bytes, capacityBytes } = this.#room;
    const leadBytes = Math.min(offsetBytes, LAST_BYTES);
    const length = readAt(this.#file, offsetBytes - leadBytes, bytes.subarray(0, leadBytes + capacityBytes));
    if (length < leadBytes || hashLast(bytes, leadBytes) !== last || !this.beginsAsBefore()) return undefined;
    this.#leadBytes = leadBytes;
    this.#startBytes = offsetBytes;
    return bytes.subarray(leadBytes, length);
  }

  /** Whether it begins as it did; learns more of how it begins while that is short. */
  beginsAsBefore(): boolean {
    const head = readHead(this.#file, this.#head);
    this.#head = head ?? this.#head;
    return head !== undefined;
  }

  /** Forgets how it began: another text begins. */
  startOver(): void {
    this.#head = NO_HEAD;
  }

  /** Tells the place of an index of what was just read, for as long as that stands in the room. */
  places(): (index: number) => Place {
    const { bytes } = this.#room;
    const leadBytes = this.#leadBytes;
    const startBytes = this.#startBytes;
    return (index) => ({ offsetBytes: startBytes + index, last: hashLast(bytes, leadBytes + index) });
  }

  /**
   * What was just read and a newline behind it.
   *
   * @param length How much was read.
   */
  endLine(length: number): Uint8Array {
    const { bytes } = this.#room;
    const end = this.#leadBytes + length;
    bytes[end] = NEWLINE;
    return bytes.subarray(this.#leadBytes, end + 1);
  }

  /**
   * Makes cursors with the head of now, whatever becomes of the file later.
   *
   * @param names Where the file is, with and without symbolic links.
   */
  cursors(names: { readonly path: string; readonly realPath: string }): (place: Place) => FileCursor {
    const { path, realPath } = names;
    const { head, headBytes } = this.#head;
    const link = realPath === path ? {} : { realPath };
    return ({ offsetBytes, last }) => ({ kind: "file", offsetBytes, path, head, headBytes, last, ...link });
  }
}
