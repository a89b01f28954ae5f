/**
 * The text of a config as it may be shown: lines, columns, and excerpts in which only what is known to be harmless
 * stays readable.
 *
 * @module
 */

import type { Excerpt } from "./diagnostic.ts";
import type { Range } from "./tree.ts";

/** A key or scalar of the text. */
export interface Token extends Range {
  /** Whether it may be shown; `unknown` for what has no place in a config, so that it might be a secret. */
  readonly show: "plain" | "secret" | "unknown";
}

/** What a key looks like; `password:hunter2`, which lacks its blank, does not, and holds a secret. */
const KEY = /^[\w.#&/-]{1,64}$/;

/**
 * Whether a key may be shown even if it is unknown.
 *
 * @param key As the config has it.
 */
export function isShowableKey(key: string): boolean {
  return KEY.test(key);
}

/** Widest excerpt, in characters: one line of a terminal. */
const WIDEST = 120;

/** What stands for a masked secret, and for anything else that is not shown. */
const MASKS = { secret: "[secret]", unknown: "…" } as const;

/** What may stand between tokens: blanks and the punctuation of YAML. */
const HARMLESS = /[\s{}[\],:?|>+-]/;

/** A line of a text whose structure is not known. */
const KEY_LINE = /^(\s*(?:- +)?)([A-Za-z_]\w*):(?=\s|$)/;

/** Places in a config file. */
export class SourceView {
  readonly #text: string;
  readonly #starts: readonly number[];
  readonly #tokens: readonly Token[] | undefined;
  readonly #words: ReadonlySet<string>;

  /**
   * Looks at a text.
   *
   * @param text The file's text.
   * @param tokens Every key and scalar, in any order; `undefined` when the text is not YAML.
   * @param words Keys that may be shown when `tokens` is `undefined`.
   */
  constructor(text: string, tokens: readonly Token[] | undefined, words: ReadonlySet<string>) {
    this.#text = text;
    this.#starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
    // A masked token goes before a plain one in the same place: an alias may show a secret's anchor.
    this.#tokens = tokens === undefined
      ? undefined
      : [...tokens].sort((a, b) =>
        a.start - b.start || Number(a.show === "plain") - Number(b.show === "plain") || b.end - a.end
      );
    this.#words = words;
  }

  /**
   * Line and column of an index, from 1.
   *
   * @param offset Index into the text, in UTF-16 units.
   */
  position(offset: number): { readonly line: number; readonly column: number } {
    const at = Math.min(offset, this.#text.length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 };
  }

  /**
   * The line in which something begins, as it may be shown.
   *
   * @param range What to point at.
   */
  excerpt(range: Range): Excerpt {
    return clip(this.#render(range));
  }

  /** The same line in its whole length. */
  shownLine(range: Range): string {
    return this.#render(range).text;
  }

  #render(range: Range): Excerpt {
    const { line } = this.position(range.start);
    const start = this.#starts[line - 1] ?? 0;
    const newline = this.#text.indexOf("\n", start);
    const end = newline < 0 ? this.#text.length : newline;
    const pieces = this.#tokens === undefined
      ? this.#piecesOfBroken(start, end)
      : piecesOf(this.#text, this.#tokens, { start, end });
    return render(pieces, range);
  }

  /** Shows a key of the schema and hides the rest: nothing says where a secret ends. */
  #piecesOfBroken(start: number, end: number): Piece[] {
    const line = this.#text.slice(start, end);
    const [head, indent, key] = KEY_LINE.exec(line) ?? [];
    const known = head !== undefined && key !== undefined && this.#words.has(key);
    const shown = known ? head : indent ?? /^\s*/.exec(line)?.[0] ?? "";
    const rest = line.slice(shown.length);
    const blank = /^\s*/.exec(rest)?.[0] ?? "";
    const pieces: Piece[] = [{ start, end: start + shown.length + blank.length, text: shown + blank }];
    if (rest.trim() !== "") {
      pieces.push({ start: start + shown.length + blank.length, end, text: MASKS.unknown });
    }
    return pieces;
  }
}

/** A piece of a line and what is shown for it. */
interface Piece extends Range {
  readonly text: string;
}

function piecesOf(text: string, tokens: readonly Token[], line: Range): Piece[] {
  const pieces: Piece[] = [];
  let at = line.start;
  for (const token of tokens) {
    if (token.end <= at || token.start >= line.end) continue;
    const start = Math.max(token.start, at);
    if (start > at && addGap(pieces, text, { start: at, end: start })) return pieces;
    const end = Math.min(token.end, line.end);
    pieces.push({ start, end, text: token.show === "plain" ? text.slice(start, end) : MASKS[token.show] });
    at = end;
  }
  if (at < line.end) addGap(pieces, text, { start: at, end: line.end });
  return pieces;
}

/** Adds what stands between tokens; a comment ends the line (`true`), and anything but punctuation is hidden. */
function addGap(pieces: Piece[], text: string, gap: Range): boolean {
  for (let i = gap.start; i < gap.end; i++) {
    const char = text[i] ?? "";
    if (char === "#") return true;
    const shown = HARMLESS.test(char) ? char : MASKS.unknown;
    if (shown === MASKS.unknown && pieces.at(-1)?.text === shown) continue;
    pieces.push({ start: i, end: i + 1, text: shown });
  }
  return false;
}

function render(pieces: readonly Piece[], range: Range): Excerpt {
  let shown = "";
  let from: number | undefined;
  let to: number | undefined;
  for (const piece of pieces) {
    const whole = piece.text.length === piece.end - piece.start;
    if (from === undefined && piece.end > range.start) {
      from = shown.length + (whole ? Math.max(0, range.start - piece.start) : 0);
    }
    const before = shown.length;
    shown += piece.text;
    if (piece.start < range.end) {
      to = whole ? before + Math.min(piece.text.length, range.end - piece.start) : shown.length;
    }
  }
  // deno-lint-ignore no-control-regex
  const text = shown.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g, " ").trimEnd();
  const first = Math.min(from ?? text.length, text.length);
  return { text, from: first, length: Math.max(1, Math.min(to ?? 0, text.length) - first) };
}

/** Cuts a long line to a window around what is pointed at. */
function clip({ text, from, length }: Excerpt): Excerpt {
  if (text.length <= WIDEST) return { text, from, length };
  const start = Math.max(0, Math.min(from - WIDEST / 2, text.length - WIDEST));
  const window = text.slice(start, start + WIDEST);
  const kept = start === 0 ? window : `…${window.slice(1)}`;
  return { text: kept, from: from - start, length: Math.max(1, Math.min(length, WIDEST - (from - start))) };
}
