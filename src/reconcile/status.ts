/**
 * What the running agent says about itself: plain data, the same for the table, for JSON and for whoever comes later.
 *
 * @module
 */

import type { PaceState } from "../irc/adaptive_pace.ts";
import type { ChannelState, ConnectionState } from "../irc/connection.ts";
import type { LaneAccount, SourceAccount } from "../pipeline/accounts.ts";
import type { SourceState } from "../source/source.ts";

/** Whether something can do its work, and why or why not. */
export interface Condition {
  /** Whether it does its work now. */
  readonly ready: boolean;
  /** A few words, never empty. */
  readonly reason: string;
}

/** One nick on one server. */
export interface ConnectionResource extends Condition {
  readonly kind: "connection";
  /** Config key. */
  readonly name: string;
  readonly phase: ConnectionState["phase"];
  /** Messages queued and in flight. */
  readonly pending: number;
  /** How fast it may speak. */
  readonly pace: PaceStatus;
}

/** How fast a connection may speak, in lines of ordinary length, and why. */
export interface PaceStatus extends Omit<PaceState, "change"> {
  /** `seed` while it is what the profile says, else what changed it last and when; never empty. */
  readonly because: string;
}

/** One channel of one connection. */
export interface ChannelResource extends Condition {
  readonly kind: "channel";
  /** `connection/#channel`. */
  readonly name: string;
  /** Config key of the connection. */
  readonly connection: string;
  readonly phase: ChannelState["phase"];
  /** Modes that are set, such as `+nt`, without their parameters; left out while the server has not told them. */
  readonly modes?: string;
  /** What the bot is there, such as `v`; left out for an ordinary member. */
  readonly statuses?: string;
}

/** One source. */
export interface SourceResource extends Condition, Readonly<SourceAccount> {
  readonly kind: "source";
  /** Config key. */
  readonly name: string;
  readonly phase: SourceState["phase"];
  /** Whether it used to speak and has been silent for longer than its `quiet_after`. */
  readonly quiet: boolean;
  /** Records a second, over the last minute. */
  readonly perSecond: number;
  /** Milliseconds since its last line; left out while none came in this run. */
  readonly idleMs?: number;
}

/** One route in one channel, or a route that has no channel yet. */
export interface RouteResource extends Condition, Readonly<LaneAccount> {
  readonly kind: "route";
  /** `route:connection/#channel`, or the route's name alone. */
  readonly name: string;
  /** Records on their way or still to be summarised. */
  readonly pending: number;
}

/** Everything that has a condition. */
export type Resource = ConnectionResource | ChannelResource | SourceResource | RouteResource;

/** What runs, and what became of the last reload. */
export interface ConfigStatus extends Condition {
  /** Short hash of the config that runs. */
  readonly digest: string;
  /** Why the newest config is not what runs, as `file:line:column: path: message`; empty when it is. */
  readonly problems: readonly string[];
}

/** The whole agent at one moment. Times are wall clock, in milliseconds since the Unix epoch. */
export interface Status {
  /** When this was true. */
  readonly nowMs: number;
  /** When the agent was started. */
  readonly startedMs: number;
  /** Since when every channel is muted by a panic; left out when none is. */
  readonly mutedSinceMs?: number;
  readonly config: ConfigStatus & Since;
  /** Connections, then channels, sources and routes; routes in matching order. */
  readonly resources: readonly (Resource & Since)[];
}

/** Since when a condition holds. */
export interface Since {
  /** When `ready` became what it is. */
  readonly sinceMs: number;
}

/**
 * A status as JSON that may leave the agent.
 *
 * @param status The status.
 * @param scrub Removes secrets from every text in it (invariant I2).
 */
export function encodeStatus(status: Status, scrub: (text: string) => string): string {
  return JSON.stringify(status, (_, value: unknown) => typeof value === "string" ? scrub(value) : value);
}
