/**
 * How fast a server may be spoken to: what the known servers allow, and the bucket that keeps to it.
 *
 * @module
 */

import type { FloodProfile, FloodSpec } from "../config/config.ts";

/** A server's patience, as the servers themselves count it: every line costs time, and time is given back by the clock. */
export interface Pace {
  /** How much cost may be outstanding at once, in milliseconds. */
  readonly burstMs: number;
  /** What one line costs, in milliseconds, given its length with CR LF in bytes. */
  readonly costMs: (lineBytes: number) => number;
}

/** A pace that counts lines only. */
function perLine(burstLines: number, linesPerSecond: number): Pace {
  const lineMs = 1_000 / linesPerSecond;
  return { burstMs: burstLines * lineMs, costMs: () => lineMs };
}

/** Pace of each profile. They only seed: the ack window holds back what a server is slow to take. */
const PROFILES: Readonly<Record<FloodProfile, Pace>> = {
  // Libera.Chat's FAQ: one message every two seconds. Also what the slowest server takes (ircd-irc2: 0.51/s, measured).
  public: perLine(4, 0.5),
  // default_floodcount drops silently above 10 lines in a channel, forgetting one a second.
  solanum: perLine(4, 0.9),
  // Measured: 5 at once, then 1/s; more than 2,560 unread bytes kill.
  hybrid: perLine(4, 0.9),
  // Bahamut's fake lag: 2 s and 1 s for every 120 bytes, up to 10 s ahead of the clock; one second is left as margin.
  dalnet: { burstMs: 9_000, costMs: (bytes) => 2_000 + (bytes * 1_000) / 120 },
  // UnrealIRCd's fake lag for unknown users: 1 s and 1 s for every 90 bytes, up to 10 s ahead; margin as above.
  unreal: { burstMs: 9_000, costMs: (bytes) => 1_000 + (bytes * 1_000) / 90 },
  // Upstream's example class: threshold 10, commandrate 1000, one line a second.
  inspircd: perLine(9, 0.95),
  // Never kills for a rate: it stops reading. Measured with 4 lines and a PING in flight: 4.0 lines/s, that is 5 commands.
  ngircd: perLine(5, 5),
  // Default fakelag: burst 5, then 2/s.
  ergo: perLine(5, 2),
  exempt: { burstMs: Infinity, costMs: () => 0 },
};

/** What a server says about itself while it greets. */
export interface ServerIdentity {
  /** Version from 002 or 004; empty when it said none. */
  readonly version: string;
  /** ISUPPORT `NETWORK`; empty when it said none. */
  readonly network: string;
}

/** Version text → profile, first match wins. */
const RECOGNISED: readonly (readonly [RegExp, FloodProfile])[] = [
  [/ngircd/i, "ngircd"],
  [/inspircd/i, "inspircd"],
  [/solanum|charybdis|ratbox/i, "solanum"],
  [/hybrid/i, "hybrid"],
  [/bahamut/i, "dalnet"],
  [/unreal/i, "unreal"],
  [/ergo|oragono/i, "ergo"],
];

/**
 * The profile of a server, `public` when it is not known.
 *
 * @param server What it said.
 */
export function recogniseProfile(server: ServerIdentity): FloodProfile {
  // It runs Solanum, with a policy that is stricter than Solanum's defaults.
  if (/^libera/i.test(server.network)) return "public";
  return RECOGNISED.find(([pattern]) => pattern.test(server.version))?.[1] ?? "public";
}

/**
 * The pace for a configured flood setting on a server.
 *
 * @param flood What the configuration says.
 * @param server What the server said, for `auto`.
 */
export function paceFor(flood: FloodSpec, server: ServerIdentity): Pace {
  switch (flood.kind) {
    case "auto":
      return PROFILES[recogniseProfile(server)];
    case "profile":
      return PROFILES[flood.profile];
    case "custom": {
      const lineMs = 1_000 / flood.messagesPerSecond;
      const byteMs = flood.bytesPerSecond === undefined ? 0 : 1_000 / flood.bytesPerSecond;
      return {
        burstMs: flood.burstMessages * lineMs,
        costMs: (bytes) => Math.max(lineMs, bytes * byteMs),
      };
    }
  }
}

/** Keeps to a pace: the cost of what was sent, less the time that has passed. */
export class PaceBucket {
  #pace: Pace;
  #debtMs = 0;
  #asOfMs: number;

  /**
   * Starts without debt.
   *
   * @param pace What to keep to.
   * @param nowMs Monotonic time.
   */
  constructor(pace: Pace, nowMs: number) {
    this.#pace = pace;
    this.#asOfMs = nowMs;
  }

  /** Changes the pace; what was sent already still counts. */
  setPace(pace: Pace): void {
    this.#pace = pace;
  }

  /**
   * How long a line of this length has to wait, in milliseconds; 0 when it may leave now. A line that costs more than
   * the whole burst leaves when nothing is outstanding.
   */
  waitMs(lineBytes: number, nowMs: number): number {
    this.#elapse(nowMs);
    if (this.#debtMs === 0) return 0;
    const roomMs = Math.max(0, this.#pace.burstMs - this.#pace.costMs(lineBytes));
    // Rounded up, so that a timer which fires on time finds the wait over.
    return Math.max(0, Math.ceil(this.#debtMs - roomMs));
  }

  /** How long until the last of so many lines of this length may leave, in milliseconds. */
  drainMs(lines: number, lineBytes: number, nowMs: number): number {
    this.#elapse(nowMs);
    const costMs = lines === 0 ? 0 : lines * this.#pace.costMs(lineBytes);
    return this.#pace.burstMs === Infinity ? 0 : Math.max(0, this.#debtMs + costMs - this.#pace.burstMs);
  }

  /** Counts a line that was sent. */
  spend(lineBytes: number, nowMs: number): void {
    this.#elapse(nowMs);
    this.#debtMs += this.#pace.costMs(lineBytes);
  }

  #elapse(nowMs: number): void {
    this.#debtMs = Math.max(0, this.#debtMs - (nowMs - this.#asOfMs));
    this.#asOfMs = nowMs;
  }
}
