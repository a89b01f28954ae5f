/**
 * Runs the rules over one line, look by look, and merges what they find.
 *
 * @module
 */

import { findAssignments } from "./assignments.ts";
import type { Assignment } from "./assignments.ts";
import { cut, LONGEST_TEXT } from "./cut.ts";
import { featuresOf } from "./features.ts";
import type { LiteralFinder } from "./literals.ts";
import { besidePlaceholders, findPlaceholders } from "./placeholder.ts";
import type { NamedRule } from "./profile.ts";
import { findRepeats } from "./repeat.ts";
import type { Line } from "./rule.ts";
import { isSecretAssignment } from "./rules/key_value.ts";
import { mergeSpans, replaceSpans } from "./spans.ts";
import type { Span } from "./spans.ts";
import { strip } from "./strip.ts";

/** Longest that a line may take, in milliseconds; 250 times what a line with secrets takes (bench/redact_bench.ts). */
const BUDGET_MS = 50;

/** How much of a long line is stripped: enough for 8 KiB of text in which every character is coloured. */
const LONGEST_RAW = 4 * LONGEST_TEXT;

/** Most looks at one line: the second finds what the first set free, a third one more is already contrived. */
const MOST_PASSES = 6;

/** Name under which the work outside of rules is reported. */
const ENGINE = "engine";

/** What became of a line: the name of the rule that failed, or what is hidden and what may be shown. */
export type Result =
  | {
    /** The stripped text. */
    readonly text: string;
    /** What is hidden in it. */
    readonly spans: readonly Span[];
    /** The text that may be shown. */
    readonly shown: string;
  }
  | {
    /** The rule that failed. */
    readonly failed: string;
    /** Whether it took too long. */
    readonly overran?: true;
  };

/** One look at a text. */
interface Run {
  /** When to give up, on the monotonic clock. */
  readonly deadline: number;
  /** Told of each rule before it runs. */
  readonly enter: (rule: string) => void;
  /** Whether it is the first one. */
  readonly first: boolean;
  /** Which rules look: those that go first, those that go last, or those that judge a part of a line. */
  readonly rules: "early" | "late" | "part";
}

/** A rule and its place in the order of specificity. */
interface RankedRule extends NamedRule {
  readonly rank: number;
}

/** Runs the rules over one line and merges what they find. */
export class Engine {
  readonly #early: readonly RankedRule[];
  readonly #late: readonly RankedRule[];
  /** What is known of the text looked at last: a line is looked at twice as it is, and most lines no further. */
  #facts: Facts = new Facts("");
  readonly #literals: LiteralFinder;
  readonly #now: () => number;

  constructor(
    rules: readonly NamedRule[],
    literals: LiteralFinder,
    now: () => number = () => performance.now(),
  ) {
    const ranked = rules.map(({ name, rule }, rank) => ({ name, rule, rank }));
    this.#early = ranked.filter(({ rule }) => rule.late !== true);
    this.#late = ranked.filter(({ rule }) => rule.late === true);
    this.#literals = literals;
    this.#now = now;
  }

  /**
   * Looks at a line. One that takes too long gets a second chance, because the machine may have paused in between: what
   * blows up does so again.
   */
  run(raw: string): Result {
    const result = this.#try(raw);
    return "overran" in result ? this.#try(raw) : result;
  }

  #try(raw: string): Result {
    let rule = ENGINE;
    const enter = (name: string) => void (rule = name);
    try {
      const deadline = this.#now() + BUDGET_MS;
      const { text, breaks } = strip(cut(raw, LONGEST_RAW));
      const shown = cut(text);
      let out = shown;
      const spans: Span[] = [];
      const replaced: (readonly Span[])[] = [];
      let rules: "early" | "late" = "early";
      for (let i = 0; i < MOST_PASSES; i++) {
        const first = replaced.length === 0;
        const found = this.#pass(out, first ? breaks : [], { deadline, enter, first: i === 0, rules });
        if (found === undefined) return { failed: rule, overran: true };
        if (found.length === 0) {
          if (rules === "late") break;
          rules = "late";
          continue;
        }
        // A replacement may set free what was glued to a secret: look again until there is nothing more.
        if (first || rules === "late") spans.push(...found.map((span) => traced(span, replaced)));
        out = cut(replaceSpans(out, found));
        replaced.push(found);
        rules = "early";
      }
      return { text: shown, spans, shown: out };
    } catch {
      // Whatever it was, the line is not shown (invariant I2); the error may hold text of the line and is dropped.
      return { failed: rule };
    }
  }

  /** Merged findings and their repeats, or `undefined` when a rule overran. */
  #pass(text: string, breaks: readonly number[], run: Run): readonly Span[] | undefined {
    const found = this.#find(text, run);
    const across = found === undefined || breaks.length === 0 ? [] : this.#findAcross(text, breaks, run);
    if (found === undefined || across === undefined) return undefined;
    const spans = mergeSpans([...found, ...across]);
    if (spans.length === 0 || run.rules === "late") return spans;
    run.enter(ENGINE);
    const line = this.#line(text, run);
    const repeats = findRepeats(text, spans, (at) => isInName(line, at));
    return repeats.length === 0 ? spans : mergeSpans([...spans, ...repeats]);
  }

  /** Every finding in a text, or `undefined` when a rule overran. */
  #find(text: string, run: Run): readonly Span[] | undefined {
    const spans: Span[] = [];
    const line = this.#line(text, run);
    const placeholders = findPlaceholders(text);
    const keep = (span: Span) => {
      const kept = besidePlaceholders(span, text, placeholders);
      if (kept !== undefined) spans.push(kept);
    };
    const late = run.rules === "late";
    if (!late) this.#literals(text, (found) => keep({ ...found, rule: "config-secret", rank: -1 }));
    for (const { name, rule, rank } of late ? this.#late : this.#early) {
      if ((line.features & rule.needs) === 0 || (rule.once === true && !run.first)) continue;
      if (rule.whole === true && run.rules === "part") continue;
      run.enter(name);
      rule.find(line, (found) => keep({ ...found, rule: name, rank }));
      if (this.#now() > run.deadline) return undefined;
    }
    return spans;
  }

  #line(text: string, run: Run): Line {
    if (this.#facts.text !== text) this.#facts = new Facts(text);
    const facts = this.#facts;
    return {
      text,
      features: facts.features,
      assignments: () => facts.assignments(),
      hides: (part) => this.#hides(part, run),
    };
  }

  /** Whether a part of a line, decoded, has something to hide; one that takes too long has. */
  #hides(part: string, run: Run): boolean {
    const found = this.#find(strip(cut(part)).text, { ...run, first: true, rules: "part" });
    return found === undefined || found.some((span) => span.shortens !== true);
  }

  /** Findings that line breaks cut in two: matched without the breaks, and put back on the text that has them. */
  #findAcross(text: string, breaks: readonly number[], run: Run): readonly Span[] | undefined {
    const removed = breaks.filter((at) => at < text.length);
    const joined = this.#find(withoutPositions(text, removed), run);
    return joined?.map((span) => ({
      ...span,
      start: restored(span.start, removed, false),
      end: restored(span.end, removed, true),
    })).filter((span) => span.shortens !== true && removed.some((at) => at > span.start && at < span.end));
  }
}

/** Features and assignments of a text, found once, when somebody asks. */
class Facts {
  readonly text: string;
  readonly features: number;
  #assignments: readonly Assignment[] | undefined;

  constructor(text: string) {
    this.text = text;
    this.features = featuresOf(text);
  }

  assignments(): readonly Assignment[] {
    return this.#assignments ??= findAssignments(this.text);
  }
}

/** A finding of a later look with the positions that it had in the first one's text. */
function traced(span: Span, replaced: readonly (readonly Span[])[]): Span {
  let { start, end } = span;
  for (const spans of replaced.toReversed()) {
    start = before(start, spans);
    end = before(end, spans);
  }
  return { ...span, start, end };
}

/** Where a position of a text with replacements was in the text without. */
function before(position: number, spans: readonly Span[]): number {
  let shift = 0;
  for (const { start, end, replacement } of spans) {
    if (position < start + shift + replacement.length) break;
    shift += replacement.length - (end - start);
  }
  return position - shift;
}

/** Whether a position stands in the name of a secret. */
function isInName(line: Line, at: number): boolean {
  return line.assignments().some((assignment) =>
    at >= assignment.nameStart && at < assignment.nameEnd && isSecretAssignment(line.text, assignment)
  );
}

function withoutPositions(text: string, positions: readonly number[]): string {
  let out = "";
  let from = 0;
  for (const at of positions) {
    out += text.slice(from, at);
    from = at + 1;
  }
  return out + text.slice(from);
}

/** Position in the text with breaks of one in the text without; an end stays before the break that it touches. */
function restored(position: number, removed: readonly number[], isEnd: boolean): number {
  let at = position;
  for (const removedAt of removed) {
    if (isEnd ? removedAt < at : removedAt <= at) at++;
    else break;
  }
  return at;
}
