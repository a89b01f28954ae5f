/**
 * Which rules a profile has.
 *
 * @module
 */

import type { RedactionProfile, RedactionRule, RedactionSpec } from "../config/config.ts";
import { REDACTION_OFF, REDACTION_PROFILES, REDACTION_RULES } from "../config/config.ts";
import { BUILTIN_RULES } from "./builtin.ts";
import type { Rule } from "./rule.ts";
import { userRule } from "./user_rule.ts";

/** A rule and the name it is reported by. */
export interface NamedRule {
  /** Built-in name, or the key in the config. */
  readonly name: string;
  /** What it does. */
  readonly rule: Rule;
}

/** Rules that find what most lines need: identifiers, addresses, numbers. Only `strict` has them. */
const STRICT_ONLY: ReadonlySet<RedactionRule> = new Set<RedactionRule>([
  "us-ssn",
  "phone",
  "ip",
  "btc-address",
  "home-path",
  "uuid-key",
  "high-entropy",
]);

/** Rules that shorten or hide what is no key, token or password: `minimal` leaves them out. */
const NOT_MINIMAL: ReadonlySet<RedactionRule> = new Set<RedactionRule>([
  ...STRICT_ONLY,
  "eth-address",
  "hex-hash",
  "email",
  "card",
  "iban",
]);

/**
 * Lists the rules of a profile in order of specificity: built-in ones first. With redaction off there is one left: the
 * lines of a private key never leave a stream (`pem.ts`), and neither does a key on one line.
 *
 * @param profile Built-in name, or a key of `redaction.profiles`.
 * @param redaction The config's rules and profiles.
 * @throws {RangeError} When there is no such profile, or it names a rule that does not exist.
 * @throws {SyntaxError} When a pattern is not re2 syntax.
 */
export function rulesOf(profile: string, redaction: RedactionSpec): readonly NamedRule[] {
  if (profile === REDACTION_OFF) return [{ name: "pem", rule: BUILTIN_RULES.pem }];
  const spec = redaction.profiles.get(profile);
  const builtin = spec?.builtin ?? REDACTION_PROFILES.find((name) => name === profile);
  if (builtin === undefined) throw new RangeError(`There is no redaction profile "${profile}"`);
  const except: ReadonlySet<string> = new Set(spec?.except ?? []);
  const rules: NamedRule[] = builtinNames(builtin)
    .filter((name) => !except.has(name))
    .map((name) => ({ name, rule: BUILTIN_RULES[name] }));
  for (const name of spec?.rules ?? []) {
    const rule = redaction.rules.get(name);
    if (rule === undefined) throw new RangeError(`There is no redaction rule "${name}"`);
    rules.push({ name, rule: userRule(rule) });
  }
  return rules;
}

function builtinNames(profile: RedactionProfile): readonly RedactionRule[] {
  const names = Object.keys(BUILTIN_RULES).filter(isRuleName);
  if (profile === "strict") return names;
  const left = profile === "minimal" ? NOT_MINIMAL : STRICT_ONLY;
  return names.filter((name) => !left.has(name));
}

function isRuleName(name: string): name is RedactionRule {
  return REDACTION_RULES.some((rule) => rule === name);
}
