/**
 * What the schema cannot say: names that must exist, values that must fit together.
 *
 * @module
 */

import { levelIndex, LEVELS } from "../event/level.ts";
import { REDACTION_OFF, REDACTION_PROFILES, REDACTION_RULES } from "./config.ts";
import { checkConnections } from "./connection_rules.ts";
import { checkDelays } from "./delay_rules.ts";
import { didYouMean, failure, type Finding, warning } from "./finding.ts";
import type { FilledSecret } from "./fill.ts";
import { checkRedactOff } from "./redact_off_rules.ts";
import type { DraftConfig } from "./schema.ts";
import type { WrittenRoute } from "./schema/route.ts";
import type { WrittenSource } from "./schema/source.ts";
import { suggest } from "./suggest.ts";
import { parseTarget } from "./target.ts";
import { checkTests } from "./test_rules.ts";

/** A config whose every part fits the schema; parts that do not are left out. */
export interface Draft {
  /** The parts that fit. */
  readonly written: DraftConfig;
  /** Names in the file, of parts that fit and of parts that do not. */
  readonly names: DraftNames;
  /** Secrets of the file. */
  readonly secrets: readonly FilledSecret[];
  /** Whether a reference left something empty. */
  readonly isEmptied: (path: readonly PropertyKey[]) => boolean;
}

/** Names in a config, whatever stands under them. */
export interface DraftNames {
  /** Of the connections. */
  readonly connections: readonly string[];
  /** Of the sources. */
  readonly sources: readonly string[];
  /** Of the user's redaction rules. */
  readonly rules: readonly string[];
  /** Of the user's redaction profiles. */
  readonly profiles: readonly string[];
}

/** Least length of a secret that redaction looks for, in characters: shorter ones stand in every other line. */
const SHORTEST_LITERAL = 8;

/** Most patterns of the user's own; each one sees every line that is sent. */
const MOST_RULES = 64;

/**
 * Checks what the schema cannot say.
 *
 * @param draft The parts that fit the schema.
 */
export function checkRules(draft: Draft): Finding[] {
  return [
    ...checkConnections(draft),
    ...checkSources(draft),
    ...checkRedaction(draft),
    ...checkRoutes(draft),
    ...checkRedactOff(draft),
    ...checkTests(draft),
    ...checkDelays(draft.written),
    ...draft.written.notices === undefined
      ? []
      : checkTarget(draft, draft.written.notices.to, ["notices", "to"]),
    ...checkProfileName(draft, draft.written.defaults?.redact, ["defaults", "redact"]),
    ...draft.secrets.filter(({ text }) => text.length < SHORTEST_LITERAL).map(({ path }) =>
      warning(
        path,
        `The secret is shorter than ${SHORTEST_LITERAL} characters, so log lines are not searched for it`,
      )
    ),
  ];
}

function checkSources({ written }: Draft): Finding[] {
  const findings: Finding[] = [];
  let stdin: string | undefined;
  for (const [key, source] of Object.entries(written.sources ?? {})) {
    findings.push(...checkService(key, source));
    if (source.type !== "stdin") continue;
    const because = `The source "${stdin}" reads standard input already`;
    if (stdin === undefined) stdin = key;
    else findings.push(failure(["sources", key, "type"], because));
  }
  return findings;
}

/** Placeholders of a service name; a file's path is known before its lines are, so that fields are not. */
const SERVICE_PLACEHOLDERS = ["dir", "stem", "label.namespace", "label.pod", "label.container"];

function checkService(key: string, source: WrittenSource): Finding[] {
  if (!("service" in source) || source.service === undefined) return [];
  const { type, service } = source;
  if (type !== "file" && type !== "stdin" && type !== "docker") return [];
  const known = type === "file" ? SERVICE_PLACEHOLDERS : [];
  const isKnown = (inside: string) => type === "docker" ? /^label\../.test(inside) : known.includes(inside);
  return [...service.matchAll(/\{([^{}]*)\}/g)].filter(([, inside]) => !isKnown(inside ?? ""))
    .map(({ index, 1: inside }) => {
      const meant = suggest(inside ?? "", known);
      return failure(["sources", key, "service"], "Unknown placeholder in the service name", {
        offset: index,
        hint: meant !== undefined ? `did you mean {${meant}}?` : PLACEHOLDER_HINTS[type],
      });
    });
}

/** What to say to whom no name is like that was given. */
const PLACEHOLDER_HINTS = {
  file: `known are ${SERVICE_PLACEHOLDERS.map((name) => `{${name}}`).join(" ")}`,
  stdin: "the service of standard input is a name without placeholders",
  docker: "known is {label.NAME}, such as {label.com.docker.compose.service}",
} as const;

function checkRedaction({ written, names }: Draft): Finding[] {
  const findings: Finding[] = [];
  const builtinRules: readonly string[] = REDACTION_RULES;
  const builtinProfiles: readonly string[] = [...REDACTION_PROFILES, REDACTION_OFF];
  if (names.rules.length > MOST_RULES) {
    findings.push(failure(["redaction", "rules"], `Must hold at most ${MOST_RULES} rules`));
  }
  for (const rule of names.rules.filter((name) => builtinRules.includes(name))) {
    findings.push(
      failure(["redaction", "rules", rule], `The name "${rule}" is that of a built-in rule`, { at: "key" }),
    );
  }
  for (const name of names.profiles.filter((name) => builtinProfiles.includes(name))) {
    findings.push(
      failure(["redaction", "profiles", name], `The name "${name}" is that of a built-in profile`, {
        at: "key",
      }),
    );
  }
  for (const [name, profile] of Object.entries(written.redaction?.profiles ?? {})) {
    for (const [index, rule] of (profile.rules ?? []).entries()) {
      if (names.rules.includes(rule)) continue;
      findings.push(
        failure(["redaction", "profiles", name, "rules", index], `Unknown rule "${rule}"`, {
          ...builtinRules.includes(rule)
            ? { hint: "built-in rules are in the profile already" }
            : didYouMean(suggest(rule, names.rules)),
        }),
      );
    }
  }
  return findings;
}

function checkProfileName(
  { names }: Draft,
  name: string | undefined,
  path: readonly PropertyKey[],
): Finding[] {
  const known = [...new Set([...REDACTION_PROFILES, ...names.profiles])];
  if (name === undefined || name === REDACTION_OFF || known.includes(name)) return [];
  const meant = suggest(name, known);
  return [
    failure(
      path,
      `Unknown redaction profile "${name}"`,
      meant === undefined ? { hint: `known are ${known.join(", ")}` } : didYouMean(meant),
    ),
  ];
}

function checkRoutes(draft: Draft): Finding[] {
  const findings: Finding[] = [];
  const firstWithName = new Map<string, number>();
  let taken: { readonly name: string; readonly level: number } | undefined;
  for (const [index, route] of (draft.written.routes ?? []).entries()) {
    const path = ["routes", index];
    const name = route.name ?? `route-${index + 1}`;
    const first = firstWithName.get(name);
    if (first === undefined) firstWithName.set(name, index);
    else {
      findings.push(
        failure(route.name === undefined ? path : [...path, "name"], `Two routes have the name "${name}"`, {
          hint: `the other one is routes[${first}]`,
        }),
      );
    }
    findings.push(
      ...checkAction(draft, route, path),
      ...checkProfileName(draft, route.redact, [...path, "redact"]),
      ...checkSourceNames(draft, route, path),
    );
    const level = leastLevel(draft, route);
    if (taken !== undefined && level >= taken.level) {
      findings.push(warning(path, `This route never sees a line: "${taken.name}" above it takes them all`, {
        hint: `move it up, or give ${taken.name} "continue: true"`,
      }));
    } else if (takesEverything(route)) taken = { name, level };
  }
  return findings;
}

function checkAction(draft: Draft, route: WrittenRoute, path: readonly PropertyKey[]): Finding[] {
  if (route.to === undefined) {
    if (route.drop === true) return [];
    if (draft.isEmptied([...path, "to"])) return [failure([...path, "to"], "The target is empty")];
    return [
      failure([...path, "to"], "A route needs a target", { hint: 'write to: "#channel", or drop: true' }),
    ];
  }
  if (route.drop === true) {
    return [
      failure([...path, "drop"], "A route either sends or drops", { at: "key", hint: "keep to or drop" }),
    ];
  }
  return checkTarget(draft, route.to, [...path, "to"]);
}

/** The connection of a channel must be one that there is, and one that is meant. */
function checkTarget(draft: Draft, to: string, path: readonly PropertyKey[]): Finding[] {
  const target = parseTarget(to);
  if (target?.kind !== "channel") return [];
  const { connections } = draft.names;
  if (target.connection === undefined) {
    return connections.length < 2 ? [] : [failure(path, "Must say which connection: there are several", {
      hint: `write "${connections[0]}/${target.channel}"`,
    })];
  }
  if (connections.includes(target.connection)) return [];
  const meant = suggest(target.connection, connections);
  return [
    failure(
      path,
      `Unknown connection "${target.connection}"`,
      meant === undefined ? { hint: `known are ${connections.join(", ")}` } : didYouMean(meant),
    ),
  ];
}

/** A name without wildcards must be a source; a glob may wait for one. */
function checkSourceNames(draft: Draft, route: WrittenRoute, path: readonly PropertyKey[]): Finding[] {
  const globs = route.match?.source;
  const known = draft.names.sources;
  return many(globs).flatMap((glob, index) =>
    /[*?[\]{}!\\]/.test(glob) || known.includes(glob) ? [] : [
      failure(
        [...path, "match", "source", ...Array.isArray(globs) ? [index] : []],
        `Unknown source "${glob}"`,
        didYouMean(suggest(glob, known)),
      ),
    ]
  );
}

function leastLevel({ written }: Draft, route: WrittenRoute): number {
  const inherited = route.drop === true ? LEVELS[0] : written.defaults?.min_level ?? "info";
  return levelIndex(route.match?.min_level ?? inherited);
}

/** Whether a route takes every line of its level, and lets none through. */
function takesEverything({ match, continue: goesOn }: WrittenRoute): boolean {
  const open = (globs: string | readonly string[] | undefined) =>
    globs === undefined || many(globs).length === 0 || many(globs).includes("*");
  return goesOn !== true && open(match?.service) && open(match?.source) && match?.contains === undefined &&
    match?.regex === undefined && Object.keys(match?.fields ?? {}).length === 0;
}

function many(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
