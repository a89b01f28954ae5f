/**
 * Carries one source's batches into its intake, for as long as the source is wanted.
 *
 * @module
 */

import { type Source, SourceError, type SourceState } from "../source/source.ts";
import { backoffMs } from "../runtime/backoff.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import { yieldToEventLoop } from "../runtime/yield.ts";
import type { Intake } from "./intake.ts";

/** How long batches are handled without letting sockets and timers run: a PONG waits no longer than that. */
const LONGEST_TURN_MS = 3;

/** How a source that failed is started again; one that ran for the longest delay is as good as new. */
const RESTART = { firstMs: 500, longestMs: 60_000 } as const;

/** What the pump needs. */
export interface PumpOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends at the end of what there is now, instead of following. */
  readonly once: boolean;
  /** Told of every change of state. */
  readonly state: (state: SourceState) => void;
}

/**
 * Reads a source until it ends or `signal` aborts; starts it again with back-off when it fails for a reason that may
 * pass. Never throws for a failed source: that is a state.
 */
export async function pump(
  source: Source,
  intake: Intake,
  options: PumpOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const beganMs = options.clock.monotonic();
    try {
      await readOnce(source, intake, options, signal);
      options.state({ phase: "ended" });
      return;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (!error.retryable) return options.state({ phase: "failed", because: error.message });
      options.state({ phase: "waiting", because: error.message });
      if (options.clock.monotonic() - beganMs >= RESTART.longestMs) attempt = 1;
      await pause(options.clock, backoffMs(attempt, RESTART, options.random), signal);
    }
  }
}

async function readOnce(
  source: Source,
  intake: Intake,
  options: PumpOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, once, state } = options;
  const batches = source.read({
    resume: intake.resume(),
    lost: (stream, record) => intake.lost(stream, record),
    ended: (stream) => intake.ended(stream),
    state,
    once,
  }, signal);
  let turnBegan = clock.monotonic();
  for await (const batch of batches) {
    intake.take(batch);
    if (clock.monotonic() - turnBegan >= LONGEST_TURN_MS) {
      await yieldToEventLoop();
      turnBegan = clock.monotonic();
    }
  }
}
