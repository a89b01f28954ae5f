/**
 * Redaction itself: a text goes in, one that may be shown comes out, or a notice that it may not.
 *
 * @module
 */

import type { RedactionSpec } from "../config/config.ts";
import type { Secret } from "../runtime/secret.ts";
import { Engine } from "./engine.ts";
import { compileLiterals } from "./literals.ts";
import type { NamedRule } from "./profile.ts";
import { rulesOf } from "./profile.ts";
import type { RedactedText } from "./redacted.ts";

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
      if ("failed" in result) return [];
      return result.spans.map(({ rule, start, end }) => ({ rule, start, end }))
        .toSorted((a, b) => a.start - b.start);
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
