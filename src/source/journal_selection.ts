/**
 * Which entries of the journal a source reads: what journalctl is asked for, and what is decided here.
 *
 * @module
 */

import type { JournaldSourceSpec } from "../config/config.ts";
import type { Level } from "../event/level.ts";
import { compileGlob, expandBraces, isWild } from "../runtime/glob.ts";
import type { ExportEntry } from "./journal_export.ts";
import type { Origin } from "./journal_entry.ts";

/** What in the journal is irctail's own. */
export interface OwnJournal {
  /** Its unit; `undefined` when it does not run in a service. */
  readonly unit: string | undefined;
  /** Its process. */
  readonly pid: number;
}

/** A compiled choice of entries. */
export interface Selection {
  /** Arguments of journalctl that leave out what it can. */
  readonly args: readonly string[];
  /** Why an entry is not read, or `undefined`. */
  refuses(entry: ExportEntry, origin: Origin): "not wanted" | "own" | undefined;
}

/** Highest number of a priority that is at least as severe; `debug` is everything, `trace` too. */
const PRIORITY_OF_LEVEL: Readonly<Record<Level, number>> = {
  trace: 7,
  debug: 7,
  info: 6,
  warn: 4,
  error: 3,
  fatal: 2,
};

/** What a unit's name ends with (`systemd.unit(5)`). */
const UNIT_SUFFIX = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/**
 * Compiles a choice.
 *
 * journalctl joins `--unit` and `--identifier` with AND, and looks for the units that a glob means only once, at its
 * start (both tested with 252). So plain names become matches joined with `+`, which means OR, and with globs
 * everything is read and chosen here.
 *
 * @param spec Units, identifiers, and the least severe priority.
 * @param own What is never read.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function compileSelection(
  spec: Pick<JournaldSourceSpec, "units" | "identifiers" | "minLevel">,
  own: OwnJournal,
): Selection {
  const units = spec.units.flatMap(expandBraces).map(unitPattern);
  const identifiers = spec.identifiers.flatMap(expandBraces);
  const wants = {
    unit: matcher(units),
    identifier: matcher(identifiers),
    all: units.length === 0 && identifiers.length === 0,
  };
  const pid = String(own.pid);
  return {
    args: [...priorityArgs(spec.minLevel), ...matches(units, identifiers)],
    refuses(entry, { unit, identifier }) {
      if (
        !wants.all && !(unit !== undefined && wants.unit(unit)) &&
        !(identifier !== undefined && wants.identifier(identifier))
      ) return "not wanted";
      const isOwn = (unit !== undefined && unit === own.unit) || entry.text("_PID") === pid;
      return isOwn ? "own" : undefined;
    },
  };
}

function priorityArgs(minLevel: Level | undefined): readonly string[] {
  return minLevel === undefined || PRIORITY_OF_LEVEL[minLevel] === PRIORITY_OF_LEVEL.trace
    ? []
    : [`--priority=0..${PRIORITY_OF_LEVEL[minLevel]}`];
}

/** Matches for names without globs, joined with OR; none when everything has to be looked at. */
function matches(units: readonly string[], identifiers: readonly string[]): readonly string[] {
  if ([...units, ...identifiers].some(isWild)) return [];
  const terms = [
    ...units.flatMap((unit) => [
      [`_SYSTEMD_UNIT=${unit}`],
      [`_SYSTEMD_USER_UNIT=${unit}`],
      ["_PID=1", `UNIT=${unit}`],
      ["_UID=0", `COREDUMP_UNIT=${unit}`],
    ]),
    ...identifiers.flatMap((identifier) => [
      [`SYSLOG_IDENTIFIER=${identifier}`],
      [`_COMM=${identifier}`],
    ]),
  ];
  return terms.flatMap((term, index) => index === 0 ? term : ["+", ...term]);
}

function unitPattern(pattern: string): string {
  return UNIT_SUFFIX.test(pattern) || pattern.endsWith("*") ? pattern : `${pattern}.service`;
}

/** Whether a name is meant; every name is looked at once, for the same few come again and again. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  const plain = new Set(patterns.filter((pattern) => !isWild(pattern)));
  const globs = patterns.filter(isWild).map((pattern) => compileGlob(pattern, { path: false }));
  return (name) => plain.has(name) || globs.some((matches) => matches(name));
}

/** What a cgroup file says of a process's unit: the innermost service of its path. */
const SERVICE_IN_CGROUP = /^(?:0:|\d+:name=systemd):(\/.*)$/m;

/**
 * This process in the journal.
 *
 * @param cgroups Text of `/proc/self/cgroup`.
 * @param pid Its process id.
 */
export function ownJournal(cgroups: string, pid: number): OwnJournal {
  const path = SERVICE_IN_CGROUP.exec(cgroups)?.[1] ?? "";
  const unit = path.split("/").findLast((part) => part.endsWith(".service"));
  return { unit: unit?.startsWith("user@") ? undefined : unit, pid };
}
