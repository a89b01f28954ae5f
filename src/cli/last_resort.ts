/**
 * What the process knows to be secret, for words that nobody had in mind: a crash has no config at hand.
 *
 * @module
 */

import { compileScrubber } from "../redact/redactor.ts";
import type { Secret } from "../runtime/secret.ts";
import { EXIT_FAILED } from "./exit.ts";
import { printError } from "./process.ts";

/** Of the config that was read last. */
let known: readonly Secret[] = [];

/** Remembers what must not be said from now on. */
export function rememberSecrets(secrets: readonly Secret[]): void {
  known = secrets;
}

/** A text without the secrets that the standard rules, or the config that was read last, know. */
export function scrubbed(text: string): string {
  return compileScrubber(known)(text);
}

/** Says why the program cannot go on, in one line. */
export function printCrash(error: unknown): void {
  printError(`irctail: ${scrubbed(error instanceof Error ? error.stack ?? error.message : String(error))}`);
}

/** Ends the program in our own words where the runtime would print an error as it is. */
export function endAtCrashes(): void {
  const end = (event: Event, error: unknown) => {
    event.preventDefault();
    printCrash(error);
    Deno.exit(EXIT_FAILED);
  };
  addEventListener("unhandledrejection", (event) => end(event, event.reason));
  addEventListener("error", (event) => end(event, event.error));
}
