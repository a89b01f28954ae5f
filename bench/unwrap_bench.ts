/**
 * How fast the envelopes of container runtimes come off: a batch of 256 KiB a round.
 *
 * @module
 */

import { Scratch } from "../src/pipeline/scratch.ts";
import { Unwrapper } from "../src/pipeline/unwrap.ts";

const BATCH_BYTES = 256 * 1024;
const MAX_LINE_BYTES = 64 * 1024;

const text = (n: number) =>
  `2025-10-31T14:32:49.${100000 + n}Z  INFO x402_rs::chain: settled payer=0x0123456789abcdef elapsed_ms=${n}`;

const LINES: Readonly<Record<string, (n: number) => string>> = {
  none: text,
  cri: (n) => `2026-01-02T03:04:05.123456789Z stdout F ${text(n)}`,
  docker: (n) =>
    JSON.stringify({ log: `${text(n)}\n`, stream: "stdout", time: "2026-01-02T03:04:05.123456789Z" }),
};

for (const [name, line] of Object.entries(LINES)) {
  let lines = "";
  for (let n = 0; lines.length < BATCH_BYTES; n++) lines += `${line(n)}\n`;
  const bytes = new TextEncoder().encode(lines);
  const stream = { key: "file", service: "app", labels: new Map<string, string>() };
  const unwrapper = new Unwrapper("detect", new Scratch(MAX_LINE_BYTES));
  const cursorAt = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
  Deno.bench(`unwrap(), ${name}, ${(bytes.length / 1e6).toFixed(2)} MB`, () => {
    unwrapper.unwrap({ stream, bytes, readMs: 0, cursorAt });
  });
}
