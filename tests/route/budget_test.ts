import assert from "node:assert/strict";
import fc from "fast-check";
import { ErrorFirstBudget, TokenBucket } from "../../src/route/budget.ts";

Deno.test("TokenBucket gives its burst at once and then its rate", () => {
  const bucket = new TokenBucket({ linesPerSecond: 2, burstLines: 3 }, 0);
  assert.deepEqual([0, 0, 0, 0, 400, 500, 999, 1_000].map((atMs) => bucket.take(atMs)), [
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

Deno.test("TokenBucket never gives more than rate * time + burst, whatever happens when", () => {
  const actions = fc.array(fc.record({ afterMs: fc.nat(2_000), takes: fc.nat(20) }), { maxLength: 50 });
  const specs = fc.record({
    linesPerSecond: fc.double({ min: 0.01, max: 100, noNaN: true }),
    burstLines: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(fc.property(specs, actions, (spec, steps) => {
    const bucket = new TokenBucket(spec, 0);
    let nowMs = 0;
    let given = 0;
    for (const { afterMs, takes } of steps) {
      nowMs += afterMs;
      for (let i = 0; i < takes; i++) if (bucket.take(nowMs)) given++;
      assert.ok(given <= spec.linesPerSecond * nowMs / 1_000 + spec.burstLines + 1e-6);
    }
  }));
});

Deno.test("TokenBucket keeps its tokens when its size changes, as far as they fit", () => {
  const bucket = new TokenBucket({ linesPerSecond: 1, burstLines: 5 }, 0);
  bucket.take(0);
  bucket.update({ linesPerSecond: 1, burstLines: 2 }, 0);
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [true, true, false]);
  bucket.refund();
  assert.equal(bucket.take(0), true);
});

Deno.test("ErrorFirstBudget lets errors through when info has used up the route, and gives each bucket its own back", () => {
  const budget = new ErrorFirstBudget({ linesPerSecond: 1, burstLines: 2 }, 0);
  assert.deepEqual([budget.take(0, false), budget.take(0, false), budget.take(0, false)], [
    "route",
    "route",
    undefined,
  ]);
  assert.deepEqual([budget.take(0, true), budget.take(0, true)], ["errors", undefined]);
  budget.refund("errors");
  assert.equal(budget.take(0, false), undefined);
  assert.equal(budget.take(0, true), "errors");
  assert.equal(budget.take(2_000, true), "errors");
  assert.equal(budget.take(2_000, true), "route");
});

for (const [how, errorsAt] of [["alone", 1], ["three together", 3]] as const) {
  Deno.test(`ErrorFirstBudget has tokens for an error a second, ${how}, however much info there is`, () => {
    const budget = new ErrorFirstBudget({ linesPerSecond: 1, burstLines: 20 }, 0);
    let info = 0;
    let refused = 0;
    for (let second = 0; second < 300; second++) {
      for (let tenth = 0; tenth < 10; tenth++) {
        const nowMs = second * 1_000 + tenth * 100;
        for (let i = 0; i < 10; i++) if (budget.take(nowMs, false) !== undefined) info++;
        // A little too early or too late, as the real ones are.
        if (tenth !== 4 + second % 4 || second % errorsAt !== 0) continue;
        for (let i = 0; i < errorsAt; i++) if (budget.take(nowMs, true) === undefined) refused++;
      }
    }
    assert.equal(refused, 0);
    assert.ok(info > 100, `${info}`);
  });
}

Deno.test("ErrorFirstBudget leaves something to info in a storm of errors, and everything where there are none", () => {
  const budget = new ErrorFirstBudget({ linesPerSecond: 1, burstLines: 20 }, 0);
  const burst = Array.from({ length: 21 }, () => budget.take(0, false));
  assert.equal(burst.filter((token) => token === "route").length, 20);
  let info = 0;
  for (let tenth = 1; tenth <= 1_000; tenth++) {
    for (const isError of [true, false, true]) {
      if (budget.take(tenth * 100, isError) !== undefined && !isError) info++;
    }
  }
  assert.ok(info >= 20, `${info} in 100 s`);
});

Deno.test("ErrorFirstBudget with room for one line does not keep it from info", () => {
  const budget = new ErrorFirstBudget({ linesPerSecond: 1, burstLines: 1 }, 0);
  assert.equal(budget.take(0, true), "errors");
  assert.equal(budget.take(0, false), "route");
});

Deno.test("ErrorFirstBudget never gives more than one and a half times the route's rate and burst", () => {
  const steps = fc.array(fc.tuple(fc.nat(2_000), fc.boolean(), fc.boolean()), { maxLength: 300 });
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 50, noNaN: true }), fc.integer({ min: 1, max: 20 }), steps, (
      linesPerSecond,
      burstLines,
      lines,
    ) => {
      const budget = new ErrorFirstBudget({ linesPerSecond, burstLines }, 0);
      let nowMs = 0;
      let given = 0;
      for (const [afterMs, isError, refunded] of lines) {
        nowMs += afterMs;
        const token = budget.take(nowMs, isError);
        if (token === undefined) continue;
        if (refunded) budget.refund(token);
        else given++;
        const most = 1.5 * linesPerSecond * nowMs / 1_000 + burstLines + Math.ceil(burstLines / 2);
        assert.ok(given <= most + 1e-6);
      }
    }),
  );
});
