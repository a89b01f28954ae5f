/**
 * What the config format knows but this version cannot do yet. Whoever builds one of these deletes its line.
 *
 * @module
 */

import { failure, type Finding } from "./finding.ts";

interface Unavailable {
  /** Path with `*` for any one step. */
  readonly path: string;
  /** Which values; left out: all. */
  readonly when?: (value: unknown) => boolean;
  /** What it is, to begin a sentence; `%` stands for the value. */
  readonly what: string;
}

const is = (...words: readonly unknown[]) => (value: unknown) => words.includes(value);
const isMapping = (value: unknown) => typeof value === "object" && value !== null;

const UNAVAILABLE: readonly Unavailable[] = [
  { path: "http", what: "The status page" },
  { path: "buses", what: "A bus" },
  { path: "connections.*.standby", what: "Standby" },
  { path: "sources.*.type", when: is("forward"), what: "The forward source" },
  { path: "sources.*.type", when: is("redis"), what: "The redis source" },
  { path: "defaults.colors", when: is("on"), what: "Colouring levels" },
  { path: "routes.*.colors", when: is("on"), what: "Colouring levels" },
  {
    path: "routes.*.to",
    when: (value) => typeof value === "string" && value.startsWith("bus:"),
    what: "A bus",
  },
];

/**
 * Finds what cannot be done yet.
 *
 * @param value A config as plain values, of any shape.
 */
export function findUnavailable(value: unknown): Finding[] {
  return UNAVAILABLE.flatMap(({ path, when, what }) =>
    matches(value, path.split("."), [])
      .filter((match) => when === undefined || when(match.value))
      .map(({ path: found, value: given }) =>
        failure(
          found,
          `${what.replace("%", String(given))} is not available yet`,
          isMapping(given) ? { at: "key" } : {},
        )
      )
  );
}

interface Match {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

function matches(value: unknown, pattern: readonly string[], path: readonly PropertyKey[]): Match[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => step === "*" || step === key)
    .flatMap(([key, child]) => matches(child, rest, [...path, Array.isArray(value) ? Number(key) : key]));
}
