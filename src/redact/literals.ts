/**
 * The config's own secrets, found in whatever form they appear in a line.
 *
 * @module
 */

import type { Found } from "./rule.ts";
import { strip } from "./strip.ts";

/** Shortest secret looked for, in UTF-16 units: a shorter one stands in lines by chance (invariant I10). */
const SHORTEST_SECRET = 8;

/** Finds literals in one pass. */
export type LiteralFinder = (text: string, report: (found: Found) => void) => void;

/**
 * Compiles the values to look for.
 *
 * The pass looks up each pair of characters in a bit table, so that its cost does not grow with the number of secrets.
 *
 * @param secrets Values as they are; those under 8 characters are ignored.
 */
export function compileLiterals(secrets: readonly string[]): LiteralFinder {
  const forms = new Set(secrets.flatMap(formsOf));
  if (forms.size === 0) return () => {};
  const starts = new Uint8Array(PAIRS);
  const byPair = new Map<number, string[]>();
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    const pair = pairAt(form, 0);
    starts[pair] = 1;
    const others = byPair.get(pair);
    if (others === undefined) byPair.set(pair, [form]);
    else others.push(form);
  }
  return (text, report) => {
    for (let at = 0; at + SHORTEST_SECRET <= text.length; at++) {
      const pair = pairAt(text, at);
      if (starts[pair] === 0) continue;
      const form = byPair.get(pair)?.find((literal) => text.startsWith(literal, at));
      if (form === undefined) continue;
      report({ start: at, end: at + form.length, replacement: "[REDACTED]" });
    }
  };
}

/** Size of the table: 8 bits of each of two characters. */
const PAIRS = 65_536;

function pairAt(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xff) << 8 | (text.charCodeAt(at + 1) & 0xff);
}

/** A secret as it is, line by line, percent-encoded, JSON-escaped, HTML-escaped, and in base64 at each alignment. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/);
  const values = [secret, ...lines, ...lines.map((line) => line.trim())].filter((value) =>
    value.length >= SHORTEST_SECRET
  );
  return values.flatMap((value) => {
    const percent = encodeURIComponent(value.toWellFormed());
    return [
      value,
      percent,
      percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      percent.replaceAll("%20", "+"),
      escapeJson(value),
      escapeJson(escapeJson(value)),
      value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
        '"',
        "&quot;",
      ),
      ...base64Forms(value),
    ];
  }).map((form) => strip(form).text).filter((form) => form.length >= SHORTEST_SECRET);
}

function escapeJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/**
 * What base64 of any text around the secret contains: at each of the three alignments, without the characters at the
 * edges that also depend on the neighbours.
 */
function base64Forms(value: string): readonly string[] {
  const bytes = new TextEncoder().encode(value);
  const forms: string[] = [];
  for (const shift of [0, 1, 2]) {
    const padded = new Uint8Array(shift + bytes.length);
    padded.set(bytes, shift);
    const clean = btoa(String.fromCharCode(...padded)).slice(
      Math.ceil(shift * 8 / 6),
      Math.floor(padded.length * 8 / 6),
    );
    forms.push(clean, clean.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms.filter((form) => form.length >= SHORTEST_SECRET);
}
