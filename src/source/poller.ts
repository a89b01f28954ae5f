/**
 * Looking often at directories that are written to so fast that listening would cost more.
 *
 * @module
 */

import { reasonOf } from "./discover.ts";
import type { Tails } from "./tails.ts";
import type { DirectoryWatch } from "./watch.ts";

/** Between two looks, in milliseconds: far below what anybody notices in a channel, and 50 looks cost little. */
export const POLL_MS = 25;

/** A look that takes t is followed by at least 20 t of other work, as with sweeps. */
const POLL_SHARE = 20;

/** A directory is listened to again after so long in which fewer than half of the looks found anything. */
const QUIET_MS = 1_000;

/** What was seen of a directory. */
interface Seen {
  sinceMs: number;
  looks: number;
  finds: number;
  modifiedMs: number | undefined;
}

/** Looks at the directories whose watchers rest, and wakes the watchers when little happens any more. */
export class Poller {
  readonly #watch: DirectoryWatch;
  readonly #tails: Tails;
  readonly #seen = new Map<string, Seen>();
  #dueMs = -Infinity;

  /**
   * Looks at nothing yet.
   *
   * @param options Which directories, and which files are in them.
   */
  constructor(options: { readonly watch: DirectoryWatch; readonly tails: Tails }) {
    this.#watch = options.watch;
    this.#tails = options.tails;
  }

  /** When the next look is due, in monotonic milliseconds; `Infinity` while every directory is listened to. */
  get dueMs(): number {
    for (const _ of this.#watch.resting) return this.#dueMs;
    return Infinity;
  }

  /**
   * Looks, and has read what grew.
   *
   * @param nowMs Called again for the time it took.
   * @returns Whether files came or went, so that a sweep is due.
   */
  look(nowMs: () => number): boolean {
    const beganMs = nowMs();
    const directories = new Set(this.#watch.resting);
    for (const directory of this.#seen.keys()) if (!directories.has(directory)) this.#seen.delete(directory);
    const active = this.#tails.poll(directories);
    let isChanged = false;
    for (const directory of directories) {
      const seen = this.#seen.get(directory) ?? begin(beganMs);
      this.#seen.set(directory, seen);
      const modifiedMs = modifiedMsOf(directory);
      isChanged ||= seen.modifiedMs !== modifiedMs;
      seen.modifiedMs = modifiedMs;
      seen.looks++;
      if (active.has(directory)) seen.finds++;
      if (beganMs - seen.sinceMs >= QUIET_MS) this.#judge(directory, seen, beganMs);
    }
    const endedMs = nowMs();
    this.#dueMs = endedMs + Math.max(POLL_MS, POLL_SHARE * (endedMs - beganMs));
    return isChanged;
  }

  #judge(directory: string, { looks, finds, modifiedMs }: Seen, nowMs: number): void {
    if (2 * finds < looks) this.#watch.wake(directory);
    else this.#seen.set(directory, { ...begin(nowMs), modifiedMs });
  }
}

function begin(sinceMs: number): Seen {
  return { sinceMs, looks: 0, finds: 0, modifiedMs: undefined };
}

/** Time of the last change of the names in a directory. */
function modifiedMsOf(directory: string): number | undefined {
  try {
    return Deno.statSync(directory).mtime?.getTime();
  } catch (error) {
    reasonOf(error); // Gone: the sweep says so.
    return undefined;
  }
}
