/**
 * `mnemonic`: the words that restore a wallet.
 *
 * Source: BIP-39 (12, 15, 18, 21 or 24 words of its list). The checksum is not looked at: a phrase with one mistyped
 * word is as good as the phrase. Becomes `[REDACTED_MNEMONIC]`.
 *
 * @module
 */

import { BIP39_WORDS } from "../bip39.ts";
import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";

const WORDS: ReadonlySet<string> = new Set(BIP39_WORDS);

/** Fewest words of a phrase. */
const FEWEST_WORDS = 12;

/** Words of the list that name what follows them: they stay in front of it. */
const LABELS: ReadonlySet<string> = new Set(["seed", "phrase", "wallet", "secret", "key", "word", "code"]);

/** What may stand between two words: blanks, a comma, quotes, numbers, escaped line breaks. */
const GAP = /^(?:[ ,;.:|/_"'`()[\]\\#-]|\d|\\[nrt]){1,10}$/;

interface Word {
  readonly start: number;
  readonly end: number;
  /** In lower case. */
  readonly text: string;
}

/** Words of the list in a row, with the same mark between all of them. */
export const mnemonic: Rule = {
  needs: FEATURES.words,
  find({ text }, report) {
    let run: Word[] = [];
    let gap = "";
    for (const word of wordsIn(text)) {
      const last = run.at(-1);
      const between = last === undefined ? "" : normalized(text.slice(last.end, word.start));
      if (last !== undefined && between === undefined) {
        reportRun(text, run, report);
        run = [];
      } else if (last !== undefined && between !== undefined && run.length > 1 && between !== gap) {
        reportRun(text, run, report);
        run = [last];
      }
      if (between !== undefined) gap = between;
      if (WORDS.has(word.text)) {
        run.push(word);
      } else {
        reportRun(text, run, report);
        run = [];
      }
    }
    reportRun(text, run, report);
  },
};

/** Words of letters; the letter of an escape (`\n`) before a word is none of it. */
function* wordsIn(text: string): Iterable<Word> {
  for (const match of text.matchAll(/[A-Za-z]+/g)) {
    const escape = text[match.index - 1] === "\\" && /^[nrt]/.test(match[0]) && !WORDS.has(match[0]) ? 1 : 0;
    const start = match.index + escape;
    if (match[0].length > escape) {
      yield { start, end: match.index + match[0].length, text: match[0].slice(escape).toLowerCase() };
    }
  }
}

/** What stands between two words without its numbers; `undefined` when a phrase does not go on behind it. */
function normalized(between: string): string | undefined {
  if (!GAP.test(between)) return undefined;
  return between.replace(/\d+/g, "").replace(/ +/g, " ");
}

function reportRun(text: string, run: readonly Word[], report: (found: Found) => void): void {
  let words = run;
  while (words.length > FEWEST_WORDS && words.length % 3 !== 0 && LABELS.has(words[0]?.text ?? "")) {
    words = words.slice(1);
  }
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined || words.length < FEWEST_WORDS) return;
  if (words.every(({ text: word }) => word === first.text)) return;
  const quoted = /["'`]$/.test(text.slice(0, first.start)) && text[last.end] === text[first.start - 1] &&
    /["'`],/.test(text.slice(first.end, first.end + 2));
  const edge = quoted ? 1 : 0;
  const isNumbered = /\d/.test(text.slice(first.end, words[1]?.start));
  const before = isNumbered ? numberBefore(text.slice(Math.max(0, first.start - 5), first.start)) : 0;
  const start = first.start - edge - before;
  report({ start, end: last.end + edge, replacement: "[REDACTED_MNEMONIC]" });
}

/** Length of the `1. ` or `1) ` before the first word of a numbered phrase. */
function numberBefore(before: string): number {
  return /(?:^|[ ,;"'([])(0?1[.):]? {0,2})$/.exec(before)?.[1]?.length ?? 0;
}
