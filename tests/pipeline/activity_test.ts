import assert from "node:assert/strict";
import { Activity } from "../../src/pipeline/activity.ts";

Deno.test("the rate is that of the last minute, to the second", () => {
  const activity = new Activity({ spokeBefore: false });
  assert.equal(activity.perSecond(0), 0);
  activity.saw(60, 500);
  activity.saw(120, 30_000);
  assert.equal(activity.perSecond(30_000), 2);
  assert.equal(activity.perSecond(59_999), 2);
  assert.equal(activity.perSecond(60_000), 1, "the first second is a minute ago");
  assert.equal(activity.perSecond(90_000), 0);
  activity.saw(180, 1e9);
  assert.equal(activity.perSecond(1e9), 1);
});

Deno.test("what is counted after its batch counts with the next one", () => {
  const activity = new Activity({ spokeBefore: false });
  activity.saw(0, 1_000);
  activity.saw(60, 2_000);
  assert.equal(activity.perSecond(2_000), 1);
});

Deno.test("whoever waits for the next lines is called once", () => {
  const activity = new Activity({ spokeBefore: true });
  assert.equal(activity.lastMs, undefined);
  let calls = 0;
  activity.whenHeard(() => calls++);
  activity.saw(1, 10);
  activity.saw(2, 20);
  assert.deepEqual([calls, activity.lastMs], [1, 20]);
});
