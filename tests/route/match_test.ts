import assert from "node:assert/strict";
import fc from "fast-check";
import type { MatchSpec } from "../../src/config/config.ts";
import { compileMatch, concerns } from "../../src/route/match.ts";

function spec(changes: Partial<MatchSpec> = {}): MatchSpec {
  return {
    service: [],
    source: [],
    minLevel: "info",
    contains: [],
    regex: [],
    fields: new Map(),
    ...changes,
  };
}

function line(text: string, fields: Readonly<Record<string, string>> = {}) {
  return { text, field: (name: string) => fields[name] };
}

Deno.test("concerns() takes globs over source and service, and an empty list for no condition", () => {
  assert.equal(concerns(spec(), "any", "thing"), true);
  assert.equal(concerns(spec({ service: ["facilitator", "test-*"] }), "x", "test-seller"), true);
  assert.equal(concerns(spec({ service: ["facilitator", "test-*"] }), "x", "latest-seller"), false);
  assert.equal(concerns(spec({ source: ["host"], service: ["*"] }), "app", "nginx"), false);
});

Deno.test("compileMatch() leaves nothing to the decoded line when level and literals decide", () => {
  const matcher = compileMatch(spec({ minLevel: "error", contains: ["größer"] }));
  assert.equal(matcher.levels, 0b110000);
  assert.deepEqual(matcher.literals, ["gr\xc3\xb6\xc3\x9fer"]);
  assert.equal(matcher.rest, undefined);
  assert.equal(matcher.exact?.(line("viel größer")), true);
  assert.equal(matcher.exact?.(line("kleiner")), false);
});

Deno.test("compileMatch() wants every condition, and of a list one", () => {
  const matcher = compileMatch(
    spec({ regex: ["Payment|RPC", "^x"], fields: new Map([["network", ["base", "polygon"]]]) }),
  );
  assert.equal(matcher.rest?.(line("an RPC call", { network: "base" })), true);
  assert.equal(matcher.rest?.(line("an rpc call", { network: "base" })), false);
  assert.equal(matcher.rest?.(line("an RPC call", { network: "solana" })), false);
  assert.equal(matcher.rest?.(line("an RPC call")), false);
  assert.equal(compileMatch(spec()).exact, undefined);
});

Deno.test("compileMatch() makes literals of patterns that are nothing else", () => {
  const matcher = compileMatch(spec({ regex: ["Payment|RPC", "ü"], fields: new Map([["n", ["1"]]]) }));
  assert.deepEqual(matcher.literals, ["Payment", "RPC", "\xc3\xbc"]);
  assert.equal(matcher.rest?.(line("the bytes decide", { n: "1" })), true);
  assert.equal(matcher.exact?.(line("the bytes decide", { n: "1" })), false);
  assert.equal(matcher.exact?.(line("an RPC", { n: "1" })), true);
  for (const pattern of ["a.c", "^x", "a|", "(?i)a", "\\d"]) {
    assert.deepEqual(compileMatch(spec({ regex: [pattern, "literal"] })).literals, []);
  }
});

Deno.test("compileMatch() wants a literal and a pattern when both are given", () => {
  const { literals, rest } = compileMatch(spec({ contains: ["a"], regex: ["b"] }));
  assert.deepEqual(literals, ["a"]);
  assert.deepEqual([rest?.(line("only b")), rest?.(line("only a"))], [true, false]);
});

Deno.test("compileMatch() looks for what decoding puts in for bad bytes in the decoded line", () => {
  for (const literal of ["bad \ufffd byte", "lone \ud800", ""]) {
    const matcher = compileMatch(spec({ contains: [literal, "good"] }));
    assert.deepEqual(matcher.literals, []);
    assert.equal(matcher.rest?.(line(`a ${literal} b`)), true);
  }
  assert.equal(compileMatch(spec({ contains: ["\ufffd"] })).rest?.(line("none")), false);
});

Deno.test("compileMatch() takes a missing field for no value, not for an empty one", () => {
  const matcher = compileMatch(spec({ fields: new Map([["n", [""]]]) }));
  assert.deepEqual([matcher.exact?.(line("x")), matcher.exact?.(line("x", { n: "" }))], [false, true]);
});

Deno.test("compileMatch() finds by its bytes what it finds in the decoded line, and never less", () => {
  const text = fc.string({ unit: "binary", maxLength: 6 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), text, text, (contains, before, after) => {
      const { literals, rest, exact } = compileMatch(spec({ contains }));
      const bytes = new TextEncoder().encode(before + contains[0] + after);
      const view = line(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      const byBytes = literals.length === 0 || literals.some((literal) => latin1.includes(literal));
      assert.equal(byBytes && (rest?.(view) ?? true), exact?.(view));
    }),
  );
});
