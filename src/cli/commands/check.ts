/**
 * `irctail check`.
 *
 * @module
 */

import { StsPolicies } from "../../irc/sts.ts";
import { openConnection } from "../../irc/supervisor.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { Logger } from "../../runtime/log.ts";
import type { CommandLine } from "../args.ts";
import { check } from "../check.ts";
import { checkLive } from "../check_live.ts";
import { findDesired } from "../desired.ts";
import { EXIT_DONE, EXIT_USAGE } from "../exit.ts";
import { env, inColor, print, printError } from "../process.ts";
import { untilToldToStop } from "../signals.ts";

/** What becomes of a connection is in the report already. */
const SILENT: Logger = { info: () => {}, warn: () => {}, error: () => {} };

/** Checks a config, and with `--live` whether the servers take it. */
export async function checkCommand({ text, flag }: CommandLine): Promise<number> {
  const named = text("config");
  if (flag("speak") && !flag("live")) {
    printError("irctail: --speak goes with --live");
    return EXIT_USAGE;
  }
  const code = check({
    config: named,
    env,
    write: print,
    writeError: printError,
    color: inColor(Deno.stderr),
  });
  if (code !== EXIT_DONE || !flag("live")) return code;
  const found = findDesired(named);
  if (found.kind !== "found") return code;
  const sts = new StsPolicies();
  using signals = untilToldToStop();
  return await checkLive({
    config: found.load().config,
    speak: flag("speak"),
    clock: systemClock,
    openConnection: (id, spec, changed) =>
      openConnection({
        id,
        spec,
        clock: systemClock,
        log: SILENT,
        random: Math.random,
        sts,
        // The agent may be running under it.
        reclaimsNick: false,
        changed,
      }),
    write: print,
  }, signals.stop);
}
