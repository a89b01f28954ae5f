/**
 * What a restart needs to know: cursors and counts in one file, written whole or not at all (invariant I9).
 *
 * @module
 */

import { z } from "zod";
import type { StreamCheckpoint } from "../event/event.ts";
import { LEVELS } from "../event/level.ts";
import { replaceFile } from "../runtime/replace_file.ts";
import type { BacklogCounters } from "./backlog.ts";
import { parseLaneKey } from "./lane_key.ts";

/** Everything that outlives the process. */
export interface Checkpoint {
  /** Streams by source and stream key. A source that is named here has run before. */
  readonly sources: ReadonlyMap<string, ReadonlyMap<string, StreamCheckpoint>>;
  /** Records counted but not shown yet, by lane key. */
  readonly lanes: ReadonlyMap<string, BacklogCounters>;
}

/** Format of the file; a file of another version is not read. */
const VERSION = 1;

const FILE = "checkpoint.json";

const CursorShape = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("file"),
    offsetBytes: z.int().nonnegative(),
    path: z.string(),
    head: z.string(),
    headBytes: z.int().nonnegative(),
    last: z.string().exactOptional(),
    realPath: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("stdin"), offsetBytes: z.int().nonnegative() }),
  z.object({
    kind: z.literal("docker"),
    timeNs: z.string().regex(/^\d{1,20}$/),
    lines: z.int().nonnegative(),
  }),
  z.object({
    kind: z.literal("journal"),
    entry: z.string(),
    isAhead: z.boolean(),
    count: z.int().nonnegative(),
    timeUs: z.int().nonnegative(),
  }),
]);

const StreamShape = z.object({
  position: CursorShape,
  unsettled: z.array(
    z.object({ from: CursorShape, to: CursorShape, level: z.enum(LEVELS), lanes: z.array(z.string()) }),
  ),
});

const OwedShape = z.object({
  counts: z.array(z.int().nonnegative()).length(LEVELS.length),
  fromMs: z.number(),
  toMs: z.number(),
});

const FileShape = z.object({
  version: z.literal(VERSION),
  sources: z.record(z.string(), z.record(z.string(), StreamShape)),
  lanes: z.record(
    z.string().refine((key) => parseLaneKey(key) !== undefined),
    z.object({ overflow: OwedShape.exactOptional(), gap: OwedShape.exactOptional() }),
  ),
});

/** A checkpoint with nothing in it. */
export const EMPTY_CHECKPOINT: Checkpoint = { sources: new Map(), lanes: new Map() };

/** As text. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  const sources = Object.fromEntries(
    [...checkpoint.sources].map(([id, streams]) => [id, Object.fromEntries(streams)]),
  );
  return JSON.stringify({ version: VERSION, sources, lanes: Object.fromEntries(checkpoint.lanes) });
}

/**
 * From text.
 *
 * @throws {SyntaxError} When the text is not a whole checkpoint of this version.
 */
export function decodeCheckpoint(text: string): Checkpoint {
  const { success, data, error } = FileShape.safeParse(JSON.parse(text));
  if (!success) {
    const where = error.issues[0]?.path.slice(0, 1).join(".") ?? "";
    throw new SyntaxError(`Cannot read the checkpoint: "${where}" is not what version ${VERSION} writes`);
  }
  return {
    sources: new Map(
      Object.entries(data.sources).map(([id, streams]) => [id, new Map(Object.entries(streams))]),
    ),
    lanes: new Map(Object.entries(data.lanes)),
  };
}

/**
 * Reads the checkpoint of a state directory. The file is replaced by renaming, so it is whole or not there; when it is
 * damaged all the same it is set aside and `damaged` is told why.
 *
 * @param dir The state directory.
 * @param damaged Told when there is a file that cannot be used; where it was moved to.
 */
export function loadCheckpoint(dir: string, damaged: (because: string, movedTo: string) => void): Checkpoint {
  const path = `${dir}/${FILE}`;
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY_CHECKPOINT;
    throw error;
  }
  try {
    return decodeCheckpoint(text);
  } catch (error) {
    const aside = `${path}.damaged`;
    Deno.renameSync(path, aside);
    damaged(error instanceof Error ? error.message : "Cannot read the checkpoint", aside);
    return EMPTY_CHECKPOINT;
  }
}

/**
 * Writes a checkpoint, whole or not at all.
 *
 * @param dir The state directory.
 * @param text What {@linkcode encodeCheckpoint} made.
 * @throws {Error} When it cannot be written; the one before it is still there.
 */
export async function saveCheckpoint(dir: string, text: string): Promise<void> {
  await replaceFile(dir, FILE, text);
}
