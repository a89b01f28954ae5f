/**
 * How a config that cannot be used is said on standard error.
 *
 * @module
 */

import {
  type ConfigError,
  type Diagnostic,
  formatDiagnostic,
  type FormatOptions,
} from "../config/diagnostic.ts";
import { scrubbed } from "./last_resort.ts";
import { inColor, printError } from "./process.ts";

/** Says everything that is wrong with a config, with its place. */
export function printConfigError({ file, diagnostics }: ConfigError): void {
  const color = inColor(Deno.stderr);
  for (const diagnostic of diagnostics) printError(printable(file, diagnostic, { color }));
}

/**
 * One finding as it may be printed. What is about a file was scrubbed where it was found; what is about variables, and
 * the name of the file, were not.
 */
export function printable(file: string, diagnostic: Diagnostic, options: FormatOptions): string {
  const { message, hint, ...where } = diagnostic;
  const shown = {
    ...where,
    message: scrubbed(message),
    ...hint === undefined ? {} : { hint: scrubbed(hint) },
  };
  return formatDiagnostic(scrubbed(file), shown, options);
}
