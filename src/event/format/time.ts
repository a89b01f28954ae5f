/**
 * Time stamps as loggers write them.
 *
 * @module
 */

/**
 * Source of a pattern for a date and time of day: ISO 8601 with `T` or a blank, `-` or `/`, fraction behind a dot or a
 * comma, and perhaps a zone. No groups, so that it can be put into others.
 */
export const STAMP = String
  .raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?Z| UTC| ?[+-]\d\d:?\d\d)?`;

const STAMP_PARTS =
  /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC)| ?([+-])(\d\d):?(\d\d))?$/;

/** `31/Oct/2025:14:32:49 +0000`, the time of the common log format. */
const ACCESS_STAMP = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Numbers below it are seconds, and each further factor of 1000 up to nanoseconds; in milliseconds it is 1973. */
const LEAST_MILLISECONDS = 1e11;

const MS_PER_MINUTE = 60_000;

/**
 * Reads a date and time of day; without a zone it is local, as Python's `logging` writes it.
 *
 * @param text Nothing but the time stamp.
 * @returns Milliseconds since the Unix epoch, `undefined` when it is none.
 */
export function readStamp(text: string): number | undefined {
  const match = STAMP_PARTS.exec(text);
  if (match === null) return readAccessStamp(text);
  const [, year, month, day, hour, minute, second, fraction = "", utc, sign, zoneHours, zoneMinutes] = match;
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  const parts = [+year, +month - 1, +day, +hour, +minute, +second, ms] as const;
  if (utc === undefined && sign === undefined) return valid(new Date(...parts).getTime());
  const offsetMinutes = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === "-" ? -1 : 1);
  return valid(Date.UTC(...parts) - offsetMinutes * MS_PER_MINUTE);
}

/**
 * Reads the value of a time field: a stamp, or seconds, milliseconds, microseconds or nanoseconds since the epoch.
 *
 * @param value A JSON value.
 */
export function readTime(value: unknown): number | undefined {
  if (typeof value === "string") {
    return readStamp(value) ?? (/^\d+(?:\.\d+)?$/.test(value) ? readTime(Number(value)) : undefined);
  }
  if (typeof value !== "number" || !(value > 0)) return undefined;
  if (value < LEAST_MILLISECONDS) return valid(value * 1e3);
  if (value < LEAST_MILLISECONDS * 1e3) return valid(value);
  return valid(value / (value < LEAST_MILLISECONDS * 1e6 ? 1e3 : 1e6));
}

function readAccessStamp(text: string): number | undefined {
  const match = ACCESS_STAMP.exec(text);
  const month = match === null ? -1 : MONTHS.indexOf(match[2]);
  if (match === null || month < 0) return undefined;
  return readStamp(`${match[3]}-${String(month + 1).padStart(2, "0")}-${match[1]} ${match[4]} ${match[5]}`);
}

/** A time that `Date` can hold, in whole milliseconds. */
function valid(ms: number): number | undefined {
  return Number.isNaN(new Date(ms).getTime()) ? undefined : Math.floor(ms);
}
