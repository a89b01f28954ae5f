import assert from "node:assert/strict";
import { BENIGN_LINES, shortened } from "./benign.ts";
import { redact } from "./standard.ts";

/** Share of benign lines that may be changed: one in two hundred. */
const MOST_CHANGED = 0.005;

Deno.test("lines of real systems stay as they are, but for hashes and addresses, which are shortened", () => {
  const changed = BENIGN_LINES
    .map((line) => ({ wanted: shortened(line), shown: redact(line) }))
    .filter(({ wanted, shown }) => wanted !== shown);
  assert.ok(BENIGN_LINES.length >= 500);
  assert.ok(changed.length <= BENIGN_LINES.length * MOST_CHANGED, Deno.inspect(changed));
});
