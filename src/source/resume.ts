/**
 * What an earlier run left of files, until each is taken up again or given up.
 *
 * @module
 */

import type { Cursor, Stream, StreamCheckpoint, Unsettled } from "../event/event.ts";
import type { Discoverer, Discovery, Found } from "./discover.ts";
import { type FileCursor, holds, inodeOf } from "./identity.ts";
import { findRotated } from "./rotated.ts";
import type { ReadOptions } from "./source.ts";

/** A file that was rotated away while nobody read it. */
export interface Rotated {
  /** Where it is now. */
  readonly file: Found;
  /** Where it was: the file that is there now comes after it. */
  readonly path: string;
  /** It is not one of the files that the globs mean. */
  readonly as: "resumed";
}

/** A file that an earlier run had read. */
export interface Resumed {
  /** Key of its stream; another one than that of the file when device numbers were given out anew. */
  readonly key: string;
  /** Where reading goes on. */
  readonly position: FileCursor;
  /** Records to be read again. */
  readonly unsettled: readonly Unsettled[];
}

/** What resuming needs. */
export interface ResumeOptions {
  readonly discoverer: Discoverer;
  readonly read: Pick<ReadOptions, "resume" | "lost" | "ended">;
  /** Makes the stream of a file that is gone. */
  readonly streamOf: (key: string, path: string) => Stream;
}

/** Checkpoints of files that are not open yet. */
export class Resume {
  readonly #options: ResumeOptions;
  readonly #left: Map<string, StreamCheckpoint>;
  /** Paths of files whose text is gone: which ones came after them, and which are copies, cannot be told. */
  readonly #broken = new Set<string>();

  /**
   * Takes the checkpoints over.
   *
   * @param options Where they are and who is told of what is gone.
   */
  constructor(options: ResumeOptions) {
    this.#options = options;
    this.#left = new Map(options.read.resume);
  }

  /**
   * Looks for the files that are not where they were, in the same directory; gives up those that are gone, and those
   * whose old path the globs do not mean any more.
   *
   * @param discovery What is there now.
   * @returns The files found, the oldest first.
   */
  findRotated(discovery: Discovery): readonly Rotated[] {
    if (this.#left.size === 0) return [];
    const places = new Set([...discovery.files.values()].map(placeOf));
    const rotated: Rotated[] = [];
    for (const [key, { position }] of this.#left) {
      const path = pathOf(position);
      if (discovery.files.has(key) || places.has(placeOf({ key, path })) || discovery.isHidden(path)) {
        continue;
      }
      const file = isFileCursor(position) && this.#options.discoverer.matches(position.path)
        ? findRotated(position, key)
        : undefined;
      if (file === undefined) this.#giveUp(key);
      else rotated.push({ file, path, as: "resumed" });
    }
    return rotated.sort((a, b) => a.file.modifiedMs - b.file.modifiedMs);
  }

  /**
   * Takes up what an earlier run left of a file. It is the same file when its device, inode and text are; or when its
   * path, inode and text are, because a restart of the machine may change the number of the device. Where it holds
   * another text, what was unsettled is lost.
   *
   * @param file Open; its position is moved.
   * @param found What and where it is.
   * @returns `undefined` when this text was not read before.
   */
  take(file: Deno.FsFile, found: { readonly key: string; readonly path: string }): Resumed | undefined {
    const key = this.#keyOf(found);
    const checkpoint = key === undefined ? undefined : this.#left.get(key);
    if (key === undefined || checkpoint === undefined) return undefined;
    const { position, unsettled } = checkpoint;
    if (holds(file, position)) {
      this.#left.delete(key);
      return { key, position, unsettled };
    }
    if (key === found.key) {
      this.#lose(key, checkpoint);
      // Truncated, or another file that has its number: either way the text is gone.
      this.#broken.add(pathOf(position));
    } else this.#giveUp(key);
    return undefined;
  }

  /** Whether an earlier run has left something of a file, so that it is not new at its path. */
  knows(found: { readonly key: string; readonly path: string }): boolean {
    return this.#keyOf(found) !== undefined;
  }

  /** Whether a file of a path was given up, so that what lies beside it may be older or newer than what is known. */
  isBroken(path: string): boolean {
    return this.#broken.has(path);
  }

  #keyOf(found: { readonly key: string; readonly path: string }): string | undefined {
    if (this.#left.has(found.key)) return found.key;
    const place = placeOf(found);
    for (const [key, { position }] of this.#left) {
      if (placeOf({ key, path: pathOf(position) }) === place) return key;
    }
    return undefined;
  }

  #giveUp(key: string): void {
    const checkpoint = this.#left.get(key);
    if (checkpoint === undefined) return;
    this.#lose(key, checkpoint);
    this.#broken.add(pathOf(checkpoint.position));
    this.#options.read.ended(this.#options.streamOf(key, pathOf(checkpoint.position)));
  }

  #lose(key: string, checkpoint: StreamCheckpoint): void {
    this.#left.delete(key);
    for (const record of checkpoint.unsettled) this.#options.read.lost(key, record);
  }
}

/** What stays the same when a device gets another number. */
function placeOf({ key, path }: { readonly key: string; readonly path: string }): string {
  return `${inodeOf(key)}:${path}`;
}

function isFileCursor(cursor: Cursor): cursor is FileCursor {
  return cursor.kind === "file";
}

function pathOf(cursor: Cursor): string {
  return isFileCursor(cursor) ? cursor.path : "";
}
