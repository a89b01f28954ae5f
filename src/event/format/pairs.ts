/**
 * `key=value` pairs in a text, as logfmt and Rust's `tracing` write them.
 *
 * @module
 */

/** One pair and where it stands. */
export interface Pair {
  readonly key: string;
  /** Without its quotes. */
  readonly value: string;
  /** Index of the key's first unit. */
  readonly start: number;
  /** Index behind the value. */
  readonly end: number;
}

/** A key, behind a blank, an opening bracket, a comma or nothing. */
const KEY = /(?<![^\s{,(])([A-Za-z_@][\w.@/-]*)=/g;

/** What a bare value ends at, and what it ends at inside brackets. */
const BARE_END = /\s/g;
const BRACKETED_END = /[\s,})]/g;

/** What letters stand for behind a backslash; any other character stands for itself. */
const ESCAPES: ReadonlyMap<string, string> = new Map([["n", "\n"], ["t", "\t"], ["r", "\r"]]);

/**
 * The pairs of a text, in order; text between them is passed over. A value in quotes ends at the closing one, or when
 * there is none at the next blank. Takes linear time.
 *
 * @param text Any text.
 */
export function* findPairs(text: string): Generator<Pair> {
  for (let from = 0;;) {
    KEY.lastIndex = from;
    const match = KEY.exec(text);
    if (match === null) return;
    const valueStart = match.index + match[0].length;
    const quoted = text[valueStart] === '"' ? readQuoted(text, valueStart) : undefined;
    const bracketed = match.index > 0 && "{(,".includes(text[match.index - 1]);
    const end = quoted?.end ?? searchFrom(text, bracketed ? BRACKETED_END : BARE_END, valueStart);
    const value = quoted?.value ?? text.slice(valueStart, end).replace(/,$/, "");
    yield { key: match[1], value, start: match.index, end };
    from = end;
  }
}

/** The pairs of a text by key; the last of several with one key counts. */
export function readPairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  if (!text.includes("=")) return pairs;
  for (const { key, value } of findPairs(text)) pairs.set(key, value);
  return pairs;
}

/** The text in the quotes that open at `start`; `undefined` when they do not close. */
function readQuoted(
  text: string,
  start: number,
): { readonly value: string; readonly end: number } | undefined {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) return undefined;
  const value = text.slice(start + 1, end);
  return {
    value: value.includes("\\")
      ? value.replace(/\\(.)/gs, (_, letter: string) => ESCAPES.get(letter) ?? letter)
      : value,
    end: end + 1,
  };
}

/** Index of the first match from `start` on, or the end of the text. */
function searchFrom(text: string, pattern: RegExp, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}
