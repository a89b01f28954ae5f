/**
 * Words looked up in bytes, without regard to letter case and without making a string.
 *
 * @module
 */

/** Lower-cases a letter; every word of a table and every byte compared with it goes through this. */
const CASE_BIT = 0x20;

/** Distinguishes first letters: A and a are both 1. */
const LETTER_BITS = 0x1f;

/** Longest word a table may hold, in bytes. */
const LONGEST_WORD_BYTES = 15;

interface Entry<V> {
  readonly bytes: Uint8Array;
  readonly value: V;
}

/** A fixed list of ASCII words, each with a value. */
export class ByteWords<V> {
  readonly #buckets: readonly (readonly Entry<V>[])[];

  /**
   * Sorts words by length and first letter, so that a lookup compares one or two of them.
   *
   * @param words The words, 1 to 15 letters each, and what they mean.
   */
  constructor(words: Iterable<readonly [string, V]>) {
    const buckets: Entry<V>[][] = Array.from(
      { length: (LONGEST_WORD_BYTES + 1) * (LETTER_BITS + 1) },
      () => [],
    );
    for (const [word, value] of words) {
      const bytes = new TextEncoder().encode(word).map((byte) => byte | CASE_BIT);
      buckets[bucketOf(bytes.length, bytes[0])].push({ bytes, value });
    }
    this.#buckets = buckets;
  }

  /** The value of the word that is exactly `bytes[start, end)`; `undefined` when it is none of them. */
  find(bytes: Uint8Array, start: number, end: number): V | undefined {
    const length = end - start;
    if (length < 1 || length > LONGEST_WORD_BYTES) return undefined;
    for (const entry of this.#buckets[bucketOf(length, bytes[start])]) {
      let i = 1;
      while (i < length && (bytes[start + i] | CASE_BIT) === entry.bytes[i]) i++;
      if (i === length && (bytes[start] | CASE_BIT) === entry.bytes[0]) return entry.value;
    }
    return undefined;
  }
}

function bucketOf(length: number, first: number): number {
  return length * (LETTER_BITS + 1) + (first & LETTER_BITS);
}

/** Whether the ASCII `text` stands at `start`, all of it before `end`. */
export function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
