/**
 * One container for as long as it exists: its log attached whenever there may be something in it, and its ends said.
 *
 * @module
 */

import type { DockerSourceSpec } from "../config/config.ts";
import type { Batch, Stream, StreamCheckpoint } from "../event/event.ts";
import { backoffMs } from "../runtime/backoff.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import type { ContainerInfo, ContainerSummary } from "./docker_answers.ts";
import { Attachment, type AttachmentDeps, type Ending } from "./docker_attachment.ts";
import { type DatedExit, Exits } from "./docker_exits.ts";
import { DaemonError } from "./docker_http.ts";
import { exitLine, healthLine, type LifecycleLine } from "./docker_lifecycle.ts";
import type { LogState } from "./docker_log.ts";
import type { Position } from "./docker_position.ts";
import { containerService } from "./docker_select.ts";
import { Trouble } from "./docker_trouble.ts";
import type { Moment } from "./docker_stamp.ts";
import type { ReadOptions } from "./source.ts";

/** How a log is attached again that broke off. */
const ATTACH_AGAIN = { firstMs: 100, longestMs: 2_000 } as const;

/** Exit code of what was killed: 128 and SIGKILL. */
const KILLED = 137;

/** How long after an end the daemon may still tell that memory ran out; both come from elsewhere to it. */
const OUT_OF_MEMORY_MS = 300;

/** How long the news of a removal may take after the removal: how the last run ended comes before it. */
const REMOVAL_MS = 1_000;

/** What a container needs from its source. */
export interface ContainerDeps extends Pick<AttachmentDeps, "api" | "clock" | "collector" | "handoff"> {
  /** Config key of the source, for the log. */
  readonly source: string;
  readonly spec: DockerSourceSpec;
  readonly log: Logger;
  readonly random: () => number;
  readonly read: Pick<ReadOptions, "lost" | "ended" | "once">;
  /** Told that the reason changed for which a container is not read. */
  readonly changed: () => void;
  /** Told that the end of a run was said. */
  readonly exitSaid: (finished: Moment, signal: AbortSignal) => Promise<void>;
}

/** What was left of a container, and since when its ends are to be said. */
export interface ContainerStart {
  readonly position: Position;
  readonly checkpoint: StreamCheckpoint | undefined;
  readonly exitsSince: Moment;
}

/** What became of an attachment. */
type Outcome =
  /** Nothing more will come until the container is started. */
  | "ended"
  /** More may come: it broke off, or the container is on its way between two states. */
  | "broken"
  /** The container does not exist any more. */
  | "gone";

/** One container. */
export class Container {
  readonly #deps: ContainerDeps;
  readonly #state: LogState;
  readonly #wake = new Poke();
  readonly #exits: Exits;
  /** Poked when memory ran out. */
  #memory = new Poke();
  readonly #isKnown: boolean;
  #isRemoved = false;
  /** When the run ended whose log was read to its end. */
  #drained: Moment | undefined;
  #stream: Stream;
  #attachment: Attachment | undefined;
  readonly #trouble: Trouble;

  /** Identity. */
  readonly id: string;

  /**
   * Reads nothing yet.
   *
   * @param summary What it is.
   * @param start What was left of it.
   * @param deps The source.
   */
  constructor(
    summary: Pick<ContainerSummary, "id" | "name" | "labels">,
    start: ContainerStart,
    deps: ContainerDeps,
  ) {
    this.id = summary.id;
    this.#deps = deps;
    this.#state = { position: start.position.clone(), again: [...start.checkpoint?.unsettled ?? []] };
    this.#isKnown = start.checkpoint !== undefined;
    this.#exits = new Exits(start.exitsSince);
    this.#stream = streamOf(summary, deps.spec);
    this.#trouble = new Trouble({ ...deps, container: () => this.#stream.service });
  }

  /** Whether its log is being followed. */
  get isFollowed(): boolean {
    return this.#attachment?.follow ?? false;
  }

  /** Why it is not read; `undefined` when it is, or need not be. */
  get problem(): string | undefined {
    return this.#trouble.problem;
  }

  /** Looks again: it may have been started or removed. */
  poke(): void {
    this.#wake.poke();
  }

  /** Hears what it is called now. */
  named(name: string): void {
    this.#adopt({ id: this.id, name, labels: this.#stream.labels });
  }

  /** Hears that it was started; the end of the run before it is said now at the latest. */
  async started(signal: AbortSignal): Promise<void> {
    this.#exits.started();
    this.#wake.poke();
    await this.#sayExits(this.#exits.take(), signal);
  }

  /** Compares with whether it runs: its log is followed while it does. */
  meet(isRunning: boolean): void {
    if (isRunning && !this.isFollowed) this.poke();
    else if (!isRunning && this.isFollowed) this.#attachment?.stop();
  }

  /** Hears that it was removed. */
  removed(): void {
    this.#isRemoved = true;
    this.#wake.poke();
  }

  /** Hears that it was ended for want of memory. */
  outOfMemory(): void {
    this.#exits.outOfMemory();
    this.#memory.poke();
  }

  /** Hears that a run ended. */
  async exited(code: number, at: Moment, signal: AbortSignal): Promise<void> {
    this.#memory = new Poke();
    this.#exits.seen(code, at);
    // Of what cannot be read no last words come before it.
    if (this.problem !== undefined) await this.#sayExits(this.#exits.take(), signal);
  }

  /** Says that its health changed. */
  async healthChanged(health: string, signal: AbortSignal): Promise<void> {
    await this.#say(healthLine(this.#stream.service, health), signal);
  }

  /** Reads its log until it does not exist any more, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, handoff, read } = this.#deps;
    // From now on there is a resume point, however soon this process ends.
    if (!this.#isKnown) await handoff.give(() => [this.#empty()], signal);
    for (let attempt = 1; !signal.aborted; attempt++) {
      const before = this.#state.position.clone();
      const outcome = await this.#attach(signal);
      if (this.#state.position.compare(before) !== 0) attempt = 1;
      if (outcome === "gone") return await this.#end(signal);
      if (outcome === "broken") {
        await this.#wake.waitAtMost(backoffMs(attempt, ATTACH_AGAIN, random), { clock }, signal);
      } else if (read.once) {
        return;
      } else {
        await this.#wake.wait(signal);
        attempt = 0;
      }
    }
  }

  /**
   * Looks whether the daemon has something that it does not send, when nothing came for long; if so, attaches again.
   *
   * @param signal Ends the look.
   * @throws {DaemonError} When the daemon does not answer.
   */
  async lookWhenIdle(signal: AbortSignal): Promise<void> {
    const attachment = this.#attachment;
    if (attachment === undefined || !await attachment.hasStopped(signal)) return;
    const { log, source } = this.#deps;
    log.info("Attaching again to a container whose log had stopped", { source });
    attachment.stop();
  }

  async #attach(signal: AbortSignal): Promise<Outcome> {
    const { api } = this.#deps;
    try {
      const info = await api.inspect(this.id, signal);
      if (info === undefined) return "gone";
      this.#adopt(info);
      if (!info.isRunning && (info.finished === undefined || isSame(info.finished, this.#drained))) {
        return "ended";
      }
      if (info.isRunning) await this.#sayExits(this.#exits.take(), signal);
      const ending = await this.#readLog(info, signal);
      if (ending === "broken") return "broken";
      if (ending === "whole" && !info.isRunning) {
        await this.#sayExits(this.#exits.takeWithLast(info), signal);
        this.#drained = info.finished;
      }
      return "ended";
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return "broken";
    }
  }

  async #readLog(info: ContainerInfo, signal: AbortSignal): Promise<Ending> {
    const follow = info.isRunning && !this.#deps.read.once;
    const attachment = this.#attachment = new Attachment(info, this.#state, { follow }, {
      ...this.#deps,
      stream: () => this.#stream,
      fault: () => this.#trouble.damaged(),
      answered: (status) => this.#trouble.answered(status),
    });
    try {
      return await attachment.run(signal);
    } finally {
      this.#attachment = undefined;
    }
  }

  /** Forgets it, after its last words. */
  async #end(signal: AbortSignal): Promise<void> {
    const { clock, handoff, read } = this.#deps;
    this.#trouble.end();
    if (!this.#isRemoved) await this.#wake.waitAtMost(REMOVAL_MS, { clock }, signal);
    await this.#sayExits(this.#exits.take(), signal);
    await handoff.give(() => {
      for (const record of this.#state.again.splice(0)) read.lost(this.id, record);
      read.ended(this.#stream);
      return [];
    }, signal);
  }

  async #sayExits(exits: readonly DatedExit[], signal: AbortSignal): Promise<void> {
    if (!this.#deps.spec.lifecycle) return;
    for (const { exit, at } of exits) {
      const isOutOfMemory = exit.isOutOfMemory ||
        (exit.code === KILLED && await this.#ranOutOfMemory(signal));
      await this.#say(exitLine(this.#stream.service, { ...exit, isOutOfMemory }), signal);
      await this.#deps.exitSaid(at, signal);
    }
  }

  /** Whether the daemon tells late that memory ran out. */
  async #ranOutOfMemory(signal: AbortSignal): Promise<boolean> {
    await this.#memory.waitAtMost(OUT_OF_MEMORY_MS, { clock: this.#deps.clock }, signal);
    return this.#exits.takeOutOfMemory();
  }

  async #say({ text, levelIndex }: LifecycleLine, signal: AbortSignal): Promise<void> {
    if (!this.#deps.spec.lifecycle) return;
    const bytes = new TextEncoder().encode(`${text}\n`);
    await this.#deps.handoff.give(() => [{ ...this.#empty(), bytes, levelAt: () => levelIndex }], signal);
  }

  /** A batch of no line, where reading is. */
  #empty(): Batch {
    const cursor = this.#state.position.cursor();
    return {
      stream: this.#stream,
      bytes: new Uint8Array(),
      readMs: this.#deps.clock.monotonic(),
      cursorAt: () => cursor,
    };
  }

  #adopt(container: Pick<ContainerSummary, "id" | "name" | "labels">): void {
    const stream = streamOf(container, this.#deps.spec);
    if (stream.service !== this.#stream.service || !isSameMap(stream.labels, this.#stream.labels)) {
      this.#stream = stream;
    }
  }
}

function streamOf(
  container: Pick<ContainerSummary, "id" | "name" | "labels">,
  spec: DockerSourceSpec,
): Stream {
  const { id: key, labels } = container;
  return { key, service: containerService(container, spec.service), labels };
}

function isSame(a: Moment, b: Moment | undefined): boolean {
  return b !== undefined && a.seconds === b.seconds && a.nanos === b.nanos;
}

function isSameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
