import assert from "node:assert/strict";
import type { RedactedText } from "../../src/redact/redacted.ts";
import { maskNumbers, Sample } from "../../src/route/sample.ts";
import { durationText, gapText, overflowText, repeatText } from "../../src/route/summary.ts";
import { Tally } from "../../src/route/tally.ts";

/** Takes a text for redacted, which only a test may. */
const redacted = (text: string) => text as RedactedText;
const mask = (text: string) => maskNumbers(redacted(text));

const tally = (...counts: readonly number[]) => Tally.from(counts);

Deno.test("overflowText() has the shape that scripts read", () => {
  assert.equal(
    overflowText(tally(0, 0, 388, 24), 6_000, [{ template: "GET /login <n> 404", count: 301 }]),
    '412 more in 6s: 388 info, 24 warn · ~×301 "GET /login <n> 404"',
  );
  assert.equal(overflowText(tally(0, 0, 3), 400, []), "3 more in 1s: 3 info");
  assert.equal(overflowText(tally(0, 0, 2, 0, 2), 90_000, []), "4 more in 90s: 2 error, 2 info");
});

Deno.test("overflowText() names at most three templates, and none that stands for little", () => {
  const templates = [40, 30, 20, 10, 1].map((count, index) => ({ template: `t${index}`, count }));
  assert.equal(
    overflowText(tally(0, 0, 101), 5_000, templates),
    '101 more in 5s: 101 info · ~×40 "t0", ~×30 "t1", ~×20 "t2"',
  );
  assert.equal(overflowText(tally(0, 0, 5), 5_000, [{ template: "once", count: 1 }]), "5 more in 5s: 5 info");
});

Deno.test("gapText() has the shape that scripts read", () => {
  const from = new Date(2026, 0, 1, 14, 2, 11).getTime();
  assert.equal(
    gapText(tally(0, 0, 5_179, 0, 31), from, from + 89_000),
    "gap 14:02:11-14:03:40: 5210 lines, 31 error",
  );
  assert.equal(gapText(tally(0, 0, 7, 0, 0, 2), from, from), "gap 14:02:11-14:02:11: 9 lines, 2 fatal");
});

Deno.test("repeatText() and durationText() use whole units", () => {
  assert.equal(repeatText(47, 180_000, "[INFO] heartbeat"), "×47 in 3m: [INFO] heartbeat");
  assert.deepEqual([1, 119_000, 120_000, 7_200_000, 172_800_000].map(durationText), [
    "1s",
    "119s",
    "2m",
    "2h",
    "2d",
  ]);
});

Deno.test("overflowText() keeps quotes of log text apart from its own", () => {
  assert.equal(
    overflowText(tally(0, 0, 5), 5_000, [{ template: 'said "yes"', count: 5 }]),
    `5 more in 5s: 5 info · ~×5 "said 'yes'"`,
  );
});

Deno.test("maskNumbers() masks what differs from line to line, and nothing else", () => {
  assert.equal(mask("user 17 of 404 from 10.1.2.3"), "user <n> of <n> from <ip>");
  assert.equal(mask("tx 0xabc123 of 3f2504e0-4f89-11d3-9a0c-0305e82c3301"), "tx <hex> of <uuid>");
  assert.equal(mask("trace 4bf92f3577b34da6a3ce929d0e0e4736 took 12.5ms"), "trace <hex> took <n>ms");
  assert.equal(mask("deadbeef feedback decade"), "deadbeef feedback decade");
  assert.equal(mask("x402_rs::chain v2 of web-1"), "x402_rs::chain v2 of web-<n>");
});

Deno.test("maskNumbers() keeps the status of a request", () => {
  assert.equal(mask("GET /login 17 404"), "GET /login <n> 404");
  assert.equal(
    mask('10.0.0.1:52344 - "POST /a/7 HTTP/1.1" 502 Bad'),
    '<ip>:<n> - "POST /a/<n> HTTP/<n>" 502 Bad',
  );
});

Deno.test("maskNumbers() shortens a long text and leaves joined lines out", () => {
  assert.equal(mask(`${"word ".repeat(100)}end`), `${"word ".repeat(16)}…`);
  assert.equal(mask("first\nsecond"), "first");
});

Deno.test("Sample takes 50 lines a second and scales their counts up to all", () => {
  const sample = new Sample();
  let taken = 0;
  for (let i = 0; i < 400; i++) {
    if (!sample.wants(i)) continue;
    taken++;
    sample.add(redacted(i % 4 === 0 ? `slow query ${i}` : `request ${i} done`));
  }
  assert.equal(taken, 50);
  const templates = sample.take(400);
  assert.deepEqual(templates.map(({ template }) => template), ["request <n> done", "slow query <n>"]);
  assert.equal(templates.reduce((sum, { count }) => sum + count, 0), 400);
  assert.deepEqual(sample.take(10), []);
});
