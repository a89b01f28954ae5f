/**
 * The directory that is this agent's alone while it runs.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";

/** Directory of one user's state: nobody else may read what stands in it. */
const DIRECTORY_MODE = 0o700;

const LOCK_FILE = "lock";

/** A locked state directory; disposing it gives it free. */
export interface StateDir extends Disposable {
  /** Absolute path. */
  readonly path: string;
}

/** Another agent runs with the same state directory. */
export class StateDirLockedError extends Error {
  /**
   * Names the directory and the holder.
   *
   * @param path The directory.
   * @param pid Process id of the holder, as it wrote it.
   */
  constructor(path: string, pid: string) {
    super(`Cannot use the state directory "${path}": another irctail runs with it (pid ${pid})`);
    this.name = "StateDirLockedError";
  }
}

/** How long a free lock may take to be granted; the kernel answers at once, the thread pool may be busy. */
const LOCK_GRANTED_MS = 500;

/**
 * Creates the directory where it is missing, and locks it.
 *
 * The kernel gives the lock free when the process ends, however it ends. When another agent holds it, the wait for it
 * cannot be taken back (`flock` has no end in Deno 2.4): the caller is expected to leave.
 *
 * @throws {StateDirLockedError} When another agent holds it.
 * @throws {Error} When it cannot be created or written.
 */
export async function openStateDir(path: string, options: { readonly clock: Clock }): Promise<StateDir> {
  await Deno.mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  const lockPath = `${path}/${LOCK_FILE}`;
  const file = await Deno.open(lockPath, { read: true, write: true, create: true, mode: 0o600 });
  const ended = new AbortController();
  const granted = await Promise.race([
    file.lock(true).then(() => true),
    options.clock.sleep(LOCK_GRANTED_MS, ended.signal).then(() => false, () => false),
  ]);
  ended.abort();
  if (!granted) throw new StateDirLockedError(path, (await Deno.readTextFile(lockPath)).trim());
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return { path, [Symbol.dispose]: () => file.close() };
}
