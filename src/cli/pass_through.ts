/**
 * A pipeline with irctail left in it while IRC is off: stdin goes to stdout untouched (design §3).
 *
 * @module
 */

import { writeAll } from "./output.ts";

/**
 * Copies stdin to stdout until it ends, or until nobody takes the copy any more.
 *
 * @param because Why IRC is off, to stand in brackets.
 * @param printError Takes the one line that says what is going on.
 */
export async function passThrough(because: string, printError: (line: string) => void): Promise<void> {
  printError(`irctail: IRC is off (${because}); copying stdin to stdout`);
  try {
    for await (const bytes of Deno.stdin.readable) writeAll(Deno.stdout, bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** The key of a stdin source, neither in a comment nor switched off. */
const TEE = /^[^#\n]*\btee["']?\s*:(?!\s*["']?(?:false|no|off)\b)/im;

/**
 * Whether a config file asks for the copy of stdin, as far as that can be told of one that cannot be used: by its text,
 * which need not be YAML. Where nobody can read it, standard input is copied as it is where there is no config at all.
 *
 * @param path Path of the file.
 */
export function asksForCopy(path: string): boolean {
  try {
    return TEE.test(Deno.readTextFileSync(path));
  } catch {
    return true;
  }
}
