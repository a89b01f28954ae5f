/**
 * The containers of a source: those the daemon has compared with those that are read.
 *
 * @module
 */

import type { Stream, StreamCheckpoint } from "../event/event.ts";
import type { ContainerEvent, ContainerSummary } from "./docker_answers.ts";
import { Container, type ContainerDeps } from "./docker_container.ts";
import { healthOf } from "./docker_lifecycle.ts";
import { Position } from "./docker_position.ts";
import { type Chosen, containerService } from "./docker_select.ts";
import type { Moment } from "./docker_stamp.ts";

/** What a fleet needs. */
export interface FleetDeps {
  readonly container: Omit<ContainerDeps, "exitSaid">;
  /** Which containers are wanted. */
  readonly isWanted: (container: Chosen) => boolean;
  /** Id of irctail's own container, or the beginning of it. */
  readonly own: string | undefined;
  /** Starts a task that ends with the source. */
  readonly spawn: (task: (signal: AbortSignal) => Promise<void>) => void;
}

/** A container and how to leave it. */
interface Member {
  readonly container: Container;
  readonly stop: AbortController;
  /** Resolves when it is not read any more. */
  readonly done: Promise<void>;
}

/** Keys of the two streams without lines, in which a source keeps what is not about one container. */
const SEEN_KEY = "seen";
const EXITS_KEY = "exits";

const NANOS_PER_SECOND = 1_000_000_000;

/** The containers that are read. */
export class Fleet {
  readonly #deps: FleetDeps;
  readonly #members = new Map<string, Member>();
  readonly #left: Map<string, StreamCheckpoint>;
  /** What is not older than this and of an unknown container is read: nobody has looked at it yet. */
  #seen: Position | undefined;
  /** Ends of runs up to here were said. */
  #exits: Position | undefined;
  #isOwnSaid = false;
  readonly #seenStream = keeper(SEEN_KEY);
  readonly #exitsStream = keeper(EXITS_KEY);

  /**
   * Reads nothing yet.
   *
   * @param left What an earlier run left, by container.
   * @param deps The source.
   */
  constructor(left: ReadonlyMap<string, StreamCheckpoint> | undefined, deps: FleetDeps) {
    this.#deps = deps;
    this.#left = new Map(left);
    this.#seen = this.#take(SEEN_KEY);
    this.#exits = this.#take(EXITS_KEY);
  }

  /** How many containers are wanted. */
  get size(): number {
    return this.#members.size;
  }

  /** Why containers are not read, one reason for each of them. */
  get problems(): readonly string[] {
    return [...this.#members.values()].flatMap(({ container }) => container.problem ?? []);
  }

  /** Resolves when every container is read to its end. */
  async done(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ done }) => done));
  }

  /**
   * Compares what is there with what is read.
   *
   * @param containers All that the daemon has.
   * @param options When they were listed, in seconds since the Unix epoch, and whether events may have been missed.
   * @param signal Ends the wait for the consumer.
   */
  async compare(
    containers: readonly ContainerSummary[],
    options: { readonly nowSeconds: number; readonly isFresh: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const now = Position.at(options.nowSeconds);
    const seen = this.#seen ??= now.clone();
    this.#exits ??= seen.clone();
    const wanted = new Map(
      containers.filter((container) => this.#wants(container)).map((container) => [container.id, container]),
    );
    for (const summary of wanted.values()) {
      const container = this.#members.get(summary.id)?.container;
      container?.named(summary.name);
      if (container === undefined) this.#add(summary);
      else if (options.isFresh) container.poke();
      else container.meet(summary.isRunning);
    }
    const there = new Set(containers.map(({ id }) => id));
    for (const [id, { container, stop }] of this.#members) {
      if (!there.has(id)) container.removed();
      // Renamed so that the config does not mean it any more.
      else if (!wanted.has(id)) stop.abort();
    }
    await this.#giveUpLeft(signal);
    if (now.compare(seen) > 0) seen.moveTo(now);
    await this.#keep(this.#seenStream, seen, signal);
  }

  /**
   * Takes an event.
   *
   * @param event What happened.
   * @param signal Ends the wait for the consumer.
   * @returns Whether the containers should be compared.
   */
  async take(event: ContainerEvent, signal: AbortSignal): Promise<boolean> {
    const { action, id, attributes } = event;
    if (action === "rename") return true;
    if (action === "start" && !this.#members.has(id)) {
      const summary = {
        id,
        name: attributes.get("name") ?? "",
        image: attributes.get("image") ?? "",
        labels: attributes,
      };
      if (this.#seen !== undefined && this.#wants(summary)) this.#add(summary);
    }
    const container = this.#members.get(id)?.container;
    const at = momentOf(event.timeNs);
    const health = healthOf(action, attributes);
    if (health !== undefined) await container?.healthChanged(health, signal);
    else if (action === "start") {
      // Podman tells of no renaming.
      container?.named(attributes.get("name") ?? "");
      await container?.started(signal);
    } else if (action === "oom") container?.outOfMemory();
    else if (action === "die" || action === "died") {
      await container?.exited(exitCodeOf(attributes), at, signal);
    } else if (action === "destroy" || action === "remove") container?.removed();
    return false;
  }

  /**
   * Looks at the containers of which nothing came for long.
   *
   * @param signal Ends the look.
   * @throws {DaemonError} When the daemon does not answer.
   */
  async lookAtIdle(signal: AbortSignal): Promise<void> {
    for (const { container } of this.#members.values()) {
      if (signal.aborted) return;
      await container.lookWhenIdle(signal);
    }
  }

  #wants(container: Chosen & { readonly id: string }): boolean {
    const { container: { log, source }, isWanted, own } = this.#deps;
    if (!isWanted(container)) return false;
    if (own === undefined || !container.id.startsWith(own)) return true;
    if (!this.#isOwnSaid) log.info("Skipping the container that irctail runs in", { source });
    this.#isOwnSaid = true;
    return false;
  }

  #add(summary: Pick<ContainerSummary, "id" | "name" | "labels">): void {
    const { id } = summary;
    const checkpoint = this.#left.get(id);
    this.#left.delete(id);
    const fallback = this.#seen ?? Position.at(0);
    const container = new Container(summary, {
      position: checkpoint === undefined ? fallback : Position.of(checkpoint.position) ?? fallback,
      checkpoint,
      exitsSince: this.#exits ?? fallback,
    }, {
      ...this.#deps.container,
      exitSaid: (at, signal) => this.#exitSaid(at, signal),
    });
    const stop = new AbortController();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#members.set(id, { container, stop, done });
    this.#deps.container.changed();
    this.#deps.spawn(async (signal) => {
      try {
        await container.run(AbortSignal.any([signal, stop.signal]));
      } finally {
        resolve();
      }
      // With `once` it is only read to its end.
      if (signal.aborted || this.#deps.container.read.once) return;
      this.#members.delete(id);
      this.#deps.container.changed();
    });
  }

  async #exitSaid(at: Moment, signal: AbortSignal): Promise<void> {
    const said = new Position(at.seconds, at.nanos, 0);
    if (this.#exits !== undefined && said.compare(this.#exits) <= 0) return;
    this.#exits = said;
    await this.#keep(this.#exitsStream, said, signal);
  }

  /** Gives up what an earlier run left of containers that are gone, or not wanted any more. */
  async #giveUpLeft(signal: AbortSignal): Promise<void> {
    const { handoff, read, spec } = this.#deps.container;
    for (const [key, { unsettled }] of this.#left) {
      await handoff.give(() => {
        for (const record of unsettled) read.lost(key, record);
        read.ended({
          key,
          service: containerService({ name: key, labels: NONE }, spec.service),
          labels: NONE,
        });
        return [];
      }, signal);
      if (signal.aborted) return;
    }
    this.#left.clear();
  }

  async #keep(stream: Stream, position: Position, signal: AbortSignal): Promise<void> {
    const cursor = position.cursor();
    const { clock, handoff } = this.#deps.container;
    const readMs = clock.monotonic();
    await handoff.give(() => [{ stream, bytes: new Uint8Array(), readMs, cursorAt: () => cursor }], signal);
  }

  #take(key: string): Position | undefined {
    const checkpoint = this.#left.get(key);
    this.#left.delete(key);
    return checkpoint === undefined ? undefined : Position.of(checkpoint.position);
  }
}

const NONE: ReadonlyMap<string, string> = new Map();

function keeper(key: string): Stream {
  return { key, service: key, labels: NONE };
}

function momentOf(timeNs: number): Moment {
  return { seconds: Math.floor(timeNs / NANOS_PER_SECOND), nanos: timeNs % NANOS_PER_SECOND };
}

function exitCodeOf(attributes: ReadonlyMap<string, string>): number {
  return Number(attributes.get("exitCode") ?? attributes.get("containerExitCode") ?? 0);
}
