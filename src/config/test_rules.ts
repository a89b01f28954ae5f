/**
 * What must fit together in `tests:`: sources that there are, and channels that a route can send to.
 *
 * @module
 */

import { didYouMean, failure, type Finding, hinted } from "./finding.ts";
import type { Draft } from "./rules.ts";
import type { DraftTest } from "./schema/test.ts";
import { suggest } from "./suggest.ts";
import { parseTarget } from "./target.ts";
import { parseTemplate } from "./template.ts";

/** Most targets that a hint lists. */
const MOST_LISTED = 8;

/** What stands in a channel for `{…}` (design §3). */
const EXPANSION = "[a-z0-9._-]{1,32}";

/** What means something in a regular expression. */
const SYNTAX = /[.*+?^${}()|[\]\\]/g;

/** Somewhere a route sends. */
interface Reached {
  /** As the route has it. */
  readonly to: string;
  /** Config key of the connection; `undefined` where the only one is meant. */
  readonly connection: string | undefined;
  /** What its channels look like. */
  readonly channel: RegExp;
}

/**
 * Checks the tests of a config.
 *
 * @param draft The parts that fit the schema.
 */
export function checkTests(draft: Draft): Finding[] {
  const reached = reachedBy(draft);
  return (draft.written.tests ?? []).flatMap((test, index) => {
    const path = ["tests", index];
    return [...checkSource(draft, test, path), ...checkExpected(draft, test, { path, reached })];
  });
}

function checkSource({ written, names }: Draft, test: DraftTest, path: readonly PropertyKey[]): Finding[] {
  if (test.source === undefined) return [];
  if (!names.sources.includes(test.source)) {
    const meant = suggest(test.source, names.sources);
    return [
      failure(
        [...path, "source"],
        `Unknown source "${test.source}"`,
        meant === undefined ? { hint: `known are ${names.sources.join(", ")}` } : didYouMean(meant),
      ),
    ];
  }
  const source = written.sources?.[test.source];
  const service = source !== undefined && "service" in source ? source.service : undefined;
  if (test.service !== undefined || service?.includes("{") !== true) return [];
  return [
    failure(
      [...path, "service"],
      `Must name the service: that of "${test.source}" depends on where a line is from`,
      {
        hint: "write service: beside source:",
      },
    ),
  ];
}

function checkExpected(
  { names }: Draft,
  test: DraftTest,
  { path, reached }: {
    readonly path: readonly PropertyKey[];
    readonly reached: readonly Reached[] | undefined;
  },
): Finding[] {
  return (test.expect ?? []).flatMap(({ to }, index) => {
    const target = parseTarget(to);
    if (target?.kind !== "channel") return [];
    const place = [...path, "expect", index, "to"];
    const { connection, channel } = target;
    if (connection !== undefined && !names.connections.includes(connection)) {
      const meant = suggest(connection, names.connections);
      return [
        failure(
          place,
          `Unknown connection "${connection}"`,
          meant === undefined ? { hint: `known are ${names.connections.join(", ")}` } : didYouMean(meant),
        ),
      ];
    }
    const isReached = reached?.some((other) =>
      other.channel.test(channel) &&
      (connection === undefined || (other.connection ?? names.connections[0]) === connection)
    );
    if (isReached !== false) return [];
    const known = [...new Set(reached?.map((other) => other.to))];
    const hint = known.length === 0 || known.length > MOST_LISTED
      ? undefined
      : `routes send to ${known.map((text) => `"${text}"`).join(", ")}`;
    return [failure(place, `No route sends to "${to}"`, hinted(hint))];
  });
}

/** Where the routes send; `undefined` when one of them has no target that could be read. */
function reachedBy({ written }: Draft): readonly Reached[] | undefined {
  const reached: Reached[] = [];
  for (const { to, drop } of written.routes ?? []) {
    if (to === undefined && drop === true) continue;
    const target = to === undefined ? undefined : parseTarget(to);
    if (to === undefined || target === undefined) return undefined;
    if (target.kind !== "channel") continue;
    reached.push({ to, connection: target.connection, channel: channelPattern(target.channel) });
  }
  return written.routes === undefined ? undefined : reached;
}

/** What the channels of a template look like; servers take upper and lower case for the same. */
function channelPattern(channel: string): RegExp {
  const source = parseTemplate(channel).parts
    .map((part) => typeof part === "string" ? part.replace(SYNTAX, "\\$&") : EXPANSION).join("");
  return new RegExp(`^${source}$`, "i");
}
