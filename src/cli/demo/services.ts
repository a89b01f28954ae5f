/**
 * What a sample service is, and how one is run: a script of records, written to a log file as time goes by.
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "./made_up.ts";

/** One record of a service, before it has a time and a shape. */
export interface Entry {
  /** Severity, as the service calls it. */
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /** Module that logs it. */
  readonly from: string;
  /** What happened. */
  readonly message: string;
  /** Fields behind the message; text in quotes stays quoted. */
  readonly fields?: readonly (readonly [name: string, value: string | number])[];
  /** Further lines of the record, such as a stack trace. */
  readonly below?: readonly string[];
}

/** What a service does next. */
export interface Step {
  /** How long it does nothing first, in milliseconds. */
  readonly afterMs: number;
  /** What it then logs at once. */
  readonly entries: readonly Entry[];
}

/** A service that logs. */
export interface SampleService {
  /** Name, and stem of its log file. */
  readonly name: string;
  /** Everything it will ever do; without an end. */
  readonly script: (random: Random) => Iterable<Step>;
  /** A record as its logging library writes it, each line ended by a newline. */
  readonly format: (entry: Entry, timeMs: number) => string;
}

/** What the services have written. */
export interface Tally {
  /** Lines. */
  lines: number;
  /** Records: a line together with those that belong to it. */
  records: number;
  /** Records below INFO. */
  debug: number;
}

/** How a service is run. */
export interface RunServiceOptions {
  /** Stamps the records and waits between them. */
  readonly clock: Clock;
  /** Makes up the values. */
  readonly random: Random;
  /** Takes what is logged at once: whole lines. */
  readonly write: (text: string) => void;
  /** Counts what was written. */
  readonly tally: Tally;
}

/** Between two records logged at once, in milliseconds: about what formatting one takes. */
const ONE_RECORD_MS = 0.02;

/**
 * Runs a service.
 *
 * @param service Which one.
 * @param options Where it writes.
 * @param signal Ends it, normally.
 */
export async function runService(
  service: SampleService,
  options: RunServiceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, write, tally } = options;
  for (const { afterMs, entries } of service.script(random)) {
    try {
      await clock.sleep(afterMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const nowMs = clock.now();
    write(entries.map((entry, index) => service.format(entry, nowMs + index * ONE_RECORD_MS)).join(""));
    for (const { level, below } of entries) {
      tally.records++;
      tally.lines += 1 + (below?.length ?? 0);
      if (level === "DEBUG") tally.debug++;
    }
  }
}
