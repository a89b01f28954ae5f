/**
 * A batch seen as text: one latin1 string whose indexes are byte offsets, and searches that go over it once.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Batch } from "../event/event.ts";

/** ESC, the 7-bit start of an ANSI sequence. */
const ESCAPE = "\x1b";

/** First byte in UTF-8 of U+0080 to U+00BF: of 8-bit starts of ANSI sequences, but of `°` and `£` as well. */
const C1_LEAD = "\xc2";

/** The 8-bit starts of control sequences and control strings (ECMA-48 §5.3), in UTF-8 seen as latin1. */
const C1 = /\xc2[\x90\x98\x9b\x9d-\x9f]/;

/** One batch on its way through the loop; valid as long as the batch is. */
export class Chunk {
  static #made = 0;

  readonly #buffer: Buffer;
  readonly #escapes = new Hits(ESCAPE);
  readonly #leads = new Hits(C1_LEAD);

  /** Tells chunks apart for those who must not keep them: their texts would be held by every idle stream (I7). */
  readonly serial = ++Chunk.#made;
  /** The batch. */
  readonly batch: Batch;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Its bytes, each as one character: `text.indexOf` finds newlines 2-3 times faster than a byte search (bench). */
  readonly text: string;

  /** Makes the text; decodes nothing. */
  constructor(batch: Batch) {
    this.batch = batch;
    this.bytes = batch.bytes;
    this.#buffer = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
    this.text = this.#buffer.toString("latin1");
  }

  /** Whether a record holds an ANSI sequence, so that literals may be torn apart in it. Records are asked in order. */
  hasEscape(start: number, end: number): boolean {
    return this.#escapes.within(this, start, end) ||
      (this.#leads.within(this, start, end) && C1.test(this.text.slice(start, end)));
  }

  /** Decodes a range from UTF-8; what is not valid becomes U+FFFD. */
  decode(start: number, end: number): string {
    return this.#buffer.toString("utf8", start, end);
  }
}

/** Where a literal occurs next: asked for one record after the other, the whole chunk is searched once. */
class Hits {
  readonly #literal: string;
  /** Serial of the chunk that was searched last. */
  #serial = 0;
  #next = -1;

  constructor(literal: string) {
    this.#literal = literal;
  }

  within(chunk: Chunk, start: number, end: number): boolean {
    if (this.#serial !== chunk.serial) {
      this.#serial = chunk.serial;
      this.#next = -1;
    }
    if (this.#next < start) {
      const found = chunk.text.indexOf(this.#literal, start);
      this.#next = found < 0 ? Infinity : found;
    }
    return this.#next + this.#literal.length <= end;
  }
}

/** A list of literals of which one suffices. */
export class LiteralHits {
  readonly #hits: readonly Hits[];

  /**
   * @param literals UTF-8 bytes read as latin1, at least one.
   */
  constructor(literals: readonly string[]) {
    this.#hits = literals.map((literal) => new Hits(literal));
  }

  /** Whether one of them stands in [start, end) of the chunk. Records are asked in order. */
  within(chunk: Chunk, start: number, end: number): boolean {
    for (const hits of this.#hits) {
      if (hits.within(chunk, start, end)) return true;
    }
    return false;
  }
}
