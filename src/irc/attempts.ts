/**
 * Trying for ever: the servers of a connection in turn, ever more patiently, and most patiently after a punishment.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import { backoffMs, type BackoffSpec } from "../runtime/backoff.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import type { SessionEnd } from "./session.ts";

/** Where a server listens. */
export type Server = ConnectionSpec["servers"][number];

/** Between attempts; networks count connects per minute (Solanum 4 in 60 s), so it grows quickly. */
const RECONNECT: BackoffSpec = { firstMs: 1_000, longestMs: 300_000 };

/** A session that was ready for so long counts as a success: the next failure is the first one again. */
const STABLE_MS = 60_000;

/** After a punishment (Excess Flood, RecvQ, K-line) no server wants to see us sooner. */
const PUNISHED_MS = 60_000;

/** What the attempts need. */
export interface AttemptsOptions {
  /** Time. */
  readonly clock: Clock;
  /** A number from 0 to 1, for the back-off. */
  readonly random: () => number;
  /** The servers as they are configured now. */
  readonly servers: () => readonly Server[];
  /** Connects, and resolves when the connection is over; `attempt` counts failures in a row from 1. */
  readonly connect: (server: Server, attempt: number) => Promise<SessionEnd>;
  /** Told before every wait. */
  readonly waiting: (end: SessionEnd, server: Server, waitMs: number) => void;
}

/**
 * Connects again and again.
 *
 * @param options What to try, and with what.
 * @param signal Ends it, normally.
 */
export async function keepTrying(options: AttemptsOptions, signal: AbortSignal): Promise<void> {
  let failures = 0;
  for (let turn = 0; !signal.aborted; turn++) {
    const servers = options.servers();
    const server = servers[turn % servers.length];
    if (server === undefined) return;
    const end = await options.connect(server, failures + 1);
    if (signal.aborted) return;
    if (end.again) {
      // Not a failure: the same server wants to be spoken to in another way.
      options.waiting(end, server, 0);
      turn--;
      continue;
    }
    failures = end.readyForMs >= STABLE_MS ? 1 : failures + 1;
    const waitMs = Math.max(
      backoffMs(failures, RECONNECT, options.random),
      end.punished ? PUNISHED_MS : 0,
    );
    options.waiting(end, server, waitMs);
    await pause(options.clock, waitMs, signal);
  }
}
