/**
 * What keeps the log of a container from being read: said once in the log, and for the state while it lasts.
 *
 * @module
 */

import type { Logger } from "../runtime/log.ts";

/** What the daemon answers when the log driver only writes. */
export const NOT_IMPLEMENTED = 501;

/** Whom troubles are told. */
export interface TroubleOptions {
  /** Config key of the source. */
  readonly source: string;
  /** What the container is called now. */
  readonly container: () => string;
  readonly log: Logger;
  /** Told that the problem is another one. */
  readonly changed: () => void;
}

/** The troubles of one container. */
export class Trouble {
  readonly #options: TroubleOptions;
  #problem: string | undefined;
  #isDamageSaid = false;

  /** Knows of none. */
  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** Why the log is not read; `undefined` when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Hears how the daemon answered to the request for the log. */
  answered(status: number): void {
    const problem = status === 200
      ? undefined
      : status === NOT_IMPLEMENTED
      ? "its log driver cannot be read"
      : `the daemon answered ${status}`;
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { log, source, container, changed } = this.#options;
    if (problem !== undefined) {
      log.warn("Cannot read the log of a container", { source, container: container(), because: problem });
    }
    changed();
  }

  /** Hears that the daemon cannot read all of the log. */
  damaged(): void {
    if (this.#isDamageSaid) return;
    this.#isDamageSaid = true;
    const { log, source, container } = this.#options;
    log.warn("The daemon cannot read all of the log of a container", { source, container: container() });
  }

  /** Hears that the container is gone. */
  end(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.changed();
  }
}
