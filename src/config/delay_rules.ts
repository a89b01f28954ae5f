/**
 * What the schema cannot say of delays: a line must not be too old when its wait is over.
 *
 * @module
 */

import { failure, type Finding } from "./finding.ts";
import { BUILT_IN } from "./resolve.ts";
import type { DraftConfig } from "./schema.ts";
import { parseDuration } from "./units.ts";

/** Checks the delay of every route that sends against its budget; what the defaults say is said once. */
export function checkDelays({ defaults, routes }: DraftConfig): Finding[] {
  const findings: Finding[] = [];
  let isSaidOfDefaults = false;
  for (const [index, route] of (routes ?? []).entries()) {
    if (route.drop === true) continue;
    const delay = route.delay ?? defaults?.delay ?? BUILT_IN.delay;
    const maxAge = route.budget?.max_age ?? defaults?.budget?.max_age ?? BUILT_IN.budget.max_age;
    if ((parseDuration(delay) ?? 0) < (parseDuration(maxAge) ?? Infinity)) continue;
    const isOwn = route.delay !== undefined || route.budget?.max_age !== undefined;
    if (!isOwn && isSaidOfDefaults) continue;
    isSaidOfDefaults ||= !isOwn;
    const key = route.delay === undefined && isOwn ? ["budget", "max_age"] : ["delay"];
    findings.push(
      failure(
        [...isOwn ? ["routes", index] : ["defaults"], ...key],
        `Every line is too old when its delay of "${delay}" is over: max_age is "${maxAge}"`,
        { hint: "give the budget a max_age that is longer than the delay" },
      ),
    );
  }
  return findings;
}
