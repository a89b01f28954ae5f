/**
 * Files that were rotated away: where the one is that was being read, and which ones came and went unseen.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { isCompressedName } from "./compressed.ts";
import { type Found, found, list, stat } from "./discover.ts";
import { type FileCursor, inodeOf } from "./identity.ts";

/** What rotation puts behind a name: a number or a date, such as `.1`, `-20260102` or `.2026-01-02T03:04`. */
const ROTATION_SUFFIX = /^[.\-_]\d[\d.\-_:T]*$/;

/**
 * Where a file is that is no longer where it was: rotated away in its own directory, or in the one to which a symbolic
 * link led. Goes by the inode alone; whoever opens it sees whether it holds the text.
 *
 * @param cursor Where it was.
 * @param key What it is.
 * @returns Where it is now, if it still is.
 */
export function findRotated({ path, realPath }: FileCursor, key: string): Found | undefined {
  const directories = new Set([dirname(path), dirname(realPath ?? path)]);
  const inode = inodeOf(key);
  for (const directory of directories) {
    for (const candidate of plainFiles(directory, () => true)) {
      if (inodeOf(candidate.key) === inode) return candidate;
    }
  }
  return undefined;
}

/** How many paths are remembered that were rotated. */
const MOST_PATHS = 4096;

/**
 * Files that were at a path between two looks and were rotated away before the second: a busy service may rotate
 * several times in a moment, or while irctail was down. They are told by their name, and by having been written since
 * the file before them was.
 */
export class Rotations {
  /** By path, what lay beside it at its last rotation. */
  readonly #known = new Map<string, ReadonlySet<string>>();

  /**
   * Looks for them, when another file has come to a path.
   *
   * @param path The path.
   * @param before The file that was being read under that path.
   * @param now The file that is there.
   * @returns The oldest first.
   */
  between(
    path: string,
    before: { readonly key: string; readonly modifiedMs: number },
    now: Found,
  ): readonly Found[] {
    const name = basename(path);
    const isRotation = (other: string) =>
      other.startsWith(name) && ROTATION_SUFFIX.test(other.slice(name.length));
    const beside = [...plainFiles(dirname(path), isRotation)];
    const known = this.#known.get(path);
    this.#remember(path, new Set(beside.map(({ key }) => key)));
    // The first time, what is exactly as old may have lain there before.
    const leastMs = known === undefined ? before.modifiedMs + 1 : before.modifiedMs;
    return beside
      .filter(({ key, modifiedMs }) =>
        key !== before.key && key !== now.key && known?.has(key) !== true && modifiedMs >= leastMs
      )
      // Where the clock cannot tell them apart, the higher number is the older one.
      .sort((a, b) => a.modifiedMs - b.modifiedMs || b.path.localeCompare(a.path, "en", { numeric: true }));
  }

  #remember(path: string, keys: ReadonlySet<string>): void {
    this.#known.delete(path);
    this.#known.set(path, keys);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_PATHS) break;
      this.#known.delete(oldest);
    }
  }
}

/** Regular files of a directory that are not packed. */
function* plainFiles(directory: string, isWanted: (name: string) => boolean): Generator<Found> {
  for (const entry of list(directory).entries) {
    if (!entry.isFile || isCompressedName(entry.name) || !isWanted(entry.name)) continue;
    const path = `${directory === "/" ? "" : directory}/${entry.name}`;
    const info = stat(path);
    if (info instanceof Object && info.isFile) yield found(path, info);
  }
}
