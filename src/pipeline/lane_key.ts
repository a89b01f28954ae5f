/**
 * The name of a lane: the same across reloads and restarts.
 *
 * @module
 */

/** What makes a lane the one it is. */
export interface LaneName {
  /** Name of the route. */
  readonly route: string;
  /** Config key of the connection. */
  readonly connection: string;
  /** Channel with its prefix, templates expanded. */
  readonly channel: string;
}

/** Channel of the lane that counts what found no channel: it is never joined, and nothing is said in it. */
export const NO_CHANNEL = "";

/** As one string, readable in a checkpoint and unambiguous whatever the names hold. */
export function laneKey({ route, connection, channel }: LaneName): string {
  return JSON.stringify([route, connection, channel]);
}

/** The name behind a key; `undefined` when the text is none. */
export function parseLaneKey(key: string): LaneName | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    return undefined; // Not JSON: not a key.
  }
  if (!Array.isArray(parts) || parts.length !== 3) return undefined;
  const [route, connection, channel]: readonly unknown[] = parts;
  if (typeof route !== "string" || typeof connection !== "string" || typeof channel !== "string") {
    return undefined;
  }
  return { route, connection, channel };
}
