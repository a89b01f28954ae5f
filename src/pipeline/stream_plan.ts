/**
 * What the routes mean for one stream: those that concern it, with the lanes its records go to.
 *
 * @module
 */

import type { Stream } from "../event/event.ts";
import type { Redactor } from "../redact/redactor.ts";
import { concerns } from "../route/match.ts";
import type { LineValues } from "../route/template.ts";
import { LiteralHits } from "./chunk.ts";
import type { Lane } from "./lane.ts";
import type { Line } from "./line.ts";
import type { CompiledRoute, Program, SendRoute } from "./program.ts";

/** One route that concerns a stream. */
export interface PlannedRoute {
  readonly route: CompiledRoute;
  /** The literals one of which a record must hold; `undefined` when the route has none. */
  readonly hits: LiteralHits | undefined;
  /** The lane of a record; decodes it only when the channel is named after something in the line. */
  readonly laneFor: (line: () => Line) => Lane;
}

/** The routes that concern one stream, in matching order. */
export type StreamPlan = readonly PlannedRoute[];

/** Gives the lane of a route in a channel; opens it when there is none yet. */
export type OpenLane = (route: SendRoute, channel: string) => Lane;

/** Makes the plan of one stream. */
export function planStream(
  program: Program,
  origin: { readonly source: string; readonly host: string; readonly stream: Stream },
  openLane: OpenLane,
): StreamPlan {
  const { source, host, stream } = origin;
  return program.routes.filter(({ spec }) => concerns(spec.match, source, stream.service)).map((route) => ({
    route,
    hits: route.matcher.literals.length > 0 ? new LiteralHits(route.matcher.literals) : undefined,
    laneFor: laneFinder(route, { source, host, stream }, openLane),
  }));
}

function laneFinder(
  route: CompiledRoute,
  origin: { readonly source: string; readonly host: string; readonly stream: Stream },
  openLane: OpenLane,
): (line: () => Line) => Lane {
  if (route.kind === "drop") {
    return () => {
      throw new Error(`Cannot find a lane of the drop route "${route.spec.name}"`);
    };
  }
  const channelOf = (values: LineValues) => route.channel.render(vouchedFor(values, route.redactor));
  if (route.channel.reads === "line") return (line) => openLane(route, channelOf(line()));
  let lane: Lane | undefined;
  return () => {
    if (lane === undefined || lane.retired) {
      lane = openLane(
        route,
        channelOf({
          source: origin.source,
          service: origin.stream.service,
          host: origin.host,
          level: "info",
          message: "",
          timeMs: 0,
          field: () => undefined,
          label: (name) => origin.stream.labels.get(name),
        }),
      );
    }
    return lane;
  };
}

/** The same values without their secrets: a channel's name leaves the machine like everything else (invariant I2). */
function vouchedFor(values: LineValues, redactor: Redactor): LineValues {
  const clean = (text: string | undefined) => text === undefined ? undefined : redactor.redact(text).text;
  return {
    level: values.level,
    timeMs: values.timeMs,
    service: redactor.redact(values.service).text,
    source: redactor.redact(values.source).text,
    host: redactor.redact(values.host).text,
    get message() {
      return redactor.redact(values.message).text;
    },
    field: (name) => clean(values.field(name)),
    label: (name) => clean(values.label(name)),
  };
}
