/**
 * How the config writes durations, sizes and rates.
 *
 * @module
 */

/** What a duration looks like. */
export const DURATION_SYNTAX: RegExp = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/;

/** What a size looks like. */
export const SIZE_SYNTAX: RegExp = /^(\d{1,9}(?:\.\d{1,3})?)(B|KiB|MiB)$/;

/** What a rate looks like. */
export const RATE_SYNTAX: RegExp = /^(\d{1,9}(?:\.\d{1,3})?)\/(s|m|h)$/;

const MS_PER = new Map([["ms", 1], ["s", 1000], ["m", 60_000], ["h", 3_600_000]]);
const BYTES_PER = new Map([["B", 1], ["KiB", 1024], ["MiB", 1024 * 1024]]);

/**
 * Reads a duration such as `500ms`, `3s`, `10m` or `24h`.
 *
 * @param text As the config has it.
 * @returns Milliseconds, or `undefined` for anything else.
 */
export function parseDuration(text: string): number | undefined {
  return read(text, DURATION_SYNTAX, (amount, unit) => amount * unit, MS_PER);
}

/**
 * Reads a size such as `512B`, `64KiB` or `1MiB`.
 *
 * @param text As the config has it.
 * @returns Whole bytes, or `undefined` for anything else.
 */
export function parseSize(text: string): number | undefined {
  return read(text, SIZE_SYNTAX, (amount, unit) => Math.round(amount * unit), BYTES_PER);
}

/**
 * Reads a rate such as `30/m`, `2/s` or `0.5/s`.
 *
 * @param text As the config has it.
 * @returns How many a second, or `undefined` for anything else.
 */
export function parseRate(text: string): number | undefined {
  return read(text, RATE_SYNTAX, (amount, unit) => amount / (unit / 1000), MS_PER);
}

function read(
  text: string,
  syntax: RegExp,
  combine: (amount: number, unit: number) => number,
  units: ReadonlyMap<string, number>,
): number | undefined {
  const [, amount, unit] = syntax.exec(text) ?? [];
  const factor = units.get(unit ?? "");
  return amount === undefined || factor === undefined ? undefined : combine(Number(amount), factor);
}
