/**
 * `irctail panic` and `irctail resume`.
 *
 * @module
 */

import type { PanicAnswer } from "../../reconcile/panic.ts";
import { durationText } from "../../route/summary.ts";
import type { CommandLine } from "../args.ts";
import { ControlError, tellAgent } from "../control_client.ts";
import { findStateDir, NO_CONFIG } from "../desired.ts";
import { EXIT_CONFIG, EXIT_DONE, EXIT_FAILED } from "../exit.ts";
import { scrubbed } from "../last_resort.ts";
import { print, printError } from "../process.ts";
import { untilToldToStop } from "../signals.ts";

/** Mutes every channel of the running agent, or ends that; says what is so now. */
export async function panicCommand(verb: "panic" | "resume", { text }: CommandLine): Promise<number> {
  const stateDir = findStateDir(text("config"));
  if (stateDir === undefined) {
    printError(`irctail: ${NO_CONFIG}`);
    return EXIT_CONFIG;
  }
  using signals = untilToldToStop();
  try {
    const answer = JSON.parse(await tellAgent(stateDir, `/${verb}`, signals.stop)) as PanicAnswer;
    print(answerText(answer, Date.now()));
    return EXIT_DONE;
  } catch (error) {
    if (signals.stop.aborted) return EXIT_FAILED;
    if (!(error instanceof ControlError)) throw error;
    printError(`irctail: ${scrubbed(error.message)}`);
    return EXIT_FAILED;
  }
}

/** What is so now, in one line. */
function answerText({ muted, changed, sinceMs }: PanicAnswer, nowMs: number): string {
  const time = sinceMs === undefined ? "" : durationText(nowMs - sinceMs);
  if (muted) {
    return changed
      ? "Every channel is muted until irctail resume"
      : `Every channel has been muted for ${time}; irctail resume ends it`;
  }
  return changed
    ? `Every channel can be spoken in again after ${time}; what was not said is counted there`
    : "Nothing was muted";
}
