/**
 * One directory watched for changes: listens while little happens, and rests while listening would cost more than
 * looking.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";

/** Something changed in a watched directory. */
export type Change =
  /** Bytes of these files changed. */
  | { readonly kind: "written"; readonly paths: readonly string[] }
  /** Names came or went. */
  | { readonly kind: "renamed"; readonly paths: readonly string[] }
  /** Events were lost. */
  | { readonly kind: "anything" };

/**
 * A watcher rests after so many events within a second. An event costs 35 µs and the wake that it leads to 300 (both
 * measured): 200 a second take 7 % of a core, 40 looks a second take 1 %.
 */
export const HOT_EVENTS = 200;

const WINDOW_MS = 1_000;

/**
 * Whether closing a watcher ends it. Deno 2.4.2 goes on watching what was closed; there a watcher that rests is kept
 * but not listened to. At 10,000 appends a second that costs 10 % of a core, closing 2 % (measured).
 */
const closes = isAtLeast(Deno.version.deno, [2, 9]);

/** Whom a watcher tells. */
export interface DirectoryWatcherOptions {
  /** Measures how fast events come. */
  readonly clock: Clock;
  /** Told of every change. */
  readonly tell: (change: Change) => void;
  /** Told that the watcher rests: somebody must look instead, until it is woken. */
  readonly rest: () => void;
  /** Told why watching came to an end. */
  readonly failed: (error: unknown) => void;
}

/** Watches one directory. */
export class DirectoryWatcher implements AsyncDisposable {
  readonly #path: string;
  readonly #options: DirectoryWatcherOptions;
  readonly #ended: Promise<void>[] = [];
  #watcher: Deno.FsWatcher | undefined;
  #woken: PromiseWithResolvers<void> | undefined;
  #windowMs = -Infinity;
  #events = 0;

  /**
   * Begins to watch.
   *
   * @param path Real path: events name paths below the path that is watched, to be compared with real paths.
   * @param options Whom to tell.
   * @throws {Error} When the system refuses.
   */
  constructor(path: string, options: DirectoryWatcherOptions) {
    this.#path = path;
    this.#options = options;
    this.#open();
  }

  /**
   * Listens again after a rest.
   *
   * @throws {Error} When the system refuses.
   */
  wake(): void {
    this.#windowMs = -Infinity;
    if (this.#watcher === undefined) this.#open();
    this.#woken?.resolve();
  }

  /** Ends watching. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    this.#woken?.resolve();
    await Promise.all(this.#ended);
  }

  #open(): void {
    this.#watcher = Deno.watchFs(this.#path, { recursive: false });
    this.#ended.push(this.#listen(this.#watcher));
  }

  #close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    const { tell, rest, failed } = this.#options;
    try {
      for await (const { kind, paths, flag } of watcher) {
        if (flag === "rescan") tell({ kind: "anything" });
        else if (kind === "modify") tell({ kind: "written", paths });
        // A writer that closes its file has said what it wrote before.
        else if (kind !== "access") tell({ kind: "renamed", paths });
        if (!this.#isHot()) continue;
        rest();
        if (closes) return this.#close();
        this.#woken = Promise.withResolvers();
        await this.#woken.promise;
      }
    } catch (error) {
      failed(error);
    }
  }

  #isHot(): boolean {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      this.#events = 0;
    }
    return ++this.#events >= HOT_EVENTS;
  }
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [is = 0, isMinor = 0] = version.split(".").map(Number);
  return is > major || (is === major && isMinor >= minor);
}
