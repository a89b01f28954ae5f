/**
 * A service that logs far too much: appends to a file as fast as asked, from a block made beforehand, and one
 * numbered error a second with the time at which it was written.
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

/** Digits of the turn in each line, so that no text comes twice. */
const TURN_DIGITS = 6;

if (import.meta.main) {
  const [path = "", seconds = "", linesPerSecond = ""] = Deno.args;
  const written = await write(path, Number(seconds), Number(linesPerSecond));
  // deno-lint-ignore no-console
  console.log(JSON.stringify(written));
}

async function write(path: string, seconds: number, linesPerSecond: number): Promise<Written> {
  const block = makeBlock(linesPerSecond / BLOCKS_PER_SECOND);
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
    put(block(turn));
    if (turn % BLOCKS_PER_SECOND !== BLOCKS_PER_SECOND / 2) continue;
    errors++;
    put(encoder.encode(
      `2026-01-02T03:04:05.000000Z ERROR facilitator: Settlement failed e=${errors} at=${Date.now()}\n`,
    ));
  }
  const lines = seconds * linesPerSecond + errors;
  return { lines, errors, seconds: (performance.now() - startMs) / 1_000 };
}

/** Returns lines that differ from those of every other turn by digits only, which are all that is written anew. */
function makeBlock(lines: number): (turn: number) => Uint8Array {
  const before = "2026-01-02T03:04:05.000000Z  INFO facilitator: Payment settled id=";
  const text = Array.from(
    { length: lines },
    (_, i) => `${before}${"0".repeat(TURN_DIGITS)}-${i} usdc=0.${i % 97}\n`,
  );
  const bytes = new TextEncoder().encode(text.join(""));
  let start = 0;
  const offsets = text.map((line) => (start += line.length) - line.length + before.length);
  return (turn) => {
    const digits = new TextEncoder().encode(`${turn}`.padStart(TURN_DIGITS, "0"));
    for (const offset of offsets) bytes.set(digits, offset);
    return bytes;
  };
}
