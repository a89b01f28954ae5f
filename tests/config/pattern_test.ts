import assert from "node:assert/strict";
import { checkReplacePattern, compilePattern } from "../../src/config/pattern.ts";

Deno.test("compilePattern() finds unanchored and case-sensitive", () => {
  const pattern = compilePattern("ORD-\\d{6,}");
  assert.equal(pattern.matcher("see ORD-123456.").find(), true);
  assert.equal(pattern.matcher("see ord-123456.").find(), false);
});

Deno.test("compilePattern() takes both ways to name a group, \\u, \\Q and \\z", () => {
  for (
    const pattern of ["(?P<a>x)", "(?<a>x)", "\\u0041", "\\Q(?=\\1\\E", "\\Aa\\z", "[[:alpha:]]", "\\pL"]
  ) {
    compilePattern(pattern);
  }
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["(?=a)b", /look-ahead/],
  ["(?<!a)b", /look-behind/],
  ["(?>a)", /atomic/],
  ["(a)\\1", /back-references/],
  ["(?<n>a)\\k<n>", /back-references/],
  ["a{1001}", /1000/],
  ["(a{100}){100}", /1000/],
  ["a*+", /possessive/],
  ["(a", /not closed/],
  ["a)", /not opened/],
  ["[a", /class is not closed/],
  ["[z-a]", /range/],
  ["*", /nothing to repeat/],
  ["a\\", /lone backslash/],
  ["\\y", /no escape \\y/],
  ["(?y)a", /group or flag/],
  ["(?P<a>x)(?P<a>y)", /same name/],
  ["(?P<a b>x)", /not a word/],
  ["x".repeat(513), /513 characters of at most 512/],
];

for (const [pattern, reason] of REFUSED) {
  Deno.test(`compilePattern() refuses ${pattern.slice(0, 20)} and says why`, () => {
    assert.throws(() => compilePattern(pattern), (error: unknown) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, reason);
      return true;
    });
  });
}

Deno.test("checkReplacePattern() refuses what matches the empty string", () => {
  for (const pattern of ["a*", "", "\\b", "^", "x?", "(|a)", "$"]) {
    assert.throws(() => checkReplacePattern(pattern), /empty string/, pattern);
  }
});

Deno.test("checkReplacePattern() refuses what is slow on a long line", () => {
  assert.throws(() => checkReplacePattern("(a?){500}a{499}x"), /too slow/);
});

Deno.test("checkReplacePattern() takes patterns as people write them", () => {
  for (
    const pattern of [
      "ORD-\\d{6,}",
      "(x+x+)+y",
      "\\s+$",
      "[\\w.+-]+@[\\w-]+\\.[\\w.]+",
      "(?i)iban [A-Z0-9]{15,34}",
    ]
  ) {
    checkReplacePattern(pattern);
  }
});
