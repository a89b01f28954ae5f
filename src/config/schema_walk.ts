/**
 * What the schema wants at a place of the tree.
 *
 * @module
 */

import { z } from "zod";
import { isLogText } from "./schema/leaf.ts";
import type { Tree } from "./tree.ts";

/** Any zod schema, as zod's own accessors return them. */
export type Schema = z.core.$ZodType;

/** What a scalar may be: `secret` is text that must not be shown, `log` text that nobody has redacted. */
export type LeafKind = "text" | "secret" | "log" | "number" | "boolean";

/** The key that says which member of a union is meant. */
const DISCRIMINATOR = "type";

/**
 * The schema of what stands under a key.
 *
 * @param schema Schema of the map or list; `undefined` gives `undefined`.
 * @param tree The map or list itself: its `type` says which member of a union is meant.
 * @param key Key or list index.
 */
export function childSchema(
  schema: Schema | undefined,
  tree: Tree,
  key: string | number,
): Schema | undefined {
  const container = containerOf(schema, tree);
  if (container === undefined && key === DISCRIMINATOR) return z.enum(choices(schema));
  if (container instanceof z.ZodObject) {
    return typeof key === "string" && Object.hasOwn(container.shape, key) ? container.shape[key] : undefined;
  }
  if (container instanceof z.ZodRecord) return container.valueType;
  if (container instanceof z.ZodArray) return container.element;
  return undefined;
}

/**
 * The keys a map may have; `undefined` where they are the user's own, or nothing is known.
 *
 * @param schema Schema of the map.
 * @param tree The map itself.
 */
export function knownKeys(schema: Schema | undefined, tree: Tree): readonly string[] | undefined {
  const container = containerOf(schema, tree);
  return container instanceof z.ZodObject ? Object.keys(container.shape) : undefined;
}

/**
 * What a scalar may be; empty where none is wanted.
 *
 * @param schema Schema of the place.
 */
export function leafKinds(schema: Schema | undefined): ReadonlySet<LeafKind> {
  const kinds = new Set<LeafKind>();
  for (const member of members(schema)) {
    if (isLogText(member)) kinds.add("log");
    else if (member instanceof z.ZodString) {
      kinds.add(member.meta()?.["writeOnly"] === true ? "secret" : "text");
    } else if (member instanceof z.ZodEnum) kinds.add("text");
    else if (member instanceof z.ZodNumber) kinds.add("number");
    else if (member instanceof z.ZodBoolean) kinds.add("boolean");
    else if (member instanceof z.ZodLiteral) {
      const sort = typeof member.value;
      kinds.add(sort === "number" || sort === "boolean" ? sort : "text");
    }
  }
  return kinds;
}

/**
 * What may be written where one of some words is wanted.
 *
 * @param schema Schema of the place.
 */
export function choices(schema: Schema | undefined): readonly string[] {
  return members(schema).flatMap((member) => {
    if (member instanceof z.ZodEnum) return member.options.map(String);
    if (member instanceof z.ZodDiscriminatedUnion) {
      return member.options.flatMap((option) =>
        choices(option instanceof z.ZodObject ? option.shape[DISCRIMINATOR] : undefined)
      );
    }
    return member instanceof z.ZodLiteral ? [String(member.value)] : [];
  });
}

/**
 * Every key that stands anywhere in a schema.
 *
 * @param schema Where to begin.
 */
export function vocabulary(schema: Schema): ReadonlySet<string> {
  const words = new Set<string>();
  const visit = (at: Schema | undefined) => {
    for (const member of members(at)) {
      if (member instanceof z.ZodObject) {
        for (const [key, child] of Object.entries(member.shape)) {
          words.add(key);
          visit(child);
        }
      } else if (member instanceof z.ZodRecord) visit(member.valueType);
      else if (member instanceof z.ZodArray) visit(member.element);
      else if (member instanceof z.ZodDiscriminatedUnion) member.options.forEach(visit);
    }
  };
  visit(schema);
  return words;
}

/** The member of a union that a map or list is meant to be. */
function containerOf(schema: Schema | undefined, tree: Tree): Schema | undefined {
  for (const member of members(schema)) {
    if (member instanceof z.ZodDiscriminatedUnion && tree.kind === "map") {
      const type = tree.entries.get(DISCRIMINATOR)?.value;
      return member.options.find((option) =>
        type?.kind === "scalar" && option instanceof z.ZodObject &&
        choices(option.shape[DISCRIMINATOR]).includes(type.source)
      );
    }
    if (tree.kind === "map" && (member instanceof z.ZodObject || member instanceof z.ZodRecord)) {
      return member;
    }
    if (tree.kind === "list" && member instanceof z.ZodArray) return member;
  }
  return undefined;
}

/** The schema without `optional`, or the members of the union it is. */
function members(schema: Schema | undefined): readonly Schema[] {
  if (schema === undefined) return [];
  if (schema instanceof z.ZodOptional) return members(schema.unwrap());
  if (schema instanceof z.ZodUnion && !(schema instanceof z.ZodDiscriminatedUnion)) {
    return schema.options.flatMap((option) => members(option));
  }
  return [schema];
}
