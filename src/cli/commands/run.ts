/**
 * `irctail run`.
 *
 * @module
 */

import { systemClock } from "../../runtime/clock.ts";
import type { CommandLine } from "../args.ts";
import { findDesired, NO_CONFIG } from "../desired.ts";
import { EXIT_CONFIG } from "../exit.ts";
import { passThrough } from "../pass_through.ts";
import { print, printError, stdinIsHandedOver } from "../process.ts";
import { run } from "../run.ts";
import { onReload, surviveHangup, untilToldToStop } from "../signals.ts";

/** Runs the agent until it is told to leave; without a config, copies stdin to stdout where it is a pipe. */
export async function runCommand({ text, flag }: CommandLine): Promise<number> {
  const found = findDesired(text("config"));
  if (found.kind === "disabled") return await passThrough(printError);
  if (found.kind === "nowhere") {
    if (stdinIsHandedOver()) return await passThrough(printError);
    printError(`irctail: ${NO_CONFIG}`);
    return EXIT_CONFIG;
  }
  using _hangup = surviveHangup();
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
    },
    signals.stop,
    signals.force,
  );
}
