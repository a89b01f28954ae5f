/**
 * What the fields of a journal entry mean: whose it is, how severe, and when (`systemd.journal-fields(7)`).
 *
 * @module
 */

import type { LevelIndex } from "../event/level.ts";
import type { ExportEntry } from "./journal_export.ts";

/** Whose an entry is. */
export interface Origin {
  /** Unit, with its suffix; `undefined` for what runs outside of units, and the kernel. */
  readonly unit: string | undefined;
  /** Syslog identifier, else the name of the program; `undefined` when nobody said. */
  readonly identifier: string | undefined;
}

/** Longest name that is kept, in characters: a unit's is at most 255 (`UNIT_NAME_MAX`), any program may choose an identifier. */
const LONGEST_NAME = 255;

/** Levels of the priorities `emerg alert crit err warning notice info debug`. */
const LEVEL_OF_PRIORITY: readonly LevelIndex[] = [5, 5, 5, 4, 3, 2, 2, 1];

/** `0` in ASCII. */
const ZERO = 0x30;

/** PID of the system manager, which speaks of units in its own name. */
const SYSTEMD_PID = "1";

const ROOT_UID = "0";

/** Ends of units that are named by who made them, not after what runs in them. */
const SCOPE = ".scope";

const SERVICE = ".service";

/**
 * Whose an entry is. What systemd says about a unit and a core dump of one belong to that unit, as for
 * `journalctl --unit`; only who may speak for others is believed.
 */
export function originOf(entry: ExportEntry): Origin {
  const identifier = entry.text("SYSLOG_IDENTIFIER") ?? entry.text("_COMM");
  return { unit: unitOf(entry)?.slice(0, LONGEST_NAME), identifier: identifier?.slice(0, LONGEST_NAME) };
}

function unitOf(entry: ExportEntry): string | undefined {
  if (entry.bytes("UNIT") !== undefined && entry.text("_PID") === SYSTEMD_PID) return entry.text("UNIT");
  if (entry.bytes("COREDUMP_UNIT") !== undefined && entry.text("_UID") === ROOT_UID) {
    return entry.text("COREDUMP_UNIT");
  }
  return entry.text("_SYSTEMD_USER_UNIT") ?? entry.text("_SYSTEMD_UNIT");
}

/** Whether an entry is its unit's. A scope has a name like `session-3.scope`, which says less than the identifier. */
export function isKnownByUnit({ unit }: Origin): boolean {
  return unit !== undefined && !unit.endsWith(SCOPE);
}

/** Service of an entry: the unit without `.service`, else the identifier. */
export function serviceOf(origin: Origin): string {
  const { unit, identifier } = origin;
  if (unit === undefined || !isKnownByUnit(origin)) return identifier ?? unit ?? "unknown";
  return unit.endsWith(SERVICE) ? unit.slice(0, -SERVICE.length) : unit;
}

/** Severity by the entry's priority; `undefined` when it has none that is one. */
export function levelOf(entry: ExportEntry): LevelIndex | undefined {
  const priority = entry.bytes("PRIORITY");
  return priority?.length === 1 ? LEVEL_OF_PRIORITY[(priority[0] ?? 0) - ZERO] : undefined;
}

/** When the journal took it, in microseconds since the Unix epoch; 0 when the entry does not say. */
export function timeUsOf(entry: ExportEntry): number {
  const digits = entry.bytes("__REALTIME_TIMESTAMP");
  let timeUs = 0;
  // By index: an iterator over bytes costs ten times as much.
  for (let i = 0; digits !== undefined && i < digits.length; i++) {
    timeUs = timeUs * 10 + (digits[i] ?? 0) - ZERO;
  }
  return Number.isSafeInteger(timeUs) && timeUs >= 0 ? timeUs : 0;
}
