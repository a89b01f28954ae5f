/**
 * What a journald source says of itself: its state, and what an operator should know once.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { SourceState } from "./source.ts";

/** journalctl that lives for so long, in milliseconds, reads: it complains within 50 (measured). */
const SETTLED_MS = 1_000;

/** What the state needs. */
export interface JournalStateOptions {
  /** Config key of the source. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every change. */
  readonly tell: (state: SourceState) => void;
}

/** The state of one source over the lives of journalctl. */
export class JournalState {
  readonly #options: JournalStateOptions;
  #told = "";
  #toldPartial = false;
  #toldOwn = false;
  #isPartial = false;
  #hasRead = false;

  /** Says nothing yet. */
  constructor(options: JournalStateOptions) {
    this.#options = options;
  }

  /** Whether journalctl gave anything since it was started. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /** journalctl is started. */
  starting(): void {
    this.#hasRead = false;
    this.#isPartial = false;
  }

  /** Entries came. */
  reading(): void {
    this.#hasRead = true;
    this.#settled();
  }

  /** journalctl does not show everything. */
  partial(because: string): void {
    this.#isPartial = true;
    this.#tell({ phase: "waiting", because });
    if (this.#toldPartial) return;
    this.#toldPartial = true;
    this.#options.log.warn("Reading a part of the journal", { source: this.#options.source, because });
  }

  /** journalctl ended, and will be started again. */
  waiting(because: string): void {
    this.#tell({ phase: "waiting", because });
  }

  /** An entry was irctail's own. */
  skipsOwn(): void {
    if (this.#toldOwn) return;
    this.#toldOwn = true;
    this.#options.log.info("Skipping the entries of irctail itself", { source: this.#options.source });
  }

  /** Says that reading goes well when nothing else was heard for a while, or not when it is disposed of before. */
  settling(): AsyncDisposable {
    const over = new AbortController();
    // Rejects when disposed of before the time is over.
    const timer = this.#options.clock.sleep(SETTLED_MS, over.signal).then(() => this.#settled(), () => {});
    return {
      async [Symbol.asyncDispose]() {
        over.abort();
        await timer;
      },
    };
  }

  #settled(): void {
    if (!this.#isPartial) this.#tell({ phase: "reading" });
  }

  #tell(state: SourceState): void {
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.tell(state);
  }
}
