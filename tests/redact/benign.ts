/**
 * Lines of real systems' shapes with nothing secret in them, and what may become of them.
 *
 * @module
 */

/** Every line of `benign.txt`, with blanks for tabs, as `strip` prints them. */
export const BENIGN_LINES: readonly string[] = Deno.readTextFileSync(new URL("./benign.txt", import.meta.url))
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.replaceAll("\t", " "));

/** The line with its hashes and addresses shortened: the only change that is right on a benign line. */
export function shortened(line: string): string {
  return line
    .replace(/(?<![0-9A-Za-z])(0x[0-9a-fA-F]{10})[0-9a-fA-F]{30}(?![0-9A-Za-z])/g, "$1...")
    .replace(/(?<![0-9A-Za-wyz])((?:0x)?[0-9a-f]{6})[0-9a-f]{58}(?![0-9A-Za-z])/g, "$1...");
}
