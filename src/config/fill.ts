/**
 * From the tree to plain values: references filled in, text turned into what is wanted, secrets set apart.
 *
 * @module
 */

import { failure, type Finding, hinted } from "./finding.ts";
import { expandReferences, type ReferenceSources } from "./references.ts";
import { childSchema, knownKeys, leafKinds, type Schema } from "./schema_walk.ts";
import { isShowableKey, type Token } from "./source_view.ts";
import type { Entry, Tree } from "./tree.ts";

/** A config as plain values. */
export interface Filled {
  /** What the schema looks at. */
  readonly value: unknown;
  /** The tree without what is not given, so that paths into `value` are paths into it. */
  readonly tree: Tree;
  /** References that could not be filled in, and keys without a value. */
  readonly findings: readonly Finding[];
  /** Values of secret fields, and everything that came from files and credentials. */
  readonly secrets: readonly FilledSecret[];
  /** Paths of what a reference left empty, printed by `JSON.stringify`. */
  readonly emptied: ReadonlySet<string>;
  /** Every key and scalar of the text, and whether it may be shown. */
  readonly tokens: readonly Token[];
}

/** A secret and where it stands. */
export interface FilledSecret {
  /** Keys and list indexes from the top. */
  readonly path: readonly (string | number)[];
  /** The secret itself. */
  readonly text: string;
}

/** User info in a URL. */
const URL_WITH_USER = /:\/\/[^/\s]*@/;

/** How YAML 1.2 writes a number and a boolean. */
const NUMBER = /^[-+]?\d{1,15}(?:\.\d{1,15})?$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;

/**
 * Fills a tree in. Never throws.
 *
 * @param tree The config.
 * @param schema What is wanted where.
 * @param options Where references look, and the text the tree was read from.
 */
export function fill(
  tree: Tree,
  schema: Schema,
  options: ReferenceSources & { readonly text: string },
): Filled {
  const filling = new Filling(options);
  const filled = filling.visit(tree, schema, []);
  const { findings, secrets, emptied, tokens } = filling;
  return { value: filled?.value ?? null, tree: filled?.tree ?? tree, findings, secrets, emptied, tokens };
}

interface Visited {
  readonly value: unknown;
  readonly tree: Tree;
}

type Path = readonly (string | number)[];
type Scalar = Extract<Tree, { kind: "scalar" }>;

class Filling {
  readonly findings: Finding[] = [];
  readonly secrets: FilledSecret[] = [];
  readonly emptied = new Set<string>();
  readonly tokens: Token[] = [];
  readonly #options: ReferenceSources & { readonly text: string };

  constructor(options: ReferenceSources & { readonly text: string }) {
    this.#options = options;
  }

  /** `undefined` for what a reference left empty: it counts as not given. */
  visit(tree: Tree, schema: Schema | undefined, path: Path): Visited | undefined {
    if (tree.kind === "scalar") return this.#visitScalar(tree, schema, path);
    if (tree.kind === "list") {
      const items = tree.items.map((item, index) =>
        this.visit(item, childSchema(schema, tree, index), [...path, index])
      )
        .filter((item) => item !== undefined);
      return {
        value: items.map((item) => item.value),
        tree: { ...tree, items: items.map((item) => item.tree) },
      };
    }
    const known = knownKeys(schema, tree);
    const value: Record<string, unknown> = {};
    const entries = new Map<string, Entry>();
    for (const [key, entry] of tree.entries) {
      this.tokens.push({ ...entry.key, show: isShowableKey(key) ? "plain" : "unknown" });
      const found = this.findings.length;
      const child = this.visit(entry.value, childSchema(schema, tree, key), [...path, key]);
      // That the key is unknown is all there is to say about it.
      if (known?.includes(key) === false) this.findings.length = found;
      if (child === undefined) continue;
      value[key] = child.value;
      entries.set(key, { ...entry, value: child.tree });
    }
    return { value, tree: { ...tree, entries } };
  }

  #visitScalar(tree: Scalar, schema: Schema | undefined, path: Path): Visited | undefined {
    const kinds = leafKinds(schema);
    const secret = kinds.has("secret");
    const hidden = kinds.size === 0 || kinds.has("log") || URL_WITH_USER.test(tree.source);
    this.tokens.push({ ...tree.range, show: secret ? "secret" : hidden ? "unknown" : "plain" });
    if (tree.value === null) {
      this.findings.push(failure(path, "Has no value", hinted(this.#valueHint(tree, path))));
      return { value: null, tree };
    }
    // `password: 0123` is text: YAML's reading of it as a number would lose the zero.
    const written = secret ? tree.source : tree.value;
    if (typeof written !== "string") return { value: written, tree };
    const { text, referenced, secrets, problems } = expandReferences(written, this.#options);
    for (const found of secrets) this.secrets.push({ path, text: found });
    for (const { message, hint, offset } of problems) {
      this.findings.push(failure(path, message, { offset, ...hinted(hint) }));
    }
    if (problems.length > 0) return { value: null, tree };
    if (text === "" && (referenced || secret)) {
      this.emptied.add(JSON.stringify(path));
      return undefined;
    }
    if (secret && !secrets.includes(text)) this.secrets.push({ path, text });
    if (referenced && !kinds.has("text") && !secret) {
      if (kinds.has("number") && NUMBER.test(text)) return { value: Number(text), tree };
      if (kinds.has("boolean") && BOOLEAN.test(text)) return { value: text.toLowerCase() === "true", tree };
    }
    return { value: text, tree };
  }

  /** Where `#channel` was taken for a comment, says how to write it. */
  #valueHint(tree: Scalar, path: Path): string {
    const behind = this.#options.text.slice(tree.range.start, tree.range.start + LOOK_AHEAD);
    const key = path.at(-1);
    const [, channel] =
      (key === "channels" ? /^:?\s*(#[^\s:#]+):/ : /^:?[ \t]*(#[^\s,}\]#]+)/).exec(behind) ?? [];
    if (channel !== undefined && (key === "to" || key === "channels")) return `quote it: "${channel}"`;
    if (channel !== undefined && key === "notices") return `write notices: { to: "${channel}" }`;
    return "write a value, or leave the key out";
  }
}

/** How far behind a key a channel is looked for, in UTF-16 units: a long name and its indentation. */
const LOOK_AHEAD = 200;
