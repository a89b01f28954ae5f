/**
 * What `cut_path_test.ts` runs in a network namespace of its own, whose only interface it takes down: no packet arrives
 * any more, and nobody is told. Prints what happened as JSON.
 *
 * @module
 */

import { startNgircd } from "../support/ngircd.ts";
import { findProgram } from "../support/parts.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";

/** How far the clock goes between two looks: no faster than a real server can answer, and fast where none does. */
const SERVER_STEP_MS = 25;
const SILENT_STEP_MS = 1_000;

/** What the test looks at. */
export interface CutPath {
  /** Why the connection was given up, and why it could not be had again, in the order they were said. */
  readonly reasons: readonly string[];
  /** What became of each message, by its text. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Messages that the witness saw, in order. */
  readonly seen: readonly string[];
}

async function setPath(state: "up" | "down"): Promise<void> {
  const { success } = await new Deno.Command(findProgram("ip") ?? "ip", {
    args: ["link", "set", "lo", state],
  }).output();
  if (!success) throw new Error(`Cannot set the interface ${state}`);
}

async function cutPath(): Promise<CutPath> {
  await setPath("up");
  const clock = stoppedClock();
  await using server = await startNgircd();
  await using witness = await openWitness(server.port, { channels: ["#logs"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  const reasons = new Set<string>();
  const advanceUntil = (what: string, stepMs: number, look: () => boolean) =>
    until(what, async () => {
      await clock.advance(stepMs);
      const { state } = tail.connection;
      if (state.phase === "waiting") reasons.add(state.because);
      return look();
    }, {
      deadlineMs: 60_000,
      seen: () => [tail.connection.state, [...tail.outcomes], witness.all.slice(-5)],
    });
  await advanceUntil("the bot to join", SERVER_STEP_MS, () => tail.connection.canSpeak("#logs"));
  tail.say("#logs", "before");
  await advanceUntil("the first message", SERVER_STEP_MS, () => tail.outcomes.has("before"));

  await setPath("down");
  for (let i = 1; i <= 6; i++) tail.say("#logs", `error ${i}`, { urgency: "error", maxAgeMs: 3_000 });
  for (let i = 1; i <= 3; i++) tail.say("#logs", `info ${i}`, { maxAgeMs: 3_000 });
  await advanceUntil("the loss to be noticed, and a try in vain", SILENT_STEP_MS, () => reasons.size >= 2);

  await setPath("up");
  await advanceUntil("every outcome", SERVER_STEP_MS, () => tail.outcomes.size === 10);
  await advanceUntil("the witness", SERVER_STEP_MS, () => witness.messages("#logs").includes("error 6"));
  return {
    reasons: [...reasons],
    outcomes: Object.fromEntries(tail.outcomes),
    seen: witness.messages("#logs"),
  };
}

if (import.meta.main) {
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(await cutPath())));
}
