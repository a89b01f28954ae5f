/**
 * Speaks for the agent itself: its status to whoever asks, its news to the channel that the config names. Whatever
 * leaves here is redacted with what the running config keeps secret (invariants I2, I10).
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { ConfigError } from "../config/diagnostic.ts";
import { Notices } from "../pipeline/notices.ts";
import { compileRedactor, type Redactor } from "../redact/redactor.ts";
import { durationText } from "../route/summary.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Monitor } from "./monitor.ts";
import { problemTexts, refusalText, reloadText } from "./news.ts";
import type { Step } from "./plan.ts";
import type { ReloadState } from "./reconciler.ts";
import { type ConfigStatus, encodeStatus } from "./status.ts";
import type { World } from "./world.ts";

/** What a reporter needs. */
export interface ReporterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly world: World;
  /** How the last reload went. */
  readonly reload: () => ReloadState;
  /** Since when everything is muted, in milliseconds since the Unix epoch; `undefined` when nothing is. */
  readonly mutedSinceMs: () => number | undefined;
}

/** Reports. */
export class Reporter {
  readonly #monitor: Monitor;
  readonly #notices: Notices;
  readonly #mutedSinceMs: () => number | undefined;
  #config: Config;
  #redactor: Redactor;

  /**
   * Starts with nothing to report.
   *
   * @param config The config that runs.
   * @param options The world, and how reloads went.
   */
  constructor(config: Config, { clock, log, world, reload, mutedSinceMs }: ReporterOptions) {
    this.#mutedSinceMs = mutedSinceMs;
    this.#config = config;
    this.#redactor = redactorOf(config);
    this.#notices = new Notices({
      clock,
      target: () => this.#config.notices,
      connection: (id) => world.connections.get(id),
      redact: (text) => this.#redactor.redact(text).text,
    });
    this.#monitor = new Monitor({
      clock,
      log,
      world,
      config: () => configStatus(reload()),
      tell: (notice) => this.#notices.tell(notice),
    });
  }

  /** The status as JSON (`Status` in `status.ts`), without secrets. */
  status(): string {
    const mutedSinceMs = this.#mutedSinceMs();
    return encodeStatus(
      { ...this.#monitor.status(), ...mutedSinceMs === undefined ? {} : { mutedSinceMs } },
      (text) => this.#redactor.redact(text).text,
    );
  }

  /** Looks again soon: a connection, channel or source changed its state. */
  changed(): void {
    this.#monitor.poke();
    this.#notices.poke();
  }

  /** Everything was muted: news that wait are old when they can be said. */
  muted(): void {
    this.#notices.forget();
    this.changed();
  }

  /** Everything can be said again. */
  unmuted(mutedForMs: number): void {
    const text = `speaking again, after a panic of ${durationText(mutedForMs)}`;
    this.#notices.tell({ subject: "panic", text, back: true });
    this.changed();
  }

  /** A reload was done. */
  reloaded(config: Config, steps: readonly Step[]): void {
    this.#config = config;
    this.#redactor = redactorOf(config);
    this.#notices.tell({ subject: "config", text: reloadText(steps), back: true });
    this.changed();
  }

  /** A reload was refused. */
  refused(error: ConfigError): void {
    this.#notices.tell({ subject: "config", text: refusalText(error), back: false });
    this.changed();
  }

  /** The config can be used again, and is what runs. */
  mended(): void {
    this.#notices.tell({ subject: "config", text: "config can be used again, and is what runs", back: true });
    this.changed();
  }

  /** Checkpoints cannot be written, or can be again. */
  checkpoints(state: "failing" | "written"): void {
    const text = state === "failing"
      ? "checkpoint cannot be written: a crash would show lines again"
      : "checkpoint is written again";
    this.#notices.tell({ subject: "checkpoint", text, back: state === "written" });
  }

  /** Watches and reports until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#monitor.run(signal), this.#notices.run(signal)]);
  }
}

function redactorOf({ secrets }: Config): Redactor {
  const redaction = { rules: new Map(), profiles: new Map() };
  return compileRedactor({ profile: "standard", redaction, secrets });
}

function configStatus(state: ReloadState): ConfigStatus {
  const { digest } = state;
  if (state.phase === "applied") return { digest, ready: true, reason: "applied", problems: [] };
  const problems = problemTexts(state.error);
  return { digest, ready: false, reason: "the newest config is refused", problems };
}
