/**
 * Panic: every channel is muted until somebody says otherwise, over reloads and restarts.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";

/** Is there for as long as a panic lasts; what stands in it is only since when. */
const FILE = "panic.json";

/** Format of the file. */
const VERSION = 1;

/** What a panic needs. */
export interface PanicOptions {
  /** Directory in which a restart finds it; `undefined` forgets it with the process. */
  readonly stateDir: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Mutes everything, before it returns. */
  readonly mute: () => void;
  /** Ends that; how long it was, in milliseconds. */
  readonly unmute: (mutedForMs: number) => void;
}

/** What was asked for is so now. */
export interface PanicAnswer {
  readonly muted: boolean;
  /** Whether it was otherwise before. */
  readonly changed: boolean;
  /** Since when everything is muted, or was until now; wall clock, milliseconds since the Unix epoch. */
  readonly sinceMs?: number;
}

/** Whether everything is muted. */
export class Panic {
  readonly #options: PanicOptions;
  #sinceMs: number | undefined;

  /** Goes on with the panic that an earlier run left, if it left one. */
  constructor(options: PanicOptions) {
    this.#options = options;
    this.#sinceMs = keptSince(options);
    if (this.#sinceMs === undefined) return;
    options.mute();
    options.log.warn("Still muted by a panic of an earlier run: irctail resume ends it", {
      since: new Date(this.#sinceMs).toISOString(),
    });
  }

  /** Since when everything is muted, in milliseconds since the Unix epoch; `undefined` when nothing is. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** Mutes everything. */
  panic(): PanicAnswer {
    const { clock, log, mute } = this.#options;
    const before = this.#sinceMs;
    if (before !== undefined) return { muted: true, changed: false, sinceMs: before };
    const sinceMs = clock.now();
    this.#sinceMs = sinceMs;
    mute();
    log.warn("Every channel is muted: irctail resume ends it");
    this.#keep(sinceMs);
    return { muted: true, changed: true, sinceMs };
  }

  /** Ends it. */
  resume(): PanicAnswer {
    const { clock, log, unmute } = this.#options;
    const sinceMs = this.#sinceMs;
    if (sinceMs === undefined) return { muted: false, changed: false };
    const mutedForMs = Math.max(0, clock.now() - sinceMs);
    this.#sinceMs = undefined;
    this.#forget();
    unmute(mutedForMs);
    log.info("Every channel can be spoken in again", { mutedForMs });
    return { muted: false, changed: true, sinceMs };
  }

  /** Mutes everything, or ends that. */
  toggle(): PanicAnswer {
    return this.#sinceMs === undefined ? this.panic() : this.resume();
  }

  /** At once and durably: the next thing that happens may be that somebody kills the process. */
  #keep(sinceMs: number): void {
    const { stateDir, log } = this.#options;
    if (stateDir === undefined) return;
    try {
      using file = Deno.openSync(`${stateDir}/${FILE}`, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      file.writeSync(new TextEncoder().encode(`${JSON.stringify({ version: VERSION, sinceMs })}\n`));
      file.syncSync();
    } catch (error) {
      log.error("The panic cannot be kept: a restart would speak again", { because: messageOf(error) });
    }
  }

  #forget(): void {
    const { stateDir, log } = this.#options;
    if (stateDir === undefined) return;
    try {
      Deno.removeSync(`${stateDir}/${FILE}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      log.error("The panic cannot be forgotten: a restart would be muted", { because: messageOf(error) });
    }
  }
}

/** Since when an earlier run was muted. A file that cannot be read counts: nobody has said that the panic is over. */
function keptSince({ stateDir, clock }: PanicOptions): number | undefined {
  if (stateDir === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(Deno.readTextFileSync(`${stateDir}/${FILE}`));
    const sinceMs = typeof kept === "object" && kept !== null && "sinceMs" in kept ? kept.sinceMs : undefined;
    // A date holds no more than this (ECMA-262 §21.4.1.1).
    const isTime = typeof sinceMs === "number" && Math.abs(sinceMs) <= 8.64e15;
    return isTime ? sinceMs : clock.now();
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : clock.now();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
