/**
 * One attachment to the log of a container: from the request to where the daemon ends the answer.
 *
 * @module
 */

import type { Stream } from "../event/event.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ContainerInfo } from "./docker_answers.ts";
import type { DockerApi } from "./docker_api.ts";
import type { Collector, Gift } from "./docker_batch.ts";
import { DockerLog, type LogState } from "./docker_log.ts";
import { isLater } from "./docker_stamp.ts";
import { NOT_IMPLEMENTED } from "./docker_trouble.ts";
import type { Handoff } from "./handoff.ts";
import type { ReadOptions } from "./source.ts";

/** A log of which nothing came for so long is looked at: the daemon forgets to send what it has (moby#45728). */
export const IDLE_MS = 60_000;

/** What an attachment needs from its container. */
export interface AttachmentDeps {
  readonly api: DockerApi;
  readonly clock: Clock;
  readonly collector: Collector;
  readonly handoff: Handoff<Gift>;
  readonly read: Pick<ReadOptions, "lost">;
  /** The stream as it is called now. */
  readonly stream: () => Stream;
  /** Told that the daemon cannot read all of the log. */
  readonly fault: () => void;
  /** Told how the daemon answered. */
  readonly answered: (status: number) => void;
}

/** How an attachment ended. */
export type Ending =
  /** The log was read to its end. */
  | "whole"
  /** The daemon cannot read the log. */
  | "refused"
  /** There may be more. */
  | "broken";

/** What the daemon answers when there is no such container, or it is being removed. */
const GOING: ReadonlySet<number> = new Set([404, 409]);

/** One attachment. */
export class Attachment {
  readonly #info: ContainerInfo;
  readonly #log: DockerLog;
  readonly #deps: AttachmentDeps;
  readonly #stop = new AbortController();
  #readMs: number;

  /** Whether it waits for more. */
  readonly follow: boolean;

  /**
   * Asks for nothing yet.
   *
   * @param info The container.
   * @param state How far its log was read; goes on with it.
   * @param options Whether to wait for more.
   * @param deps The container's.
   */
  constructor(
    info: ContainerInfo,
    state: LogState,
    options: { readonly follow: boolean },
    deps: AttachmentDeps,
  ) {
    this.#info = info;
    this.#deps = deps;
    this.#readMs = deps.clock.monotonic();
    this.follow = options.follow;
    this.#log = new DockerLog(state, {
      isTty: info.isTty,
      collector: deps.collector,
      fault: deps.fault,
      lost: (record) => deps.read.lost(info.id, record),
    });
  }

  /** Breaks it off. */
  stop(): void {
    this.#stop.abort();
  }

  /**
   * Reads until the daemon sends no more, it is broken off, or `signal` aborts.
   *
   * @throws {DaemonError} When the connection broke.
   */
  async run(signal: AbortSignal): Promise<Ending> {
    const { api, clock, handoff, stream, answered } = this.#deps;
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const range = { follow: this.follow, sinceSeconds: this.#log.sinceSeconds };
    using answer = await api.logs(this.#info.id, range, either);
    const { status } = answer;
    if (GOING.has(status)) return "broken";
    answered(status);
    if (status !== 200) return status === NOT_IMPLEMENTED ? "refused" : "broken";
    for (let bytes = await answer.read(); bytes !== undefined; bytes = await answer.read()) {
      const chunk = bytes;
      const readMs = this.#readMs = clock.monotonic();
      await handoff.give(() => this.#log.read(chunk, { stream: stream(), readMs }), either);
    }
    // A log that was followed is read once more, for whatever was written in between.
    if (this.follow || !answer.isWhole || either.aborted) return "broken";
    const readMs = clock.monotonic();
    await handoff.give(() => this.#log.finish({ stream: stream(), readMs }), signal);
    return "whole";
  }

  /**
   * Looks at the end of the log, when nothing came for long.
   *
   * @param signal Ends the look.
   * @returns Whether the daemon has something that it does not send.
   * @throws {DaemonError} When the daemon does not answer.
   */
  async hasStopped(signal: AbortSignal): Promise<boolean> {
    const { api, clock } = this.#deps;
    if (!this.follow || clock.monotonic() - this.#readMs < IDLE_MS) return false;
    this.#readMs = clock.monotonic();
    const last = await api.lastLine(this.#info.id, this.#info, signal);
    return last !== undefined && isLater(last, this.#log.at);
  }
}
