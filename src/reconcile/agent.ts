/**
 * The agent's life: from the first config to the last checkpoint.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/diagnostic.ts";
import { EMPTY_CHECKPOINT, loadCheckpoint } from "../pipeline/checkpoint.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { Logger } from "../runtime/log.ts";
import { aborted, Scope } from "../runtime/scope.ts";
import { checkpointSaver } from "./checkpoint_saver.ts";
import { watchConfig } from "./config_watch.ts";
import { Panic, type PanicAnswer } from "./panic.ts";
import { isReadOnce } from "./plan.ts";
import { type Desired, Reconciler } from "./reconciler.ts";
import { Reporter } from "./reporter.ts";
import { World, type WorldDeps } from "./world.ts";

/** How long the last lines may take to be sent when the agent is told to leave (design §3). */
const DRAIN_MS = 5_000;

/** How long the last lines may take with `--once`, where nobody waits for the process to go. */
const ONCE_DRAIN_MS = 60_000;

/**
 * How long a service that writes to standard input may go on when the agent is told to leave: both are told at once by
 * Ctrl-C and by systemd, and closing the pipe would cut off what the service says at its end. Together with the drain
 * and the QUIT it stays within the 10 s that Docker grants.
 */
const LAST_LINES_MS = 2_000;

/** What can be asked of the agent while it runs; every answer is free of secrets. */
export interface RunningAgent {
  /** Its status as JSON: `Status` in `status.ts`. */
  status(): string;
  /** Mutes every channel. */
  panic(): PanicAnswer;
  /** Ends a panic. */
  resume(): PanicAnswer;
}

/** What the agent needs. */
export interface AgentOptions extends Omit<WorldDeps, "changed"> {
  /** Reads the config anew. @throws {ConfigError} When it cannot be used. */
  readonly load: () => Desired;
  /** File to watch for changes; `undefined` when the config did not come from one. */
  readonly configPath: string | undefined;
  /** Directory of the checkpoint; `undefined` keeps none. */
  readonly stateDir: string | undefined;
  /** Calls back whenever the user asks for a reload, until `signal` aborts. */
  readonly onReload: (reload: () => void, signal: AbortSignal) => void;
  /** Calls back whenever the user asks to mute every channel, or to end that, until `signal` aborts. */
  readonly onPanic: (toggle: () => void, signal: AbortSignal) => void;
  /** Told of every config that was applied by a reload. */
  readonly reloaded: (config: Config) => void;
  /** Lets others ask, until `signal` aborts; what goes wrong with that is its own business. */
  readonly serve: (agent: RunningAgent, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs until `stop` aborts, or until every source has ended by itself; then says what is owed, keeps what could not
 * be said, and leaves.
 *
 * @param first The config to start with.
 * @param options The outside world.
 * @param stop Ends it, with a drain of at most 5 s.
 * @param force Ends the drain too.
 */
export async function runAgent(
  first: Desired,
  options: AgentOptions,
  stop: AbortSignal,
  force: AbortSignal,
): Promise<void> {
  const { log, clock, stateDir } = options;
  const left = stateDir === undefined ? EMPTY_CHECKPOINT : loadCheckpoint(stateDir, (because, movedTo) => {
    log.error("Checkpoint is damaged; starting without it", { because, movedTo });
  });
  const world: World = new World(left, { ...options, changed: () => reporter.changed() });
  const reporter = new Reporter(first.config, {
    clock,
    log,
    world,
    reload: () => reconciler.state,
    mutedSinceMs: () => panic.sinceMs,
  });
  const panic: Panic = openPanic(world, reporter, options);
  const reconciler: Reconciler = openReconciler(world, first, { ...options, reporter }, stop);
  const save = checkpointSaver({ stateDir, log, changed: (state) => reporter.checkpoints(state) });
  {
    await using housekeeping = new Scope();
    // First, so that a start that waits can be asked what it waits for.
    housekeeping.spawn((signal) => reporter.run(signal));
    housekeeping.spawn((signal) => {
      options.onPanic(() => panic.toggle(), signal);
      const running = {
        status: () => reporter.status(),
        panic: () => panic.panic(),
        resume: () => panic.resume(),
      };
      return options.serve(running, signal);
    });
    const pipeline = await start(world, first, log, stop);
    housekeeping.spawn((signal) => pipeline.run(signal));
    housekeeping.spawn((signal) => pipeline.keepCheckpoints(save, signal));
    await follow(reconciler, world, options, { stop, failed: housekeeping.failed });
    log.info("Stopping", { because: stop.aborted ? "asked to" : "every source has ended" });
    await patiently(LAST_LINES_MS, options, force, (enough) => world.readOnceEnded(enough));
    await world.stopSources();
    const drainMs = options.once ? ONCE_DRAIN_MS : DRAIN_MS;
    await patiently(drainMs, options, force, (enough) => world.drain(enough));
  }
  if (world.pipeline !== undefined) {
    // What is still in an outbox stays unsettled in the checkpoint and is read again: closing would only count it.
    await save(world.pipeline.checkpoint());
    logAccounts(world.pipeline, log);
  }
  await world.close("Stopping");
}

/** Makes the first config run. */
async function start(world: World, first: Desired, log: Logger, stop: AbortSignal): Promise<Pipeline> {
  await world.apply(first.config, stop);
  if (world.pipeline === undefined) throw new Error("Cannot run without a pipeline");
  log.info("Started", {
    config: first.digest,
    connections: world.connections.size,
    sources: world.sources.size,
  });
  return world.pipeline;
}

/** Says what became of every record, so that the sums can be checked after the fact (invariant I1). */
function logAccounts(pipeline: Pipeline, log: Logger): void {
  for (const [source, { account }] of pipeline.intakes) log.info("Source account", { source, ...account });
  for (const { key, account, pending } of pipeline.lanes.values()) {
    log.info("Route account", { lane: key, ...account, pending });
  }
}

/** What mutes everything, which may be so from the start. */
function openPanic(world: World, reporter: Reporter, { stateDir, clock, log }: AgentOptions): Panic {
  return new Panic({
    stateDir,
    clock,
    log,
    mute: () => {
      world.mute();
      reporter.muted();
    },
    unmute: (mutedForMs) => {
      world.unmute();
      reporter.unmuted(mutedForMs);
    },
  });
}

/** What reads and applies configs, and has both said. */
function openReconciler(
  world: World,
  first: Desired,
  { log, load, configPath, reloaded, reporter }: AgentOptions & { readonly reporter: Reporter },
  stop: AbortSignal,
): Reconciler {
  return new Reconciler(first, {
    log,
    readDesired: () => keepStdin(load(), world, configPath),
    apply: (config) => world.apply(config, stop),
    applied: ({ config }, steps) => {
      reloaded(config);
      reporter.reloaded(config, steps);
      if (config.stateDir !== first.config.stateDir) {
        log.warn("A changed state_dir needs a restart", {
          running: first.config.stateDir,
          wanted: config.stateDir,
        });
      }
    },
    refused: (error) => reporter.refused(error),
    mended: () => reporter.mended(),
  });
}

/** Reloads as often as somebody asks, until it is time to leave. */
async function follow(
  reconciler: Reconciler,
  world: World,
  options: AgentOptions,
  until: { readonly stop: AbortSignal; readonly failed: Promise<never> },
): Promise<void> {
  const { log, clock, configPath } = options;
  const over = new AbortController();
  try {
    await using following = new Scope();
    following.spawn((signal) => reconciler.run(signal));
    if (configPath !== undefined && !options.once) {
      following.spawn((signal) =>
        watchConfig(configPath, { clock, log, changed: () => reconciler.poke() }, signal)
      );
    }
    options.onReload(() => {
      world.askReload();
      reconciler.poke();
    }, over.signal);
    await Promise.race([aborted(until.stop, over.signal), world.ended, following.failed, until.failed]);
  } finally {
    over.abort();
  }
}

/**
 * Refuses a config that takes standard input away from the source that reads it: the service behind the pipe would end
 * with it, and another source could not read on.
 *
 * @throws {ConfigError} When its source would be removed, renamed or of another type.
 */
function keepStdin(desired: Desired, world: World, configPath: string | undefined): Desired {
  for (const [id, spec] of world.observed().sources) {
    const phase = world.sources.get(id)?.phase;
    const isRead = isReadOnce(spec) && phase !== "ended" && phase !== "failed";
    if (!isRead || isReadOnce(desired.config.sources.get(id))) continue;
    throw new ConfigError(configPath ?? "environment", [{
      severity: "error",
      path: `sources.${id}`,
      line: 0,
      column: 0,
      message: "Standard input is being read: its source cannot be renamed or removed without a restart",
    }]);
  }
  return desired;
}

/** Does what may take at most `ms` milliseconds, and no longer than `force` allows. */
async function patiently(
  ms: number,
  { clock }: AgentOptions,
  force: AbortSignal,
  task: (enough: AbortSignal) => Promise<void>,
): Promise<void> {
  const patience = new AbortController();
  const enough = AbortSignal.any([force, patience.signal]);
  const timer = clock.sleep(ms, enough).then(() => patience.abort(), () => {});
  await task(enough);
  patience.abort();
  await timer;
}
