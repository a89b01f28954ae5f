import assert from "node:assert/strict";
import { WithheldLines } from "../../src/pipeline/withheld.ts";
import { openLogger } from "../../src/runtime/log.ts";
import { stoppedClock } from "../support/stopped_clock.ts";

Deno.test("WithheldLines counts by rule and names each in the log at most once a minute", async () => {
  const clock = stoppedClock();
  const lines: string[] = [];
  const log = openLogger({
    clock,
    format: "json",
    scrub: (text) => text,
    write: (line) => void lines.push(line),
  });
  const withheld = new WithheldLines({ clock, log });
  for (let i = 0; i < 5; i++) withheld.count("key-value");
  withheld.count("order-id");
  await clock.advance(60_000);
  withheld.count("key-value");
  assert.deepEqual([...withheld.counts], [["key-value", 6], ["order-id", 1]]);
  const said = lines.map((line) => JSON.parse(line)).map(({ rule, lines: count }) => [rule, count]);
  assert.deepEqual(said, [["key-value", 1], ["order-id", 1], ["key-value", 6]]);
});
