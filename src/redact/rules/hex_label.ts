/**
 * What a hex number is called on its line: 64 hex digits are a private key or a transaction, and only the words to
 * their left tell which.
 *
 * @module
 */

import { ALNUM, classOf, HEX, IDENTIFIER, runStart } from "../chars.ts";
import { wordsOf } from "../names.ts";

/** What the label of a hex number says it is. */
export type HexLabel = "key" | "hash" | "none";

/** How far to the left a label may begin, in UTF-16 units. */
const LABEL_REACH = 32;

/** Longest list that is walked back to its `[`, in UTF-16 units: 50 hashes. */
const LIST_REACH = 4096;

/** How many words of prose make a label. */
const LABEL_WORDS = 3;

const KEY_WORD =
  /^(?:priv.*|secrets?.*|seeds?|seedphrase|mnemonics?|signers?|deployers?|[ps]k|(?!(?:mon|tur|whis|hoc|joc|don|hot)key).*keys?)$/;

const HASH_WORD =
  /^(?:tx.*|txns?|.*hash(?:es|ed)?|h\d{3}|.*transactions?|.*block.*|parents?|commits?|committed|.*digests?|roots?|.*root|sha.*|keccak.*|.*checksums?|sums?|etags?|topics?|receipts?|layers?|images?|.*container.*|docker|crio|libpod|sandbox|snapshots?|manifests?|fingerprints?|.*merkle.*|genesis|userops?|blobs?|overlay2?|cgroup|integrity|calldata|best|tip|head|mined|confirmed|broadcast(?:ed)?)$/;

/**
 * Judges the hex number at `start`.
 *
 * @param text The line.
 * @param start First unit of the number, its `0x` included.
 * @param end One behind its last digit.
 */
export function hexLabel(text: string, start: number, end: number): HexLabel {
  const label = labelBefore(text, start);
  const kind = judge(label);
  if (kind !== "none") return kind;
  return isSha256sum(text, start, end) || isContainerId(label, text) ? "hash" : "none";
}

/** What container runtimes call their containers: `id`, on a line that is about one. */
function isContainerId(label: readonly string[], text: string): boolean {
  return label.at(-1) === "id" && /\b(?:shim|containerd?|sandbox|moby|k8s\.io|runc)\b/.test(text);
}

/** A checksum tool's line: the number, two blanks or a blank and `*`, a file's name. */
function isSha256sum(text: string, start: number, end: number): boolean {
  if ((classOf(text.charCodeAt(start + 1)) & HEX) === 0) return false;
  const gap = text.slice(end, end + 2);
  return (gap === "  " || gap === " *") && /^[\w./~-]/.test(text.slice(end + 2, end + 3));
}

/** Secret words win over hash words; `key` does not count behind `public` and before `hash`. */
function judge(words: readonly string[]): HexLabel {
  let hash = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (KEY_WORD.test(word)) {
      const isPlainKey = /^keys?$/.test(word);
      const isPublic = /^(?:pub|public)keys?$/.test(word) ||
        (isPlainKey && /^(?:public|pub)$/.test(words[i - 1] ?? ""));
      const isHashed = /keys?$/.test(word) && /^hash/.test(words[i + 1] ?? "");
      if (!isPublic && !isHashed) return "key";
    }
    hash ||= HASH_WORD.test(word);
  }
  return hash ? "hash" : "none";
}

/** The words that name the value at `start`, lower-case. */
function labelBefore(text: string, start: number): readonly string[] {
  const at = skipList(text, start);
  let end = skipOpening(text, at);
  const limit = Math.max(0, end - LABEL_REACH);
  const before = text.charAt(end - 1);
  if (before === "/" && end > 1) return pathLabel(text, end);
  if (isOperator(before)) {
    end = skipBack(text, end, "=:>~-");
    const closed = skipGroup(text, end);
    const name = nameBefore(text, closed, limit);
    if (name !== "") {
      const words = wordsOf(lastPart(name));
      // `Transaction hash: 0x…`: prose before a colon is a label of several words, a key before `=` is one name.
      return before === ":" && text[closed - 1] !== '"' && text[closed - 1] !== "'"
        ? [...proseBefore(text, closed - name.length, limit, LABEL_WORDS - 1), ...words]
        : words;
    }
    return proseBefore(text, closed, limit, LABEL_WORDS);
  }
  // `docker-3f…` and `sha256-3f…`: the name is glued to the value.
  const glued = runStart(text, end, IDENTIFIER, limit);
  if (end === start && glued < end) return wordsOf(text.slice(glued, end));
  return proseBefore(text, end, limit, LABEL_WORDS);
}

/** Moves from an item of a list to what stands before the list: `[a, b]`, and `a, b` without brackets. */
function skipList(text: string, start: number): number {
  const limit = Math.max(0, start - LIST_REACH);
  let at = start;
  for (;;) {
    const before = skipBack(text, at, " \"'\\`");
    if (text[before - 1] !== ",") break;
    const itemEnd = skipBack(text, before - 1, " \"'\\`.");
    const item = runStart(text, itemEnd, ALNUM, limit);
    if (!/^(?:0[xX])?[0-9a-fA-F]{6,}$/.test(text.slice(item, itemEnd))) break;
    at = item;
  }
  const bracket = skipBack(text, at, " \"'\\`");
  return at < start || text[bracket - 1] === "[" ? skipBack(text, bracket, "[") : start;
}

/** Skips quotes, brackets and wrapping calls (`Some(`, `H256(`) to the left; a call with a telling name stays. */
function skipOpening(text: string, start: number): number {
  let at = start;
  for (;;) {
    const next = skipBack(text, at, "\"'\\`[<# ");
    if (text[next - 1] !== "(") {
      return next === at || (classOf(text.charCodeAt(next - 1)) & IDENTIFIER) === 0 || next < at ? next : at;
    }
    const nameStart = runStart(text, next - 1, IDENTIFIER, Math.max(0, next - LABEL_REACH));
    const name = text.slice(nameStart, next - 1);
    if (judge(wordsOf(name)) !== "none") return next - 1;
    at = nameStart;
  }
}

/** `/tx/`, `/blobs/`, `containerd://`: the segment before, past segments that are hex numbers themselves. */
function pathLabel(text: string, end: number): readonly string[] {
  let at = end;
  for (let i = 0; i < 4; i++) {
    at = skipBack(text, at, "/:");
    const segmentStart = runStart(text, at, IDENTIFIER, Math.max(0, at - 96));
    const segment = text.slice(segmentStart, at);
    if (segment === "") return [];
    if (!/^(?:0x)?[0-9a-fA-F]{32,}$/.test(segment)) return wordsOf(segment);
    at = segmentStart;
  }
  return [];
}

/** The name that ends at `end`, in quotes or not. */
function nameBefore(text: string, end: number, limit: number): string {
  const nameEnd = skipBack(text, end, " \"'\\`");
  const nameStart = runStart(text, nameEnd, IDENTIFIER, limit);
  return text.slice(nameStart, end);
}

function lastPart(name: string): string {
  const bare = name.replace(/[ "'\\`]+$/, "");
  return bare.slice(bare.lastIndexOf(".") + 1);
}

/** Skips `(hex)` before an operator. */
function skipGroup(text: string, end: number): number {
  const at = skipBack(text, end, " ");
  if (text[at - 1] !== ")") return end;
  const open = text.lastIndexOf("(", at);
  return open > 0 && at - open <= LABEL_REACH * 2 ? open : end;
}

/**
 * The last words before `end`, nearest last. Ends at whatever belongs to something else: another value, `;`, `|`, `}`,
 * a comma, a name with its operator.
 */
function proseBefore(text: string, end: number, limit: number, most: number): readonly string[] {
  const words: string[][] = [];
  let at = end;
  while (words.length < most) {
    at = skipBack(text, at, " ");
    const wordStart = runStart(text, at, IDENTIFIER, limit);
    if (wordStart === at) break;
    const word = text.slice(wordStart, at);
    // Another value: what an operator assigns, and any long number.
    if (/^(?:0[xX])?[0-9a-fA-F]{16,}(?:\.\.\.)?$/.test(word)) break;
    if (isOperator(text.charAt(wordStart - 1)) && text[wordStart - 1] !== ">") break;
    words.unshift([...wordsOf(word)]);
    at = wordStart;
    if (text[at - 1] !== " ") break;
  }
  return words.flat();
}

function isOperator(character: string): boolean {
  return character === "=" || character === ":" || character === ">";
}

function skipBack(text: string, from: number, characters: string): number {
  let at = from;
  while (at > 0 && characters.includes(text.charAt(at - 1))) at--;
  return at;
}
