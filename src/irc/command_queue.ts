/**
 * Lines that are no messages and wait for the pace: those that go before any message, and those that can wait for a
 * moment in which there is none.
 *
 * @module
 */

/** How long a line may wait for a moment without messages, in milliseconds: a busy connection is never idle. */
const IDLE_PATIENCE_MS = 10_000;

interface IdleLine {
  readonly line: string;
  readonly sinceMs: number;
}

/** The lines of one session, each kind in order. */
export class CommandQueue {
  #first: readonly string[] = [];
  #idle: readonly IdleLine[] = [];

  /** Queues lines that go before any message. */
  add(lines: readonly string[]): void {
    this.#first = [...this.#first, ...lines];
  }

  /** Queues lines that go when no message waits, or before the next one after ten seconds. */
  addIdle(lines: readonly string[], nowMs: number): void {
    this.#idle = [...this.#idle, ...lines.map((line) => ({ line, sinceMs: nowMs }))];
  }

  /**
   * The line whose turn it is; {@linkcode CommandQueue.take} must follow when it was sent.
   *
   * @param isIdle Whether no message may leave now.
   * @param nowMs Monotonic time.
   */
  next(isIdle: boolean, nowMs: number): string | undefined {
    return this.#first[0] ?? this.#nextIdle(isIdle, nowMs)?.line;
  }

  /** The line that {@linkcode CommandQueue.next} named was sent. */
  take(): void {
    if (this.#first.length > 0) this.#first = this.#first.slice(1);
    else this.#idle = this.#idle.slice(1);
  }

  #nextIdle(isIdle: boolean, nowMs: number): IdleLine | undefined {
    const [next] = this.#idle;
    return next !== undefined && (isIdle || next.sinceMs + IDLE_PATIENCE_MS <= nowMs) ? next : undefined;
  }
}
