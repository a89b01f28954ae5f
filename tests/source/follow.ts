import assert from "node:assert/strict";
import type { FileSourceSpec } from "../../src/config/config.ts";
import type { Cursor, StreamCheckpoint, Unsettled } from "../../src/event/event.ts";
import { openFileSource } from "../../src/source/file.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import type { TempDir } from "../support/temp_dir.ts";
import { fileSpec, keptLog, Reading } from "./reading.ts";

/** A source over `*.log` of a directory whose time stands still: events wake it, only `advance` lets it sweep. */
export function follow(
  dir: TempDir,
  options: {
    readonly spec?: Partial<FileSourceSpec>;
    readonly resume?: ReadonlyMap<string, StreamCheckpoint>;
    readonly once?: boolean;
    readonly own?: ReadonlySet<string>;
  } = {},
) {
  const clock = stoppedClock();
  const log = keptLog();
  const spec = fileSpec({ paths: [dir.at("*.log")], ...options.spec });
  const waits: number[] = [];
  const source = openFileSource("app", spec, {
    clock: {
      ...clock,
      sleep(ms, signal) {
        waits.push(ms);
        return clock.sleep(ms, signal);
      },
    },
    log,
    ...(options.own === undefined ? {} : { own: options.own }),
  });
  const { resume, once } = options;
  const reading = new Reading(source, {
    ...(resume === undefined ? {} : { resume }),
    ...(once === undefined ? {} : { once }),
  });
  return {
    clock,
    log,
    reading,
    /** How long it wanted to wait each time, in milliseconds. */
    waits,
    [Symbol.asyncDispose]: () => reading[Symbol.asyncDispose](),
  };
}

/** The checkpoint of a stream whose lines at these indexes are unsettled. */
export function unsettledAt(reading: Reading, indexes: readonly number[]): Map<string, StreamCheckpoint> {
  const checkpoints = new Map(reading.checkpoints);
  for (const index of indexes) {
    const line = reading.lines[index];
    assert.ok(line !== undefined);
    const record: Unsettled = { from: line.from, to: line.to, level: "info", lanes: ["x"] };
    const checkpoint = checkpoints.get(line.stream.key);
    assert.ok(checkpoint !== undefined);
    checkpoints.set(line.stream.key, { ...checkpoint, unsettled: [...checkpoint.unsettled, record] });
  }
  return checkpoints;
}

/** Offset of a cursor in a file. */
export function offsetOf(cursor: Cursor | undefined): number | undefined {
  return cursor?.kind === "file" ? cursor.offsetBytes : undefined;
}
