import assert from "node:assert/strict";
import { paceStatus } from "../../src/reconcile/observe.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const PACE = { profile: "public", linesPerSecond: 0.5, burstLines: 4 } as const;

Deno.test("a pace says since when it is not what it began with, and why", () => {
  assert.deepEqual(paceStatus({ ...PACE, change: undefined }, NOW), { ...PACE, because: "seed" });
  const change = { verb: "lowered", because: "throttle notice", atMs: NOW - 20_000 } as const;
  assert.deepEqual(paceStatus({ ...PACE, change }, NOW), {
    ...PACE,
    because: "lowered 20s ago: throttle notice",
  });
});
