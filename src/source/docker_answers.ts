/**
 * What a container daemon says, in the few fields that matter.
 *
 * @module
 */

import { z } from "zod";
import { DaemonError } from "./docker_http.ts";
import { type Moment, parseMoment } from "./docker_stamp.ts";

/** One container of the list. */
export interface ContainerSummary {
  readonly id: string;
  /** Without its slash. */
  readonly name: string;
  /** As it was named when the container was made. */
  readonly image: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Whether something may write to its log. */
  readonly isRunning: boolean;
}

/** What the daemon knows about one container. */
export interface ContainerInfo extends ContainerSummary {
  /** Whether its log has no frames. */
  readonly isTty: boolean;
  /** Exit code of its last run. */
  readonly exitCode: number;
  /** Whether its last run was ended for want of memory. */
  readonly isOutOfMemory: boolean;
  /** When its last run ended; `undefined` when none has. */
  readonly finished: Moment | undefined;
}

/** Something that happened to a container. */
export interface ContainerEvent {
  /** `start`, `die` and so on. */
  readonly action: string;
  readonly id: string;
  /** Name, image, labels and what belongs to the action. */
  readonly attributes: ReadonlyMap<string, string>;
  /** When, in nanoseconds since the Unix epoch, rounded to some hundred. */
  readonly timeNs: number;
}

const Labels = z.record(z.string(), z.string()).nullish();

const ListShape = z.array(z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Image: z.string().nullish(),
  State: z.string().nullish(),
  Labels,
}));

const InspectShape = z.object({
  Id: z.string(),
  Name: z.string().nullish(),
  Config: z.object({ Tty: z.boolean().nullish(), Labels, Image: z.string().nullish() }),
  State: z.object({
    Running: z.boolean().nullish(),
    Restarting: z.boolean().nullish(),
    ExitCode: z.number().nullish(),
    OOMKilled: z.boolean().nullish(),
    FinishedAt: z.string().nullish(),
  }),
});

const EventShape = z.object({
  Type: z.string().nullish(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
  timeNano: z.number().nullish(),
});

/**
 * Reads a list of containers.
 *
 * @param text JSON.
 * @throws {DaemonError} When it is something else.
 */
export function parseList(text: string): readonly ContainerSummary[] {
  return parse(ListShape, text).map(({ Id, Names, Image, State, Labels }) => ({
    id: Id,
    name: nameOf(Names?.[0]),
    image: Image ?? "",
    labels: mapOf(Labels),
    isRunning: State === "running" || State === "paused",
  }));
}

/**
 * Reads the description of a container.
 *
 * @param text JSON.
 * @throws {DaemonError} When it is something else.
 */
export function parseInfo(text: string): ContainerInfo {
  const { Id, Name, Config, State } = parse(InspectShape, text);
  const finished = parseMoment(State.FinishedAt ?? "");
  return {
    id: Id,
    name: nameOf(Name),
    image: Config.Image ?? "",
    labels: mapOf(Config.Labels),
    isTty: Config.Tty ?? false,
    // While it waits to be started again nothing can be followed.
    isRunning: (State.Running ?? false) && !(State.Restarting ?? false),
    exitCode: State.ExitCode ?? 0,
    isOutOfMemory: State.OOMKilled ?? false,
    // What never ended is said to have done so in the year 1.
    finished: finished !== undefined && finished.seconds > 0 ? finished : undefined,
  };
}

/**
 * Reads an event.
 *
 * @param text JSON.
 * @returns `undefined` when it is not about a container.
 * @throws {DaemonError} When it is something else.
 */
export function parseEvent(text: string): ContainerEvent | undefined {
  const { Type, Action, Actor, timeNano } = parse(EventShape, text);
  if (Type !== undefined && Type !== null && Type !== "container") return undefined;
  return { action: Action, id: Actor.ID, attributes: mapOf(Actor.Attributes), timeNs: timeNano ?? 0 };
}

function parse<T>(shape: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DaemonError("the answer of the daemon is not JSON", { cause });
  }
  const { success, data } = shape.safeParse(value);
  if (!success) throw new DaemonError("the answer of the daemon is not that of a container daemon");
  return data;
}

function nameOf(name: string | null | undefined): string {
  return (name ?? "").replace(/^\//, "");
}

function mapOf(record: Readonly<Record<string, string>> | null | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(record ?? {}));
}
