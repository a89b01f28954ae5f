/**
 * What is wrong with a config and where, and how that is printed.
 *
 * @module
 */

/** One thing wrong with a config. */
export interface Diagnostic {
  /** Errors stop the load; warnings do not. */
  readonly severity: "error" | "warning";
  /** Path of the field, such as `sources.nginx.paths[0]`; empty for the file as a whole. */
  readonly path: string;
  /** Line in the file, from 1; 0 when it does not stand in a file. */
  readonly line: number;
  /** Column in the line, from 1, in UTF-16 units; 0 when it does not stand in a file. */
  readonly column: number;
  /** The line of the file, to be shown; `undefined` when there is none. */
  readonly excerpt?: Excerpt;
  /** What is wrong: sentence case, active voice, no final period; never a secret. */
  readonly message: string;
  /** What to write instead, when there is one answer. */
  readonly hint?: string;
}

/** A line of the config file as it may be shown: secrets are masked, control characters are replaced. */
export interface Excerpt {
  /** The line, or a window of it. */
  readonly text: string;
  /** Index in `text` of the first character to point at. */
  readonly from: number;
  /** How many characters to point at, 1 or more. */
  readonly length: number;
}

/** How diagnostics are printed. */
export interface FormatOptions {
  /** Whether to colour them with ANSI codes; default: no. */
  readonly color?: boolean;
}

/** A config that cannot be used, with every reason at once. */
export class ConfigError extends SyntaxError {
  /** Path of the file, or what else the config was made from. */
  readonly file: string;
  /** All findings, in file order; at least one is an error. */
  readonly diagnostics: readonly Diagnostic[];

  /**
   * Makes an error whose message is every finding, printed one after the other.
   *
   * @param file Path of the file, for the message.
   * @param diagnostics What was found.
   */
  constructor(file: string, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => formatDiagnostic(file, diagnostic)).join("\n"));
    this.name = "ConfigError";
    this.file = file;
    this.diagnostics = diagnostics;
  }
}

/**
 * Prints one finding as `file:line:column: error: path: message`, the form editors jump to; below it the line of the
 * file with carets, and the hint.
 *
 * @param file Path of the file as the user wrote it.
 * @param diagnostic What was found.
 * @param options Whether to colour it.
 */
export function formatDiagnostic(file: string, diagnostic: Diagnostic, options: FormatOptions = {}): string {
  const paint = (code: string, text: string) => options.color === true ? `\x1b[${code}m${text}\x1b[0m` : text;
  const { severity, path, line, column, excerpt, message, hint } = diagnostic;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const head = [
    paint(BOLD, place),
    paint(severity === "error" ? RED : YELLOW, severity),
    ...path === "" ? [] : [path],
    message,
  ].join(": ");
  const lines = [head];
  if (excerpt !== undefined) {
    // Tabs stay, so that the carets stand below the same column at any tab width.
    const indent = excerpt.text.slice(0, excerpt.from).replace(/[^\t]/g, " ");
    lines.push(`  ${excerpt.text}`, `  ${indent}${paint(GREEN, "^".repeat(excerpt.length))}`);
  }
  if (hint !== undefined) lines.push(`  ${paint(CYAN, "hint")}: ${hint}`);
  return lines.join("\n");
}

/** ANSI SGR codes (ECMA-48 §8.3.117). */
const BOLD = "1";
const RED = "31";
const GREEN = "32";
const YELLOW = "33";
const CYAN = "36";

/**
 * Writes a path as one finds it in documentation: `routes[2].match.fields`.
 *
 * @param path Keys and list indexes from the top.
 */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\w-]+$/.test(String(step))) text += `${text === "" ? "" : "."}${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
