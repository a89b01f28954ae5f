/**
 * Keeps checkpoints in the state directory, and says when that does not work.
 *
 * @module
 */

import { type Checkpoint, encodeCheckpoint, saveCheckpoint } from "../pipeline/checkpoint.ts";
import type { Logger } from "../runtime/log.ts";

/** What the saver needs. */
export interface CheckpointSaverOptions {
  /** Directory of the checkpoint; `undefined` keeps none. */
  readonly stateDir: string | undefined;
  readonly log: Logger;
  /** Told when writing begins to fail, and when it works again. */
  readonly changed: (state: "failing" | "written") => void;
}

/** Writes checkpoints; a failure is said once and tried again with the next one, a success after it is said too. */
export function checkpointSaver(
  { stateDir, log, changed }: CheckpointSaverOptions,
): (checkpoint: Checkpoint) => Promise<void> {
  let written = "";
  let failing = false;
  return async (checkpoint) => {
    if (stateDir === undefined) return;
    const text = encodeCheckpoint(checkpoint);
    if (text === written) return;
    try {
      await saveCheckpoint(stateDir, text);
      written = text;
      if (!failing) return;
      failing = false;
      log.info("Checkpoint is written again");
      changed("written");
    } catch (error) {
      if (failing) return;
      failing = true;
      log.error("Checkpoint cannot be written", {
        because: error instanceof Error ? error.message : "unknown",
      });
      changed("failing");
    }
  };
}
