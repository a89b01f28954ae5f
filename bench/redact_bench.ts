/**
 * What redaction costs a line: plain ones, some with candidates, one in colours, and 8 KiB of what is worst for it.
 *
 * @module
 */

import { compileRedactor } from "../src/redact/redactor.ts";

const redactor = compileRedactor({
  profile: "standard",
  redaction: { rules: new Map(), profiles: new Map() },
  secrets: [],
});

const PLAIN =
  "2025-10-31T14:32:49.223456Z  INFO facilitator::settle: Payment settled network=base amount=10000 attempt=1";

const HEX = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

const LINES: Readonly<Record<string, string>> = {
  "plain": PLAIN,
  "nginx":
    '203.0.113.7 - - [31/Oct/2025:14:32:49 +0000] "GET /api/v1/orders?page=2 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
  "JSON":
    '{"timestamp":"2025-10-31T14:32:49Z","level":"INFO","fields":{"message":"done","status":200},"target":"app"}',
  "coloured":
    `\x1b[2m2025-10-31T14:32:49Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mapp\x1b[0m: done \x1b[3mn\x1b[0m=1`,
  "with secrets": `${PLAIN} tx=0x${HEX} password=hunter2 Authorization: Bearer abcdefghijkl1234`,
  "a command": `+ mysql -u root -p${HEX.slice(0, 12)} app`,
  "an encoded URL": `GET /login?next=https%3A%2F%2Fapp.test%2F%3Fpage%3D2&password=${
    HEX.slice(0, 12)
  } HTTP/1.1`,
  "a mnemonic": `seed: ${"abandon ".repeat(11)}about`,
  "8 KiB": `${PLAIN} `.repeat(74),
  "8 KiB of assignments": "password=hunter2 ".repeat(480),
  "8 KiB of open lists": "key=[".repeat(1_638),
  "8 KiB of dots": "a.".repeat(4_095),
  "8 KiB of at signs": "a@".repeat(4_095),
  "8 KiB of signatures": "?sig=abcdefg&".repeat(630),
  "8 KiB of prefixes": "ab_live_1a2B3c4D5e6F7g8H ".repeat(327),
  "8 KiB of hashes": `"${HEX}",`.repeat(122),
};

for (const [name, line] of Object.entries(LINES)) {
  Deno.bench(`redact: ${name}`, () => {
    redactor.redact(line);
  });
}
