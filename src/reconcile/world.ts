/**
 * What runs: connections, sources and the pipeline between them; and the one safe order in which it changes.
 *
 * @module
 */

import type { Config, ConnectionSpec, SourceSpec } from "../config/config.ts";
import type { Connection } from "../irc/connection.ts";
import type { Checkpoint } from "../pipeline/checkpoint.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import { compileProgram } from "../pipeline/program.ts";
import { pump } from "../pipeline/pump.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import { aborted } from "../runtime/scope.ts";
import type { Source, SourceState } from "../source/source.ts";
import { desiredState, isReadOnce, NOTHING, plan, type State, type Step } from "./plan.ts";

/** What the world is made of; tests and `--dry-run` give other makers. */
export interface WorldDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** Name of this machine. */
  readonly host: string;
  /** Sources end at the end of what there is, instead of following. */
  readonly once: boolean;
  /** Opens a connection; it connects by itself. */
  readonly openConnection: (id: string, spec: ConnectionSpec, changed: () => void) => Connection;
  /** Opens a source; it reads when it is asked to. */
  readonly openSource: (id: string, spec: SourceSpec) => Source;
  /** Told when the state of a source changed. */
  readonly changed: () => void;
}

/** How long a connection that is replaced or removed may take to send what it holds. */
const HANDOVER_MS = 2_000;

/** How long `--once` waits for its channels before it reads all the same. */
const JOIN_PATIENCE_MS = 30_000;

/** Fields of a source that change while it is read; the others need a restart where it can be read only once. */
const IN_PLACE: ReadonlySet<string> = new Set<keyof SourceSpec>(["format", "multiline", "quietAfterMs"]);

/** What a source waits for that was started a moment ago: no news. */
export const STARTING = "starting";

interface RunningSource {
  spec: SourceSpec;
  readonly stop: AbortController;
  done: Promise<void>;
  state: SourceState;
}

interface RunningConnection {
  spec: ConnectionSpec;
  readonly connection: Connection;
}

/** The running world. */
export class World {
  readonly #deps: WorldDeps;
  readonly #connections = new Map<string, RunningConnection>();
  readonly #sources = new Map<string, RunningSource>();
  readonly #left: Checkpoint;
  readonly #connectionsChanged = new Poke();
  readonly #ended = Promise.withResolvers<void>();
  #reloadAsked = false;
  #pipeline: Pipeline | undefined;
  #routing: State["routing"];
  #muted = false;

  /** Starts with nothing running, and with what an earlier run left. */
  constructor(left: Checkpoint, deps: WorldDeps) {
    // Whoever waits for the end hears of a failure there; nobody must.
    this.#ended.promise.catch(() => {});
    this.#left = left;
    this.#deps = deps;
  }

  /** The pipeline; `undefined` before the first config was applied. */
  get pipeline(): Pipeline | undefined {
    return this.#pipeline;
  }

  /** Connections that run, by config key. */
  get connections(): ReadonlyMap<string, Connection> {
    return new Map([...this.#connections].map(([id, { connection }]) => [id, connection]));
  }

  /** What each source does, by config key. */
  get sources(): ReadonlyMap<string, SourceState> {
    return new Map([...this.#sources].map(([id, { state }]) => [id, state]));
  }

  /** Specs of the sources that run, by config key. */
  get sourceSpecs(): ReadonlyMap<string, SourceSpec> {
    return new Map([...this.#sources].map(([id, { spec }]) => [id, spec]));
  }

  /** Resolves when every source has ended by itself; rejects with what a source or the pipeline threw. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What runs, as the comparison sees it. */
  observed(): State {
    if (this.#pipeline === undefined) return NOTHING;
    return {
      connections: new Map([...this.#connections].map(([id, { spec }]) => [id, spec])),
      sources: new Map([...this.#sources].map(([id, { spec }]) => [id, spec])),
      routing: this.#routing,
    };
  }

  /**
   * Makes the world what the config says, with the fewest changes.
   *
   * @param config What is wanted.
   * @param signal Ends waiting, not the change.
   * @returns The steps that were taken.
   * @throws {Error} When routes cannot be compiled; nothing was touched then.
   */
  async apply(config: Config, signal: AbortSignal): Promise<readonly Step[]> {
    const desired = desiredState(config);
    const steps = plan(desired, this.observed());
    if (steps.length === 0) {
      this.#tellReload();
      return steps;
    }
    const isReload = this.#pipeline !== undefined;
    const program = compileProgram(config);
    // From here on nothing of the config can fail: what still may (a server, a file) is a state, not an error.
    const of = (kind: Step["kind"], ...verbs: readonly Step["verb"][]) =>
      steps.filter((step) => step.kind === kind && verbs.includes(step.verb)).map(({ key }) => key);

    for (const id of of("connection", "start")) this.#openConnection(id, config);
    for (const id of of("connection", "update")) this.#updateConnection(id, config);
    if (this.#pipeline === undefined) this.#pipeline = this.#openPipeline(program);
    else this.#pipeline.swap(program);
    this.#routing = desired.routing;
    this.#wantChannels();

    if (this.#deps.once) await this.#channelsJoined(signal);

    for (const step of steps) {
      if (step.kind === "source" && step.verb === "update") {
        this.#updateSource(step.key, { config, pipeline: this.#pipeline, because: step.because });
      }
    }
    await Promise.all(of("source", "stop", "replace").map((id) => this.#stopSource(id)));
    for (const id of of("source", "stop")) this.#pipeline.removeIntake(id);
    for (const id of of("source", "start", "replace")) this.#startSource(id, config, this.#pipeline);
    await Promise.all(
      of("connection", "stop").map((id) => this.#closeConnection(id, "No longer configured")),
    );
    await Promise.all(
      of("connection", "replace").map(async (id) => {
        await this.#closeConnection(id, "Reconnecting with a changed configuration");
        this.#openConnection(id, config);
      }),
    );
    this.#wantChannels();
    this.#reloadAsked ||= isReload;
    this.#tellReload();
    return steps;
  }

  /** The user asked for a reload: the next config that can be used counts as one, even if nothing in it has changed. */
  askReload(): void {
    this.#reloadAsked = true;
  }

  /**
   * Resolves when every source that can be read only once has ended.
   *
   * @param signal Ends the wait early, normally.
   */
  async readOnceEnded(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const reading = [...this.#sources.values()].filter(({ spec }) => isReadOnce(spec));
    await Promise.race([Promise.all(reading.map(({ done }) => done)), aborted(signal, over.signal)]);
    over.abort();
  }

  /** Whether nothing is said in any channel. */
  get muted(): boolean {
    return this.#muted;
  }

  /** Says nothing in any channel from now on, whatever is loaded or connected later; everything else goes on. */
  mute(): void {
    this.#muted = true;
    // First, so that what the queues give back is counted as the gap that it is.
    this.#pipeline?.mute();
    for (const { connection } of this.#connections.values()) connection.mute();
  }

  /** Speaks again. */
  unmute(): void {
    this.#muted = false;
    for (const { connection } of this.#connections.values()) connection.unmute();
    this.#pipeline?.unmute();
  }

  /** Stops every source; resolves when they have closed what they held. */
  async stopSources(): Promise<void> {
    await Promise.all([...this.#sources.keys()].map((id) => this.#stopSource(id)));
  }

  /**
   * Says everything owed and waits until it is sent.
   *
   * @param signal Ends the wait early: what is left stays in the checkpoint.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#pipeline?.sayAll();
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.drained(signal)));
    // What expired in the queue was counted again: one more round says it.
    this.#pipeline?.sayAll();
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.drained(signal)));
  }

  /** QUITs and closes every connection. */
  async close(reason: string): Promise<void> {
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.close(reason)));
    this.#connections.clear();
  }

  #openPipeline(program: ReturnType<typeof compileProgram>): Pipeline {
    const { clock, log, host } = this.#deps;
    const pipeline = new Pipeline(program, this.#left, {
      clock,
      log,
      host,
      connection: (id) => this.#connections.get(id)?.connection,
      channelsChanged: () => this.#wantChannels(),
    });
    if (this.#muted) pipeline.mute();
    return pipeline;
  }

  #openConnection(id: string, config: Config): void {
    const spec = config.connections.get(id);
    if (spec === undefined) return;
    const connection = this.#deps.openConnection(id, spec, () => {
      this.#pipeline?.poke();
      this.#connectionsChanged.poke();
      this.#deps.changed();
    });
    if (this.#muted) connection.mute();
    this.#connections.set(id, { spec, connection });
  }

  #updateConnection(id: string, config: Config): void {
    const running = this.#connections.get(id);
    const spec = config.connections.get(id);
    if (running === undefined || spec === undefined) return;
    running.connection.update(spec);
    running.spec = spec;
  }

  async #closeConnection(id: string, reason: string): Promise<void> {
    const running = this.#connections.get(id);
    if (running === undefined) return;
    const patience = new AbortController();
    const timer = this.#deps.clock.sleep(HANDOVER_MS, patience.signal).then(() => patience.abort(), () => {});
    await running.connection.drained(patience.signal);
    patience.abort();
    await timer;
    this.#connections.delete(id);
    await running.connection.close(reason);
  }

  #wantChannels(): void {
    if (this.#pipeline === undefined) return;
    for (const [id, { connection }] of this.#connections) {
      connection.wantChannels(this.#pipeline.channels(id));
    }
  }

  /** What waits for a reload waits no longer; looking at the file now and then is none. */
  #tellReload(): void {
    if (!this.#reloadAsked) return;
    this.#reloadAsked = false;
    for (const { connection } of this.#connections.values()) connection.reloaded();
  }

  #startSource(id: string, config: Config, pipeline: Pipeline): void {
    const spec = config.sources.get(id);
    if (spec === undefined) return;
    const stop = new AbortController();
    const { clock, random, once, log } = this.#deps;
    // Known before it reads: a source may say its state at once.
    const running: RunningSource = {
      spec,
      stop,
      done: Promise.resolve(),
      state: { phase: "waiting", because: STARTING },
    };
    this.#sources.set(id, running);
    const setState = (state: SourceState) => {
      running.state = state;
      if (state.phase === "failed" || state.phase === "waiting") {
        log.warn(`Source is ${state.phase}`, { source: id, because: state.because });
      }
      this.#deps.changed();
    };
    running.done = pump(
      this.#deps.openSource(id, spec),
      pipeline.intake(id, spec),
      { clock, random, once, state: setState },
      stop.signal,
    ).then(() => {
      if (!stop.signal.aborted && this.#allEnded()) this.#ended.resolve();
    }, (error: unknown) => this.#ended.reject(error));
  }

  #updateSource(
    id: string,
    { config, pipeline, because }: {
      readonly config: Config;
      readonly pipeline: Pipeline;
      readonly because: readonly string[];
    },
  ): void {
    const running = this.#sources.get(id);
    const spec = config.sources.get(id);
    if (running === undefined || spec === undefined) return;
    running.spec = spec;
    pipeline.intake(id, spec);
    const later = because.filter((field) => !IN_PLACE.has(field));
    if (later.length === 0) return;
    this.#deps.log.warn("A changed source that can be read only once needs a restart", {
      source: id,
      changed: later.join(", "),
    });
  }

  #allEnded(): boolean {
    return [...this.#sources.values()].every(({ state }) =>
      state.phase === "ended" || state.phase === "failed"
    );
  }

  /** Waits until every channel that routes name is joined, so that what is read to its end is not too old to be shown. */
  async #channelsJoined(signal: AbortSignal): Promise<void> {
    const untilMs = this.#deps.clock.monotonic() + JOIN_PATIENCE_MS;
    while (!signal.aborted && !this.#speaksEverywhere()) {
      const leftMs = untilMs - this.#deps.clock.monotonic();
      if (leftMs <= 0) return;
      await this.#connectionsChanged.waitAtMost(leftMs, this.#deps, signal);
    }
  }

  #speaksEverywhere(): boolean {
    return this.#muted ||
      [...this.#connections].every(([id, { connection }]) =>
        this.#pipeline?.channels(id).every((channel) => connection.canSpeak(channel))
      );
  }

  async #stopSource(id: string): Promise<void> {
    const running = this.#sources.get(id);
    if (running === undefined) return;
    running.stop.abort();
    await running.done;
    this.#sources.delete(id);
  }
}
