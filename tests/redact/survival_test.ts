import assert from "node:assert/strict";
import fc from "fast-check";
import { compileRedactor } from "../../src/redact/redactor.ts";
import { diceOf } from "./corpus/dice.ts";
import { KINDS } from "./corpus/measure.ts";

const inString = (text: string) => JSON.stringify(text).slice(1, -1);

/** What loggers put around a message. */
const WRAPPERS: Readonly<Record<string, (line: string) => string>> = {
  "as it is": (line) => line,
  "a log prefix": (line) => `2025-11-03T08:12:01.123456Z  INFO facilitator::rpc{id=42}: ${line}`,
  "a container's log": (line) => `2025-11-03T08:12:01.123456789Z stdout F ${line}`,
  "colours": (line) => `\x1b[2m2025\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mapp\x1b[0m: ${line}\x1b[0m`,
  "JSON": (line) => `{"level":"info","msg":"${inString(line)}","n":1}`,
  "JSON in JSON": (line) => `{"log":"${inString(`{"message":"${inString(line)}"}`)}\\n","stream":"stdout"}`,
  "logfmt": (line) => `level=error msg="${line.replaceAll('"', '\\"')}" took=12ms`,
  "an exception": (line) => `Traceback: ValueError: ${line}`,
  "line breaks": (line) => `before\r\n${line}\r\nafter`,
  "itself": (line) => `${line} | ${line}`,
};

/** Kinds that only the place on their line gives away: no wrapper but a log prefix leaves them there. */
const PLACED = new Set(["base64 line", "irc command"]);

/** Longest text that a rule puts in place of a shorter one, in UTF-16 units: that of `[REDACTED_CLOUD_KEY]`. */
const LONGEST_REPLACEMENT = 20;

/** How much of a secret's end must not be seen. */
const TAIL = 8;

const redactor = compileRedactor({
  profile: "standard",
  redaction: { rules: new Map(), profiles: new Map() },
  secrets: [],
  now: () => 0,
});

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  Deno.test(`no secret of any kind survives in ${name}; redacting twice changes nothing; nothing grows`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(...KINDS), (seed, kind) => {
        if (PLACED.has(kind.name) && name !== "as it is") return;
        for (const { line, secrets } of kind.samples(diceOf(seed), 2)) {
          const wrapped = wrap(line);
          const shown = redactor.redact(wrapped).text;
          for (const secret of secrets) {
            assert.equal(shown.includes(secret.slice(-TAIL)), false, `${kind.name}: ${shown}`);
          }
          assert.equal(redactor.redact(shown).text, shown);
          const hidden = shown.split("[").length;
          assert.ok(shown.length <= wrapped.length + hidden * LONGEST_REPLACEMENT, shown);
        }
      }),
      { numRuns: 300 },
    );
  });
}
