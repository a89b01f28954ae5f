/**
 * Containers behind a Docker or Podman socket, followed through restarts of theirs, of the daemon's and of irctail's.
 *
 * @module
 */

import type { DockerSourceSpec } from "../config/config.ts";
import type { Batch } from "../event/event.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Scope } from "../runtime/scope.ts";
import { DockerApi } from "./docker_api.ts";
import { Collector, type Gift } from "./docker_batch.ts";
import { Fleet } from "./docker_fleet.ts";
import { DaemonError } from "./docker_http.ts";
import { type Chosen, compileSelection } from "./docker_select.ts";
import { ownContainer, readSurroundings } from "./docker_self.ts";
import { Watch } from "./docker_watch.ts";
import { Handoff } from "./handoff.ts";
import { type ReadOptions, type Source, SourceError, type SourceState } from "./source.ts";

/** What a docker source needs. */
export interface DockerSourceDeps {
  /** Measures waits and stamps batches. */
  readonly clock: Clock;
  /** Takes what an operator should know. */
  readonly log: Logger;
  /** For the jitter of back-offs; `Math.random` by default. */
  readonly random?: () => number;
  /** Id of the container that irctail runs in; by default it finds out. */
  readonly own?: string;
}

/**
 * Makes a source of containers; asks nothing until it is read.
 *
 * @param id Config key.
 * @param spec Which containers.
 * @param deps Time and log.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function openDockerSource(id: string, spec: DockerSourceSpec, deps: DockerSourceDeps): Source {
  const isWanted = compileSelection(spec);
  return { id, read: (options, signal) => readDocker({ id, spec, deps, isWanted }, options, signal) };
}

interface DockerSource {
  readonly id: string;
  readonly spec: DockerSourceSpec;
  readonly deps: DockerSourceDeps;
  readonly isWanted: (container: Chosen) => boolean;
}

async function* readDocker(
  source: DockerSource,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const { clock, log, random = Math.random, own } = source.deps;
  if (signal.aborted) return;
  const handoff = new Handoff<Gift>();
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const api = new DockerApi(source.spec.socket, clock);
  let because: string | undefined;
  let isAsked = false;
  await using scope = new Scope();
  // What a task throws comes out when the scope is left.
  scope.failed.catch(() => ended.abort());
  const fleet: Fleet = new Fleet(options.resume, {
    container: {
      source: source.id,
      spec: source.spec,
      api,
      clock,
      log,
      random,
      collector: new Collector(source.spec.maxLineBytes),
      handoff,
      read: options,
      changed: () => tell(),
    },
    isWanted: source.isWanted,
    own: own ?? ownContainer(readSurroundings()),
    spawn: (task) => scope.spawn(task),
  });
  const tell = teller(options.state, () => {
    if (!isAsked) return undefined;
    return because === undefined ? stateOf(fleet) : waiting(because);
  });
  const watch = new Watch({
    api,
    fleet,
    clock,
    random,
    told(reason) {
      because = reason;
      isAsked = true;
      tell();
    },
  });
  if (options.once) {
    scope.spawn(async (ending) => {
      await readOnce(watch, fleet, ending);
      ended.abort();
    });
  } else {
    scope.spawn((ending) => watch.follow(ending));
    scope.spawn((ending) => watch.sweep(ending));
  }
  for (;;) {
    const taken = handoff.take();
    if (taken === undefined) {
      if (either.aborted) return;
      await handoff.wait(either);
      continue;
    }
    try {
      for (const batch of taken.gift()) {
        if (signal.aborted) return;
        yield batch;
      }
    } finally {
      taken.used();
    }
    if (signal.aborted) return;
  }
}

/** Reads every log to its end. */
async function readOnce(watch: Watch, fleet: Fleet, signal: AbortSignal): Promise<void> {
  try {
    await watch.compare({ isFresh: true }, signal);
  } catch (error) {
    if (!(error instanceof DaemonError) || signal.aborted) throw error;
    throw new SourceError(`Cannot list containers: ${error.message}`, { retryable: false, cause: error });
  }
  await fleet.done();
}

/** Tells of a state when it is another one than before; while there is none, of nothing. */
function teller(tell: (state: SourceState) => void, stateNow: () => SourceState | undefined): () => void {
  let told: string | undefined;
  return () => {
    const state = stateNow();
    if (state === undefined) return;
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    tell(state);
  };
}

function stateOf({ size, problems }: Fleet): SourceState {
  if (size === 0) return waiting("no container is there yet");
  const [first] = problems;
  if (first === undefined || problems.length < size) return { phase: "reading" };
  return waiting(
    `cannot read ${problems.length === 1 ? "1 container" : `${problems.length} containers`}: ${first}`,
  );
}

function waiting(because: string): SourceState {
  return { phase: "waiting", because };
}
