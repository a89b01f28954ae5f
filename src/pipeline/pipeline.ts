/**
 * Everything between the sources and the connections: intakes on one side, lanes on the other, the program between.
 *
 * @module
 */

import type { SourceSpec } from "../config/config.ts";
import type { StreamCheckpoint, Unsettled } from "../event/event.ts";
import { type LevelIndex, LEVELS } from "../event/level.ts";
import type { Connection } from "../irc/connection.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { Intake } from "./intake.ts";
import { Lane, laneKeyOf } from "./lane.ts";
import { NO_CHANNEL, parseLaneKey } from "./lane_key.ts";
import type { Program, SendRoute } from "./program.ts";
import { WithheldLines } from "./withheld.ts";

/** What the pipeline needs from the world. */
export interface PipelineDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Name of this machine, for `{host}`. */
  readonly host: string;
  /** A connection that runs, by config key. */
  readonly connection: (id: string) => Connection | undefined;
  /** Told when a route speaks in a channel it did not speak in before. */
  readonly channelsChanged: () => void;
}

/** How many channels a route with `{…}` in its channel may open; lines for further ones are counted (design §3). */
export const MAX_CHANNELS_PER_ROUTE = 20;

/** Shortest time between two looks for due summaries, so that a full queue is not asked again at once. */
const SHORTEST_TICK_MS = 50;

/** How old a checkpoint may be while lines move (invariant I9). */
const CHECKPOINT_MS = 100;

/** The running pipeline. */
export class Pipeline {
  readonly #deps: PipelineDeps;
  readonly #lanes = new Map<string, Lane>();
  readonly #intakes = new Map<string, Intake>();
  readonly #due = new Poke();
  readonly #changed = new Poke();
  readonly #acknowledged = new Poke();
  /** What an earlier run left of sources that were not taken up again yet. */
  readonly #left: Map<string, ReadonlyMap<string, StreamCheckpoint>>;
  readonly #withheld: WithheldLines;
  #program: Program;
  #muted = false;

  /**
   * Opens a pipeline that owes what the checkpoint says.
   *
   * @param program The compiled config.
   * @param left What an earlier run left; empty when nothing.
   * @param deps The world.
   */
  constructor(program: Program, left: Checkpoint, deps: PipelineDeps) {
    this.#deps = deps;
    this.#program = program;
    this.#withheld = new WithheldLines(deps);
    this.#left = new Map(left.sources);
    for (const [key, counters] of left.lanes) {
      const lane = this.#laneOf(key);
      if (lane !== undefined) lane.restore(counters);
      else deps.log.warn("Counts of a route that is no longer configured are dropped", { lane: key });
    }
  }

  /** The config as it runs. */
  get program(): Program {
    return this.#program;
  }

  /** Every lane, for status. */
  get lanes(): ReadonlyMap<string, Lane> {
    return this.#lanes;
  }

  /** Lines that redaction withheld, by rule, for metrics. */
  get withheld(): ReadonlyMap<string, number> {
    return this.#withheld.counts;
  }

  /** Every source's intake, for status. */
  get intakes(): ReadonlyMap<string, Intake> {
    return this.#intakes;
  }

  /** Replaces routes, templates, budgets and redaction between two lines. Lanes that go on keep tokens and counts. */
  swap(program: Program): void {
    this.#program = program;
    const routes = new Map<string, SendRoute>();
    for (const route of program.routes) {
      if (route.kind === "send") routes.set(route.spec.name, route);
    }
    for (const lane of this.#lanes.values()) {
      const route = routes.get(lane.route.spec.name);
      const goesOn = route !== undefined && laneKeyOf(route, lane.channel) === lane.key &&
        route.send.channel === lane.route.send.channel;
      if (goesOn) lane.adopt(route);
      else lane.retire();
    }
    this.#deps.channelsChanged();
  }

  /** The way in of a source; what an earlier run left of it is taken over the first time. */
  intake(id: string, spec: SourceSpec): Intake {
    const known = this.#intakes.get(id);
    if (known !== undefined) {
      known.adopt(spec);
      return known;
    }
    const intake = new Intake(id, spec, this.#left.get(id), {
      host: this.#deps.host,
      countLost: (record) => this.#countLost(record),
      reader: {
        program: () => this.#program,
        openLane: (route, channel) => this.#openLane(route, channel),
        nowMs: () => this.#deps.clock.now(),
        wake: () => this.#due.poke(),
        changed: () => this.#changed.poke(),
        acknowledged: () => this.#acknowledge(),
      },
    });
    this.#intakes.set(id, intake);
    return intake;
  }

  /** Forgets a source that left the config, with its positions. */
  removeIntake(id: string): void {
    this.#intakes.get(id)?.tick(Infinity, { all: true });
    this.#intakes.delete(id);
    this.#left.delete(id);
    this.#changed.poke();
  }

  /** Channels a connection must be in: those that routes and notices name, and those that templates have opened. */
  channels(connection: string): readonly string[] {
    const channels = new Set<string>();
    const { notices } = this.#program.config;
    if (notices?.connection === connection) channels.add(notices.channel);
    for (const route of this.#program.routes) {
      if (
        route.kind === "send" && route.send.connection === connection && route.channel.fixed !== undefined
      ) {
        channels.add(route.channel.fixed);
      }
    }
    for (const lane of this.#lanes.values()) {
      if (
        lane.route.send.connection === connection && lane.channel !== NO_CHANNEL &&
        !(lane.retired && lane.idle)
      ) {
        channels.add(lane.channel);
      }
    }
    return [...channels];
  }

  /** Says nothing in any channel from now on; what was read and not handed over is counted as a gap (invariant I1). */
  mute(): void {
    this.#muted = true;
    for (const lane of this.#lanes.values()) lane.mute();
    for (const intake of this.#intakes.values()) intake.tick(Infinity, { all: true });
    this.#changed.poke();
  }

  /** Speaks again, beginning with the gap. */
  unmute(): void {
    this.#muted = false;
    for (const lane of this.#lanes.values()) lane.unmute();
  }

  /** Looks again at what is due: a connection or channel changed its state. */
  poke(): void {
    this.#due.poke();
  }

  /** Says everything owed, due or not. */
  sayAll(): void {
    for (const intake of this.#intakes.values()) intake.tick(Infinity, { all: true });
    for (const lane of this.#lanes.values()) lane.tick({ all: true });
  }

  /** Says what is due, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      this.tick();
      const waitMs = Math.max(SHORTEST_TICK_MS, this.nextDueMs() - clock.monotonic());
      await this.#due.waitAtMost(waitMs, { clock }, signal);
    }
  }

  /** Says what is due now, and forgets lanes whose route is gone and that owe nothing. */
  tick(): void {
    const nowMs = this.#deps.clock.monotonic();
    for (const intake of this.#intakes.values()) intake.tick(nowMs, { all: false });
    let forgot = false;
    for (const [key, lane] of this.#lanes) {
      if (lane.nextDueMs() <= nowMs) lane.tick();
      if (lane.retired && lane.idle) {
        this.#lanes.delete(key);
        forgot = true;
      }
    }
    if (forgot) this.#deps.channelsChanged();
  }

  /** When something is due next, in monotonic milliseconds; `Infinity` when nothing is. */
  nextDueMs(): number {
    let due = Infinity;
    for (const intake of this.#intakes.values()) due = Math.min(due, intake.nextDueMs);
    for (const lane of this.#lanes.values()) due = Math.min(due, lane.nextDueMs());
    return due;
  }

  /** What a restart needs to know. */
  checkpoint(): Checkpoint {
    const sources = new Map(this.#left);
    for (const [id, intake] of this.#intakes) {
      const streams = intake.checkpoint();
      if (streams !== undefined) sources.set(id, streams);
    }
    for (const id of sources.keys()) {
      if (!this.#program.config.sources.has(id)) sources.delete(id);
    }
    const lanes = new Map<string, NonNullable<ReturnType<Lane["counters"]>>>();
    for (const [key, lane] of this.#lanes) {
      const counters = lane.counters();
      if (counters !== undefined) lanes.set(key, counters);
    }
    return { sources, lanes };
  }

  /**
   * Gives a checkpoint to `save` until `signal` aborts: at once when the server took something, because a crash would
   * show that again, and at most 100 ms after anything else.
   *
   * @param save Makes it durable; what it throws is its own business.
   */
  async keepCheckpoints(save: (checkpoint: Checkpoint) => Promise<void>, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#changed.wait(signal);
      if (!signal.aborted) await this.#acknowledged.waitAtMost(CHECKPOINT_MS, this.#deps, signal);
      if (signal.aborted) return;
      await save(this.checkpoint());
    }
  }

  #acknowledge(): void {
    this.#acknowledged.poke();
    this.#changed.poke();
  }

  #openLane(route: SendRoute, channel: string): Lane {
    const key = laneKeyOf(route, channel);
    const known = this.#lanes.get(key);
    if (known !== undefined && !known.retired) return known;
    const isFixed = route.channel.fixed !== undefined;
    if (!isFixed && channel !== NO_CHANNEL && this.#channelsOpen(route) >= MAX_CHANNELS_PER_ROUTE) {
      return this.#openLane(route, NO_CHANNEL);
    }
    const lane = known ?? this.#newLane(route, channel);
    if (lane.retired) lane.adopt(route);
    this.#lanes.set(key, lane);
    if (!isFixed) this.#deps.channelsChanged();
    return lane;
  }

  /** How many channels a route has opened; those it has left by a reload do not count. */
  #channelsOpen(route: SendRoute): number {
    let open = 0;
    for (const lane of this.#lanes.values()) {
      if (lane.route.spec.name === route.spec.name && !lane.retired && lane.channel !== NO_CHANNEL) open++;
    }
    return open;
  }

  #newLane(route: SendRoute, channel: string): Lane {
    const lane = new Lane(route, channel, {
      clock: this.#deps.clock,
      connection: this.#deps.connection,
      wake: () => this.#due.poke(),
      acknowledged: () => this.#acknowledge(),
      withheld: (rule) => this.#withheld.count(rule),
    });
    if (this.#muted) lane.mute();
    return lane;
  }

  /** The lane a checkpoint names, opened when its route is still configured for that connection and channel. */
  #laneOf(key: string): Lane | undefined {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const name = parseLaneKey(key);
    for (const route of this.#program.routes) {
      if (name === undefined || route.kind === "drop" || route.spec.name !== name.route) continue;
      if (laneKeyOf(route, name.channel) === key) return this.#openLane(route, name.channel);
    }
    return undefined;
  }

  #countLost(record: Unsettled): void {
    const levelIndex = LEVELS.indexOf(record.level) as LevelIndex;
    for (const key of record.lanes) this.#laneOf(key)?.countLost(levelIndex);
  }
}
