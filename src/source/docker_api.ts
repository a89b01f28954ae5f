/**
 * What irctail asks a container daemon, and how it understands the answers. Only GET: a read-only proxy suffices.
 *
 * @module
 */

import type { DockerSocket } from "../config/docker_socket.ts";
import type { Clock } from "../runtime/clock.ts";
import {
  type ContainerEvent,
  type ContainerInfo,
  type ContainerSummary,
  parseEvent,
  parseInfo,
  parseList,
} from "./docker_answers.ts";
import { type Answer, DaemonError, get } from "./docker_http.ts";
import { SYSTEM_ERROR } from "./docker_frames.ts";
import { type Moment, StampReader } from "./docker_stamp.ts";
import { NEWLINE } from "./lines.ts";

/** Longest time for an answer that the daemon has at hand, in milliseconds: a busy one takes seconds. */
const ANSWER_DEADLINE_MS = 10_000;

/** Longest list of containers: some 2 KiB each. */
const LONGEST_LIST_BYTES = 64 * 1024 * 1024;

/** Longest description of one container. */
const LONGEST_INSPECT_BYTES = 4 * 1024 * 1024;

/** Longest event: the labels of its container. */
const LONGEST_EVENT_BYTES = 1024 * 1024;

/** Length of the header before the last line of a log. */
const FRAME_HEADER_BYTES = 8;

/** The part of a log that is wanted. */
export interface LogRange {
  /** Whether to wait for more. */
  readonly follow: boolean;
  /** From which second on, since the Unix epoch. */
  readonly sinceSeconds: number;
}

/** Asks one daemon. */
export class DockerApi {
  readonly #socket: DockerSocket;
  readonly #clock: Clock;

  /**
   * Asks nothing yet.
   *
   * @param socket Where the daemon listens.
   * @param clock Measures how long an answer takes.
   */
  constructor(socket: DockerSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /**
   * Lists all containers, running or not.
   *
   * @param signal Ends the wait.
   * @returns The containers, and the second since the Unix epoch in which they were listed by the daemon's clock.
   * @throws {DaemonError} When there is no answer.
   */
  async list(
    signal: AbortSignal,
  ): Promise<{ readonly containers: readonly ContainerSummary[]; readonly nowSeconds: number }> {
    return await this.#within(signal, async (either) => {
      using answer = await get(this.#socket, "/containers/json?all=1", either);
      const containers = parseList(await accept(answer).text(LONGEST_LIST_BYTES));
      return { containers, nowSeconds: answer.dateSeconds ?? Math.floor(this.#clock.now() / 1_000) };
    });
  }

  /**
   * Describes one container.
   *
   * @param id Its id.
   * @param signal Ends the wait.
   * @returns `undefined` when there is no such container any more.
   * @throws {DaemonError} When there is no answer.
   */
  async inspect(id: string, signal: AbortSignal): Promise<ContainerInfo | undefined> {
    return await this.#within(signal, async (either) => {
      using answer = await get(this.#socket, `/containers/${id}/json`, either);
      if (answer.status === 404) return undefined;
      return parseInfo(await accept(answer).text(LONGEST_INSPECT_BYTES));
    });
  }

  /**
   * Asks for a log.
   *
   * @param id Id of the container.
   * @param range Which part.
   * @param signal Closes the connection, also while the log is being read.
   * @returns The answer, whatever its status.
   * @throws {DaemonError} When there is none.
   */
  async logs(id: string, range: LogRange, signal: AbortSignal): Promise<Answer> {
    const follow = range.follow ? 1 : 0;
    const query = `stdout=1&stderr=1&timestamps=1&follow=${follow}&since=${range.sinceSeconds}`;
    return await get(this.#socket, `/containers/${id}/logs?${query}`, signal);
  }

  /**
   * Looks at the end of a log, which is cheap however long the log is.
   *
   * @param id Id of the container.
   * @param options Whether it has a terminal.
   * @param signal Ends the wait.
   * @returns When its last line was written; `undefined` when it has none.
   * @throws {DaemonError} When there is no answer.
   */
  async lastLine(
    id: string,
    options: { readonly isTty: boolean },
    signal: AbortSignal,
  ): Promise<Moment | undefined> {
    return await this.#within(signal, async (either) => {
      const query = "stdout=1&stderr=1&timestamps=1&tail=1";
      using answer = await get(this.#socket, `/containers/${id}/logs?${query}`, either);
      const bytes = answer.status === 200 ? await answer.read() : undefined;
      if (bytes === undefined || (!options.isTty && bytes[0] === SYSTEM_ERROR)) return undefined;
      const stamps = new StampReader();
      const end = stamps.read(bytes, options.isTty ? 0 : FRAME_HEADER_BYTES, bytes.length);
      return end === -1 ? undefined : { seconds: stamps.seconds, nanos: stamps.nanos };
    });
  }

  /**
   * Subscribes to what happens to containers.
   *
   * @param signal Closes the connection, also while the events are being read.
   * @returns What {@linkcode readEvents} reads.
   * @throws {DaemonError} When there is no answer.
   */
  async subscribe(signal: AbortSignal): Promise<Answer> {
    const filters = encodeURIComponent(JSON.stringify({ type: ["container"] }));
    return accept(await get(this.#socket, `/events?filters=${filters}`, signal));
  }

  async #within<T>(signal: AbortSignal, ask: (either: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const late = new AbortController();
    const waiting = this.#clock.sleep(ANSWER_DEADLINE_MS, AbortSignal.any([signal, ended.signal]))
      .then(() => late.abort(), () => {});
    try {
      return await ask(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (late.signal.aborted) throw new DaemonError("no answer within 10 s", { cause: error });
      throw error;
    } finally {
      ended.abort();
      await waiting;
    }
  }
}

/**
 * Reads events until the daemon hangs up.
 *
 * @param answer To a subscription.
 * @throws {DaemonError} When the connection broke, or what comes are no events.
 */
export async function* readEvents(answer: Answer): AsyncGenerator<ContainerEvent> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  for (let bytes = await answer.read(); bytes !== undefined; bytes = await answer.read()) {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = end === 0 ? [] : (rest + decoder.decode(bytes.subarray(0, end))).split("\n");
    rest = (end === 0 ? rest : "") + decoder.decode(bytes.subarray(end));
    if (rest.length > LONGEST_EVENT_BYTES) throw new DaemonError("an event of the daemon is too long");
    for (const line of lines) {
      const event = line === "" ? undefined : parseEvent(utf8Of(line));
      if (event !== undefined) yield event;
    }
  }
}

/** UTF-8 of bytes that were read as one character each, because they may be cut within a character. */
function utf8Of(latin1: string): string {
  return new TextDecoder().decode(Uint8Array.from(latin1, (character) => character.charCodeAt(0)));
}

function accept(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  answer[Symbol.dispose]();
  throw new DaemonError(`the daemon answered ${answer.status}`);
}
