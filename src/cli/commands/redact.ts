/**
 * `irctail redact`.
 *
 * @module
 */

import { REDACTION_PROFILES } from "../../config/config.ts";
import { compileRedactor, type Explanation } from "../../redact/redactor.ts";
import type { CommandLine } from "../args.ts";
import { readConfig } from "../config_file.ts";
import { EXIT_DONE, EXIT_USAGE } from "../exit.ts";
import { writeAll } from "../output.ts";
import { printError } from "../process.ts";
import { redactStream } from "../redact.ts";

/** Copies stdin to stdout without its secrets. */
export async function redactCommand({ text, flag }: CommandLine): Promise<number> {
  const path = text("config");
  const config = path === undefined ? undefined : readConfig(path).config;
  const redaction = config?.redaction ?? { rules: new Map(), profiles: new Map() };
  const profile = text("profile") ?? "standard";
  const known: readonly string[] = [...REDACTION_PROFILES, ...redaction.profiles.keys()];
  if (!known.includes(profile)) {
    printError(`irctail: There is no redaction profile "${profile}": known are ${known.join(", ")}`);
    return EXIT_USAGE;
  }
  await redactStream({
    redactor: compileRedactor({ profile, redaction, secrets: config?.secrets ?? [] }),
    json: flag("json"),
    input: Deno.stdin.readable,
    output: (bytes) => writeAll(Deno.stdout, bytes),
    ...flag("explain") ? { explain } : {},
  });
  return EXIT_DONE;
}

/** Names rules and places on standard error, never values. */
function explain(line: number, found: readonly Explanation[]): void {
  for (const { rule, start, end } of found) printError(`${line}:${start + 1}-${end}: ${rule}`);
}
