/**
 * Which records a route wants: what can be decided on bytes, and what needs the decoded line.
 *
 * @module
 */

import type { MatchSpec } from "../config/config.ts";
import { compilePattern } from "../config/pattern.ts";
import { atLeast, type LevelMask } from "../event/level.ts";
import { compileGlob } from "../runtime/glob.ts";

/** A decoded line, as far as conditions need it. */
export interface LineView {
  /** The line as read, without ANSI codes. */
  readonly text: string;
  /** Value of a parsed field. */
  field(name: string): string | undefined;
}

/** The conditions of a route, compiled. */
export interface Matcher {
  /** Levels it wants. */
  readonly levels: LevelMask;
  /**
   * Literals of which a record must hold one, as UTF-8 bytes read as latin1; empty when there is no such condition. A
   * record with ANSI codes may hold one torn apart, so it is not judged by them.
   */
  readonly literals: readonly string[];
  /** The rest, on the decoded line; `undefined` when levels and literals decide. */
  readonly rest: ((line: LineView) => boolean) | undefined;
  /** All conditions but the level, on the decoded line; `undefined` when there are none. */
  readonly exact: ((line: LineView) => boolean) | undefined;
}

/** Whether a route may want records of a stream at all. */
export function concerns(spec: MatchSpec, source: string, service: string): boolean {
  return matchesAny(spec.source, source) && matchesAny(spec.service, service);
}

/**
 * Compiles the conditions of a route.
 *
 * @throws {SyntaxError} When a pattern is not re2; a config that was checked has none.
 */
export function compileMatch(spec: MatchSpec): Matcher {
  const patterns = spec.regex.map((pattern) => compilePattern(pattern));
  const contains: Condition = ({ text }) => spec.contains.some((literal) => text.includes(literal));
  const matches: Condition = ({ text }) => patterns.some((pattern) => pattern.matcher(text).find());
  const onText = [...spec.contains.length > 0 ? [contains] : [], ...patterns.length > 0 ? [matches] : []];
  const onFields = [...spec.fields].map(([name, values]): Condition => (line) => {
    const value = line.field(name);
    return value !== undefined && values.includes(value);
  });
  const literals = literalsOf(spec);
  // The literals stand for the first of the conditions on the text.
  const left = literals.length > 0 ? onText.slice(1) : onText;
  return {
    levels: atLeast(spec.minLevel),
    literals,
    rest: all([...left, ...onFields]),
    exact: all([...onText, ...onFields]),
  };
}

type Condition = (line: LineView) => boolean;

function all(conditions: readonly Condition[]): Condition | undefined {
  if (conditions.length === 0) return undefined;
  return (line) => conditions.every((condition) => condition(line));
}

function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.length === 0 || globs.some((glob) => compileGlob(glob, { path: false })(name));
}

/** Literals that stand for `contains`, or without it for `regex`; none when those cannot be put that way. */
function literalsOf({ contains, regex }: MatchSpec): readonly string[] {
  const alternatives = contains.length > 0 ? contains : regex.flatMap(alternativesOf);
  return alternatives.every(isInBytes) ? alternatives.map(utf8AsLatin1) : [];
}

/** The literals that a pattern like `Payment|RPC` is made of; an empty one, which every line holds, for any other. */
function alternativesOf(pattern: string): readonly string[] {
  return SYNTAX.test(pattern) ? [""] : pattern.split("|");
}

/** What means something other than itself in re2, but for `|`. */
const SYNTAX = /[\\^$.*+?()[\]{}]/;

/** Whether a text stands in the decoded line only where its bytes stand in the line: not what decoding puts there. */
function isInBytes(literal: string): boolean {
  return literal !== "" && literal.isWellFormed() && !literal.includes("\ufffd");
}

/** The bytes of a text, each as one character. */
function utf8AsLatin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
