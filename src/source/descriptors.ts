/**
 * How many more files may be open: sockets and the runtime itself need descriptors too, and Deno 2.9.6 ends the process
 * when it finds none for its own use.
 *
 * @module
 */

import { reasonOf, TOO_MANY } from "./discover.ts";

/** This share of what the system allows is left to others. */
const RESERVED_SHARE = 1 / 4;

/** But never more than this: far above what connections, watchers and checkpoints need. */
const MOST_RESERVED = 256;

/**
 * How many files may be opened now; `Infinity` where the system does not tell.
 *
 * @returns Zero or more.
 */
export function roomForFiles(): number {
  try {
    const [, allowed] = /^Max open files +(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits")) ?? [];
    if (allowed === undefined) return Infinity;
    const open = [...Deno.readDirSync("/proc/self/fd")].length;
    const reserved = Math.min(Number(allowed) * RESERVED_SHARE, MOST_RESERVED);
    return Math.max(0, Math.floor(Number(allowed) - reserved - open));
  } catch (error) {
    // Another system than Linux; or none was left to look, and then there is no room.
    return reasonOf(error) === TOO_MANY ? 0 : Infinity;
  }
}
