/**
 * Globs: what `*`, `?`, `[…]`, `**` and `{a,b}` mean, for file paths and for plain names.
 *
 * @module
 */

/** How a glob reads its text. */
export interface GlobOptions {
  /** Whether `/` separates segments that only `**` crosses; without it `*` matches everything. */
  readonly path: boolean;
}

/** Most patterns one pattern with braces may stand for; a longer list is a slip of the pen. */
const MOST_ALTERNATIVES = 1024;

/**
 * Compiles a glob into a predicate over a whole text. Letter case counts; a leading dot is a character like any other;
 * `\` takes the next character literally; a bracket or brace without its partner stands for itself.
 *
 * @param pattern The glob.
 * @param options Whether the text is a path.
 * @throws {RangeError} When its braces stand for more than 1024 patterns.
 */
export function compileGlob(pattern: string, options: GlobOptions): (text: string) => boolean {
  const sources = expandBraces(pattern).map((plain) => toRegExpSource(plain, options.path));
  const expression = new RegExp(`^(?:${sources.join("|")})$`, "su");
  return (text) => expression.test(text);
}

/**
 * The patterns without braces that a pattern with braces stands for, in the order they are written.
 *
 * @param pattern A glob; braces may be nested.
 * @throws {RangeError} When there are more than 1024.
 */
export function expandBraces(pattern: string): string[] {
  const open = findBraces(pattern);
  if (open === undefined) return [pattern];
  const before = pattern.slice(0, open.start);
  const tails = expandBraces(pattern.slice(open.end + 1));
  const expanded: string[] = [];
  for (const choice of open.choices) {
    for (const inner of expandBraces(choice)) {
      for (const tail of tails) {
        if (expanded.length === MOST_ALTERNATIVES) {
          throw new RangeError(`Cannot expand a glob into more than ${MOST_ALTERNATIVES} patterns`);
        }
        expanded.push(before + inner + tail);
      }
    }
  }
  return expanded;
}

/** Whether a brace-free glob, or a segment of one, matches anything but one text. */
export function isWild(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

/** The first pair of braces that holds a comma. */
function findBraces(pattern: string): { start: number; end: number; choices: string[] } | undefined {
  for (let start = 0; start < pattern.length; start++) {
    if (pattern[start] === "\\") start++;
    else if (pattern[start] === "{") {
      const found = readBraces(pattern, start);
      if (found !== undefined && found.choices.length > 1) return found;
    }
  }
  return undefined;
}

/** The choices of the pair of braces that opens at `start`. */
function readBraces(
  pattern: string,
  start: number,
): { start: number; end: number; choices: string[] } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let i = start; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === "\\") i++;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) {
      choices.push(pattern.slice(from, i));
      return { start, end: i, choices };
    } else if (character === "," && depth === 1) {
      choices.push(pattern.slice(from, i));
      from = i + 1;
    }
  }
  return undefined;
}

function toRegExpSource(pattern: string, path: boolean): string {
  const any = path ? "[^/]" : ".";
  const characters = [...pattern];
  let source = "";
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (character === "*") {
      let stars = 1;
      while (characters[i + stars] === "*") stars++;
      const wholeSegment = (i === 0 || characters[i - 1] === "/") &&
        (i + stars === characters.length || characters[i + stars] === "/");
      if (path && stars > 1 && wholeSegment) {
        const last = i + stars === characters.length;
        source += last ? ".*" : "(?:[^/]*/)*";
        i += last ? stars - 1 : stars;
      } else {
        source += `${any}*`;
        i += stars - 1;
      }
    } else if (character === "?") {
      source += any;
    } else if (character === "[") {
      const set = readSet(characters, i, path);
      source += set?.source ?? "\\[";
      i = set?.end ?? i;
    } else if (character === "\\" && i + 1 < characters.length) {
      source += literal(characters[++i] ?? "");
    } else {
      source += literal(character);
    }
  }
  return source;
}

/** The set that opens at `start`; a range that runs backwards is empty. */
function readSet(
  characters: readonly string[],
  start: number,
  path: boolean,
): { source: string; end: number } | undefined {
  const negated = characters[start + 1] === "!" || characters[start + 1] === "^";
  const first = start + (negated ? 2 : 1);
  const end = characters.indexOf("]", first + 1);
  if (end === -1) return undefined;
  let members = negated && path ? "/" : "";
  for (let i = first; i < end; i++) {
    const low = characters[i] ?? "";
    const high = characters[i + 2] ?? "";
    if (characters[i + 1] === "-" && i + 2 < end) {
      if ((low.codePointAt(0) ?? 0) <= (high.codePointAt(0) ?? 0)) {
        members += `${literal(low)}-${literal(high)}`;
      }
      i += 2;
    } else {
      members += literal(low);
    }
  }
  const set = `[${negated ? "^" : ""}${members}]`;
  return { source: path ? `(?!/)${set}` : set, end };
}

/** One character, so written that it means itself inside and outside a set. */
function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(character)
    ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
    : character;
}
