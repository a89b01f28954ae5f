/**
 * What summaries look like: a promise, because scripts read them (design §5). The mark in front (`⋯ `, `↻ `) is put
 * there by the redactor, so that no log text can forge one.
 *
 * @module
 */

import { type LevelIndex, LEVELS } from "../event/level.ts";
import type { TemplateCount } from "./sample.ts";
import type { Tally } from "./tally.ts";

/** How many templates one summary names. */
const TEMPLATES_SHOWN = 3;

/** A template is named when it stands for at least this part of what was held back. */
const LEAST_SHARE = 0.1;

const ERROR_AND_ABOVE: readonly LevelIndex[] = [4, 5];

/** `412 more in 6s: 388 info, 24 warn · ~×301 "GET /login <n> 404"`; quotes within a template become `'`. */
export function overflowText(tally: Tally, overMs: number, templates: readonly TemplateCount[]): string {
  const named = templates
    .filter(({ count }) => count >= 2 && count >= tally.total * LEAST_SHARE)
    .slice(0, TEMPLATES_SHOWN)
    .map(({ template, count }) => `~×${count} "${template.replaceAll('"', "'")}"`);
  const counts = `${tally.total} more in ${durationText(overMs)}: ${levelsText(tally)}`;
  return [counts, ...named.length > 0 ? [named.join(", ")] : []].join(" · ");
}

/** `gap 14:02:11-14:03:40: 5210 lines, 31 error`; times are local wall clock. */
export function gapText(tally: Tally, fromMs: number, toMs: number): string {
  const severe = ERROR_AND_ABOVE.filter((index) => tally.of(index) > 0)
    .map((index) => `, ${tally.of(index)} ${LEVELS[index]}`);
  return `gap ${timeOfDay(fromMs)}-${timeOfDay(toMs)}: ${tally.total} lines${severe.join("")}`;
}

/** `×47 in 3m: text`. */
export function repeatText(count: number, overMs: number, text: string): string {
  return `×${count} in ${durationText(overMs)}: ${text}`;
}

/** `6s`, `3m`, `2h`, `5d`: whole units, at least one second. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)}h`;
  return `${Math.round(seconds / 86_400)}d`;
}

/** `HH:MM:SS` in the time zone of the process. */
export function timeOfDay(timeMs: number): string {
  const date = new Date(timeMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** `388 info, 24 warn`: most first, of equals the more severe. */
function levelsText(tally: Tally): string {
  return LEVELS.map((level, index) => ({ level, index, count: tally.of(index as LevelIndex) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || b.index - a.index)
    .map(({ level, count }) => `${count} ${level}`)
    .join(", ");
}
