/**
 * The loop that makes the running world equal to the config file, whatever woke it.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { ConfigError, type Diagnostic } from "../config/diagnostic.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import { describeStep, type Step } from "./plan.ts";

/** A config that was read. */
export interface Desired {
  readonly config: Config;
  /** Short hash of its bytes. */
  readonly digest: string;
  /** What works but is probably not meant. */
  readonly warnings: readonly Diagnostic[];
}

/** What the loop needs. */
export interface ReconcilerOptions {
  readonly log: Logger;
  /** Reads the config anew, secrets included. @throws {ConfigError} When it cannot be used. */
  readonly readDesired: () => Desired;
  /** Makes the world what the config says. */
  readonly apply: (config: Config) => Promise<readonly Step[]>;
  /** Told after a pass that changed something. */
  readonly applied: (desired: Desired, steps: readonly Step[]) => void;
  /** Told of a config that cannot be used, once. */
  readonly refused: (error: ConfigError) => void;
  /** Told when the config can be used again and is what runs already. */
  readonly mended: () => void;
}

/** How the last pass went, for status. */
export type ReloadState =
  | { readonly phase: "applied"; readonly digest: string }
  | {
    readonly phase: "refused";
    /** Of the config that runs. */
    readonly digest: string;
    readonly error: ConfigError;
  };

/** Compares and applies whenever it is poked; one pass at a time. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #poke = new Poke();
  #state: ReloadState;
  #refused = "";

  /**
   * Begins with a config that runs.
   *
   * @param running The config that was applied at the start.
   * @param options How to read and apply.
   */
  constructor(running: Desired, options: ReconcilerOptions) {
    this.#options = options;
    this.#state = { phase: "applied", digest: running.digest };
  }

  /** How the last pass went. */
  get state(): ReloadState {
    return this.#state;
  }

  /** Says that something may have changed; many calls make one pass. */
  poke(): void {
    this.#poke.poke();
  }

  /** Runs passes until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#poke.wait(signal);
      if (signal.aborted) return;
      await this.#pass();
    }
  }

  async #pass(): Promise<void> {
    const { log, readDesired, apply, applied } = this.#options;
    let desired: Desired;
    try {
      desired = readDesired();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#refuse(error);
      return;
    }
    const wasRefused = this.#refused !== "";
    this.#refused = "";
    const before = this.#state.digest;
    const steps = await apply(desired.config);
    this.#state = { phase: "applied", digest: desired.digest };
    if (steps.length === 0) {
      if (!wasRefused) return;
      log.info("Config can be used again, and is what runs", { config: desired.digest });
      this.#options.mended();
      return;
    }
    log.info("Config reloaded", {
      from: before,
      to: desired.digest,
      steps: steps.map(describeStep).join("; "),
    });
    logWarnings(desired, log);
    applied(desired, steps);
  }

  #refuse(error: ConfigError): void {
    if (this.#refused === error.message) return;
    this.#refused = error.message;
    this.#state = { phase: "refused", digest: this.#state.digest, error };
    for (const { severity, path, line, column, message } of error.diagnostics) {
      if (severity === "error") {
        this.#options.log.error("Config not reloaded", {
          at: line === 0 ? error.file : `${error.file}:${line}:${column}`,
          path,
          because: message,
        });
      }
    }
    this.#options.refused(error);
  }
}

/** Says what works in a config but is probably not meant. */
export function logWarnings({ warnings }: Desired, log: Logger): void {
  for (const { path, line, column, message } of warnings) {
    log.warn("Config warning", { at: `${line}:${column}`, path, because: message });
  }
}
