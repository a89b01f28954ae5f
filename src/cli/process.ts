/**
 * The process as the commands see it: its environment, its two outputs, and whether a person looks at them.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import { writeAll } from "./output.ts";

const encoder = new TextEncoder();

/** An environment variable. */
export function env(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Writes a line to standard output. */
export function print(line: string): void {
  writeAll(Deno.stdout, encoder.encode(line + "\n"));
}

/**
 * Writes a line to standard error. A line that nobody takes is dropped: a closed pipe, a journal that restarts or a full
 * disk is no reason to stop showing logs, and there is nobody left who could be told.
 */
export function printError(line: string): void {
  try {
    writeAll(Deno.stderr, encoder.encode(line + "\n"));
  } catch {
    return;
  }
}

/** Whether a stream may be coloured: it is a terminal, and `NO_COLOR` (no-color.org) is not set. */
export function inColor(stream: { isTerminal(): boolean }): boolean {
  return stream.isTerminal() && (env("NO_COLOR") ?? "") === "";
}

/** Bits of a file's mode that say what it is, and the kinds that hold bytes somebody hands over (inode(7)). */
const KIND_MASK = 0o170000;
const KINDS_HANDED_OVER: ReadonlySet<number> = new Set([0o010000, 0o100000, 0o140000]);

/**
 * Whether standard input is a pipe, a file or a socket: neither a terminal nor `/dev/null`, which services, containers
 * and cron jobs get. Asked by the mode, because Deno 2.4 leaves the predicates of `fstatSync` unset.
 */
export function stdinIsHandedOver(): boolean {
  if (Deno.build.os === "windows") return !Deno.stdin.isTerminal();
  return KINDS_HANDED_OVER.has(fstatSync(0).mode & KIND_MASK);
}
