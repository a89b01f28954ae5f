/**
 * `iban`: numbers of bank accounts.
 *
 * Source: ISO 13616 and SWIFT's IBAN registry (lengths by country), ISO 7064 (the check digits, modulo 97). Becomes
 * `[IBAN]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Length by country, in characters. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
  FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20
  LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18
  SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`.split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const NUMBER = /(?<![A-Za-z0-9_-])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){2,8}(?:[ -]?[A-Z0-9])?/g;

/** Account numbers with a known country, its length and the right check digits. */
export const iban: Rule = {
  needs: FEATURES.any,
  find({ text }, report) {
    for (const { index, 0: found } of text.matchAll(NUMBER)) {
      const length = LENGTHS.get(found.slice(0, 2));
      if (length === undefined) continue;
      const end = index + units(found, length);
      const compact = text.slice(index, end).replace(/[ -]/g, "");
      if (compact.length !== length || /[A-Za-z0-9_]/.test(text.charAt(end)) || !hasCheckDigits(compact)) {
        continue;
      }
      report({ start: index, end, replacement: "[IBAN]", yields: true });
    }
  },
};

/** How many units of a text hold `characters` characters that are neither blank nor dash. */
function units(text: string, characters: number): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== " " && text[i] !== "-") count++;
    if (count === characters) return i + 1;
  }
  return text.length;
}

function hasCheckDigits(compact: string): boolean {
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
