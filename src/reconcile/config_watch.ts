/**
 * Notices that the config file may have changed: a hint at once where the file system gives one, a look every few
 * seconds everywhere.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { type Clock, pause } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";

/** How often the file is looked at without a hint, for file systems without events (NFS, some bind mounts). */
const LOOK_MS = 5_000;

/** How long after a hint the file is read: an editor writes, renames and sets modes in one go. */
const SETTLE_MS = 50;

/** Directory entry through which Kubernetes swaps every file of a ConfigMap at once. */
const CONFIG_MAP_LINK = "..data";

/** What the watch needs. */
interface WatchOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Told that the file may be another one. */
  readonly changed: () => void;
}

/**
 * Calls `changed` whenever the file may be another one, until `signal` aborts. It is called too often rather than too
 * seldom: who is called compares contents.
 *
 * @param path The config file.
 * @param options The clock, a log, and whom to tell.
 */
export async function watchConfig(path: string, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const hint = new Poke();
  await Promise.all([
    look(options, signal),
    tell(hint, options, signal),
    listen(path, hint, options, signal),
  ]);
}

async function look({ clock, changed }: WatchOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(clock, LOOK_MS, signal);
    if (!signal.aborted) changed();
  }
}

/** However many hints come at once, the file is read once for them. */
async function tell(hint: Poke, { clock, changed }: WatchOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    await hint.wait(signal);
    if (!signal.aborted) await pause(clock, SETTLE_MS, signal);
    if (signal.aborted) return;
    changed();
  }
}

async function listen(path: string, hint: Poke, { log }: WatchOptions, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const names = new Set([basename(path), CONFIG_MAP_LINK]);
  let watcher: Deno.FsWatcher;
  try {
    const real = Deno.realPathSync(path);
    names.add(basename(real));
    watcher = Deno.watchFs([...new Set([dirname(path), dirname(real)])], { recursive: false });
  } catch (error) {
    log.warn("Config file gives no change events; looking every 5 s", {
      because: error instanceof Error ? error.message : "unknown",
    });
    return;
  }
  const close = () => watcher.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    for await (const { kind, paths } of watcher) {
      if (kind !== "access" && paths.some((changed) => names.has(basename(changed)))) hint.poke();
    }
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) watcher.close();
  }
}
