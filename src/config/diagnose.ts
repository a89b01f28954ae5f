/**
 * From findings by path to diagnostics by line and column, without a secret in them.
 *
 * @module
 */

import { type Diagnostic, formatPath } from "./diagnostic.ts";
import type { Filled } from "./fill.ts";
import type { Finding } from "./finding.ts";
import { isShowableKey, SourceView } from "./source_view.ts";
import type { Range, Tree, TreeProblem } from "./tree.ts";

/** Least length of a secret that is looked for in diagnostics, in characters: a shorter one may be part of a word. */
const SHORTEST_SCRUBBED = 8;

/** What stands where a secret stood. */
const MASK = "[secret]";

/** A file and what is known about it. */
export interface Diagnosed {
  /** The file's text. */
  readonly text: string;
  /** Its values. */
  readonly filled: Filled;
  /** What is wrong with the text itself. */
  readonly problems: readonly TreeProblem[];
  /** Removes what must not be shown whatever the file says about it. */
  readonly hide: (text: string) => string;
}

/**
 * Gives findings a line and a column, in file order.
 *
 * @param findings What is wrong with the values.
 * @param about The file they were found in.
 */
export function diagnose(
  findings: readonly Finding[],
  { text, filled, problems, hide }: Diagnosed,
): Diagnostic[] {
  const repeated = problems.filter(({ showable }) => showable === true)
    .map(({ range }) => ({ ...range, show: "plain" as const }));
  const view = new SourceView(text, [...filled.tokens, ...repeated], new Set());
  const scrubSecrets = scrubber(filled);
  const scrub = (words: string) => hide(scrubSecrets(words));
  const found = findings.map((finding) => {
    const range = locate(finding, filled.tree, text);
    const { path, message, hint } = hideQuoted(finding, filled);
    const shown = path.map((step) => typeof step === "string" && !isShowableKey(step) ? "…" : step);
    return {
      start: range.start,
      diagnostic: {
        severity: finding.severity,
        path: scrub(formatPath(shown)),
        ...placed(view, range, scrub),
        message: scrub(message),
        ...hint === undefined ? {} : { hint: scrub(hint) },
      },
    };
  });
  const about = diagnoseText(problems, view, scrub).map((diagnostic, index) => ({
    start: problems[index]?.range.start ?? 0,
    diagnostic,
  }));
  return [...about, ...found].sort((a, b) => a.start - b.start).map(({ diagnostic }) => diagnostic);
}

/**
 * Gives what is wrong with a text its line and column.
 *
 * @param problems In file order.
 * @param view The text.
 * @param scrub Removes what must not be shown.
 */
export function diagnoseText(
  problems: readonly TreeProblem[],
  view: SourceView,
  scrub: (words: string) => string,
): Diagnostic[] {
  return problems.map(({ range, message, hint }) => ({
    severity: "error",
    path: "",
    ...placed(view, range, scrub),
    message: scrub(message),
    ...hint === undefined ? {} : { hint: scrub(hint) },
  }));
}

/** Whatever a check has put into its words, a secret does not leave with them (invariant I10). */
function scrubber({ secrets }: Filled): (words: string) => string {
  const hidden = secrets.map((secret) => secret.text).filter((text) => text.length >= SHORTEST_SCRUBBED)
    .sort((a, b) => b.length - a.length);
  return (words) => hidden.reduce((kept, secret) => kept.replaceAll(secret, MASK), words);
}

/** A value that came from a file is not quoted, however short it is. */
function hideQuoted(finding: Finding, { secrets }: Filled): Finding {
  const place = JSON.stringify(finding.path);
  if (!secrets.some((secret) => JSON.stringify(secret.path) === place)) return finding;
  const hide = (words: string) => words.replace(/"[^"]*"/g, `"${MASK}"`);
  return {
    ...finding,
    message: hide(finding.message),
    ...finding.hint === undefined ? {} : { hint: hide(finding.hint) },
  };
}

function placed(
  view: SourceView,
  range: Range,
  scrub: (words: string) => string,
): Pick<Diagnostic, "line" | "column" | "excerpt"> {
  // The whole line is looked at: of a secret that the excerpt cuts, nobody would know the rest.
  const line = view.shownLine(range).replaceAll("\t", " ");
  // Where a secret also stands in a harmless place, the carets would no longer fit: the line goes.
  return { ...view.position(range.start), ...scrub(line) === line ? { excerpt: view.excerpt(range) } : {} };
}

/** Where a finding points: the value, the key, or the key above what is missing. */
function locate({ path, at, offset }: Finding, tree: Tree, text: string): Range {
  let range: Range = { start: 0, end: 1 };
  let here = tree;
  for (const [depth, step] of path.entries()) {
    const entry = here.kind === "map" ? here.entries.get(String(step)) : undefined;
    const value = here.kind === "list" ? here.items[Number(step)] : entry?.value;
    if (value === undefined) return range;
    const wantsKey = at === "key" || depth < path.length - 1;
    range = wantsKey && entry !== undefined ? entry.key : beginningOf(value);
    here = value;
  }
  return here.kind !== "scalar" || at === "key" || offset === undefined
    ? range
    : pointInto(range, here.source, { offset, text });
}

/** Of what holds other values, the beginning is pointed at. */
function beginningOf({ kind, range }: Tree): Range {
  return kind === "scalar" ? range : { start: range.start, end: range.start + 1 };
}

/** The place of an index in a value's text; the whole value where quotes or references have moved it. */
function pointInto(range: Range, source: string, { offset, text }: { offset: number; text: string }): Range {
  const written = text.slice(range.start, range.end);
  const quoted = /^["']/.test(written) ? 1 : 0;
  if (written.slice(quoted, written.length - quoted) !== source || offset >= source.length) return range;
  return { start: range.start + quoted + offset, end: range.end - quoted };
}
