/**
 * The grammar of `{…}` templates: what may stand between single braces.
 *
 * @module
 */

import { suggest } from "./suggest.ts";

/** Placeholders that stand alone. */
const PLAIN_NAMES = ["service", "source", "level", "message", "time", "host"] as const;

/** Placeholders that need a key behind a dot. */
const KEYED_NAMES = ["field", "label"] as const;

/** One piece of a template: text as it is, or a placeholder. */
export type TemplatePart =
  | string
  | { readonly name: (typeof PLAIN_NAMES)[number] }
  | {
    readonly name: (typeof KEYED_NAMES)[number];
    /** Name of the field or label; may hold dots. */
    readonly key: string;
  };

/** Something wrong in a template. */
export interface TemplateProblem {
  /** Index of the placeholder in the text, in UTF-16 units. */
  readonly offset: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** A template taken apart. */
export interface ParsedTemplate {
  /** In order; neighbouring texts are joined, and none is empty. */
  readonly parts: readonly TemplatePart[];
  /** In order; a placeholder with a problem stays in `parts` as text. */
  readonly problems: readonly TemplateProblem[];
}

/** A placeholder: a brace pair without braces or line ends between; any other brace is literal text. */
const PLACEHOLDER = /\{([^{}\r\n]*)\}/g;

/**
 * Takes a template apart. Never throws: what is wrong is listed in `problems`.
 *
 * @param text The template as the config has it.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  const problems: TemplateProblem[] = [];
  const addText = (piece: string) => {
    const last = parts.at(-1);
    if (piece === "") return;
    if (typeof last === "string") parts[parts.length - 1] = last + piece;
    else parts.push(piece);
  };
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const inside = match[1] ?? "";
    addText(text.slice(end, match.index));
    end = match.index + match[0].length;
    const shell = match.index > 0 && text[match.index - 1] === "$";
    const placeholder = readPlaceholder(inside);
    if (typeof placeholder !== "string" && !shell) {
      parts.push(placeholder);
      continue;
    }
    addText(match[0]);
    problems.push(
      shell
        ? {
          offset: match.index - 1,
          message: "A template has single braces and no $",
          hint: `write {${inside}}`,
        }
        : { offset: match.index, ...explain(inside, placeholder as string) },
    );
  }
  addText(text.slice(end));
  return { parts, problems };
}

/** The placeholder, or what is wrong with it: `unknown`, `key missing` or `key unwanted`. */
function readPlaceholder(
  inside: string,
): Exclude<TemplatePart, string> | "unknown" | "key missing" | "key unwanted" {
  const dot = inside.indexOf(".");
  const head = dot < 0 ? inside : inside.slice(0, dot);
  const key = dot < 0 ? "" : inside.slice(dot + 1);
  const plain = PLAIN_NAMES.find((name) => name === head);
  if (plain !== undefined) return dot < 0 ? { name: plain } : "key unwanted";
  const keyed = KEYED_NAMES.find((name) => name === head);
  if (keyed === undefined) return "unknown";
  return key.trim() === "" ? "key missing" : { name: keyed, key };
}

function explain(inside: string, problem: string): { message: string; hint?: string } {
  const head = inside.split(".", 1)[0] ?? "";
  if (problem === "key missing") {
    return { message: `{${head}} needs a name behind a dot`, hint: `write {${head}.NAME}` };
  }
  if (problem === "key unwanted") {
    return { message: `{${head}} takes nothing behind a dot`, hint: `write {${head}}` };
  }
  const meant = suggest(head.trim(), [...PLAIN_NAMES, ...KEYED_NAMES]);
  const known = [...PLAIN_NAMES, ...KEYED_NAMES.map((name) => `${name}.NAME`)].map((name) => `{${name}}`);
  return {
    message: "Unknown placeholder in the template",
    hint: meant === undefined
      ? `known are ${known.join(" ")}`
      : `did you mean {${meant}${inside.trim().slice(head.trim().length)}}?`,
  };
}
