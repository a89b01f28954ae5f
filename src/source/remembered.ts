/**
 * What a source still knows of files that it has closed or refused in this run.
 *
 * @module
 */

import type { Discovery, Found } from "./discover.ts";
import type { FileCursor } from "./identity.ts";

/** How many closed files are remembered: more than rotation leaves lying about; each takes some 300 bytes. */
const MOST_CLOSED = 4096;

/** Files that are not open, by their identity in this run. */
export class Remembered {
  /** Where reading stopped, the longest ago first. */
  readonly #closed = new Map<string, FileCursor>();
  /** What packed files looked like when they were found out. */
  readonly #compressed = new Map<string, string>();

  /** Keeps in mind where a file was closed; the one closed the longest ago is forgotten for it when there are many. */
  close(key: string, cursor: FileCursor): void {
    this.#closed.delete(key);
    this.#closed.set(key, cursor);
    for (const oldest of this.#closed.keys()) {
      if (this.#closed.size <= MOST_CLOSED) break;
      this.#closed.delete(oldest);
    }
  }

  /** Where a file was closed that is opened again; whoever asks must see whether it still holds that text. */
  reopen(key: string): FileCursor | undefined {
    const cursor = this.#closed.get(key);
    this.#closed.delete(key);
    return cursor;
  }

  /** Whether a file was read and closed. */
  knows(key: string): boolean {
    return this.#closed.has(key);
  }

  /** Keeps in mind that a file is packed. */
  refuse({ key, stamp }: Found): void {
    this.#compressed.set(key, stamp);
  }

  /** Whether a file was packed and has not changed since. */
  isRefused({ key, stamp }: Found): boolean {
    return this.#compressed.get(key) === stamp;
  }

  /** Forgets packed files that are gone. */
  look({ files }: Discovery): void {
    for (const key of this.#compressed.keys()) if (!files.has(key)) this.#compressed.delete(key);
  }
}
