import assert from "node:assert/strict";
import fc from "fast-check";
import { type Heard, QuietWatch } from "../../src/reconcile/quiet.ts";

function app(changes: Partial<Heard> = {}): Heard {
  return { id: "app", quietAfterMs: 600_000, lastMs: undefined, spokeBefore: false, ...changes };
}

Deno.test("a source is quiet when nothing came for its quiet_after, and not a millisecond before", () => {
  const watch = new QuietWatch();
  watch.look([app({ lastMs: 1_000 })], 600_999);
  assert.deepEqual([[...watch.quiet], [...watch.awaited], watch.nextDueMs], [[], [], 601_000]);
  watch.look([app({ lastMs: 1_000 })], 601_000);
  assert.deepEqual([[...watch.quiet], [...watch.awaited], watch.nextDueMs], [["app"], ["app"], Infinity]);
  watch.look([app({ lastMs: 601_001 })], 601_001);
  assert.deepEqual([[...watch.quiet], watch.nextDueMs], [[], 1_201_001]);
});

Deno.test("a source that never spoke is not quiet, nor is one without a quiet_after", () => {
  const watch = new QuietWatch();
  watch.look([app(), app({ id: "web", quietAfterMs: undefined, lastMs: 0 })], 1e9);
  assert.deepEqual([[...watch.quiet], watch.nextDueMs], [[], Infinity]);
  assert.deepEqual([...watch.awaited], ["app"], "its first line sets the watch going");
});

Deno.test("a source that spoke in an earlier run has its quiet_after from the start of this one", () => {
  const watch = new QuietWatch();
  watch.look([app({ spokeBefore: true })], 5_000);
  assert.equal(watch.nextDueMs, 605_000);
  watch.look([app({ spokeBefore: true })], 605_000);
  assert.deepEqual([...watch.quiet], ["app"]);
  watch.look([], 605_001);
  watch.look([app({ spokeBefore: true })], 605_002);
  assert.deepEqual([...watch.quiet], [], "one that left and came back is watched anew");
});

Deno.test("whoever looks at the due times alone sees every source become quiet at its time", () => {
  fc.assert(fc.property(
    fc.array(
      fc.record({ quietAfterMs: fc.integer({ min: 1, max: 50 }), spokeMs: fc.integer({ min: 0, max: 50 }) }),
    ),
    (specs) => {
      const sources = specs.map(({ quietAfterMs, spokeMs }, n) =>
        app({ id: `${n}`, quietAfterMs, lastMs: spokeMs })
      );
      const watch = new QuietWatch();
      const quietAt = new Map<string, number>();
      for (let nowMs = 50; nowMs < Infinity; nowMs = watch.nextDueMs) {
        watch.look(sources, nowMs);
        for (const id of watch.quiet) if (!quietAt.has(id)) quietAt.set(id, nowMs);
      }
      const expected = sources.map(({ id, quietAfterMs = 0, lastMs = 0 }) =>
        [id, Math.max(50, lastMs + quietAfterMs)] as const
      );
      assert.deepEqual(quietAt, new Map(expected));
    },
  ));
});
