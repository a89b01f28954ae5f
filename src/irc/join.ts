/**
 * JOIN lines: many channels in few lines.
 *
 * @module
 */

import { byteLength, LINE_BYTES } from "./wire.ts";

/** A channel to join. */
export interface JoinRequest {
  /** Channel with its prefix. */
  readonly channel: string;
  /** Its key, in clear. */
  readonly key: string | undefined;
}

/** Room for a line without CR LF. */
const ROOM_BYTES = LINE_BYTES - 2;

/**
 * The fewest JOIN lines of at most 512 bytes; keys belong to the first channels of a line, so those come first.
 *
 * @param requests What to join.
 * @param mostChannels How many channels the server takes in one line (ISUPPORT `TARGMAX`).
 */
export function joinLines(requests: readonly JoinRequest[], mostChannels: number): readonly string[] {
  const keyed = requests.filter(({ key }) => key !== undefined);
  const open = requests.filter(({ key }) => key === undefined);
  const lines: string[] = [];
  let batch: JoinRequest[] = [];
  for (const request of [...keyed, ...open]) {
    const isFull = batch.length >= mostChannels || byteLength(line([...batch, request])) > ROOM_BYTES;
    if (batch.length > 0 && isFull) {
      lines.push(line(batch));
      batch = [];
    }
    batch.push(request);
  }
  return batch.length === 0 ? lines : [...lines, line(batch)];
}

function line(batch: readonly JoinRequest[]): string {
  const channels = batch.map(({ channel }) => channel).join(",");
  const keys = batch.flatMap(({ key }) => key ?? []).join(",");
  return keys === "" ? `JOIN ${channels}` : `JOIN ${channels} ${keys}`;
}
