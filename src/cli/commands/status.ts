/**
 * `irctail status`.
 *
 * @module
 */

import type { Status } from "../../reconcile/status.ts";
import { pause, systemClock } from "../../runtime/clock.ts";
import type { CommandLine } from "../args.ts";
import { askAgent, ControlError } from "../control_client.ts";
import { findStateDir, NO_CONFIG } from "../desired.ts";
import { EXIT_CONFIG, EXIT_DONE, EXIT_FAILED } from "../exit.ts";
import { scrubbed } from "../last_resort.ts";
import { print, printError } from "../process.ts";
import { untilToldToStop } from "../signals.ts";
import { named, statusTable } from "../status_table.ts";

/** How often `--watch` asks. */
const WATCH_MS = 2_000;

/** ECMA-48: cursor to the upper left corner, then everything behind it erased. */
const REDRAW = "\x1b[H\x1b[2J";

/** How an answer is shown. */
interface Show {
  readonly json: boolean;
  readonly watch: boolean;
  /** Shows only what has this name. */
  readonly name: string | undefined;
}

/** Prints how the running agent is, once or again and again. */
export async function statusCommand({ text, flag, files }: CommandLine): Promise<number> {
  const stateDir = findStateDir(text("config"));
  if (stateDir === undefined) {
    printError(`irctail: ${NO_CONFIG}`);
    return EXIT_CONFIG;
  }
  const show: Show = { json: flag("json"), watch: flag("watch"), name: files[0] };
  using signals = untilToldToStop();
  let code = await showOnce(stateDir, show, signals.stop);
  while (show.watch && !signals.stop.aborted) {
    await pause(systemClock, WATCH_MS, signals.stop);
    if (!signals.stop.aborted) code = await showOnce(stateDir, show, signals.stop);
  }
  return show.watch ? EXIT_DONE : code;
}

async function showOnce(stateDir: string, show: Show, stop: AbortSignal): Promise<number> {
  try {
    return printStatus(await askAgent(stateDir, "/status", stop), show);
  } catch (error) {
    if (stop.aborted) return EXIT_DONE;
    if (!(error instanceof ControlError)) throw error;
    printError(`irctail: ${scrubbed(error.message)}`);
    return EXIT_FAILED;
  }
}

function printStatus(answer: string, { json, watch, name }: Show): number {
  const whole = JSON.parse(answer) as Status;
  const status = name === undefined ? whole : named(whole, name);
  if (status === undefined) {
    printError(`irctail: The agent has no connection, channel, source or route "${name}"`);
    return EXIT_FAILED;
  }
  if (json) {
    print(JSON.stringify(status, undefined, watch ? 0 : 2));
    return EXIT_DONE;
  }
  const lines = statusTable(status).join("\n");
  if (!watch) print(lines);
  else print(Deno.stdout.isTerminal() ? REDRAW + lines : `${lines}\n`);
  return EXIT_DONE;
}
