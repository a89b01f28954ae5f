/**
 * The time stamp that the daemon puts before every line.
 *
 * @module
 */

/** Longest time stamp: `2006-01-02T15:04:05.123456789+01:00`, and the blank behind it. */
export const LONGEST_STAMP_BYTES = 36;

/** Length of `2006-01-02T15:04:05`. */
const SECONDS_BYTES = 19;

/** Digits of a second. */
const NANO_DIGITS = 9;

const BLANK = 0x20;
const DOT = 0x2e;
const ZERO = 0x30;

/** A moment to the nanosecond. */
export interface Moment {
  /** Seconds since the Unix epoch. */
  readonly seconds: number;
  /** Nanoseconds on top of them. */
  readonly nanos: number;
}

/** Whether a moment comes after another one. */
export function isLater(moment: Moment, than: Moment): boolean {
  return moment.seconds > than.seconds || (moment.seconds === than.seconds && moment.nanos > than.nanos);
}

/** Reads time stamps (RFC 3339); the second of the one before is kept, for most lines share it. */
export class StampReader {
  /** Seconds since the Unix epoch of the last time stamp read. */
  seconds = 0;
  /** Nanoseconds on top of them. */
  nanos = 0;
  /** Whether it had no fraction of a second: Podman's have none. */
  isCoarse = false;
  readonly #known = new Uint8Array(SECONDS_BYTES);
  #knownSeconds = NaN;

  /**
   * Reads the time stamp at `start`.
   *
   * @param bytes Holds it.
   * @param start Index of its first byte.
   * @param end Where the bytes end.
   * @returns Index behind the blank that follows it, or -1 when there is none.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    const last = Math.min(end, start + LONGEST_STAMP_BYTES);
    let at = start + SECONDS_BYTES;
    if (at >= last) return -1;
    if (!this.#isKnown(bytes, start) && !this.#learn(bytes, start)) return -1;
    let nanos = 0;
    const isCoarse = bytes[at] !== DOT;
    if (!isCoarse) {
      let digits = 0;
      for (at++; at < last && digits < NANO_DIGITS && isDigit(bytes[at]); at++, digits++) {
        nanos = nanos * 10 + (bytes[at] ?? 0) - ZERO;
      }
      for (; digits < NANO_DIGITS; digits++) nanos *= 10;
    }
    // `Z`, or how far the daemon's clock is from it.
    const zoneEnd = bytes.subarray(at, last).indexOf(BLANK);
    if (zoneEnd === -1) return -1;
    const zoneSeconds = zoneEnd === 1 ? 0 : offsetSeconds(bytes, at, at + zoneEnd);
    if (zoneSeconds === undefined) return -1;
    this.seconds = this.#knownSeconds - zoneSeconds;
    this.nanos = nanos;
    this.isCoarse = isCoarse;
    return at + zoneEnd + 1;
  }

  #isKnown(bytes: Uint8Array, start: number): boolean {
    // The last digits differ most.
    for (let i = SECONDS_BYTES - 1; i >= 0; i--) {
      if (bytes[start + i] !== this.#known[i]) return false;
    }
    return true;
  }

  #learn(bytes: Uint8Array, start: number): boolean {
    const text = ascii(bytes, start, start + SECONDS_BYTES);
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : NaN;
    if (Number.isNaN(ms)) return false;
    this.#known.set(bytes.subarray(start, start + SECONDS_BYTES));
    this.#knownSeconds = ms / 1_000;
    return true;
  }
}

/**
 * Reads a moment that stands alone, as in what the daemon says about a container.
 *
 * @param text RFC 3339.
 */
export function parseMoment(text: string): Moment | undefined {
  const bytes = new TextEncoder().encode(`${text} `);
  const reader = new StampReader();
  return reader.read(bytes, 0, bytes.length) === -1
    ? undefined
    : { seconds: reader.seconds, nanos: reader.nanos };
}

function offsetSeconds(bytes: Uint8Array, start: number, end: number): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(ascii(bytes, start, end)) ?? [];
  if (sign === undefined) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60);
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
