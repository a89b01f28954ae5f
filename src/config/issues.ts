/**
 * What zod found, in our words.
 *
 * @module
 */

import type { z } from "zod";
import { didYouMean, failure, type Finding, hinted } from "./finding.ts";
import type { IssueDetails } from "./schema/leaf.ts";
import { childSchema, choices, knownKeys, leafKinds, type Schema } from "./schema_walk.ts";
import { isShowableKey } from "./source_view.ts";
import { suggest } from "./suggest.ts";
import type { Tree } from "./tree.ts";

/** Most known keys a hint lists. */
const MOST_LISTED = 16;

/**
 * Turns issues into findings.
 *
 * @param issues What zod found.
 * @param schema The schema that found it.
 * @param tree What was looked at.
 */
export function findingsOf(issues: readonly z.core.$ZodIssue[], schema: Schema, tree: Tree): Finding[] {
  return issues.flatMap((issue) => findingsOfOne(issue, [], schema, tree));
}

function findingsOfOne(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  schema: Schema,
  tree: Tree,
): Finding[] {
  const path = [...above, ...issue.path];
  const place = descend(path, schema, tree);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, place));
    case "invalid_key":
      return [failure(path, issue.issues[0]?.message ?? "Cannot use this as a key", {
        at: "key",
        ...hintOf(issue.issues[0]),
      })];
    case "invalid_union": {
      if (place.tree === undefined) return [missing(path), ...misspelt(path, schema, tree)];
      // Of the members, the one that took the value's own kind knows what is wrong inside it.
      const inner = issue.errors.find((errors) =>
        errors.every((error) =>
          error.path.length > 0 || !["invalid_type", "invalid_value"].includes(error.code)
        )
      );
      return inner === undefined
        ? [wrongValue(path, place, issue.message)]
        : inner.flatMap((error) => findingsOfOne(error, path, schema, tree));
    }
    case "invalid_type":
    case "invalid_value":
      return [place.tree === undefined ? missing(path) : wrongValue(path, place, issue.message)];
    case "too_small":
    case "too_big":
      return [failure(path, rangeMessage(issue))];
    default:
      return [failure(path, issue.message, hintOf(issue))];
  }
}

/** What a path leads to; `tree` is `undefined` where nothing stands. */
interface Place {
  readonly schema: Schema | undefined;
  readonly tree: Tree | undefined;
}

function descend(path: readonly PropertyKey[], schema: Schema, tree: Tree): Place {
  let place: Place = { schema, tree };
  for (const step of path) {
    const { tree: at } = place;
    if (at === undefined || typeof step === "symbol") return { schema: undefined, tree: undefined };
    place = {
      schema: childSchema(place.schema, at, step),
      tree: at.kind === "map"
        ? at.entries.get(String(step))?.value
        : at.kind === "list"
        ? at.items[Number(step)]
        : undefined,
    };
  }
  return place;
}

function missing(path: readonly PropertyKey[]): Finding {
  const key = String(path.at(-1) ?? "");
  return failure(path, "Missing, but required", hinted(MISSING_HINTS.get(key)));
}

/** The key that was meant to be the missing one: without it nobody knows which other keys there are. */
function misspelt(path: readonly PropertyKey[], schema: Schema, tree: Tree): Finding[] {
  const wanted = String(path.at(-1) ?? "");
  const { tree: parent } = descend(path.slice(0, -1), schema, tree);
  const keys = parent?.kind === "map" ? [...parent.entries.keys()].filter(isShowableKey) : [];
  const key = suggest(wanted, keys);
  if (key === undefined) return [];
  return [failure([...path.slice(0, -1), key], `Unknown key "${key}"`, { at: "key", ...didYouMean(wanted) })];
}

const MISSING_HINTS: ReadonlyMap<string, string> = new Map([
  ["version", 'write "version: 1" at the top'],
  ["type", "write type: file, docker, journald or stdin"],
  ["nick", "every connection has a nick of its own"],
  ["paths", 'list at least one: ["/var/log/app/*.log"]'],
]);

function unknownKey(path: readonly PropertyKey[], key: string, { schema, tree }: Place): Finding {
  const known = tree === undefined ? [] : knownKeys(schema, tree) ?? [];
  const meant = suggest(key, known);
  return failure(
    [...path, key],
    isShowableKey(key) ? `Unknown key "${key}"` : "Unknown key: a key is followed by a colon and a blank",
    {
      at: "key",
      ...meant === undefined && known.length <= MOST_LISTED
        ? { hint: `known here: ${known.join(", ")}` }
        : didYouMean(meant),
    },
  );
}

/** Says what is wanted; `own` is the schema's word for it, where it has one. */
function wrongValue(path: readonly PropertyKey[], { schema, tree }: Place, own: string): Finding {
  if (own.startsWith("Must ")) return failure(path, own);
  const words = choices(schema);
  const kinds = leafKinds(schema);
  const keys = knownKeys(schema, EMPTY_MAP);
  const orKeys = keys === undefined ? "" : `, or hold ${listed(keys)}`;
  const container = tree === undefined || tree.kind === "scalar" ? undefined : tree.kind;
  if (words.length > 0 && container === undefined) {
    const written = tree?.kind === "scalar" ? tree.source : "";
    return failure(path, `Must be ${listed(words)}${orKeys}`, didYouMean(suggest(written, words)));
  }
  if (kinds.has("boolean") && kinds.size === 1) return failure(path, `Must be true or false${orKeys}`);
  if (kinds.has("number") && kinds.size === 1) return failure(path, "Must be a whole number, without quotes");
  if (kinds.size > 0) {
    return container === undefined
      ? failure(path, "Must be text", { hint: "quote it" })
      : failure(path, `Must be one value, not a ${container}`);
  }
  if (keys !== undefined) {
    return failure(path, "Must hold keys and values", { hint: `known here: ${keys.join(", ")}` });
  }
  return childSchema(schema, EMPTY_LIST, 0) === undefined
    ? failure(path, "Must hold names and what stands under them")
    : failure(path, "Must be a list", { hint: "write it in brackets: [first, second]" });
}

const EMPTY_MAP: Tree = { kind: "map", range: { start: 0, end: 0 }, entries: new Map() };
const EMPTY_LIST: Tree = { kind: "list", range: { start: 0, end: 0 }, items: [] };

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

function rangeMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === "too_small";
  const limit = small ? issue.minimum : issue.maximum;
  if (issue.origin === "string") {
    return small ? "Must not be empty" : `Must have at most ${limit} characters`;
  }
  if (issue.origin === "array") return small ? "Must list at least one" : `Must list at most ${limit}`;
  return small ? `Must be at least ${limit}` : `Must be at most ${limit}`;
}

function hintOf(issue: z.core.$ZodIssue | undefined): IssueDetails {
  return issue?.code === "custom" && issue.params !== undefined ? issue.params : {};
}
