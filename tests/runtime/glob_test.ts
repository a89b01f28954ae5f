import assert from "node:assert/strict";
import { compileGlob, expandBraces } from "../../src/runtime/glob.ts";

const PATHS: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
  ["/var/log/*.log", "/var/log/app.log", true],
  ["/var/log/*.log", "/var/log/app/app.log", false],
  ["/var/log/*.log", "/var/log/appxlog", false],
  ["/var/log/*.log", "/var/log/.log", true],
  ["/var/log/**/*.log", "/var/log/app.log", true],
  ["/var/log/**/*.log", "/var/log/a/b/app.log", true],
  ["/var/log/**/*.log", "/var/log/a/b/app.gz", false],
  ["/var/log/**", "/var/log/a/b", true],
  ["**/*.gz", "/var/log/a.gz", true],
  ["**/*.gz", "a.gz", true],
  ["/a/**b/c", "/a/x/b/c", false],
  ["/a/**b/c", "/a/xb/c", true],
  ["/a/?.log", "/a/b.log", true],
  ["/a/?.log", "/a//.log", false],
  ["/a/?.log", "/a/é.log", true],
  ["/a/?.log", "/a/😀.log", true],
  ["/a/[a-c]x", "/a/bx", true],
  ["/a/[a-c]x", "/a/dx", false],
  ["/a/[!a-c]x", "/a/dx", true],
  ["/a[!b]c", "/a/c", false],
  ["/a[.-0]c", "/a/c", false],
  ["/a/[]x]", "/a/]", true],
  ["/a/[z-a]", "/a/z", false],
  ["/a/[x", "/a/[x", true],
  ["/a/\\*", "/a/*", true],
  ["/a/\\*", "/a/b", false],
  ["/a/{b,c}.log", "/a/c.log", true],
  ["/a/{b,c{d,e}}.log", "/a/ce.log", true],
  ["/a/{b,c/d}/*.log", "/a/c/d/x.log", true],
  ["/a/{b}", "/a/{b}", true],
  ["/a/{b,c", "/a/{b,c", true],
  ["/a/b+c$(d)", "/a/b+c$(d)", true],
];

Deno.test("compileGlob() reads a path segment by segment", async (t) => {
  for (const [pattern, path, matches] of PATHS) {
    await t.step(`${pattern} ${matches ? "matches" : "does not match"} ${path}`, () => {
      assert.equal(compileGlob(pattern, { path: true })(path), matches);
    });
  }
});

Deno.test("compileGlob() lets a star match everything in a plain name", () => {
  const matches = compileGlob("test-*", { path: false });
  assert.equal(matches("test-seller/1"), true);
  assert.equal(matches("test-"), true);
  assert.equal(matches("a-test-x"), false);
  assert.equal(compileGlob("*", { path: false })(""), true);
  assert.equal(compileGlob("a*\nb", { path: false })("a\n\nb"), true);
});

Deno.test("expandBraces() keeps the order and refuses an endless list", () => {
  assert.deepEqual(expandBraces("{a,b}{1,2}"), ["a1", "a2", "b1", "b2"]);
  assert.deepEqual(expandBraces("\\{a,b}"), ["\\{a,b}"]);
  assert.throws(() => expandBraces("{a,b}".repeat(11)), RangeError);
});
