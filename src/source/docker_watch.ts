/**
 * The subscription to a daemon's events, kept up; all containers are compared whenever some may have been missed.
 *
 * @module
 */

import { backoffMs } from "../runtime/backoff.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import { type DockerApi, readEvents } from "./docker_api.ts";
import type { Fleet } from "./docker_fleet.ts";
import { DaemonError } from "./docker_http.ts";

/** How a daemon is tried again: it must be noticed within 5 s that it is back. */
const SUBSCRIBE_AGAIN = { firstMs: 200, longestMs: 2_000 } as const;

/** How often everything is looked at although no event says so, in milliseconds. */
export const SWEEP_MS = 60_000;

/** What a watch needs. */
export interface WatchOptions {
  readonly api: DockerApi;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told whether the daemon can be asked, and why not. */
  readonly told: (because: string | undefined) => void;
}

/** Keeps a fleet up to date. */
export class Watch {
  readonly #options: WatchOptions;
  #subscription: AbortController | undefined;

  /** Asks nothing yet. */
  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Takes events until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, random, told } = this.#options;
    let attempt = 0;
    while (!signal.aborted) {
      const subscription = this.#subscription = new AbortController();
      const because = await this.#subscribe(
        AbortSignal.any([signal, subscription.signal]),
        () => attempt = 0,
      );
      this.#subscription = undefined;
      if (signal.aborted) return;
      told(because);
      attempt++;
      await pause(clock, backoffMs(attempt, SUBSCRIBE_AGAIN, random), signal);
    }
  }

  /** Looks at everything from time to time, until `signal` aborts. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { clock, fleet } = this.#options;
    while (!signal.aborted) {
      await pause(clock, SWEEP_MS, signal);
      if (signal.aborted) return;
      try {
        await this.compare({ isFresh: false }, signal);
        await fleet.lookAtIdle(signal);
      } catch (error) {
        if (!(error instanceof DaemonError)) throw error;
        // A daemon that does not answer may have forgotten the subscription as well.
        this.#subscription?.abort();
      }
    }
  }

  /**
   * Compares all containers.
   *
   * @param options Whether events may have been missed.
   * @param signal Ends the comparison.
   * @throws {DaemonError} When the daemon does not answer.
   */
  async compare(options: { readonly isFresh: boolean }, signal: AbortSignal): Promise<void> {
    const { api, fleet } = this.#options;
    const { containers, nowSeconds } = await api.list(signal);
    await fleet.compare(containers, { ...options, nowSeconds }, signal);
  }

  /** Why the subscription ended. */
  async #subscribe(signal: AbortSignal, subscribed: () => void): Promise<string> {
    const { api, fleet, told } = this.#options;
    try {
      using answer = await api.subscribe(signal);
      await this.compare({ isFresh: true }, signal);
      subscribed();
      told(undefined);
      for await (const event of readEvents(answer)) {
        if (await fleet.take(event, signal)) await this.compare({ isFresh: false }, signal);
      }
      return "the daemon hung up";
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return error.message;
    }
  }
}
