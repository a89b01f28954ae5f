/**
 * Rules from the config: a pattern in linear time and a literal replacement.
 *
 * @module
 */

import { compilePattern } from "../config/pattern.ts";
import { FEATURES } from "./features.ts";
import type { Rule } from "./rule.ts";
import { strip } from "./strip.ts";

/**
 * Compiles a rule of the config.
 *
 * @param spec Pattern in re2 syntax, and what replaces a match: literal text, `$1` means nothing in it.
 * @throws {SyntaxError} When the pattern is not re2 syntax.
 */
export function userRule(spec: { readonly pattern: string; readonly replace: string }): Rule {
  const pattern = compilePattern(spec.pattern);
  const replacement = strip(spec.replace).text;
  return {
    needs: FEATURES.any,
    once: true,
    find({ text }, report) {
      const matcher = pattern.matcher(text);
      while (matcher.find()) {
        const start = matcher.start();
        const end = matcher.end();
        if (end > start) report({ start, end, replacement });
      }
    },
  };
}
