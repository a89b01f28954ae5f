/**
 * Tasks that end together.
 *
 * @module
 */

/**
 * A block whose tasks end with it: leaving it aborts them and waits for all. The first task that throws aborts the
 * others and rejects `failed`, and the error is thrown again when the block is left.
 */
export class Scope implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  readonly #failed = Promise.withResolvers<never>();
  #error: { readonly error: unknown } | undefined;

  /** Opens the block. */
  constructor() {
    // Whoever races with it hears of the failure there; nobody must.
    this.#failed.promise.catch(() => {});
  }

  /** Rejects when a task throws; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Starts a task; it gets the signal that ends it. */
  spawn(task: (signal: AbortSignal) => Promise<void>): void {
    const running = task(this.#ending.signal).catch((error: unknown) => {
      this.#error ??= { error };
      this.#failed.reject(error);
      this.#ending.abort();
    }).finally(() => {
      this.#tasks.delete(running);
    });
    this.#tasks.add(running);
  }

  /** Ends the tasks and waits for them. @throws {unknown} What the first failed task threw. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#tasks);
    if (this.#error !== undefined) throw this.#error.error;
  }
}

/** Resolves when the signal aborts; `stop` gives the listener back when the wait is over. */
export function aborted(signal: AbortSignal, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: stop });
  });
}
