/**
 * `irctail run`.
 *
 * @module
 */

import { ConfigError } from "../../config/diagnostic.ts";
import { findConfig } from "../../config/find.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { CommandLine } from "../args.ts";
import { printConfigError } from "../config_error.ts";
import { findDesired, NO_CONFIG } from "../desired.ts";
import { EXIT_CONFIG, EXIT_DONE } from "../exit.ts";
import { asksForCopy, passThrough } from "../pass_through.ts";
import { env, print, printError, stdinIsHandedOver } from "../process.ts";
import { run } from "../run.ts";
import { onPanic, onReload, surviveSignals, untilToldToStop } from "../signals.ts";

/**
 * Runs the agent until it is told to leave; without a config, copies stdin to stdout where it is a pipe. Where the
 * config cannot be used, the pipe goes on as well: what a service prints must not hang on what irctail thinks of a file.
 */
export async function runCommand(line: CommandLine): Promise<number> {
  using _survivor = surviveSignals();
  const code = await runFound(line);
  if (code === EXIT_CONFIG && keepsPipe(line)) await passThrough("the config cannot be used", printError);
  return code;
}

/** Whether a service may be behind standard input whose output is to be copied. */
function keepsPipe({ text, flag }: CommandLine): boolean {
  if (flag("dry-run") || !stdinIsHandedOver()) return false;
  const explicit = text("config");
  if (explicit === undefined && (env("IRC_ENABLED") ?? "") !== "") return true;
  const path = findConfig(explicit);
  return path !== undefined && asksForCopy(path);
}

async function runFound({ text, flag }: CommandLine): Promise<number> {
  try {
    const found = findDesired(text("config"));
    if (found.kind === "disabled" || (found.kind === "nowhere" && stdinIsHandedOver())) {
      await passThrough("no config, or IRC_ENABLED is false", printError);
      return EXIT_DONE;
    }
    if (found.kind === "nowhere") {
      printError(`irctail: ${NO_CONFIG}`);
      return EXIT_CONFIG;
    }
    using signals = untilToldToStop();
    return await run(
      {
        load: found.load,
        configPath: found.path,
        once: flag("once"),
        dryRun: flag("dry-run"),
        logFormat: Deno.stderr.isTerminal() ? "text" : "json",
        clock: systemClock,
        host: Deno.hostname(),
        print,
        printError,
        onReload,
        onPanic,
      },
      signals.stop,
      signals.force,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printConfigError(error);
    return EXIT_CONFIG;
  }
}
