/**
 * `irctail demo`.
 *
 * @module
 */

import { systemClock } from "../../runtime/clock.ts";
import type { CommandLine } from "../args.ts";
import { readConfig } from "../config_file.ts";
import { demo } from "../demo/demo.ts";
import { EXIT_USAGE } from "../exit.ts";
import { inColor, print, printError } from "../process.ts";
import { run } from "../run.ts";
import { onPanic, onReload, untilToldToStop } from "../signals.ts";

/** Longest demo, in seconds: a day. */
const LONGEST_SECONDS = 86_400;

/** What of the agent's own log belongs on the screen: reloads and what goes wrong; the files of the services come later. */
const NEWS = /^\S+ (?:info {2}Config|error )|^\S+ warn {2}(?!Source is waiting)/;

/** Shows the main job on this machine, with the real agent in the middle. */
export async function demoCommand({ text }: CommandLine): Promise<number> {
  const given = text("seconds");
  const seconds = given === undefined ? undefined : Number(given);
  if (seconds !== undefined && !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    printError(`irctail: --seconds takes a number of seconds up to ${LONGEST_SECONDS}, not "${given}"`);
    return EXIT_USAGE;
  }
  using signals = untilToldToStop();
  return await demo({
    seconds,
    clock: systemClock,
    random: Math.random,
    write: print,
    color: inColor(Deno.stdout),
    startAgent: async (configPath, signal, news) => {
      await run(
        {
          load: () => readConfig(configPath),
          configPath,
          once: false,
          dryRun: false,
          logFormat: "text",
          clock: systemClock,
          host: Deno.hostname(),
          print,
          printError: (line) => {
            if (NEWS.test(line)) news(line);
          },
          onReload,
          onPanic,
        },
        signal,
        signals.force,
      );
    },
  }, signals.stop);
}
