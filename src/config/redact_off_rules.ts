/**
 * Where redaction may be turned off: on one route, by somebody who says so, to one channel that is private.
 *
 * @module
 */

import { REDACTION_OFF } from "./config.ts";
import { failure, type Finding, warning } from "./finding.ts";
import type { Draft } from "./rules.ts";
import type { WrittenRoute } from "./schema/route.ts";
import { parseTarget, type Target } from "./target.ts";

/** What to write where secrets are to stay hidden. */
const A_PROFILE = "a profile: standard, strict or minimal";

/**
 * Checks every `redact: off` and `i_understand`.
 *
 * @param draft The parts of a config that fit the schema.
 */
export function checkRedactOff(draft: Draft): Finding[] {
  const { defaults, routes } = draft.written;
  const onRoutes = "write redact: off and i_understand: true on the route that is meant";
  return [
    ...defaults?.redact === REDACTION_OFF
      ? [failure(["defaults", "redact"], "Redaction is turned off on single routes only", { hint: onRoutes })]
      : [],
    ...defaults?.i_understand === undefined ? [] : [
      failure(["defaults", "i_understand"], "Every route with redact: off has its own i_understand", {
        at: "key",
        hint: onRoutes,
      }),
    ],
    ...(routes ?? []).flatMap((route, index) => checkRoute(draft, route, ["routes", index])),
  ];
}

function checkRoute(draft: Draft, route: WrittenRoute, path: readonly PropertyKey[]): Finding[] {
  if (route.redact !== REDACTION_OFF) {
    return route.i_understand === undefined ? [] : [
      failure([...path, "i_understand"], "i_understand goes with redact: off", {
        at: "key",
        hint: "leave it out",
      }),
    ];
  }
  const refuse = (message: string, hint: string) => [failure([...path, "redact"], message, { hint })];
  if (route.i_understand !== true) {
    return refuse(
      "Turning redaction off shows secrets: it needs i_understand: true beside it",
      `write i_understand: true, or ${A_PROFILE}`,
    );
  }
  if (route.drop === true) return refuse("A route that drops has nothing to redact", "leave redact out");
  const target = parseTarget(route.to ?? "");
  // A target that is missing or wrong is a finding already.
  if (target?.kind !== "channel") return [];
  const { channel } = target;
  if (channel.includes("{")) {
    return refuse(
      "Redaction can be turned off only in one channel that is private: no placeholders",
      `write a channel that connections has as private: true, or ${A_PROFILE}`,
    );
  }
  const connection = connectionOf(draft, target);
  if (connection === undefined) return [];
  if (!isPrivate(draft, connection, channel)) {
    return refuse(
      `Redaction can be turned off only in a private channel: "${channel}" is none`,
      `write channels: { "${channel}": { private: true } } in connections.${connection}, or ${A_PROFILE}`,
    );
  }
  return [
    warning(
      [...path, "redact"],
      `Redaction is off: everybody in "${channel}" sees the secrets in these lines, all but private keys and the secrets of this config`,
    ),
  ];
}

/** The connection that is meant; `undefined` when there is none of that name, which is a finding already. */
function connectionOf(
  { written, names }: Draft,
  target: Extract<Target, { kind: "channel" }>,
): string | undefined {
  const [only, ...others] = names.connections;
  const name = target.connection ?? (others.length === 0 ? only : undefined);
  return name !== undefined && Object.hasOwn(written.connections ?? {}, name) ? name : undefined;
}

function isPrivate({ written }: Draft, connection: string, channel: string): boolean {
  return Object.entries(written.connections?.[connection]?.channels ?? {})
    .some(([name, spec]) => name.toLowerCase() === channel.toLowerCase() && spec.private === true);
}
