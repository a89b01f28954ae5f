/**
 * How a config that cannot be used is said on standard error.
 *
 * @module
 */

import { type ConfigError, formatDiagnostic } from "../config/diagnostic.ts";
import { inColor, printError } from "./process.ts";

/** Says everything that is wrong with a config, with its place. */
export function printConfigError(error: ConfigError): void {
  const color = inColor(Deno.stderr);
  for (const diagnostic of error.diagnostics) {
    printError(formatDiagnostic(error.file, diagnostic, { color }));
  }
}
