import assert from "node:assert/strict";
import { KINDS, measure } from "./corpus/measure.ts";

/** Least shares, by issue 5; formats must be right everywhere. */
const LEAST_RECALL = 0.97;
const MOST_FALSE_POSITIVES = 0.005;

Deno.test("the corpus has 40 kinds and more, with 10 positives each, and every rule of the standard profile", () => {
  assert.ok(KINDS.length >= 40);
  assert.equal(new Set(KINDS.map(({ name }) => name)).size, KINDS.length);
  assert.equal(new Set(KINDS.map(({ rule }) => rule)).size, 23);
});

for (const seed of [1, 2]) {
  Deno.test(`recall, false positives and formats hold with seed ${seed}`, () => {
    const result = measure(seed, 10);
    assert.ok(result.recall >= LEAST_RECALL, Deno.inspect(result.survived));
    assert.ok(result.meanOverKinds >= LEAST_RECALL, Deno.inspect(result.survived));
    assert.ok(result.falsePositives <= MOST_FALSE_POSITIVES, Deno.inspect(result.changed));
    assert.deepEqual(result.misformatted, []);
  });
}
