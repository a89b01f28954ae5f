/**
 * `irctail test`.
 *
 * @module
 */

import { CONFIG_PLACES, findConfig } from "../../config/find.ts";
import { compileScrubber } from "../../redact/redactor.ts";
import { systemClock } from "../../runtime/clock.ts";
import { openLogger } from "../../runtime/log.ts";
import type { CommandLine } from "../args.ts";
import { readConfig } from "../config_file.ts";
import { EXIT_CONFIG } from "../exit.ts";
import { print, printError } from "../process.ts";
import { untilToldToStop } from "../signals.ts";
import { runTests } from "../test.ts";

/** Runs the `tests:` block of a config; what `IRC_*` variables make has none, so that a file is looked for. */
export async function testCommand({ text }: CommandLine): Promise<number> {
  const path = findConfig(text("config"));
  if (path === undefined) {
    printError(`irctail: There is no config file: looked for ${CONFIG_PLACES.join(" and ")}`);
    return EXIT_CONFIG;
  }
  const { config, tests } = readConfig(path);
  const scrub = compileScrubber(config.secrets);
  using signals = untilToldToStop();
  return await runTests({
    file: path,
    config,
    tests,
    clock: systemClock,
    log: openLogger({ clock: systemClock, format: "text", scrub, write: printError }),
    host: Deno.hostname(),
    scrub,
    write: print,
  }, signals.stop);
}
