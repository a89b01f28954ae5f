/**
 * Checks that imports in `src/` point downwards, and that what only one place may touch is touched only there.
 *
 * Run as `deno run --allow-read tools/layers.ts [DIRECTORY]`; prints `file:line: message` for each violation and exits
 * with 1 when there is one.
 *
 * @module
 */

import { dirname, join, normalize, relative } from "node:path/posix";

/** Folders of `src/` from the top down; those on one level do not import each other. */
export const LAYERS: readonly (readonly string[])[] = [
  ["cli"],
  ["http"],
  ["reconcile"],
  ["pipeline"],
  ["irc", "source"],
  ["route"],
  ["redact"],
  ["config"],
  ["event"],
  ["runtime"],
];

/** Packages that one file alone may import, because their ways stop there. */
const OWNED_PACKAGES: ReadonlyMap<string, string> = new Map([["irc-framework", "src/irc/client.ts"]]);

/** The one file outside `src/` that may be imported: it holds the version. */
const MANIFEST = "deno.json";

/** Globals that belong to one folder: everything else gets what it needs as an argument. */
const OWNED_GLOBALS: readonly { readonly use: RegExp; readonly name: string; readonly owner: string }[] = [
  { use: /\bDeno\s*\.\s*exit\b/, name: "Deno.exit", owner: "src/cli/" },
  { use: /\bconsole\s*[.[]/, name: "console", owner: "src/cli/" },
];

/** One import, or one use, that should not be. */
export interface Violation {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** What is wrong. */
  readonly message: string;
}

/**
 * Checks every TypeScript file below `src/`.
 *
 * @param root Root of the repository.
 * @returns The violations, by file and line.
 */
export function checkLayers(root: string): readonly Violation[] {
  return [...sourceFiles(join(root, "src"))].sort()
    .flatMap((path) => checkFile(relative(root, path), Deno.readTextFileSync(path)));
}

function* sourceFiles(directory: string): Generator<string> {
  for (const entry of Deno.readDirSync(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/**
 * Checks the text of one file.
 *
 * @param file Its path from the root, such as `src/irc/client.ts`.
 * @param text Its text.
 */
export function checkFile(file: string, text: string): readonly Violation[] {
  const code = withoutComments(text);
  const found: Violation[] = [];
  const report = (index: number, message: string) =>
    found.push({ file, line: code.slice(0, index).split("\n").length, message });

  for (const match of code.matchAll(IMPORT)) {
    const specifier = match.groups?.specifier ?? "";
    const message = specifier.startsWith(".")
      ? checkRelative(file, normalize(join(dirname(file), specifier)))
      : checkPackage(file, specifier);
    if (message !== undefined) report(match.index + match[0].indexOf(specifier), message);
  }
  const bare = withoutStrings(code);
  for (const { use, name, owner } of OWNED_GLOBALS) {
    const at = file.startsWith(owner) ? -1 : bare.search(use);
    if (at >= 0) report(at, `${name} is used outside ${owner}`);
  }
  return found.sort((a, b) => a.line - b.line);
}

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`. */
const IMPORT = /\b(?:from|import)\s*(?:\(\s*)?(?<quote>["'])(?<specifier>[^"'\n]+)\k<quote>/g;

/** A string, a template or a comment, whichever begins first. */
const STRING_OR_COMMENT =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;

function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (part) => part.startsWith("/") ? blank(part) : part);
}

function withoutStrings(code: string): string {
  return code.replace(STRING_OR_COMMENT, blank);
}

/** As many blanks, so that every position stays where it was. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function checkRelative(from: string, to: string): string | undefined {
  if (to === MANIFEST) return undefined;
  if (!to.startsWith("src/")) return `${to} is outside src/, which must stand on its own`;
  const [upper, lower] = [folderOf(from), folderOf(to)];
  const [fromLayer, toLayer] = [layerOf(upper), layerOf(lower)];
  if (fromLayer < 0) return `${from} is in no folder that tools/layers.ts knows`;
  if (toLayer < 0) return `${to} is in no folder that tools/layers.ts knows`;
  if (upper === lower || toLayer > fromLayer) return undefined;
  return toLayer === fromLayer
    ? `${upper} and ${lower} do not import each other`
    : `${upper} is below ${lower} and cannot import from it`;
}

function checkPackage(file: string, specifier: string): string | undefined {
  for (const [name, owner] of OWNED_PACKAGES) {
    const imported = specifier === name || specifier.startsWith(`${name}/`) ||
      specifier.startsWith(`npm:${name}@`);
    if (imported && file !== owner) return `Only ${owner} may import ${name}`;
  }
  return undefined;
}

/** `irc` of `src/irc/client.ts`. */
function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}

if (import.meta.main) {
  const violations = checkLayers(Deno.args[0] ?? ".");
  for (const { file, line, message } of violations) {
    // deno-lint-ignore no-console
    console.error(`${file}:${line}: ${message}`);
  }
  if (violations.length > 0) Deno.exit(1);
}
