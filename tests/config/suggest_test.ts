import assert from "node:assert/strict";
import { suggest } from "../../src/config/suggest.ts";

Deno.test("suggest() finds the nearest name", () => {
  assert.equal(suggest("mesage", ["service", "message"]), "message");
  assert.equal(suggest("lebel", ["label", "level"]), "label");
  assert.equal(suggest("formta", ["format"]), "format");
  assert.equal(suggest("max-age", ["max_age", "digest"]), "max_age");
  assert.equal(suggest("Warning", ["info", "warn"]), "warn");
});

Deno.test("suggest() finds nothing where nothing is near", () => {
  assert.equal(suggest("colours", ["version", "routes"]), undefined);
  assert.equal(suggest("", ["a"]), undefined);
  assert.equal(suggest("x".repeat(100), ["x".repeat(99)]), undefined);
});
