/**
 * Which ends of a container's runs are still to be said: each once, whether it was seen as it happened or found later.
 *
 * @module
 */

import type { ContainerInfo } from "./docker_answers.ts";
import type { Exit } from "./docker_lifecycle.ts";
import { isLater, type Moment } from "./docker_stamp.ts";

/** Most ends that wait to be said; a container that ends more often at once is not worth more lines. */
const MOST_WAITING = 16;

/** The end of a run, and when it was. */
export interface DatedExit {
  readonly exit: Exit;
  readonly at: Moment;
}

/** The ends of one container's runs. */
export class Exits {
  #waiting: DatedExit[] = [];
  #saidUntil: Moment;
  #isOutOfMemory = false;
  /** Whether the end of this run was found before the daemon told of it. */
  #isFound = false;

  /**
   * Knows of no end.
   *
   * @param saidUntil Up to when all ends were said by earlier runs of irctail.
   */
  constructor(saidUntil: Moment) {
    this.#saidUntil = saidUntil;
  }

  /** Hears that the container was ended for want of memory. */
  outOfMemory(): void {
    this.#isOutOfMemory = true;
  }

  /** Whether memory ran out since this was asked last, or since the last end that was seen. */
  takeOutOfMemory(): boolean {
    const wasOutOfMemory = this.#isOutOfMemory;
    this.#isOutOfMemory = false;
    return wasOutOfMemory;
  }

  /** Hears that a run began. */
  started(): void {
    this.#isFound = false;
  }

  /** Hears that a run ended. */
  seen(code: number, at: Moment): void {
    if (this.#isFound) return;
    const exit = { code, isOutOfMemory: this.takeOutOfMemory() };
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ exit, at });
  }

  /** The ends that were seen and not said yet; they count as said. */
  take(): readonly DatedExit[] {
    const exits = this.#waiting.filter(({ at }) => isLater(at, this.#saidUntil));
    this.#waiting = [];
    this.#saidUntil = exits.at(-1)?.at ?? this.#saidUntil;
    return exits;
  }

  /**
   * The same, with the end of the run whose log was read, which may not have been seen.
   *
   * @param info What the daemon knows about that run.
   */
  takeWithLast({ finished, exitCode: code, isOutOfMemory }: ContainerInfo): readonly DatedExit[] {
    const seen = this.take();
    // The daemon notes an end before it tells of it: what was seen is later than what is found.
    if (finished === undefined || !isLater(finished, this.#saidUntil)) return seen;
    this.#saidUntil = finished;
    this.#isFound = true;
    return [...seen, { exit: { code, isOutOfMemory }, at: finished }];
  }
}
