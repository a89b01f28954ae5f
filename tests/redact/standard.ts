import { Secret } from "../../src/runtime/secret.ts";
import { compileRedactor } from "../../src/redact/redactor.ts";
import type { Redactor } from "../../src/redact/redactor.ts";

const NO_RULES = { rules: new Map(), profiles: new Map() };

/** A redactor with a built-in profile. */
export function redactorOf(profile: string = "standard", secrets: readonly string[] = []): Redactor {
  return compileRedactor({
    profile,
    redaction: NO_RULES,
    secrets: secrets.map((value) => new Secret(value)),
  });
}

const standard = redactorOf();

/** What the standard profile makes of a line; a withheld one is a failure of the test. */
export function redact(text: string): string {
  const redaction = standard.redact(text);
  if (redaction.withheld) throw new Error(`The line was withheld by ${redaction.rule}`);
  return redaction.text;
}

/** 64 hex digits that are nobody's key. */
export const HEX64 = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
export const OTHER_HEX64 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
export const ADDRESS = "0x857fe6150401BFB4641Fe0d2b2621cC3B05543cD";
export const SK_KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56";
export const JWT = [
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  "eyJzdWIiOiIxMjM0NTY3ODkwIn0",
  "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
].join(".");
