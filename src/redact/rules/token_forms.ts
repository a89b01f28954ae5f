/**
 * The shared shape of rules for tokens that vendors make recognisable: a prefix, an alphabet, a length.
 *
 * @module
 */

import { startsToken } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/**
 * Makes a rule of forms.
 *
 * @param forms Each begins with a literal, has bounded or greedy single-class runs only, and says nothing of its
 *   surroundings: a token begins where no word goes on, and ends where its alphabet does.
 * @param replacement What stands there instead.
 */
export function tokenForms(forms: readonly RegExp[], replacement: string): Rule {
  const any = new RegExp(forms.map((form) => `(?:${form.source})`).join("|"), "g");
  return {
    needs: FEATURES.longToken,
    find({ text }, report) {
      any.lastIndex = 0;
      for (let hit = any.exec(text); hit !== null; hit = any.exec(text)) {
        if (!startsToken(text, hit.index)) {
          any.lastIndex = hit.index + 1;
          continue;
        }
        report({ start: hit.index, end: hit.index + hit[0].length, replacement });
      }
    },
  };
}
