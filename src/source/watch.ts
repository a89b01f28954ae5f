/**
 * Directories watched for changes: a hint when to look, never the truth about what is there.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { type Change, DirectoryWatcher } from "./directory_watcher.ts";
import { reasonOf } from "./discover.ts";
import { streamKey } from "./identity.ts";

/**
 * Most directories that are watched; the others are looked at with the sweep alone. Deno 2.4.2 needs 3 s to watch
 * 1,000 directories, 2.9.6 needs 16 ms (measured).
 */
const MOST_WATCHED = 256;

interface Watched {
  readonly identity: string;
  readonly realPath: string;
  readonly watcher: DirectoryWatcher | undefined;
}

/** What a set of watchers needs. */
export interface DirectoryWatchOptions {
  /** Config key of the source, for the log. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every change. */
  readonly tell: (change: Change) => void;
}

/**
 * Watches directories, not files: a watched file that is rotated away is never heard of again. One watcher for each,
 * kept as long as the directory is wanted, because Deno 2.4.2 leaks what is closed.
 */
export class DirectoryWatch implements AsyncDisposable {
  readonly #watched = new Map<string, Watched>();
  readonly #resting = new Map<string, DirectoryWatcher>();
  readonly #ended: Promise<void>[] = [];
  readonly #options: DirectoryWatchOptions;
  #saidFailed = false;

  /**
   * Watches nothing yet.
   *
   * @param options The source for the log, and whom to tell.
   */
  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
  }

  /** Whether every directory that was wanted is watched. */
  get isWhole(): boolean {
    return !this.#saidFailed;
  }

  /** Real paths of directories in which so much happens that nobody listens: to be looked at often. */
  get resting(): Iterable<string> {
    return this.#resting.keys();
  }

  /** Listens again to a directory that was resting. */
  wake(realPath: string): void {
    const watcher = this.#resting.get(realPath);
    this.#resting.delete(realPath);
    try {
      watcher?.wake();
    } catch (error) {
      this.#sayFailed(reasonOfWatch(error));
    }
  }

  /**
   * Watches exactly these directories; one that was replaced by another of the same name is watched anew.
   *
   * @param directories Paths; those that do not exist are left out.
   */
  want(directories: ReadonlySet<string>): void {
    for (const [directory, { identity }] of this.#watched) {
      if (!directories.has(directory) || identityOf(directory) !== identity) this.#close(directory);
    }
    for (const directory of directories) {
      if (this.#watched.has(directory)) continue;
      const identity = identityOf(directory);
      if (identity === undefined) continue;
      if (this.#watched.size >= MOST_WATCHED) return this.#sayFailed("too many directories");
      this.#watched.set(directory, this.#open(directory, identity));
    }
  }

  /** Ends every watcher. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const directory of [...this.#watched.keys()]) this.#close(directory);
    await Promise.all(this.#ended);
  }

  #open(directory: string, identity: string): Watched {
    let realPath = directory;
    try {
      realPath = Deno.realPathSync(directory);
      const watcher: DirectoryWatcher = new DirectoryWatcher(realPath, {
        clock: this.#options.clock,
        tell: this.#options.tell,
        rest: () => {
          this.#resting.set(realPath, watcher);
          // Whoever waits for events is to look instead, from now on.
          this.#options.tell({ kind: "anything" });
        },
        failed: (error) => this.#sayFailed(reasonOfWatch(error)),
      });
      return { identity, realPath, watcher };
    } catch (error) {
      // Kept without a watcher, so that a directory which cannot be watched is not tried again with every sweep.
      this.#sayFailed(reasonOfWatch(error));
      return { identity, realPath, watcher: undefined };
    }
  }

  #close(directory: string): void {
    const watched = this.#watched.get(directory);
    this.#watched.delete(directory);
    if (watched?.watcher === undefined) return;
    if (this.#resting.get(watched.realPath) === watched.watcher) this.#resting.delete(watched.realPath);
    this.#ended.push(watched.watcher[Symbol.asyncDispose]());
  }

  #sayFailed(because: string): void {
    if (this.#saidFailed) return;
    this.#saidFailed = true;
    const { log, source } = this.#options;
    log.warn("Cannot watch a directory; looking at it every second instead", {
      source,
      because,
    });
  }
}

function identityOf(directory: string): string | undefined {
  try {
    return streamKey(Deno.statSync(directory));
  } catch (error) {
    reasonOf(error); // Not there or not to be entered: the sweep says which.
    return undefined;
  }
}

/** Deno reports a full inotify table as a plain error whose message names it. */
function reasonOfWatch(error: unknown): string {
  if (error instanceof Error && error.constructor === Error) return "the system refuses more watches";
  return reasonOf(error);
}
