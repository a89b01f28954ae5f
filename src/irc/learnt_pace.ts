/**
 * What one connection has learnt of the pace of its servers.
 *
 * @module
 */

import type { Seed } from "./flood_profile.ts";
import { linesPerSecond } from "./pace.ts";

/** What was learnt of one server. */
export interface LearntPace {
  /** Profile it was learnt under. */
  readonly profile: string;
  /** Rate of that profile: under another one, what was learnt means nothing. */
  readonly seedPerSecond: number;
  /** Multiple of the profile's rate, above 0. */
  readonly factor: number;
  /** The last change. */
  readonly change: {
    readonly verb: "lowered" | "raised";
    /** A few words of ours, never of the server's. */
    readonly because: string;
    /** Wall clock, in milliseconds since the Unix epoch. */
    readonly atMs: number;
  };
}

/** Remembers, by network or host name; forgets when and as it likes. */
export interface PaceMemory {
  recall(server: string): LearntPace | undefined;
  remember(server: string, learnt: LearntPace): void;
}

/** Servers of one connection that are remembered; a network of many goes under one name. */
export const MOST_SERVERS = 16;

/**
 * A memory in this process.
 *
 * @param paces What is known already, oldest first; changed by what is learnt.
 * @param learnt Told after every change.
 */
export function shortMemory(paces = new Map<string, LearntPace>(), learnt = () => {}): PaceMemory {
  return {
    recall: (server) => paces.get(server),
    remember(server, pace) {
      paces.delete(server);
      paces.set(server, pace);
      for (const oldest of paces.keys()) if (paces.size > MOST_SERVERS) paces.delete(oldest);
      learnt();
    },
  };
}

/** Rate of a seed, as it is compared and kept. */
export function seedRate({ pace }: Seed): number {
  // Without a limit there is nothing to learn, and JSON knows no Infinity.
  const rate = linesPerSecond(pace);
  return rate === Infinity ? 0 : Math.round(rate * 1_000) / 1_000;
}
