import assert from "node:assert/strict";

/** What a channel says about numbered lines: which were shown, and how many were counted. */
export interface Ledger {
  /** Every number that was shown, in order, repeats included. */
  readonly shown: readonly number[];
  /** Sum of all summaries and repeat counts. */
  readonly counted: number;
  /** Numbers shown more than once. */
  readonly doubled: readonly number[];
}

const OVERFLOW = /^⋯ (\d+) more in \d+[smhd]/;
const GAP = /^⋯ gap \d\d:\d\d:\d\d-\d\d:\d\d:\d\d: (\d+) lines/;
const REPEAT = /^↻ ×(\d+) in /;

/** Reads a channel: numbered lines hold `n=NUMBER`. */
export function readLedger(texts: readonly string[]): Ledger {
  const shown: number[] = [];
  let counted = 0;
  for (const text of texts) {
    const summary = OVERFLOW.exec(text) ?? GAP.exec(text) ?? REPEAT.exec(text);
    if (summary !== null) {
      counted += Number(summary[1]);
      continue;
    }
    const number = /\bn=(\d+)\b/.exec(text);
    assert.ok(number, `A line is neither numbered nor a summary: ${text}`);
    shown.push(Number(number[1]));
  }
  const seen = new Set<number>();
  const doubled = shown.filter((number) => seen.size === seen.add(number).size);
  return { shown, counted, doubled };
}
