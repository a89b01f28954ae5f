/**
 * How fast levels are found: 10,000 lines of five loggers a round.
 *
 * @module
 */

import { scanLevel } from "../src/event/level_scan.ts";

const HEX = "0123456789abcdef".repeat(3).slice(0, 40);

const LINES: Readonly<Record<string, (n: number) => string>> = {
  pino: (n) =>
    `{"level":30,"time":${
      1761921167000 + n
    },"pid":7,"hostname":"web-1","msg":"request completed","url":"/a"}`,
  winston: (n) => `{"message":"request completed in ${n} ms","url":"/api/v1/orders","level":"info"}`,
  tracing: (n) =>
    `2025-10-31T14:32:49.${
      100000 + n
    }Z  INFO x402_rs::chain: settled payer=0x${HEX} network=base elapsed_ms=${n}`,
  python: (n) =>
    `2025-10-31 14:32:49,${100 + n % 900} - test-seller - INFO - job finished order_id=${n} took 12 ms`,
  logfmt: (n) =>
    `time=2025-10-31T14:32:49.${100 + n % 900}Z level=info component=indexer msg="queue drained" n=${n}`,
  nginx: (n) =>
    `10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "GET /api/v1/orders?id=${n} HTTP/1.1" 200 512 "-" "curl/8.5.0"`,
  prose: (n) => `Listening for connections on port ${n}, nothing to say about how important that is`,
};

function corpus(kinds: readonly string[]): { readonly bytes: Uint8Array; readonly ends: Uint32Array } {
  const lines = Array.from({ length: 10_000 }, (_, n) => LINES[kinds[n % kinds.length]](n));
  const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
  const ends = new Uint32Array(lines.length);
  let at = 0;
  for (let i = 0; i < lines.length; i++) {
    at = bytes.indexOf(0x0a, at);
    ends[i] = at++;
  }
  return { bytes, ends };
}

for (const kinds of [...Object.keys(LINES).map((kind) => [kind]), Object.keys(LINES)]) {
  const { bytes, ends } = corpus(kinds);
  const counts = new Uint32Array(7);
  const name = kinds.length === 1 ? kinds[0] : "all of them";
  Deno.bench(`scanLevel(), ${name}, ${(bytes.length / 1e6).toFixed(2)} MB`, () => {
    let start = 0;
    for (let i = 0; i < ends.length; i++) {
      counts[scanLevel(bytes, start, ends[i]) + 1]++;
      start = ends[i] + 1;
    }
  });
}
