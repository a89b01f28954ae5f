import assert from "node:assert/strict";

/** A secret that a built-in rule knows: the form of a GitHub token, made up. */
export const KNOWN = "ghp_R4nd0mLookingButMadeUp1234567890AbCd";

/** A secret that looks like nothing; only the config knows it. */
export const CONFIGURED = "plainwordsinarow";

/** Both. */
export const MARKS: readonly string[] = [KNOWN, CONFIGURED];

/** How much of a secret may stand anywhere, in characters: a piece as long as this is a leak, in any case of letters. */
const PIECE = 12;

/** Fails when a secret, or a large piece of one, stands in a text. */
export function assertUnmarked(where: string, text: string): void {
  const low = text.toLowerCase();
  for (const mark of MARKS) {
    for (let at = 0; at + PIECE <= mark.length; at++) {
      const piece = mark.slice(at, at + PIECE).toLowerCase();
      const found = low.indexOf(piece);
      assert.ok(found < 0, `${where} shows ${piece}: ${text.slice(Math.max(0, found - 300), found + 100)}`);
    }
  }
}
