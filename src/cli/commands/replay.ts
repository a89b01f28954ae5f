/**
 * `irctail replay`.
 *
 * @module
 */

import { compileScrubber } from "../../redact/redactor.ts";
import { systemClock } from "../../runtime/clock.ts";
import { openLogger } from "../../runtime/log.ts";
import type { CommandLine } from "../args.ts";
import { findDesired, NO_CONFIG } from "../desired.ts";
import { EXIT_CONFIG, EXIT_DONE, EXIT_USAGE } from "../exit.ts";
import { openLineWriter } from "../output.ts";
import { printError } from "../process.ts";
import { replay, ReplaySourceError, type ReplayStats } from "../replay.ts";
import { untilToldToStop } from "../signals.ts";

/** Prints what would be sent: `connection<TAB>channel<TAB>text` a message, or a JSON object. */
export async function replayCommand({ text, flag, files }: CommandLine): Promise<number> {
  const found = findDesired(text("config"));
  if (found.kind !== "found") {
    printError(
      `irctail: ${found.kind === "disabled" ? "There is no config: IRC_ENABLED turns IRC off" : NO_CONFIG}`,
    );
    return EXIT_CONFIG;
  }
  const { config } = found.load();
  const scrub = compileScrubber(config.secrets);
  const out = openLineWriter(Deno.stdout);
  using signals = untilToldToStop();
  try {
    const stats = await replay({
      config,
      source: text("source"),
      files,
      budgets: flag("budgets"),
      clock: systemClock,
      log: openLogger({ clock: systemClock, format: "text", scrub, write: printError }),
      host: Deno.hostname(),
      print: flag("json")
        ? (message) => out.line(JSON.stringify(message))
        : ({ connection, channel, text: said }) => out.line(`${connection}\t${channel}\t${said}`),
      flush: out.flush,
    }, signals.stop);
    if (flag("stats")) printError(statsText(stats));
    return EXIT_DONE;
  } catch (error) {
    if (!(error instanceof ReplaySourceError)) throw error;
    printError(`irctail: ${scrub(error.message)}`);
    return EXIT_USAGE;
  }
}

function statsText({ bytes, records, messages, elapsedMs }: ReplayStats): string {
  const seconds = Math.max(elapsedMs, 1) / 1_000;
  const megabytes = bytes / 1e6;
  return `${records} records, ${megabytes.toFixed(1)} MB in ${seconds.toFixed(2)} s: ` +
    `${(megabytes / seconds).toFixed(0)} MB/s, ${
      Math.round(records / seconds)
    } records/s, ${messages} messages`;
}
