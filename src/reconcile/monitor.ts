/**
 * Watches what runs: remembers since when each condition holds, and says what stops working and what works again
 * (invariant I8).
 *
 * @module
 */

import type { Notice } from "../pipeline/notices.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import { Conditions } from "./conditions.ts";
import { Newsroom, type ResourceNews } from "./news.ts";
import { observe } from "./observe.ts";
import { QuietWatch } from "./quiet.ts";
import type { ConfigStatus, Resource, Status } from "./status.ts";
import type { World } from "./world.ts";

/** What a monitor needs. */
export interface MonitorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly world: World;
  /** What runs, and what became of the last reload. */
  readonly config: () => ConfigStatus;
  /** Takes what is news. */
  readonly tell: (notice: Notice) => void;
}

/** The one thing there is of the config. */
const CONFIG = { kind: "config", name: "" } as const;

/** Watches the world. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #conditions: Conditions<Resource>;
  readonly #configConditions: Conditions<ConfigStatus & typeof CONFIG>;
  readonly #quiet = new QuietWatch();
  readonly #newsroom = new Newsroom();
  readonly #poke = new Poke();
  readonly #startedMs: number;
  /** Why connections were lost that are not back yet. */
  readonly #lost = new Map<string, string>();

  /** Starts now; the agent does, too. */
  constructor(options: MonitorOptions) {
    const { clock } = options;
    this.#options = options;
    this.#conditions = new Conditions(clock);
    this.#configConditions = new Conditions(clock);
    this.#startedMs = clock.now();
  }

  /** Looks again soon: something may have changed. */
  poke(): void {
    this.#poke.poke();
  }

  /** Looks whenever something changed or a source has been silent for long enough, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.look();
      const waitMs = Math.max(0, this.#quiet.nextDueMs - clock.monotonic());
      await this.#poke.waitAtMost(waitMs, { clock }, signal);
    }
  }

  /** Looks at everything, and says what is news. */
  look(): readonly Resource[] {
    const { clock, world, config, tell } = this.#options;
    const nowMs = clock.monotonic();
    this.#watchQuiet(nowMs);
    this.#rememberLosses();
    const resources = observe(world, {
      quiet: this.#quiet.quiet,
      lost: this.#lost,
      nowMs,
      wallMs: clock.now(),
    });
    this.#configConditions.observe([{ ...CONFIG, ...config() }]);
    for (const news of this.#newsroom.of(this.#conditions.observe(resources), resources)) {
      this.#log(news);
      tell(news.notice);
    }
    return resources;
  }

  /** Everything at this moment. */
  status(): Status {
    const { clock, config } = this.#options;
    const resources = this.look();
    return {
      nowMs: clock.now(),
      startedMs: this.#startedMs,
      config: { ...config(), sinceMs: this.#configConditions.sinceMs(CONFIG) },
      resources: resources.map((resource) => ({
        ...resource,
        sinceMs: this.#conditions.sinceMs(resource),
      })),
    };
  }

  #watchQuiet(nowMs: number): void {
    const { world } = this.#options;
    const specs = world.sourceSpecs;
    const intakes = world.pipeline?.intakes;
    const heard = [...world.sources].flatMap(([id, { phase }]) => {
      const activity = intakes?.get(id)?.activity;
      if (activity === undefined || phase === "ended") return [];
      const { lastMs, spokeBefore } = activity;
      return [{ id, quietAfterMs: specs.get(id)?.quietAfterMs, lastMs, spokeBefore }];
    });
    this.#quiet.look(heard, nowMs);
    for (const id of this.#quiet.awaited) intakes?.get(id)?.activity.whenHeard(() => this.poke());
  }

  #rememberLosses(): void {
    const { connections } = this.#options.world;
    for (const [id, { state }] of connections) {
      if (state.phase === "waiting") this.#lost.set(id, state.because);
      else if (state.phase === "ready") this.#lost.delete(id);
    }
    for (const id of this.#lost.keys()) {
      if (!connections.has(id)) this.#lost.delete(id);
    }
  }

  /** What else is news was logged where it happened. */
  #log({ notice: { back }, resource }: ResourceNews): void {
    const { log } = this.#options;
    const { kind, name, reason } = resource;
    if (kind === "channel") {
      if (back) log.info("Channel can be spoken in again", { channel: name });
      else log.warn("Channel cannot be spoken in", { channel: name, because: reason });
    } else if (kind === "source") {
      if (back) log.info("Source is back", { source: name });
      else if (resource.quiet) log.warn("Source is quiet", { source: name, because: reason });
    }
  }
}
