import assert from "node:assert/strict";
import { Secret } from "../../src/runtime/secret.ts";
import { compileRedactor, compileScrubber, composeRedactor } from "../../src/redact/redactor.ts";
import { ADDRESS, HEX64, redact, redactorOf, SK_KEY } from "./standard.ts";

const NOTICE = "[line withheld: redaction failed]";

Deno.test("redact() withholds the line and names the rule when a rule throws", () => {
  const broken = { needs: ~0, find: () => assert.fail("of the line's own text") };
  const redactor = composeRedactor([{ name: "broken", rule: broken }], { secrets: [] });
  assert.deepEqual(redactor.redact("password=hunter2", "⋯ "), {
    withheld: true,
    rule: "broken",
    text: NOTICE,
  });
  assert.deepEqual(redactor.explain("password=hunter2"), []);
});

Deno.test("redact() withholds the line when a rule takes longer than its budget", () => {
  let nowMs = 0;
  const slow = { needs: ~0, find: () => void (nowMs += 51) };
  const redactor = composeRedactor([{ name: "slow", rule: slow }], { secrets: [], now: () => nowMs });
  assert.deepEqual(redactor.redact("a plain line"), { withheld: true, rule: "slow", text: NOTICE });
});

Deno.test("redact() puts a mark in front that log text cannot bring itself", () => {
  assert.deepEqual(redactorOf().redact("412 more", "⋯ "), { withheld: false, text: "⋯ 412 more" });
  assert.equal(redact("⋯ 99 more"), "... 99 more");
  assert.equal(redact("↻ ×47 ⏐ x"), "~ ×47 | x");
});

Deno.test("secrets of the config never survive, however they are encoded", () => {
  const secret = 'Tr0ub4dor&3 "x"/+';
  const redactor = redactorOf("minimal", [secret, "short"]);
  const base64 = btoa(`user:${secret}:more`);
  for (
    const form of [secret, encodeURIComponent(secret), JSON.stringify(secret), JSON.stringify({ a: secret })]
  ) {
    const { text } = redactor.redact(`see ${form} there`);
    assert.doesNotMatch(text, /Tr0ub4dor/);
    assert.match(text, /\[REDACTED\]/);
  }
  assert.equal(redactor.redact(`header ${base64}`).text.includes(base64.slice(8, 24)), false);
  assert.equal(redactor.redact("a short line").text, "a short line");
});

Deno.test("secrets of the config are found in tokens of which every character is encoded", () => {
  const secret = "Tr0ub4dorAnd3";
  const redactor = redactorOf("minimal", [secret]);
  const each = (encode: (hex: string) => string) =>
    [...secret].map((c) => encode(c.charCodeAt(0).toString(16))).join("");
  for (const form of [each((hex) => `%${hex}`), each((hex) => `\\u00${hex}`), each((hex) => `&#x${hex};`)]) {
    assert.equal(redactor.redact(`see ${form} there`).text, "see [REDACTED_ENCODED] there");
  }
});

Deno.test("redact() tries a line again that took too long once", () => {
  let calls = 0;
  let nowMs = 0;
  const paused = { needs: ~0, find: () => void (nowMs += calls++ === 0 ? 51 : 0) };
  const redactor = composeRedactor([{ name: "paused", rule: paused }], { secrets: [], now: () => nowMs });
  assert.deepEqual(redactor.redact("a plain line"), { withheld: false, text: "a plain line" });
});

Deno.test("minimal hides keys, tokens and passwords and leaves addresses", () => {
  const redactor = redactorOf("minimal");
  assert.equal(
    redactor.redact(`payer=${ADDRESS} key=0x${HEX64} ${SK_KEY} password=x1y2`).text,
    `payer=${ADDRESS} key=0x[REDACTED_KEY] sk-[REDACTED] password=[REDACTED]`,
  );
});

Deno.test("a profile of the config leaves rules out and adds its own, whose replacement is literal", () => {
  const redactor = compileRedactor({
    profile: "payments",
    redaction: {
      rules: new Map([["order-id", { pattern: "ORD-\\d{6,}", replace: "ORD-$&[…]\r\n" }]]),
      profiles: new Map([["payments", {
        builtin: "standard",
        except: ["eth-address"],
        rules: ["order-id"],
      }]]),
    },
    secrets: [],
  });
  assert.equal(
    redactor.redact(`ORD-1234567 by ${ADDRESS}`).text,
    `ORD-$&[…]  by ${ADDRESS}`,
  );
});

Deno.test("compileRedactor() refuses a profile and a rule that do not exist", () => {
  assert.throws(() => redactorOf("paranoid"), /There is no redaction profile "paranoid"/);
  const profiles = new Map([["p", { builtin: "standard" as const, except: [], rules: ["gone"] }]]);
  assert.throws(
    () => compileRedactor({ profile: "p", redaction: { rules: new Map(), profiles }, secrets: [] }),
    /There is no redaction rule "gone"/,
  );
});

Deno.test("a long line loses its end and the token that the cut went through", () => {
  const long = redact(`${"word ".repeat(1630)}${SK_KEY.repeat(3)}`);
  assert.ok(long.length <= 8192);
  assert.match(long, /word…$/);
  const solid = redact("x".repeat(9000));
  assert.equal(solid, "x".repeat(8191 - 1024) + "…");
  assert.equal(redact(long), long);
  assert.equal(redact(solid), solid);
});

Deno.test("explain() names rules and places, no values", () => {
  assert.deepEqual(redactorOf().explain(`a ${SK_KEY}`), [{
    rule: "sk-key",
    start: 2,
    end: 2 + SK_KEY.length,
  }]);
});

Deno.test("compileScrubber() hides secrets of the config and of the catalogue", () => {
  const scrub = compileScrubber([new Secret("correct horse")]);
  assert.equal(
    scrub(`cannot use correct horse at redis://u:pw1@h/ ${SK_KEY}`),
    "cannot use [REDACTED] at redis://u:[REDACTED]@h/ sk-[REDACTED]",
  );
});

Deno.test("the first user's lines keep their sense and lose their secrets", () => {
  assert.equal(
    redact(
      `\x1b[2m2025-11-01T03:47:50.766772Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mfacilitator\x1b[0m\x1b[2m:\x1b[0m settled \x1b[3mpayer\x1b[0m\x1b[2m=\x1b[0m${ADDRESS} \x1b[3mtx\x1b[0m\x1b[2m=\x1b[0m0x${HEX64}`,
    ),
    "2025-11-01T03:47:50.766772Z  INFO facilitator: settled payer=0x857fe61504... tx=0x4c0883...",
  );
  assert.equal(
    redact(`2025-10-31 14:32:49,123 - test-seller - INFO - Payment received payer=${ADDRESS} amount=0.01`),
    "2025-10-31 14:32:49,123 - test-seller - INFO - Payment received payer=0x857fe61504... amount=0.01",
  );
  assert.equal(
    redact(
      `2025-10-31 14:32:49,124 - test-seller - DEBUG - headers: {'X-PAYMENT': 'eyJ4NDAy', 'User-Agent': 'httpx'}`,
    ),
    "2025-10-31 14:32:49,124 - test-seller - DEBUG - headers: {'X-PAYMENT': '[REDACTED]', 'User-Agent': 'httpx'}",
  );
});
