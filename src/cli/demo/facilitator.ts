/**
 * The first sample service: an x402 payment facilitator in Rust, which logs through `tracing` with ANSI colours.
 *
 * @module
 */

import { address, between, dollars, hex32Bytes, oneOf, type Random } from "./made_up.ts";
import type { Entry, SampleService, Step } from "./services.ts";

/** Colours of the levels as tracing-subscriber 0.3 writes them; the level is padded to five characters inside. */
const LEVEL_COLORS: Readonly<Record<Entry["level"], number>> = { DEBUG: 34, INFO: 32, WARN: 33, ERROR: 31 };

/** Select Graphic Rendition: dim and italic. */
const DIM = 2;
const ITALIC = 3;

/** Digits of a second that tracing-subscriber writes. */
const FRACTION_DIGITS = 6;

/** A step is about 1.35 s, so that a burst comes every 20 s. */
const STEP_MS = { least: 900, most: 1800 } as const;

/** Between a payment and what else happens in the same step, in milliseconds. */
const SOON_MS = 200;

/** When something else happens than payments: every so many steps, the first time early, for those who watch briefly. */
const ERRORS = { every: 7, first: 2 } as const;
const REPEATS = { every: 9, first: 4 } as const;
const BURSTS = { every: 15, first: 6 } as const;

/** Lines of a burst: more than any channel should be shown. */
export const BURST_LINES = 300;

const PAYMENTS = "x402_facilitator::payments";
const RPC = "x402_facilitator::rpc";
const CONFIG = "x402_facilitator::config";

/** The facilitator. */
export const facilitator: SampleService = { name: "facilitator", script, format: formatTracing };

/**
 * A record as `tracing_subscriber::fmt()` writes it to a terminal.
 *
 * @param entry The record.
 * @param timeMs Milliseconds since the epoch; fractions become the microseconds.
 */
export function formatTracing(entry: Entry, timeMs: number): string {
  const paint = (code: number, text: string) => `\x1b[${code}m${text}\x1b[0m`;
  const micros = String(Math.floor((timeMs % 1000) * 1000)).padStart(FRACTION_DIGITS, "0");
  const time = `${new Date(timeMs).toISOString().slice(0, 19)}.${micros}Z`;
  const fields = (entry.fields ?? []).map(([name, value]) =>
    ` ${paint(ITALIC, name)}${paint(DIM, "=")}${value}`
  );
  const head = `${paint(DIM, time)} ${paint(LEVEL_COLORS[entry.level], entry.level.padStart(5))} `;
  const below = (entry.below ?? []).map((line) => `${line}\n`).join("");
  return `${head}${paint(DIM, entry.from)}${paint(DIM, ":")} ${entry.message}${fields.join("")}\n${below}`;
}

function* script(random: Random): Generator<Step> {
  yield {
    afterMs: 0,
    entries: [
      { level: "INFO", from: CONFIG, message: "Facilitator started", fields: [["network", '"base"']] },
      // The mistake that irctail is there for: a service that prints its own key.
      {
        level: "WARN",
        from: CONFIG,
        message: `Signer loaded from the environment: EVM_PRIVATE_KEY=${hex32Bytes(random)}`,
      },
    ],
  };
  const isTime = (when: { readonly every: number; readonly first: number }, step: number) =>
    step % when.every === when.first;
  for (let step = 1;; step++) {
    yield { afterMs: between(random, STEP_MS.least, STEP_MS.most), entries: payment(random) };
    if (isTime(ERRORS, step)) yield { afterMs: SOON_MS, entries: [failure(random)] };
    if (isTime(REPEATS, step)) yield { afterMs: SOON_MS, entries: slowEndpoint() };
    if (isTime(BURSTS, step)) yield { afterMs: SOON_MS, entries: burst(random) };
  }
}

function payment(random: Random): readonly Entry[] {
  const payer = address(random);
  const settled: Entry = {
    level: "INFO",
    from: PAYMENTS,
    message: `Payment settled - TX: ${hex32Bytes(random)}`,
    fields: [["payer", payer], ["usdc", dollars(random)]],
  };
  const verified: Entry = {
    level: "INFO",
    from: PAYMENTS,
    message: "Payment verified",
    fields: [["payer", payer], ["network", '"base"']],
  };
  const nonce: Entry = {
    level: "DEBUG",
    from: PAYMENTS,
    message: "Nonce reserved",
    fields: [["nonce", between(random, 1000, 9999)]],
  };
  return oneOf(random, [[settled], [nonce, settled], [verified]]);
}

function failure(random: Random): Entry {
  return {
    level: "ERROR",
    from: PAYMENTS,
    message: "Settlement failed",
    fields: [["payer", address(random)], [
      "error",
      oneOf(random, ['"insufficient funds"', '"nonce too low"', '"execution reverted"']),
    ]],
  };
}

/** Eight times the very same text, which irctail shows once and counts. */
function slowEndpoint(): readonly Entry[] {
  const entry: Entry = {
    level: "WARN",
    from: RPC,
    message: "RPC endpoint is slow, using the next one",
    fields: [["endpoint", '"https://rpc.example.org"']],
  };
  return Array.from({ length: 8 }, () => entry);
}

function burst(random: Random): readonly Entry[] {
  return Array.from({ length: BURST_LINES }, (_, index): Entry => ({
    level: index % 20 === 19 ? "WARN" : "INFO",
    from: RPC,
    message: `Replayed block ${between(random, 37_000_000, 37_999_999)} with ${
      between(random, 0, 40)
    } transfers`,
  }));
}
