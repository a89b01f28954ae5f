/**
 * Rules about people and machines that are off unless the profile is `strict`: too many lines need these things.
 *
 * Sources: the Social Security Administration's number ranges; ITU-T E.164 (phone); RFC 791 and RFC 4291 (addresses);
 * Bitcoin's Base58Check and BIP-173 (addresses); the Filesystem Hierarchy Standard (`/home`); RFC 9562 (UUID).
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";
import { looksRandom } from "../values.ts";

/** How far to the left a word may stand that says what a number is, in UTF-16 units. */
const REACH = 40;

/** A rule that replaces each match of a global, bounded pattern. */
function matches(
  pattern: RegExp,
  replacement: string,
  accept: (found: string, before: string) => boolean = () => true,
): Rule {
  return {
    needs: FEATURES.any,
    find({ text }, report) {
      for (const { index, 0: found } of text.matchAll(pattern)) {
        if (accept(found, text.slice(Math.max(0, index - REACH), index))) {
          report({ start: index, end: index + found.length, replacement });
        }
      }
    },
  };
}

/** `us-ssn`: `ddd-dd-dddd` behind a word for it. */
export const usSsn: Rule = matches(
  /(?<![\w-])(?!000|666|9)\d{3}[- ]?(?!00)\d{2}[- ]?(?!0000)\d{4}(?![\w-])/g,
  "[SSN]",
  (_, before) =>
    /\b(?:ssn|social[ _-]?security(?:[ _-]?(?:no|number))?)["']?\s{0,3}(?:[:=#]|is|number)?\s{0,3}["']?$/i
      .test(before),
);

/** `phone`: numbers with a country code, or in North America's groups. */
export const phone: Rule = matches(
  /(?<![\w.+:/-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w-]|\.\d)/g,
  "[PHONE]",
);

/** `ip`: addresses of version 4 and 6, but for those of this machine and of nobody. */
export const ip: Rule = matches(
  /(?<![\w.:-])(?:(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\w:]))/g,
  "[IP]",
  (found) => !/^(?:127\.|0\.0\.0\.0$)/.test(found),
);

/** `btc-address`: legacy and segwit addresses. */
export const btcAddress: Rule = matches(
  /(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|tb1)[02-9ac-hj-np-z]{11,71})(?![A-Za-z0-9])/g,
  "[BTC_ADDRESS]",
  (found) => /\d.*\d/.test(found.slice(1)) && /[A-Za-z]/.test(found.slice(1)),
);

/** `home-path`: the directory of a person, whose name it tells. */
export const homePath: Rule = matches(
  /(?<![\w.])(?:\/home\/|\/Users\/|[A-Za-z]:\\{1,2}Users\\{1,2})[\p{L}\p{N}._-]{1,64}/gu,
  "[HOME]",
);

/** `uuid-key`: a UUID that some services use as a key, behind a word for one. */
export const uuidKey: Rule = matches(
  /(?<![\w-])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\w-])/g,
  "[UUID]",
  (_, before) =>
    /(?:key|token|secret|auth|heroku|credential)[\w-]{0,12}["']?\s{0,3}[:=]?\s{0,3}["']?$/i.test(before),
);

/** `high-entropy`: any run of 20 and more characters that looks random. */
export const highEntropy: Rule = matches(
  /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{20,512}(?![A-Za-z0-9+/=_-])/g,
  "[REDACTED]",
  looksRandom,
);
