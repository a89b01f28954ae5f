/**
 * A pipeline with irctail left in it while IRC is off: stdin goes to stdout untouched (design §3).
 *
 * @module
 */

import { EXIT_DONE } from "./exit.ts";
import { writeAll } from "./output.ts";

/**
 * Copies stdin to stdout until it ends.
 *
 * @param printError Takes the one line that says what is going on.
 */
export async function passThrough(printError: (line: string) => void): Promise<number> {
  printError("irctail: IRC is off (no config, or IRC_ENABLED is false); copying stdin to stdout");
  for await (const bytes of Deno.stdin.readable) writeAll(Deno.stdout, bytes);
  return EXIT_DONE;
}
