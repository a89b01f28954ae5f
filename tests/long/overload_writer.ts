/**
 * A service that logs far too much: appends to a file as fast as asked, from blocks made beforehand, and one numbered
 * error a second with the time at which it was written.
 *
 * `deno run --allow-write overload_writer.ts FILE SECONDS LINES_PER_SECOND`; prints what it wrote, as JSON.
 *
 * @module
 */

/** What the writer prints at the end. */
export interface Written {
  readonly lines: number;
  readonly errors: number;
  /** How long it took; more than asked when the machine was too slow. */
  readonly seconds: number;
}

/** Blocks a second. */
const BLOCKS_PER_SECOND = 50;

/** Blocks that differ, so that a text comes back after four seconds. */
const BLOCKS = 200;

if (import.meta.main) {
  const [path = "", seconds = "", linesPerSecond = ""] = Deno.args;
  const written = await write(path, Number(seconds), Number(linesPerSecond));
  // deno-lint-ignore no-console
  console.log(JSON.stringify(written));
}

async function write(path: string, seconds: number, linesPerSecond: number): Promise<Written> {
  const linesPerBlock = linesPerSecond / BLOCKS_PER_SECOND;
  const blocks = Array.from({ length: BLOCKS }, (_, block) => makeBlock(block, linesPerBlock));
  const encoder = new TextEncoder();
  using file = Deno.openSync(path, { append: true, create: true });
  const put = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  };
  const startMs = performance.now();
  let errors = 0;
  for (let turn = 0; turn < seconds * BLOCKS_PER_SECOND; turn++) {
    // From a fixed start, so that a late turn is caught up with.
    const waitMs = startMs + turn * 1_000 / BLOCKS_PER_SECOND - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    put(blocks[turn % BLOCKS] ?? new Uint8Array());
    if (turn % BLOCKS_PER_SECOND !== BLOCKS_PER_SECOND / 2) continue;
    errors++;
    put(encoder.encode(
      `2026-01-02T03:04:05.000000Z ERROR facilitator: Settlement failed e=${errors} at=${Date.now()}\n`,
    ));
  }
  const lines = seconds * linesPerSecond + errors;
  return { lines, errors, seconds: (performance.now() - startMs) / 1_000 };
}

function makeBlock(block: number, lines: number): Uint8Array {
  let text = "";
  for (let i = 0; i < lines; i++) {
    text += `2026-01-02T03:04:05.000000Z  INFO facilitator: Payment settled id=${block}-${i} usdc=0.${
      i % 97
    }\n`;
  }
  return new TextEncoder().encode(text);
}
