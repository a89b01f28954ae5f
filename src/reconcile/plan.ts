/**
 * What must happen so that what runs becomes what is configured: a pure comparison, with reasons.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import type {
  Config,
  ConnectionSpec,
  NoticesSpec,
  RedactionSpec,
  RouteSpec,
  SourceSpec,
} from "../config/config.ts";
import type { Secret } from "../runtime/secret.ts";

/** What the routing of lines depends on; replaced as one value. */
export interface RoutingSpec {
  readonly routes: readonly RouteSpec[];
  readonly redaction: RedactionSpec;
  readonly secrets: readonly Secret[];
  /** Where irctail's own news go; a channel to be in like those of the routes. */
  readonly notices: NoticesSpec | undefined;
}

/** One side of the comparison: what is configured, or what runs. */
export interface State {
  readonly connections: ReadonlyMap<string, ConnectionSpec>;
  readonly sources: ReadonlyMap<string, SourceSpec>;
  /** `undefined` before the first config was applied. */
  readonly routing: RoutingSpec | undefined;
}

/** One change to the running world. */
export type Step =
  & { readonly kind: "connection" | "source" | "routing"; readonly key: string }
  & (
    | { readonly verb: "start" }
    | { readonly verb: "stop" }
    /** In place, or by stopping and starting it. */
    | { readonly verb: "update" | "replace"; readonly because: readonly string[] }
  );

/** Nothing runs. */
export const NOTHING: State = { connections: new Map(), sources: new Map(), routing: undefined };

/** Fields of a connection that change while it stays connected (invariant I6). */
const IN_PLACE: ReadonlySet<keyof ConnectionSpec> = new Set(
  ["nick", "altNicks", "realname", "nickserv", "flood", "channels"] as const,
);

/** Fields of a source that change while it is read: nothing of the reading depends on them. */
const WATCHED: ReadonlySet<string> = new Set(["quietAfterMs"] as const satisfies (keyof SourceSpec)[]);

/** Kinds of sources that cannot be started a second time: what standard input gave is gone. */
const READ_ONCE: ReadonlySet<SourceSpec["type"]> = new Set(["stdin"] as const);

/** Whether a source can be started only once in a process. */
export function isReadOnce(spec: SourceSpec | undefined): boolean {
  return spec !== undefined && READ_ONCE.has(spec.type);
}

/** What a config wants to run. */
export function desiredState(config: Config): State {
  const { connections, sources, routes, redaction, secrets, notices } = config;
  return { connections, sources, routing: { routes, redaction, secrets, notices } };
}

/** Compares what should be with what is. Pure, and empty when nothing differs. */
export function plan(desired: State, observed: State): readonly Step[] {
  return [
    ...planConnections(desired.connections, observed.connections),
    ...planRouting(desired.routing, observed.routing),
    ...planSources(desired.sources, observed.sources),
  ];
}

/** One step in words, such as `~ connection libera (nick)`. */
export function describeStep(step: Step): string {
  const what = step.kind === "routing" ? "routing" : `${step.kind} ${step.key}`;
  if (step.verb === "start") return `+ ${what}`;
  if (step.verb === "stop") return `- ${what}`;
  return `${step.verb === "update" ? "~" : "±"} ${what} (${step.because.join(", ")})`;
}

function planConnections(
  desired: ReadonlyMap<string, ConnectionSpec>,
  observed: ReadonlyMap<string, ConnectionSpec>,
): readonly Step[] {
  return compare(
    "connection",
    desired,
    observed,
    (because) => because.every((field) => IN_PLACE.has(field as keyof ConnectionSpec)) ? "update" : "replace",
  );
}

function planSources(
  desired: ReadonlyMap<string, SourceSpec>,
  observed: ReadonlyMap<string, SourceSpec>,
): readonly Step[] {
  return compare(
    "source",
    desired,
    observed,
    (because, key) =>
      because.every((field) => WATCHED.has(field)) ||
        isReadOnce(desired.get(key)) && isReadOnce(observed.get(key))
        ? "update"
        : "replace",
  );
}

function planRouting(desired: RoutingSpec | undefined, observed: RoutingSpec | undefined): readonly Step[] {
  if (desired === undefined || isDeepStrictEqual(desired, observed)) return [];
  if (observed === undefined) return [{ kind: "routing", key: "", verb: "start" }];
  const because = [
    ...changedRoutes(desired.routes, observed.routes),
    ...changedFields(
      { redaction: desired.redaction, secrets: desired.secrets, notices: desired.notices },
      { redaction: observed.redaction, secrets: observed.secrets, notices: observed.notices },
    ),
  ];
  return [{ kind: "routing", key: "", verb: "update", because }];
}

function changedRoutes(desired: readonly RouteSpec[], observed: readonly RouteSpec[]): readonly string[] {
  const before = new Map(observed.map((route) => [route.name, route]));
  const after = new Map(desired.map((route) => [route.name, route]));
  const changes: string[] = [];
  for (const [name, route] of after) {
    const known = before.get(name);
    if (known === undefined) changes.push(`+route ${name}`);
    else if (!isDeepStrictEqual(route, known)) changes.push(`~route ${name}`);
  }
  for (const name of before.keys()) {
    if (!after.has(name)) changes.push(`-route ${name}`);
  }
  if (changes.length === 0 && !isDeepStrictEqual([...after.keys()], [...before.keys()])) {
    changes.push("order of routes");
  }
  return changes;
}

function compare<Spec extends object>(
  kind: "connection" | "source",
  desired: ReadonlyMap<string, Spec>,
  observed: ReadonlyMap<string, Spec>,
  verbFor: (because: readonly string[], key: string) => "update" | "replace",
): readonly Step[] {
  const steps: Step[] = [];
  for (const [key, spec] of desired) {
    const known = observed.get(key);
    if (known === undefined) {
      steps.push({ kind, key, verb: "start" });
    } else if (!isDeepStrictEqual(spec, known)) {
      const because = changedFields(spec, known);
      steps.push({ kind, key, verb: verbFor(because, key), because });
    }
  }
  for (const key of observed.keys()) {
    if (!desired.has(key)) steps.push({ kind, key, verb: "stop" });
  }
  return steps;
}

function changedFields(desired: object, observed: object): readonly string[] {
  const before = new Map(Object.entries(observed));
  const after = new Map(Object.entries(desired));
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((field) => !isDeepStrictEqual(after.get(field), before.get(field)));
}
