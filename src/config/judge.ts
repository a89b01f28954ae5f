/**
 * Everything that is checked of a config's values, in one pass: availability, shape, rules.
 *
 * @module
 */

import type { FilledSecret } from "./fill.ts";
import type { Finding } from "./finding.ts";
import { findingsOf } from "./issues.ts";
import { checkRules, type Draft } from "./rules.ts";
import { configSchema, draftSchema, type WrittenConfig } from "./schema.ts";
import type { Tree } from "./tree.ts";
import { findUnavailable } from "./unavailable.ts";

/** A config as plain values, not checked yet. */
export interface Suspect {
  /** The values. */
  readonly value: unknown;
  /** The same as a tree. */
  readonly tree: Tree;
  /** What is wrong already; nothing more is said about these paths. */
  readonly findings: readonly Finding[];
  /** Secrets among the values. */
  readonly secrets: readonly FilledSecret[];
  /** Whether a reference left something empty. */
  readonly isEmptied: (path: readonly PropertyKey[]) => boolean;
}

/** What became of it. */
export interface Verdict {
  /** The config; `undefined` when a finding is an error. */
  readonly written: WrittenConfig | undefined;
  /** All findings, those of the suspect included; in no order. */
  readonly findings: readonly Finding[];
}

/**
 * Checks a config. Never throws.
 *
 * @param suspect Its values.
 */
export function judge(suspect: Suspect): Verdict {
  const { value, tree } = suspect;
  const early = [...suspect.findings, ...findUnavailable(value)];
  const parsed = configSchema.safeParse(value);
  const shape = parsed.success ? [] : findingsOf(parsed.error.issues, configSchema, tree);
  // One finding for each place: what cannot be read or done yet has no shape worth discussing.
  const known = [
    ...early,
    ...shape.filter((finding) => !early.some((other) => isWithin(finding.path, other.path))),
  ];
  const draft = draftOf(suspect, known);
  const broken = known.filter(isError).map(({ path }) => path);
  // What was left out of the draft must not be missed in it, nor make a route look as if it took everything.
  const ruled = (draft === undefined ? [] : checkRules(draft)).filter((finding) =>
    !broken.some((path) => isWithin(finding.path, path)) &&
    (isError(finding) || finding.path[0] !== "routes" || broken.length === 0)
  );
  const findings = [...known, ...ruled];
  const usable = parsed.success && !findings.some(isError);
  return { written: usable ? parsed.data : undefined, findings };
}

/** The parts that fit, so that the rules can be checked in the same pass as the shape. */
function draftOf(suspect: Suspect, findings: readonly Finding[]): Draft | undefined {
  const whole = mappingOf(suspect.value);
  const broken = findings.filter(isError).map(({ path }) => path);
  const fits = (...path: readonly PropertyKey[]) => !broken.some((other) => isWithin(other, path));
  const fitting = (path: readonly PropertyKey[], values: unknown) =>
    Object.fromEntries(Object.entries(mappingOf(values)).filter(([key]) => fits(...path, key)));
  const routes = Array.isArray(whole["routes"]) ? whole["routes"] : [];
  const tests = Array.isArray(whole["tests"]) ? whole["tests"] : [];
  const redaction = mappingOf(whole["redaction"]);
  // Keys are optional but in sources and rules, so that one bad key costs no other.
  const written = draftSchema.safeParse({
    connections: Object.fromEntries(
      Object.entries(mappingOf(whole["connections"]))
        .map(([key, connection]) => [key, fitting(["connections", key], connection)]),
    ),
    sources: fitting(["sources"], whole["sources"]),
    redaction: {
      rules: fitting(["redaction", "rules"], redaction["rules"]),
      profiles: fitting(["redaction", "profiles"], redaction["profiles"]),
    },
    defaults: fitting(["defaults"], whole["defaults"]),
    ...whole["notices"] === undefined || broken.some(([section]) => section === "notices")
      ? {}
      : { notices: whole["notices"] },
    tests: tests.map((test, index) => fitting(["tests", index], test)),
    ...routes.length === 0 ? {} : {
      routes: routes.map((route, index) => {
        const match = mappingOf(route)["match"];
        return {
          ...fitting(["routes", index], route),
          // One bad condition hides no other.
          ...isMapping(match) ? { match: fitting(["routes", index, "match"], match) } : {},
        };
      }),
    },
  });
  if (!written.success) return undefined;
  return {
    written: written.data,
    names: {
      connections: Object.keys(mappingOf(whole["connections"])),
      sources: Object.keys(mappingOf(whole["sources"])),
      rules: Object.keys(mappingOf(redaction["rules"])),
      profiles: Object.keys(mappingOf(redaction["profiles"])),
    },
    secrets: suspect.secrets,
    isEmptied: suspect.isEmptied,
  };
}

function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMapping(value) ? { ...value } : {};
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a path is another one or leads on from it. */
function isWithin(path: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return other.length <= path.length && other.every((step, index) => String(step) === String(path[index]));
}

function isError(finding: Finding): boolean {
  return finding.severity === "error";
}
