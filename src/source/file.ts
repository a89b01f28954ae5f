/**
 * Files by glob, followed through rotation, truncation and restarts.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import type { FileSourceSpec } from "../config/config.ts";
import type { Batch } from "../event/event.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import { yieldToEventLoop } from "../runtime/yield.ts";
import { compileDiscovery, type Discoverer, reasonOf } from "./discover.ts";
import { makeRoom } from "./lines.ts";
import { Poller } from "./poller.ts";
import { Problems } from "./problems.ts";
import type { ReadOptions, Source } from "./source.ts";
import { Tails } from "./tails.ts";
import { DirectoryWatch } from "./watch.ts";

/** How often everything is looked at, whatever the watch says, in milliseconds: 9 ms for 1,000 files (measured). */
export const SWEEP_MS = 1_000;

/** A sweep that an event asked for and that takes t comes 20 t after the last: a deep tree costs 5 % of a core at most. */
const SWEEP_SHARE = 20;

/** The same for a sweep that nobody asked for, where all directories are watched: idle files cost 0.8 % of a core. */
const IDLE_SHARE = 128;

/** What a file source needs. */
export interface FileSourceDeps {
  /** Measures sweeps and waits. */
  readonly clock: Clock;
  /** Takes what an operator should know. */
  readonly log: Logger;
  /** Identities of files that irctail writes itself; its standard output and error by default. */
  readonly own?: ReadonlySet<string>;
}

/**
 * Makes a source of files; opens nothing until it is read.
 *
 * @param id Config key.
 * @param spec Which files.
 * @param deps Time and log.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function openFileSource(id: string, spec: FileSourceSpec, deps: FileSourceDeps): Source {
  const discoverer = compileDiscovery(spec.paths, { exclude: spec.exclude, own: deps.own ?? ownOutputs() });
  return { id, read: (options, signal) => readFiles({ id, spec, deps, discoverer }, options, signal) };
}

interface FileSource {
  readonly id: string;
  readonly spec: FileSourceSpec;
  readonly deps: FileSourceDeps;
  readonly discoverer: Discoverer;
}

async function* readFiles(
  source: FileSource,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const { id, spec, discoverer, deps: { clock, log } } = source;
  const poke = new Poke();
  const room = makeRoom(spec.maxLineBytes);
  const problems = new Problems({ source: id, log, state: options.state });
  using tails = new Tails({ spec, discoverer, room, clock, read: options });
  let isSweepWanted = true;
  await using watch = new DirectoryWatch({
    source: id,
    clock,
    log,
    tell(change) {
      if (tails.changed(change)) isSweepWanted = true;
      poke.poke();
    },
  });
  const poller = new Poller({ watch, tails });
  let earliestMs = -Infinity;
  let dueMs = -Infinity;
  let tookMs = 0;
  let isFinishing = false;
  while (!signal.aborted) {
    const nowMs = clock.monotonic();
    if (nowMs >= poller.dueMs && poller.look(() => clock.monotonic())) isSweepWanted = true;
    if (nowMs >= dueMs || (isSweepWanted && nowMs >= earliestMs)) {
      isSweepWanted = false;
      const beganMs = clock.monotonic();
      const { directories, refused } = tails.sweep();
      watch.want(directories);
      problems.report(refused, { files: tails.size });
      const endedMs = clock.monotonic();
      // One that opened many files says nothing about how long the next will take.
      const usualMs = Math.min(tookMs, endedMs - beganMs);
      tookMs = endedMs - beganMs;
      earliestMs = endedMs + SWEEP_SHARE * tookMs;
      dueMs = endedMs + Math.max(SWEEP_MS, (watch.isWhole ? IDLE_SHARE : SWEEP_SHARE) * usualMs);
    }
    const read = tails.next();
    if (read === "searching") {
      await yieldToEventLoop();
    } else if (read !== "end") {
      yield read;
    } else if (!options.once) {
      const wakeMs = Math.min(isSweepWanted ? earliestMs : dueMs, poller.dueMs);
      await poke.waitAtMost(Math.max(0, wakeMs - clock.monotonic()), { clock }, signal);
    } else if (isFinishing) {
      break;
    } else {
      isFinishing = true;
      tails.finish();
    }
  }
}

/** Identities of this process's standard output and error, where these are files. */
function ownOutputs(): ReadonlySet<string> {
  const own = new Set<string>();
  for (const descriptor of [1, 2]) {
    try {
      const info = fstatSync(descriptor);
      if (info.isFile()) own.add(`${info.dev}:${info.ino}`);
    } catch (error) {
      reasonOf(error); // Closed by whoever started irctail: nothing is written there.
    }
  }
  return own;
}
