/**
 * `pem`: private keys in armour on one line.
 *
 * Sources: RFC 7468 (PEM), RFC 1421 §4.6 (its headers), RFC 9580 §6.2 (OpenPGP armour), RFC 4716 §3.1 (SSH2), PuTTY's
 * manual appendix C (PPK). Becomes `[REDACTED_PEM]`. Keys over several lines are `PemState`'s.
 *
 * @module
 */

import { BASE64, runEnd, runStart } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** First line of a block that holds a private key; blanks may be URL-encoded. */
const BEGIN =
  /-{4,5}(?: |\+|%20)?BEGIN(?: |\+|%20)(?:[A-Z0-9]{1,16}(?: |\+|%20)){0,4}PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?(?: ?-{1,5}|$)?/g;

/** Last line of any block. */
const END = /-{4,5}(?: |\+|%20)?END(?: |\+|%20)[A-Z0-9 +%]{0,64}?KEY(?:(?: |\+|%20)BLOCK)?(?: ?-{4,5})?/g;

/** What stands between pieces of a body on one line: blanks, quotes, and line breaks that a logger escaped. */
const GAP = /(?:\\{1,4}[nrt]|%0[AaDd]|[ "',+|>]|\\{1,4}(?=["']))+/y;

/** `Proc-Type: 4,ENCRYPTED`, `DEK-Info: …`, `Version: …`, `Comment: …`. */
const HEADER =
  /(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject): ?[^\\"]{0,80}?(?=\\{1,4}[nr]| {1,2}[A-Za-z0-9+/=]{24}|$)/y;

/** Shortest piece of a body that is no word, in characters. */
const SHORTEST_PIECE = 24;

/** A private-key block, whole, truncated at either side, with real or escaped line breaks. */
export const pem: Rule = {
  needs: FEATURES.armour,
  find({ text }, report) {
    const covered: { start: number; end: number }[] = [];
    BEGIN.lastIndex = 0;
    for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
      const bodyStart = begin.index + begin[0].length;
      END.lastIndex = bodyStart;
      const ending = END.exec(text);
      const nextBegin = text.indexOf("BEGIN", bodyStart);
      const whole = ending !== null && (nextBegin < 0 || ending.index < nextBegin);
      const end = whole ? ending.index + ending[0].length : bodyEnd(text, bodyStart);
      covered.push({ start: begin.index, end });
      BEGIN.lastIndex = end;
    }
    END.lastIndex = 0;
    for (let ending = END.exec(text); ending !== null; ending = END.exec(text)) {
      const { index } = ending;
      if (!ending[0].includes("PRIVATE") || covered.some(({ start, end }) => index >= start && index < end)) {
        continue;
      }
      covered.push({ start: bodyStart(text, index), end: index + ending[0].length });
    }
    for (const { start, end } of covered) report({ start, end, replacement: "[REDACTED_PEM]" });
    findPutty(text, (start, end) => report({ start, end, replacement: "[REDACTED_PEM]" }));
  },
};

/** End of a body whose last line is missing: behind the last piece that is base64 and no word. */
function bodyEnd(text: string, from: number): number {
  let end = from;
  let at = from;
  for (;;) {
    GAP.lastIndex = at;
    if (GAP.test(text)) at = GAP.lastIndex;
    HEADER.lastIndex = at;
    if (HEADER.test(text) && HEADER.lastIndex > at) {
      at = end = HEADER.lastIndex;
      continue;
    }
    const piece = runEnd(text, at, BASE64);
    const wasBody = end > from;
    if (piece === at) return end;
    // A last, short piece has padding, or ends where its string ends.
    const isShort = piece - at < SHORTEST_PIECE;
    if (isShort && !(wasBody && (text[piece - 1] === "=" || text[piece] === "\\" || text[piece] === '"'))) {
      return end;
    }
    at = end = piece;
  }
}

/** Start of a body whose first line is missing. */
function bodyStart(text: string, index: number): number {
  let start = index;
  let at = index;
  for (;;) {
    const gap = /(?:\\{1,4}[nrt]|%0[AaDd]|[ "',+|>])*$/.exec(text.slice(Math.max(0, at - 16), at));
    const pieceEnd = at - (gap?.[0].length ?? 0);
    const piece = runStart(text, pieceEnd, BASE64);
    const first = start === index;
    if (
      pieceEnd - piece < (first ? 4 : SHORTEST_PIECE) ||
      (first && /^[A-Za-z]+$/.test(text.slice(piece, pieceEnd)))
    ) {
      return start;
    }
    at = start = piece;
  }
}

/** The private half of a PuTTY key in one text: from `Private-Lines:` to its last base64 piece or MAC. */
function findPutty(text: string, take: (start: number, end: number) => void): void {
  if (!text.includes("PuTTY-User-Key-File")) return;
  const lines = text.indexOf("Private-Lines:");
  if (lines < 0) return;
  const count = /Private-Lines: ?\d{1,4}/y;
  count.lastIndex = lines;
  if (!count.test(text)) return;
  const end = bodyEnd(text, count.lastIndex);
  const mac = /(?:\\{1,4}[nr]| )*Private-MAC: ?[0-9a-fA-F]+/y;
  mac.lastIndex = end;
  take(lines, mac.test(text) ? mac.lastIndex : end);
}
