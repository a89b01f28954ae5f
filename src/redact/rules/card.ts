/**
 * `card`: numbers of payment cards.
 *
 * Sources: ISO/IEC 7812-1 (issuer prefixes, Luhn's check digit), the issuers' published ranges. Becomes `[CARD]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Digits in a row, or in the groups in which cards print them: 4-4-4-4(-3), 4-6-5, 4-6-4. */
const NUMBER =
  /(?<![\w.:+/#-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w:/-]|\.\d)/g;

/** Visa, Mastercard, American Express, Discover, JCB, Diners Club, UnionPay, Maestro; each with its lengths. */
const ISSUER =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}|(?:6011|65\d{2}|64[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15})$/;

/** Names whose numbers are long and no cards: identifiers, times, amounts. */
const NO_CARD =
  /(?:id|ids|ts|time|timestamp|at|ns|nanos|micros|millis|offset|seq|sequence|nonce|block|height|amount|value|balance|wei|gas|gwei|size|bytes|count|total|trace|span|uid|lsn|epoch|version|isbn|imei|tracking|phone)["']?\s?[=:]\s?["']?$/i;

/** Numbers with an issuer's prefix and a right check digit. */
export const card: Rule = {
  needs: FEATURES.manyDigits,
  find({ text }, report) {
    for (const match of text.matchAll(NUMBER)) {
      const digits = match[0].replace(/[ -]/g, "");
      if (!ISSUER.test(digits) || !hasLuhnDigit(digits)) continue;
      if (NO_CARD.test(text.slice(Math.max(0, match.index - 32), match.index))) continue;
      report({ start: match.index, end: match.index + match[0].length, replacement: "[CARD]", yields: true });
    }
  },
};

/** Luhn's check: every second digit from the right counts double, the sum of all digits ends in 0. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
