/**
 * The regular expressions that a config may hold: re2 syntax, linear time.
 *
 * @module
 */

import { RE2JS, RE2JSSyntaxException } from "re2js";

/** Longest pattern, in UTF-16 units: beyond it nobody can read what it does to a line. */
const LONGEST_PATTERN = 512;

/** Longest line that redaction looks at, in bytes; patterns are timed on a line of this size. */
const ADVERSARIAL_LINE_BYTES = 8192;

/** Longest that one pattern may take on such a line, in milliseconds: at most 64 patterns see every line sent. */
const SLOWEST_MS = 50;

/** How often a slow pattern is timed: the best time counts, because the machine may be busy. */
const TIMINGS = 3;

/** Letters that mean something behind a backslash in re2; re2js takes others for the bare letter. */
const ESCAPE_LETTERS = "abcdfnprstuvwxzABDEPQSW";

/**
 * Compiles a pattern for searching in lines, unanchored and case-sensitive.
 *
 * @param pattern re2 syntax; `\uXXXX` and `(?<name>…)` are taken too.
 * @throws {SyntaxError} When the pattern is longer than 512 characters or is not re2 syntax. The message says why and
 *   holds none of the pattern's text.
 */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > LONGEST_PATTERN) {
    throw new SyntaxError(
      `The pattern is too long: it has ${pattern.length} characters of at most ${LONGEST_PATTERN}`,
    );
  }
  const refused = refusedSyntax(pattern);
  if (refused !== undefined) throw new SyntaxError(refused);
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch (error) {
    // Anything else is a bug in the library: it must stop the load as well, but under its own name.
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new SyntaxError(reasonFor(error.getDescription()));
  }
}

/**
 * Refuses what compiles but must not replace text in log lines.
 *
 * @param pattern re2 syntax.
 * @throws {SyntaxError} When {@linkcode compilePattern} refuses the pattern, when it matches the empty string, or when
 *   it takes longer than 50 ms on an adversarial line of 8 KiB.
 */
export function checkReplacePattern(pattern: string): void {
  const compiled = compilePattern(pattern);
  if (matchesNothing(compiled, pattern)) {
    throw new SyntaxError("The pattern matches the empty string, so it would replace what is not there");
  }
  for (const line of adversarialLines(pattern)) {
    if (fastestMs(compiled, line) > SLOWEST_MS) {
      throw new SyntaxError(
        `The pattern is too slow: it takes longer than ${SLOWEST_MS} ms on a line of ${
          ADVERSARIAL_LINE_BYTES / 1024
        } KiB`,
      );
    }
  }
}

/** What re2js would read as something else, or would only refuse in words that do not help. */
function refusedSyntax(pattern: string): string | undefined {
  let quoted = false;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === "\\") {
      const letter = pattern[++i] ?? "";
      if (quoted) {
        if (letter === "E") quoted = false;
        continue;
      }
      if (letter === "Q") quoted = true;
      if (letter === "k" || /[1-9]/.test(letter)) return "re2 has no back-references";
      if (/[a-zA-Z]/.test(letter) && !ESCAPE_LETTERS.includes(letter)) {
        return `re2 has no escape \\${letter}`;
      }
    } else if (!quoted && /^\(\?(?:<?[=!])/.test(pattern.slice(i, i + 4))) {
      return "re2 has no look-ahead and no look-behind";
    } else if (!quoted && pattern.startsWith("(?>", i)) {
      return "re2 has no atomic groups";
    }
  }
  return undefined;
}

function reasonFor(description: string): string {
  const reason = REASONS.find(([start]) => description.startsWith(start));
  return reason === undefined ? "The pattern is not re2 syntax" : reason[1];
}

/** What re2js says, and what that means to whoever wrote the pattern. */
const REASONS: readonly (readonly [string, string])[] = [
  [
    "invalid repeat count",
    "re2 has no counts above 1000, also not as a product, and none that run backwards",
  ],
  [
    "invalid nested repetition",
    "One repetition follows another: re2 has no possessive ones and takes counts up to 1000",
  ],
  ["missing argument to repetition", "A repetition has nothing to repeat"],
  ["missing closing )", "A parenthesis is not closed"],
  ["unexpected )", "A parenthesis is closed that was not opened"],
  ["missing closing ]", "A character class is not closed"],
  ["invalid character class", "A character class holds a range or a name that does not exist"],
  ["invalid escape", "An escape does not exist in re2"],
  ["trailing backslash", "The pattern ends in a lone backslash"],
  ["duplicate capture group", "Two groups have the same name"],
  ["invalid named capture", "The name of a group is not a word"],
  ["invalid or unsupported Perl", "re2 does not know the group or flag that starts with (?"],
  ["expression nests too deeply", "The pattern nests too deeply"],
];

/** Whether some match has no length; the probes hold each side of `\b`, `^` and `$`. */
function matchesNothing(compiled: RE2JS, pattern: string): boolean {
  const probes = ["", "a", " ", "a b-1", pattern];
  return probes.some((probe) => {
    const matcher = compiled.matcher(probe);
    while (matcher.find()) {
      if (matcher.start() === matcher.end()) return true;
    }
    return false;
  });
}

/** Lines on which patterns are slow: runs of one character, of digits, of blanks, and of the pattern's own letters. */
function adversarialLines(pattern: string): string[] {
  const own = pattern.replace(/\\.|[^\p{L}\p{N}]/gu, "");
  return ["a", " ", "0123456789abcdef", "aA0 _-=:.", own === "" ? "x" : own]
    .map((unit) =>
      unit.repeat(Math.ceil(ADVERSARIAL_LINE_BYTES / unit.length)).slice(0, ADVERSARIAL_LINE_BYTES)
    );
}

function fastestMs(compiled: RE2JS, line: string): number {
  let fastest = Infinity;
  for (let i = 0; i < TIMINGS && fastest > SLOWEST_MS; i++) {
    const started = performance.now();
    const matcher = compiled.matcher(line);
    while (matcher.find());
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}
