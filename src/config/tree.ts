/**
 * YAML text as a tree of values that know where they stand.
 *
 * @module
 */

import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLParseError } from "yaml";
import { isShowableKey } from "./source_view.ts";

/** Where something stands: indexes into the text, in UTF-16 units; `end` is the first one behind it. */
export interface Range {
  /** First. */
  readonly start: number;
  /** First behind. */
  readonly end: number;
}

/** A value of the config and where it stands. */
export type Tree =
  | { readonly kind: "map"; readonly range: Range; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: "list"; readonly range: Range; readonly items: readonly Tree[] }
  | {
    readonly kind: "scalar";
    readonly range: Range;
    /** As YAML 1.2 reads it: text, number, boolean or `null`. */
    readonly value: string | number | boolean | null;
    /** As it is written, without quotes. */
    readonly source: string;
  };

/** A key and its value. */
export interface Entry {
  /** Where the key stands. */
  readonly key: Range;
  /** The value. */
  readonly value: Tree;
}

/** Something that cannot be read, by place. */
export interface TreeProblem {
  /** Where. */
  readonly range: Range;
  /** What is wrong; holds none of the file's text. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
  /** Whether `range` is a key that may be shown. */
  readonly showable?: boolean;
}

/** What became of a text. */
export interface ParsedTree {
  /** The top of the tree; `undefined` when the text is empty or is not YAML. */
  readonly root: Tree | undefined;
  /** In file order. */
  readonly problems: readonly TreeProblem[];
  /** Whether `root` stands for the whole text, so that it says what every piece of the text is. */
  readonly whole: boolean;
}

/** Most values in a config once aliases are filled in: far more than a config needs, far less than an alias bomb. */
const MOST_VALUES = 50_000;

/** Deepest nesting: the config's own shape needs 6. */
const DEEPEST = 32;

/** Most syntax errors listed: the first ones cause the others. */
const MOST_SYNTAX_ERRORS = 5;

/**
 * Reads YAML 1.2. Never throws.
 *
 * @param text The file's text.
 */
export function parseTree(text: string): ParsedTree {
  let document: Document.Parsed;
  try {
    // Unique keys are checked here below: the library compares each key with each other.
    document = parseDocument(text, {
      prettyErrors: false,
      strict: true,
      uniqueKeys: false,
      logLevel: "silent",
    });
  } catch (error) {
    // The library recurses; anything but a full stack is a bug and must be seen.
    if (!(error instanceof RangeError)) throw error;
    return refused({ range: { start: 0, end: 1 }, message: "Cannot read the file: it nests too deeply" });
  }
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    const comment = commentedBracket(text);
    if (comment !== undefined) return refused(comment);
    return refused(...distinct(errors.map(syntaxProblem)).slice(0, MOST_SYNTAX_ERRORS));
  }
  if (document.contents === null || text.trim() === "") return { root: undefined, problems: [], whole: true };
  const builder = new TreeBuilder(document);
  try {
    return { root: builder.build(document.contents, 0), problems: builder.problems, whole: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error.problem);
  }
}

/** A bracket that opens before an unquoted `#word` in the same line, and quotes in neither part. */
const COMMENTED_BRACKET = /^[^"'#\n]*[{[][^"'}\]\n]*[ \t](#[^\s#}\],]+)[^"'\n]*[}\]]/m;

/**
 * The mistake everybody makes, in its flow form: `{ to: #logs }`. The `#` takes the closing bracket with it, and what
 * the library then finds wrong stands lines below.
 */
function commentedBracket(text: string): TreeProblem | undefined {
  const found = COMMENTED_BRACKET.exec(text);
  if (found === null) return undefined;
  const [whole, name = ""] = found;
  const start = found.index + whole.lastIndexOf(name);
  return {
    range: { start, end: start + name.length },
    message: "A # behind a blank starts a comment, so the bracket before it is never closed",
    hint: 'quote the channel: "#name"',
  };
}

function refused(...problems: readonly TreeProblem[]): ParsedTree {
  return { root: undefined, problems, whole: false };
}

/** A problem after which there is no use in going on. */
class Refusal extends Error {
  readonly problem: TreeProblem;

  constructor(problem: TreeProblem) {
    super(problem.message);
    this.name = "Refusal";
    this.problem = problem;
  }
}

/** Turns nodes into a tree, aliases filled in, within bounds. */
class TreeBuilder {
  readonly problems: TreeProblem[] = [];
  readonly #document: Document.Parsed;
  #values = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  build(node: unknown, depth: number, fallback: Range = { start: 0, end: 1 }): Tree {
    const range = rangeOf(node) ?? fallback;
    if (++this.#values > MOST_VALUES) {
      throw new Refusal({
        range,
        message: `Too many values: with aliases filled in, more than ${MOST_VALUES}`,
      });
    }
    if (depth > DEEPEST) {
      throw new Refusal({ range, message: `The config nests deeper than ${DEEPEST} levels` });
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) {
        throw new Refusal({ range, message: "Unknown alias: its anchor must stand above it" });
      }
      return relocate(this.build(target, depth + 1, range), range);
    }
    if (isMap(node)) return { kind: "map", range, entries: this.#entries(node.items, depth, range) };
    if (isSeq(node)) {
      return { kind: "list", range, items: node.items.map((item) => this.build(item, depth + 1, range)) };
    }
    return { kind: "scalar", range, ...scalarOf(node) };
  }

  #entries(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    depth: number,
    range: Range,
  ): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of pairs) {
      const key = rangeOf(pair.key) ?? range;
      const name = isScalar(pair.key) ? scalarOf(pair.key).source : undefined;
      // An empty value has no place of its own.
      const value = this.build(pair.value, depth + 1, { start: key.end, end: key.end + 1 });
      if (name === undefined || name === "" || name === "__proto__") {
        this.problems.push({ range: key, message: "Cannot use this as a key: a key is text" });
      } else if (entries.has(name)) {
        this.problems.push({
          range: key,
          message: "The key stands here a second time",
          hint: "keep one of them",
          showable: isShowableKey(name),
        });
      } else {
        entries.set(name, { key, value });
      }
    }
    return entries;
  }
}

function rangeOf(node: unknown): Range | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  const [start, end] = node.range ?? [0, 1];
  return { start, end };
}

/** What an alias stands for, placed where the alias stands, so that its findings point there. */
function relocate(tree: Tree, range: Range): Tree {
  if (tree.kind === "list") return { ...tree, range, items: tree.items.map((item) => relocate(item, range)) };
  if (tree.kind === "scalar") return { ...tree, range };
  const entries = new Map<string, Entry>();
  for (const [name, entry] of tree.entries) {
    entries.set(name, { key: range, value: relocate(entry.value, range) });
  }
  return { ...tree, range, entries };
}

function scalarOf(
  node: unknown,
): { readonly value: string | number | boolean | null; readonly source: string } {
  if (!isScalar(node)) return { value: null, source: "" };
  const { value } = node;
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
  return { value: plain, source: node.source ?? (plain === null ? "" : String(plain)) };
}

/** Without what is said twice in a row: a missing bracket is missed by every level it should have closed. */
function distinct(problems: readonly TreeProblem[]): readonly TreeProblem[] {
  return problems.filter(({ message }, index) => message !== problems[index - 1]?.message);
}

/** What the library found, in our words: its own quote the file. */
function syntaxProblem(
  error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
): TreeProblem {
  // A key of a list's item that does not stand below the first one: what is missing is a blank, not a dash.
  const code = error.message.startsWith("Sequence item without") ? "BAD_INDENT" : error.code;
  const [message, hint] = SYNTAX_PROBLEMS.get(code) ?? ["Cannot read this as YAML"];
  const range = { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) };
  return { range, message, ...hint === undefined ? {} : { hint } };
}

const SYNTAX_PROBLEMS: ReadonlyMap<string, readonly [message: string, hint?: string]> = new Map<
  YAMLParseError["code"],
  readonly [message: string, hint?: string]
>([
  ["TAB_AS_INDENT", ["A tab indents this line: YAML takes blanks only", "use two blanks for each level"]],
  ["BAD_INDENT", [
    "The indentation does not fit, or a bracket is not closed",
    "align it with the lines of its level",
  ]],
  ["BLOCK_AS_IMPLICIT_KEY", [
    "A second : stands in this line",
    "quote the value if it holds a colon and a blank",
  ]],
  ["BLOCK_IN_FLOW", ["Braces and brackets hold no indented block"]],
  ["MULTILINE_IMPLICIT_KEY", ["A key must stand on one line", "write key: value"]],
  ["MISSING_CHAR", ["Something is missing here: a colon, a comma, or a closing quote or bracket"]],
  ["BAD_SCALAR_START", ["A value cannot start with this character", "quote the value"]],
  ["BAD_DQ_ESCAPE", ["Double quotes hold an unknown escape", "use single quotes for text with backslashes"]],
  ["MULTIPLE_DOCS", ["A second document starts here", "remove the line with ---"]],
  ["TAG_RESOLVE_FAILED", ["A value cannot have a tag", "quote the value if it starts with !"]],
  ["BAD_ALIAS", ["Cannot read this as an alias", "quote the value if it starts with *"]],
  ["UNEXPECTED_TOKEN", ["Something stands here that does not belong to the lines above"]],
  ["KEY_OVER_1024_CHARS", ["A key must be shorter than 1024 characters"]],
]);
