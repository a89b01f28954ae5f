/**
 * Redaction itself: a text goes in, one that may be shown comes out, or a notice that it may not.
 *
 * @module
 */

import type { RedactionSpec } from "../config/config.ts";
import type { Secret } from "../runtime/secret.ts";
import { findAssignments } from "./assignments.ts";
import type { Assignment } from "./assignments.ts";
import { cut, LONGEST_TEXT } from "./cut.ts";
import { featuresOf } from "./features.ts";
import { compileLiterals } from "./literals.ts";
import type { LiteralFinder } from "./literals.ts";
import type { NamedRule } from "./profile.ts";
import { rulesOf } from "./profile.ts";
import { besidePlaceholders, findPlaceholders } from "./placeholder.ts";
import type { RedactedText } from "./redacted.ts";
import { findRepeats } from "./repeat.ts";
import type { Line } from "./rule.ts";
import { isSecretAssignment } from "./rules/key_value.ts";
import { mergeSpans, replaceSpans } from "./spans.ts";
import type { Span } from "./spans.ts";
import { strip } from "./strip.ts";

/** What became of a text. */
export type Redaction =
  | {
    readonly withheld: false;
    /** The text without secrets, on one line, at most 8 KiB and the mark. */
    readonly text: RedactedText;
  }
  | {
    readonly withheld: true;
    /** Name of the rule that failed or overran. */
    readonly rule: string;
    /** The notice that stands for the line. */
    readonly text: RedactedText;
  };

/** What was hidden and why; never the value. */
export interface Explanation {
  /** Name of the rule. */
  readonly rule: string;
  /** First UTF-16 unit in the stripped text. */
  readonly start: number;
  /** One behind the last. */
  readonly end: number;
}

/** Makes texts fit to be shown. */
export interface Redactor {
  /**
   * Redacts one line. Total: never throws; what cannot be vouched for is withheld.
   *
   * @param text Anything; over 8 KiB the end is cut off, without the token that the cut went through.
   * @param mark Put in front after redaction; the only way one of our own marks gets into a text.
   */
  redact(text: string, mark?: "⋯ " | "↻ "): Redaction;
  /** Says which rules would hide which parts of a text; nothing when the text would be withheld. */
  explain(text: string): readonly Explanation[];
}

/** How to compile a redactor. */
export interface RedactorOptions {
  /** Name of a profile. */
  readonly profile: string;
  /** The config's own rules and profiles. */
  readonly redaction: RedactionSpec;
  /** Values that are never shown, in no profile. */
  readonly secrets: readonly Secret[];
  /** Monotonic milliseconds; the machine's by default. */
  readonly now?: () => number;
}

const NOTICE = "[line withheld: redaction failed]" as RedactedText;

/** Longest that a line may take, in milliseconds; 250 times what a line with secrets takes (bench/redact_bench.ts). */
const BUDGET_MS = 50;

/** How much of a long line is stripped: enough for 8 KiB of text in which every character is coloured. */
const LONGEST_RAW = 4 * LONGEST_TEXT;

/** Most looks at one line: the second finds what the first set free, a third one more is already contrived. */
const MOST_PASSES = 4;

/** Name under which the work outside of rules is reported. */
const ENGINE = "engine";

/**
 * Compiles a profile.
 *
 * @throws {RangeError} When the profile or one of its rules does not exist.
 * @throws {SyntaxError} When a pattern is not re2 syntax.
 */
export function compileRedactor(options: RedactorOptions): Redactor {
  return composeRedactor(rulesOf(options.profile, options.redaction), options);
}

/**
 * Makes a redactor of given rules, most specific first.
 *
 * @param rules What to look for.
 * @param options Secrets of the config, and the clock.
 */
export function composeRedactor(
  rules: readonly NamedRule[],
  options: Pick<RedactorOptions, "secrets" | "now">,
): Redactor {
  const engine = new Engine(
    rules,
    compileLiterals(options.secrets.map((secret) => secret.reveal())),
    options.now,
  );
  return {
    redact(text, mark) {
      const result = engine.run(text);
      if ("failed" in result) return { withheld: true, rule: result.failed, text: NOTICE };
      return { withheld: false, text: `${mark ?? ""}${result.shown}` as RedactedText };
    },
    explain(text) {
      const result = engine.run(text);
      return "failed" in result ? [] : result.spans.map(({ rule, start, end }) => ({ rule, start, end }));
    },
  };
}

/**
 * Compiles the scrubber of logs, the status page and errors: the standard rules, as a function from text to text.
 *
 * @param secrets Values that are never shown.
 */
export function compileScrubber(secrets: readonly Secret[]): (text: string) => string {
  const redactor = compileRedactor({
    profile: "standard",
    redaction: { rules: new Map(), profiles: new Map() },
    secrets,
  });
  return (text) => redactor.redact(text).text;
}

type Result =
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
  };

/** One look at a text. */
interface Run {
  /** When to give up, on the monotonic clock. */
  readonly deadline: number;
  /** Told of each rule before it runs. */
  readonly enter: (rule: string) => void;
  /** Whether it is the first one. */
  readonly first: boolean;
}

/** Runs the rules over one line and merges what they find. */
class Engine {
  readonly #rules: readonly NamedRule[];
  readonly #literals: LiteralFinder;
  readonly #now: () => number;

  constructor(
    rules: readonly NamedRule[],
    literals: LiteralFinder,
    now: () => number = () => performance.now(),
  ) {
    this.#rules = rules;
    this.#literals = literals;
    this.#now = now;
  }

  run(raw: string): Result {
    let rule = ENGINE;
    const enter = (name: string) => void (rule = name);
    try {
      const deadline = this.#now() + BUDGET_MS;
      const { text, breaks } = strip(cut(raw, LONGEST_RAW));
      const shown = cut(text);
      const spans = this.#pass(shown, breaks, { deadline, enter, first: true });
      if (spans === undefined) return { failed: rule };
      if (spans.length === 0) return { text: shown, spans, shown };
      // A replacement may set free what was glued to a secret: look again until there is nothing more.
      let out = cut(replaceSpans(shown, spans));
      for (let i = 1; i < MOST_PASSES; i++) {
        const more = this.#pass(out, [], { deadline, enter, first: false });
        if (more === undefined) return { failed: rule };
        if (more.length === 0) break;
        out = cut(replaceSpans(out, more));
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
    if (spans.length === 0) return spans;
    run.enter(ENGINE);
    const line = new LineUnderRedaction(text);
    const repeats = findRepeats(text, spans, (at) => isInName(line, at));
    return repeats.length === 0 ? spans : mergeSpans([...spans, ...repeats]);
  }

  /** Every finding in a text, or `undefined` when a rule overran. */
  #find(text: string, run: Run): readonly Span[] | undefined {
    const spans: Span[] = [];
    const line = new LineUnderRedaction(text);
    const placeholders = findPlaceholders(text);
    const keep = (span: Span) => {
      const kept = besidePlaceholders(span, text, placeholders);
      if (kept !== undefined) spans.push(kept);
    };
    this.#literals(text, (found) => keep({ ...found, rule: "config-secret", rank: -1 }));
    for (const [rank, { name, rule }] of this.#rules.entries()) {
      if ((line.features & rule.needs) === 0 || (rule.once === true && !run.first)) continue;
      run.enter(name);
      rule.find(line, (found) => keep({ ...found, rule: name, rank }));
      if (this.#now() > run.deadline) return undefined;
    }
    return spans;
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

/** A line whose features and assignments are found once, when somebody asks. */
class LineUnderRedaction implements Line {
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
