/**
 * `irctail run`: wires the agent to this process.
 *
 * @module
 */

import { serveControl } from "../http/control_server.ts";
import { openPrintedConnection } from "../irc/printed.ts";
import { StsPolicies } from "../irc/sts.ts";
import { openConnection } from "../irc/supervisor.ts";
import { openStateDir, type StateDir } from "../pipeline/state_dir.ts";
import { runAgent } from "../reconcile/agent.ts";
import { PaceFile } from "../reconcile/pace_file.ts";
import { type Desired, logWarnings } from "../reconcile/reconciler.ts";
import { compileScrubber } from "../redact/redactor.ts";
import type { Clock } from "../runtime/clock.ts";
import { openLogger } from "../runtime/log.ts";
import { openSource } from "../source/open.ts";
import { EXIT_CONFIG, EXIT_DONE } from "./exit.ts";

/** What `run` needs. */
export interface RunOptions {
  /** Reads the config. @throws {ConfigError} When it cannot be used. */
  readonly load: () => Desired;
  /** File to watch for changes; `undefined` when the config did not come from one. */
  readonly configPath: string | undefined;
  /** To the end of every source, then leave. */
  readonly once: boolean;
  /** Print instead of connecting; keeps no state. */
  readonly dryRun: boolean;
  /** Format of the agent's own log. */
  readonly logFormat: "json" | "text";
  readonly clock: Clock;
  /** Name of this machine. */
  readonly host: string;
  /** Takes one line for standard output. */
  readonly print: (line: string) => void;
  /** Takes one line for standard error. */
  readonly printError: (line: string) => void;
  /** Calls back whenever the user asks for a reload, until `signal` aborts. */
  readonly onReload: (reload: () => void, signal: AbortSignal) => void;
  /** Calls back whenever the user asks to mute every channel, or to end that, until `signal` aborts. */
  readonly onPanic: (toggle: () => void, signal: AbortSignal) => void;
}

/**
 * Runs the agent.
 *
 * @param options The config and the outside world.
 * @param stop Ends it: sources stop, what is owed is said, for at most 5 s.
 * @param force Ends even that.
 * @returns The exit code.
 * @throws {ConfigError} When the first config cannot be used.
 */
export async function run(options: RunOptions, stop: AbortSignal, force: AbortSignal): Promise<number> {
  const { clock, print, once, dryRun } = options;
  const first = options.load();
  let scrub = compileScrubber(first.config.secrets);
  const log = openLogger({
    clock,
    format: options.logFormat,
    scrub: (text) => scrub(text),
    write: options.printError,
  });
  logWarnings(first, log);
  let stateDir: StateDir | undefined;
  try {
    stateDir = dryRun ? undefined : await openStateDir(first.config.stateDir, { clock });
  } catch (error) {
    const because = error instanceof Error ? error.message : "unknown";
    if (options.configPath !== undefined) {
      log.error("State directory cannot be used", { because });
      return EXIT_CONFIG;
    }
    // Leaving would break the pipe of the service whose output is copied. What stdin gave cannot be read again anyway.
    log.warn("State directory cannot be used, going on without it", { because });
  }
  using _held = stateDir;
  const sts = new StsPolicies();
  await using paces = new PaceFile({ stateDir: stateDir?.path, clock, log });
  await runAgent(
    first,
    {
      ...options,
      log,
      random: Math.random,
      once,
      stateDir: stateDir?.path,
      serve: async (agent, signal) => {
        if (stateDir !== undefined) await serveControl(agent, { stateDir: stateDir.path, log }, signal);
      },
      reloaded: ({ secrets }) => {
        scrub = compileScrubber(secrets);
      },
      openConnection: (id, spec, changed) =>
        dryRun
          ? openPrintedConnection(
            id,
            spec,
            ({ connection, channel, text }) => print(`${connection}\t${channel}\t${text}`),
          )
          : openConnection({
            id,
            spec,
            clock,
            log,
            random: Math.random,
            sts,
            reclaimsNick: true,
            changed,
            memory: paces.of(id),
          }),
      openSource: (id, spec) => openSource(id, spec, { clock, log }),
    },
    stop,
    force,
  );
  return EXIT_DONE;
}
