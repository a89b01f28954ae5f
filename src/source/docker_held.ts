/**
 * One line of a container that comes in several parts, put together.
 *
 * @module
 */

/** Memory for the first part of a line; it doubles as long as the line goes on. */
const FIRST_BYTES = 4 * 1024;

/** The beginning of a line; keeps one byte more than the longest line, so that a longer one is known as such. */
export class Held {
  readonly #mostBytes: number;
  #bytes = new Uint8Array();
  #length = 0;

  /**
   * Holds nothing.
   *
   * @param mostBytes How much is kept; the rest is left out.
   */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** What is held. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Adds bytes[start, end). */
  add(bytes: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, this.#mostBytes - this.#length);
    if (length <= 0) return;
    const wanted = this.#length + length;
    if (wanted > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#mostBytes, Math.max(FIRST_BYTES, 2 * wanted)));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, start + length), this.#length);
    this.#length = wanted;
  }

  /** Forgets it, and its memory: most containers never write such a line. */
  clear(): void {
    this.#bytes = new Uint8Array();
    this.#length = 0;
  }
}
