/**
 * `key-value`: values whose names say that they are secrets: `db_password=…`, `"apiKey": "…"`, `<token>…</token>`.
 *
 * Names are judged in `names.ts`, notations read in `assignments.ts`. The name stays, the value becomes `[REDACTED]`.
 *
 * @module
 */

import type { Assignment } from "../assignments.ts";
import { FEATURES } from "../features.ts";
import { nameKind } from "../names.ts";
import { calledWith, changedTo, isStrongPassword, laterItems, mappedValues } from "../nested.ts";
import type { Range } from "../nested.ts";
import type { Line, Rule } from "../rule.ts";
import { insertedValues } from "../inserts.ts";
import {
  isCall,
  isIdentifier,
  isLongHexNumber,
  isPath,
  isPlaceholder,
  isPlainWord,
  looksRandom,
} from "../values.ts";

/** Whether an assignment gives a secret away; shared with whoever must know which names are those of secrets. */
export function isSecretAssignment(text: string, assignment: Assignment): boolean {
  const kind = nameKind(assignment.name);
  if (kind === "none") return false;
  const value = text.slice(assignment.start, assignment.end);
  if (isPlaceholder(value.trim())) return false;
  if (assignment.operator === "beside") return kind === "secret" && isSecretBeside(assignment.name, value);
  if (assignment.operator === "is") return isSecretSaid(assignment.name, value);
  if (kind === "likely") return looksRandom(value) && !isPath(value);
  // `https://x-access-token:…@host`: the password of a URL, of which `url-cred` knows where it ends.
  if (assignment.operator === ":" && text.endsWith("://", assignment.nameStart)) return false;
  return assignment.quoted ? isSecretQuoted(assignment, value) : isSecretBare(text, assignment, value);
}

/** What prose says without an operator: something random, a password with all that passwords need, a code of digits. */
function isSecretSaid(name: string, value: string): boolean {
  if (/code$/i.test(name)) return /^\d{4,8}$/.test(value) || looksRandom(value);
  if (isPath(value)) return false;
  return looksRandom(value) || (/pass|pwd|secret|psk/i.test(name) && isStrongPassword(value));
}

/** What stands beside a name without anything between: a token that looks random and is no identifier in hex, a password. */
function isSecretBeside(name: string, value: string): boolean {
  const word = lastWord(name);
  if (isPath(value) || isLongSignature(word, value)) return false;
  if (/pass|pwd|secret/i.test(word)) return looksRandom(value) || isStrongPassword(value);
  if (!looksRandom(value)) return false;
  // `using RSA key 4C08…` is a fingerprint; a token in hex of some length is none.
  return !/^[0-9a-fA-F]+$/.test(value) || (!/keys?$/i.test(word) && value.length >= LONG_TOKEN);
}

/** Length from which a token in hex is no identifier, in characters: those have 32 at most. */
const LONG_TOKEN = 40;

/** Shortest secret in quotes, in characters: parsers complain about `token: ")"`. */
const SHORTEST_QUOTED = 3;

/** What a form calls its field. */
const LABEL = /^(?:Password|Passwort|Passphrase|Token|Secret|API [Kk]ey)$/;

/** What validators say of a value, in three words and more. */
const SENTENCE =
  /\b(?:must|should|cannot|can't|may not|is too|is required|are required|is invalid|at least|characters|not match|be blank|please|enter your|required|incorrect)\b/i;

function isSecretQuoted({ name, operator }: Assignment, value: string): boolean {
  if (value.length < SHORTEST_QUOTED && !/pass|pwd/i.test(name)) return false;
  if (operator === "," && isPlainWord(value)) return false;
  if (LABEL.test(value) || (SENTENCE.test(value) && / .* /.test(value))) return false;
  return !isPath(value) && !isLongSignature(name, value);
}

function isSecretBare(text: string, assignment: Assignment, value: string): boolean {
  const { name, operator } = assignment;
  if (value.length < 2 || isCall(value) || isPath(value) || isLongSignature(name, value)) return false;
  // `token == expected_token` compares two names.
  if (operator.startsWith("==") && /^[A-Za-z_.]+$/.test(value)) return false;
  if (/^[{[(<]/.test(value) && operator !== "=") return false;
  if (/^\d+$/.test(value) && isCount(name, value)) return false;
  // Amazon's names of resources have colons: `arn:aws:secretsmanager:eu-west-1:…:secret:prod/db`.
  if (
    operator === ":" &&
    /\barn:[\w:/*-]{0,96}$/.test(text.slice(Math.max(0, assignment.nameStart - 100), assignment.nameStart))
  ) {
    return false;
  }
  // `dsn=2.0.0` is the mail system's delivery status, `PWD=/home/x` the shell's directory.
  if (/dsn$/i.test(name) && !/[/:@=;]/.test(value)) return false;
  if (/^(?:OLD)?PWD$/.test(lastWord(name)) && value.startsWith("/")) return false;
  // `secret="kube-system/tls"`: the name of an object, not its content.
  if (/secret$/i.test(name) && /^[a-z][a-z-]*\/[a-z][a-z-]*$/.test(value)) return false;
  if (operator === ":" || operator === "is") {
    if (isPlainWord(value)) return false;
    if (
      /^[A-Za-z]+(?:-[A-Za-z]+)+$/.test(value) && isPlainWord(value.replaceAll("-", "")) &&
      !/pass|pwd/i.test(name)
    ) return false;
    const equals = value.indexOf("=");
    if (
      equals > 0 && equals < value.length - 1 && isIdentifier(value.slice(0, equals)) &&
      !/pass|pwd|secret/i.test(name)
    ) {
      return false;
    }
  }
  return text[assignment.end] !== "(";
}

/** Digits of a number that still counts something: `token: 42`, `pass=12`. */
const COUNT_DIGITS = 4;

function isCount(name: string, value: string): boolean {
  if (/tokens?$/i.test(name) || /^(?:\w+ )?pass$/i.test(name)) return value.length <= COUNT_DIGITS;
  return value.length <= 2 || (/id$/i.test(name) && value.length < 8);
}

/** A signature in `0x` form, or in base58 with Solana's length, is on the chain for everybody to see. */
function isLongSignature(name: string, value: string): boolean {
  return /sig(?:nature)?$/i.test(name) &&
    (isLongHexNumber(value) || /^[1-9A-HJ-NP-Za-km-z]{86,88}$/.test(value));
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(" ") + 1);
}

/** Values of secret names. */
export const keyValue: Rule = {
  needs: FEATURES.keyword,
  find(line: Line, report) {
    const { text } = line;
    const hide = ({ start, end }: Range) => report({ start, end, replacement: "[REDACTED]" });
    for (const assignment of line.assignments()) {
      if (isSecretAssignment(text, assignment)) {
        hide(assignment);
        const changed = changedTo(text, assignment.end);
        if (changed !== undefined) hide(changed);
        if (isInList(text, assignment)) { for (const item of laterItems(text, assignment.end)) hide(item); }
      } else if (text[assignment.start] === "{" && nameKind(assignment.name) === "secret") {
        for (const value of mappedValues(text, assignment.start)) hide(value);
      }
    }
    for (const { name, start, end } of insertedValues(text)) {
      const value = text.slice(start, end);
      if (nameKind(name) === "secret" && !isPlaceholder(value) && !isPlainWord(value)) hide({ start, end });
    }
    for (const value of calledWith(text)) hide(value);
  },
};

/** Whether a value is the first of a list: `tokens: ["a", "b"]`. */
function isInList(text: string, { start }: Assignment): boolean {
  return /\[\s{0,2}\\{0,3}["']?$/.test(text.slice(Math.max(0, start - 7), start));
}
