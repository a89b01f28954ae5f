/**
 * From what runs to what is said about it: one resource for each connection, channel, source and route.
 *
 * @module
 */

import { REDACTION_OFF } from "../config/config.ts";
import type { PaceState } from "../irc/adaptive_pace.ts";
import type { ChannelState, Connection, ConnectionState } from "../irc/connection.ts";
import { emptyLaneAccount, emptySourceAccount } from "../pipeline/accounts.ts";
import type { Intake } from "../pipeline/intake.ts";
import type { Lane } from "../pipeline/lane.ts";
import { NO_CHANNEL } from "../pipeline/lane_key.ts";
import { MAX_CHANNELS_PER_ROUTE, type Pipeline } from "../pipeline/pipeline.ts";
import type { CompiledRoute, SendRoute } from "../pipeline/program.ts";
import { durationText } from "../route/summary.ts";
import type { SourceState } from "../source/source.ts";
import type {
  ChannelResource,
  ConnectionResource,
  PaceStatus,
  Resource,
  RouteResource,
  SourceResource,
} from "./status.ts";
import type { World } from "./world.ts";

/** What an observation needs besides the world. */
export interface ObserveOptions {
  /** Sources that are quiet. */
  readonly quiet: ReadonlySet<string>;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** Wall clock, in milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** Why each connection was lost last, as far as it was. */
  readonly lost: ReadonlyMap<string, string>;
}

/** What every route is during a panic. */
const MUTED = { ready: false, reason: "muted by a panic" } as const;

/** Looks at everything; changes nothing. */
export function observe(world: World, options: ObserveOptions): readonly Resource[] {
  const { connections, pipeline, sourceSpecs } = world;
  const resources: Resource[] = [];
  for (const [id, connection] of connections) resources.push(connectionOf(id, connection, options));
  for (const [id, connection] of connections) resources.push(...channelsOf(id, connection));
  for (const [id, state] of world.sources) {
    const quietAfterMs = options.quiet.has(id) ? sourceSpecs.get(id)?.quietAfterMs : undefined;
    resources.push(sourceOf(id, state, { intake: pipeline?.intakes.get(id), quietAfterMs, ...options }));
  }
  const routes = pipeline === undefined ? [] : routesOf(pipeline, connections);
  resources.push(...world.muted ? routes.map((route) => ({ ...route, ...MUTED })) : routes);
  return resources;
}

function connectionOf(
  name: string,
  { state, pending, pace }: Connection,
  { lost, wallMs }: ObserveOptions,
): ConnectionResource {
  const { phase } = state;
  return {
    kind: "connection",
    name,
    phase,
    ready: phase === "ready",
    reason: connectionReason(state, lost.get(name)),
    pending,
    pace: paceStatus(pace, wallMs),
  };
}

/** A pace with its reason in words, as of a moment of the wall clock in milliseconds. */
export function paceStatus({ change, ...pace }: PaceState, wallMs: number): PaceStatus {
  if (change === undefined) return { ...pace, because: "seed" };
  const { verb, atMs, because } = change;
  return { ...pace, because: `${verb} ${durationText(wallMs - atMs)} ago: ${because}` };
}

/** Why it was lost stays the reason until it is up again: that the next try has begun says less. */
function connectionReason(state: ConnectionState, lost: string | undefined): string {
  switch (state.phase) {
    case "ready":
      return `as ${state.nick}${state.but === undefined ? "" : `; ${state.but}`}`;
    case "waiting":
      return state.because;
    case "connecting":
    case "registering":
      return lost ?? state.phase;
    case "closed":
      return "closed";
  }
}

function channelsOf(id: string, connection: Connection): readonly ChannelResource[] {
  return [...connection.channels].map(([channel, state]) => {
    const { modes, statuses } = connection.report(channel) ?? {};
    return {
      kind: "channel",
      name: `${id}/${channel}`,
      connection: id,
      phase: state.phase,
      ready: state.phase === "joined",
      reason: channelReason(state),
      ...modes === undefined ? {} : { modes },
      ...statuses === undefined || statuses === "" ? {} : { statuses },
    };
  });
}

function channelReason(state: ChannelState): string {
  return state.phase === "waiting" ? state.because : state.phase;
}

function sourceOf(
  name: string,
  state: SourceState,
  { intake, quietAfterMs, nowMs }: {
    readonly intake: Intake | undefined;
    /** Set when it is quiet. */
    readonly quietAfterMs: number | undefined;
    readonly nowMs: number;
  },
): SourceResource {
  const quiet = quietAfterMs === undefined ? [] : [`quiet for ${durationText(quietAfterMs)}`];
  const lastMs = intake?.activity.lastMs;
  return {
    kind: "source",
    name,
    phase: state.phase,
    quiet: quiet.length > 0,
    ready: state.phase === "reading" && quiet.length === 0,
    reason: [...state.phase === "reading" && quiet.length > 0 ? [] : [sourceReason(state)], ...quiet]
      .join("; "),
    ...intake?.account ?? emptySourceAccount(),
    perSecond: Math.round((intake?.activity.perSecond(nowMs) ?? 0) * 100) / 100,
    ...lastMs === undefined ? {} : { idleMs: Math.max(0, Math.round(nowMs - lastMs)) },
  };
}

function sourceReason(state: SourceState): string {
  return state.phase === "waiting" || state.phase === "failed" ? state.because : state.phase;
}

type Connections = ReadonlyMap<string, Connection>;

function routesOf({ program, lanes }: Pipeline, connections: Connections): readonly RouteResource[] {
  const byRoute = new Map<string, Lane[]>();
  for (const lane of lanes.values()) {
    const { name } = lane.route.spec;
    byRoute.set(name, [...byRoute.get(name) ?? [], lane]);
  }
  const configured = program.routes.flatMap((route) => {
    const own = byRoute.get(route.spec.name) ?? [];
    byRoute.delete(route.spec.name);
    return [...unopened(route, own, connections), ...own.map((lane) => laneOf(lane, connections))];
  });
  // What left the config still says what it owes.
  const left = [...byRoute.values()].flat().map((lane) => laneOf(lane, connections));
  return [...configured, ...left];
}

/** What there is of a route before its first record has opened a lane. Drop routes have none, and nothing to fail. */
function unopened(
  route: CompiledRoute,
  lanes: readonly Lane[],
  connections: Connections,
): readonly RouteResource[] {
  const { name } = route.spec;
  const nothing = { kind: "route", pending: 0, ...emptyLaneAccount() } as const;
  if (route.kind === "drop" || lanes.some((lane) => !lane.retired)) return [];
  const { fixed } = route.channel;
  if (fixed === undefined) return [{ ...nothing, name, ready: true, reason: "no channel yet" }];
  return [{ ...nothing, name: routeName(route, fixed), ...spoken(route, fixed, connections) }];
}

function laneOf(lane: Lane, connections: Connections): RouteResource {
  return {
    kind: "route",
    name: routeName(lane.route, lane.channel),
    ...laneCondition(lane, connections),
    ...lane.account,
    pending: lane.pending,
  };
}

function laneCondition(lane: Lane, connections: Connections): { ready: boolean; reason: string } {
  if (lane.channel === NO_CHANNEL) {
    const reason = `counts only: the route has ${MAX_CHANNELS_PER_ROUTE} channels already`;
    return { ready: false, reason };
  }
  if (lane.retired) return { ready: false, reason: "no longer configured" };
  return spoken(lane.route, lane.channel, connections);
}

function spoken(
  { send }: SendRoute,
  channel: string,
  connections: Connections,
): { ready: boolean; reason: string } {
  const connection = connections.get(send.connection);
  const ready = connection?.canSpeak(channel) === true;
  const reason = ready
    ? "sending"
    : connection?.state.phase === "ready"
    ? "the channel is away"
    : "the server is away";
  return { ready, reason: send.redact === REDACTION_OFF ? `${reason}; redaction is OFF` : reason };
}

function routeName({ spec, send }: SendRoute, channel: string): string {
  return `${spec.name}:${send.connection}/${channel === NO_CHANNEL ? "-" : channel}`;
}
