import assert from "node:assert/strict";
import { parseDuration, parseRate, parseSize } from "../../src/config/units.ts";

Deno.test("parseDuration() reads milliseconds to hours", () => {
  assert.deepEqual(["0ms", "500ms", "3s", "1.5s", "10m", "24h"].map(parseDuration), [
    0,
    500,
    3000,
    1500,
    600_000,
    86_400_000,
  ]);
});

Deno.test("parseSize() reads bytes to mebibytes", () => {
  assert.deepEqual(["512B", "64KiB", "1MiB", "1.5KiB"].map(parseSize), [512, 65_536, 1_048_576, 1536]);
});

Deno.test("parseRate() reads how many a second", () => {
  assert.deepEqual(["2/s", "30/m", "36/h", "0.5/s"].map(parseRate), [2, 0.5, 0.01, 0.5]);
});

Deno.test("units refuse what has no unit, another unit, a sign or a blank", () => {
  for (const text of ["", "3", "-3s", "3 s", "3d", "s", "1e3s", "3s3s"]) {
    assert.equal(parseDuration(text), undefined);
  }
  for (const text of ["64", "64KB", "64k", "1GiB"]) assert.equal(parseSize(text), undefined);
  for (const text of ["2", "2/d", "/s", "2 / s"]) assert.equal(parseRate(text), undefined);
});
