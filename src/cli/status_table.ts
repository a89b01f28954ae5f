/**
 * A status as a table, one line for each thing that has a condition.
 *
 * @module
 */

import type { PaceStatus, Resource, Since, Status } from "../reconcile/status.ts";
import { durationText } from "../route/summary.ts";

const HEAD = ["NAME", "READY", "REASON", "AGE", "COUNTS"] as const;

/** Longest reason in the table, in characters; JSON has all of it. */
const LONGEST_REASON = 60;

/** What the agent as a whole is during a panic. */
const MUTED = "muted by a panic: irctail resume ends it";

/** Blanks between two columns, as in kubectl. */
const GAP = "   ";

/**
 * Prints a status as lines: the table, and below it why a reload was refused.
 *
 * @param status What the agent said.
 */
export function statusTable({ config, resources, nowMs, mutedSinceMs }: Status): readonly string[] {
  const row = (name: string, condition: Pick<Resource, "ready" | "reason"> & Since, counts: string) => [
    name,
    condition.ready ? "yes" : "no",
    shortened(condition.reason),
    durationText(nowMs - condition.sinceMs),
    counts,
  ];
  const rows = [
    HEAD,
    row(`config/${config.digest}`, config, ""),
    ...mutedSinceMs === undefined
      ? []
      : [row("irctail", { ready: false, reason: MUTED, sinceMs: mutedSinceMs }, "")],
    ...resources.map((resource) => row(`${resource.kind}/${resource.name}`, resource, countsOf(resource))),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => [...cells[column] ?? ""].length)));
  const lines = rows.map((cells) =>
    cells.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length)).join(GAP)
      .trimEnd()
  );
  return config.problems.length === 0
    ? lines
    : [...lines, "", "The newest config is refused:", ...config.problems.map((problem) => `  ${problem}`)];
}

/**
 * The same status with only what a name means: `kind/name`, the name alone, or the route of several channels.
 *
 * @returns `undefined` when nothing has the name.
 */
export function named(status: Status, name: string): Status | undefined {
  const resources = status.resources.filter((resource) => namesOf(resource).includes(name));
  return resources.length === 0 ? undefined : { ...status, resources };
}

function namesOf({ kind, name }: Resource): readonly string[] {
  const own = kind === "route" ? [name, name.split(":")[0] ?? name] : [name];
  return own.flatMap((each) => [each, `${kind}/${each}`]);
}

function countsOf(resource: Resource): string {
  switch (resource.kind) {
    case "connection":
      return `pending ${resource.pending}, ${paceText(resource.pace)}`;
    case "channel":
      return "";
    case "source": {
      const { read, routed, unrouted, dropped, perSecond, idleMs } = resource;
      const idle = idleMs === undefined ? "" : `, last ${durationText(idleMs)} ago`;
      return `read ${read} (${
        perSecond.toFixed(1)
      }/s), routed ${routed}, unrouted ${unrouted}, dropped ${dropped}${idle}`;
    }
    case "route": {
      const { matched, shown, summarised, withheld, pending } = resource;
      return `matched ${matched}: shown ${shown}, summarised ${summarised}, withheld ${withheld}, pending ${pending}`;
    }
  }
}

function paceText({ profile, linesPerSecond, because }: PaceStatus): string {
  // Two digits that mean something, whether it is 12/s or 0.13/s.
  const rate = linesPerSecond === null ? "unlimited" : `${Number(linesPerSecond.toPrecision(2))}/s`;
  return `pace ${rate} (${profile}; ${because})`;
}

function shortened(reason: string): string {
  const characters = [...reason];
  return characters.length <= LONGEST_REASON
    ? reason
    : `${characters.slice(0, LONGEST_REASON - 1).join("").trimEnd()}…`;
}
