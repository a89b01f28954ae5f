/**
 * Lines that redaction could not vouch for, by the rule that failed (invariant I2): counted, and said in the log.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";

/** How long a rule that goes on failing is not named again, in milliseconds: a rule that fails does so on many lines. */
const QUIET_MS = 60_000;

/** What it needs from the world. */
export interface WithheldDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts withheld lines by rule. */
export class WithheldLines {
  readonly #deps: WithheldDeps;
  readonly #counts = new Map<string, number>();
  readonly #saidMs = new Map<string, number>();

  /** Opens with nothing counted. */
  constructor(deps: WithheldDeps) {
    this.#deps = deps;
  }

  /** How many lines each rule has withheld since the agent started. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /**
   * Counts a line. The rule is named in the log at once and then at most once a minute, without the line's text.
   *
   * @param rule Name of the rule that threw or overran.
   */
  count(rule: string): void {
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - (this.#saidMs.get(rule) ?? -Infinity) < QUIET_MS) return;
    this.#saidMs.set(rule, nowMs);
    this.#deps.log.error("A line is withheld because a redaction rule failed", { rule, lines: count });
  }
}
