import type { Config, MatchSpec, RouteSpec, SendSpec, SourceSpec } from "../../src/config/config.ts";
import type { Batch, Cursor, Stream, StreamCheckpoint, Unsettled } from "../../src/event/event.ts";
import { type Level, levelIndex } from "../../src/event/level.ts";
import type { Connection, Message, Outcome } from "../../src/irc/connection.ts";
import { type Checkpoint, EMPTY_CHECKPOINT } from "../../src/pipeline/checkpoint.ts";
import type { Intake } from "../../src/pipeline/intake.ts";
import { Lane } from "../../src/pipeline/lane.ts";
import { laneKey } from "../../src/pipeline/lane_key.ts";
import { Line } from "../../src/pipeline/line.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { compileProgram, type Program, type SendRoute } from "../../src/pipeline/program.ts";
import { composeRedactor, type Redactor } from "../../src/redact/redactor.ts";
import { rulesOf } from "../../src/redact/profile.ts";
import { PLAIN_READING } from "../../src/pipeline/reading.ts";
import type { Logger } from "../../src/runtime/log.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";

/** A message that a scripted connection was offered, and what became of it. */
export interface Offered {
  readonly message: Message;
  readonly text: string;
  /** `undefined` while it is in the queue. */
  outcome: Outcome | undefined;
}

/** A connection without a network: the test says what becomes of each message. */
export interface ScriptedConnection extends Connection {
  /** Whether every channel can be spoken in. */
  speaks: boolean;
  /** Whether messages are refused. */
  full: boolean;
  /** What was offered and taken, oldest first. */
  readonly offered: readonly Offered[];
  /** Texts of messages in the queue, oldest first. */
  readonly waiting: readonly string[];
  /** Texts that were shown, in the order they were offered. */
  readonly shown: readonly string[];
  /** Messages in the queue that {@linkcode Connection.mute} cannot take back; none by default. */
  flying: number;
  /** Decides the oldest `count` messages of the queue, all of them by default; returns their texts. */
  settle(outcome: Outcome, count?: number): readonly string[];
}

export function scriptedConnection(id: string = "irc"): ScriptedConnection {
  const offered: Offered[] = [];
  let queue: Offered[] = [];
  let isMuted = false;
  const connection: ScriptedConnection = {
    id,
    speaks: true,
    full: false,
    flying: 0,
    offered,
    get waiting() {
      return queue.map(({ text }) => text);
    },
    get shown() {
      return offered.filter(({ outcome }) => outcome === "shown").map(({ text }) => text);
    },
    settle(outcome, count = queue.length) {
      const settling = queue.slice(0, count);
      queue = queue.slice(count);
      for (const entry of settling) {
        entry.outcome = outcome;
        entry.message.settle(outcome);
      }
      return settling.map(({ text }) => text);
    },
    state: { phase: "ready", nick: "tail" },
    channels: new Map(),
    pace: { profile: "exempt", linesPerSecond: null, burstLines: null, change: undefined },
    get pending() {
      return queue.length;
    },
    canSpeak: (channel) => !isMuted && connection.speaks && channel !== "",
    wantChannels: () => {},
    update: () => {},
    reloaded: () => {},
    report: () => undefined,
    offer(message) {
      if (connection.full || isMuted) return false;
      const entry: Offered = { message, text: message.text, outcome: undefined };
      offered.push(entry);
      queue.push(entry);
      return true;
    },
    mute() {
      isMuted = true;
      const flying = queue.slice(0, connection.flying);
      queue = queue.slice(connection.flying);
      connection.settle("away");
      queue = flying;
    },
    unmute() {
      isMuted = false;
    },
    drained: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return connection;
}

/** What a test's route differs in from one that shows every line of every level in `#logs`. */
export interface RouteChanges {
  readonly name?: string;
  readonly match?: Partial<MatchSpec>;
  readonly continue?: boolean;
  readonly drop?: boolean;
  readonly send?: Partial<SendSpec>;
}

/** Sixty lines a minute, five at once. */
export const BUDGET = { linesPerSecond: 1, burstLines: 5, maxAgeMs: 3_000, digestMs: 5_000 } as const;

export const UNLIMITED = { ...BUDGET, linesPerSecond: 1e9, burstLines: 1e9 } as const;

export function routeSpec(changes: RouteChanges = {}): RouteSpec {
  return {
    name: changes.name ?? "all",
    match: {
      service: [],
      source: [],
      minLevel: "trace",
      contains: [],
      regex: [],
      fields: new Map(),
      ...changes.match,
    },
    continue: changes.continue ?? false,
    action: changes.drop === true ? { kind: "drop" } : {
      kind: "send",
      connection: "irc",
      channel: "#logs",
      redact: "standard",
      template: "[{level}] {message}",
      budget: BUDGET,
      repeats: "show",
      long: "clip",
      delayMs: 0,
      ...changes.send,
    },
  };
}

export const STDIN: SourceSpec = {
  type: "stdin",
  service: "app",
  tee: false,
  format: "auto",
  multiline: "auto",
  maxLineBytes: 65_536,
};

/** The standard rules on a clock that stands still, so that a busy machine withholds nothing; text with `boom` is withheld. */
export const REDACTOR: Redactor = composeRedactor([
  {
    name: "throws",
    rule: {
      needs: ~0,
      find({ text }) {
        if (text.includes("boom")) throw new Error("The rule failed");
      },
    },
  },
  ...rulesOf("standard", { rules: new Map(), profiles: new Map() }),
], { secrets: [], now: () => 0 });

export function programOf(routes: readonly RouteChanges[], sources: readonly string[] = ["src"]): Program {
  const config: Config = {
    stateDir: "/nonexistent",
    connections: new Map(),
    sources: new Map(sources.map((id) => [id, STDIN])),
    redaction: { rules: new Map(), profiles: new Map() },
    routes: routes.map(routeSpec),
    secrets: [],
  };
  const program = compileProgram(config);
  return {
    ...program,
    routes: program.routes.map((route) => route.kind === "send" ? { ...route, redactor: REDACTOR } : route),
  };
}

export function sendRoute(send: Partial<SendSpec> = {}): SendRoute {
  const [route] = programOf([{ send }]).routes;
  if (route?.kind !== "send") throw new Error("The route does not send");
  return route;
}

/** Noon in the time zone of the process, so that summaries print the same everywhere. */
export function noonClock(): StoppedClock {
  return stoppedClock(new Date(2026, 0, 2, 12, 0, 0).getTime());
}

export function streamOf(key: string = "stream", service: string = "app"): Stream {
  return { key, service, labels: new Map() };
}

/** A lane with a clock and a connection of its own. */
export interface TestLane {
  readonly lane: Lane;
  readonly clock: StoppedClock;
  readonly connection: ScriptedConnection;
  /** How often it asked to be looked at. */
  readonly wakes: () => number;
  /** Offers a record; says whether it was on its way, and counts its settlings. */
  say(text: string, level?: Level): { readonly taken: boolean; readonly settled: () => number };
}

export function testLane(send: Partial<SendSpec> = {}, options: { clock?: StoppedClock } = {}): TestLane {
  const clock = options.clock ?? noonClock();
  const connection = scriptedConnection();
  let wakes = 0;
  const lane = new Lane(sendRoute(send), "#logs", {
    clock,
    connection: () => connection,
    wake: () => void wakes++,
    acknowledged: () => {},
    withheld: () => {},
  });
  return {
    lane,
    clock,
    connection,
    wakes: () => wakes,
    say(text, level = "info") {
      let settled = 0;
      const nowMs = clock.monotonic();
      if (!lane.admit(levelIndex(level), nowMs)) {
        if (lane.wantsSample(nowMs)) lane.addSample(lineOf(text, level, clock));
        return { taken: false, settled: () => 1 };
      }
      const taken = lane.deliver(lineOf(text, level, clock), () => void settled++);
      return { taken, settled: () => settled };
    },
  };
}

/** Offset in the stream that a cursor of {@linkcode batchOf} stands for. */
export function offsetOf(cursor: Cursor): number {
  if (cursor.kind !== "stdin") throw new Error(`A cursor of ${cursor.kind} is none of these tests'`);
  return cursor.offsetBytes;
}

/** A decoded record, as the reader makes it. */
export function lineOf(text: string, level: Level, clock: StoppedClock): Line {
  return new Line(text, {
    levelIndex: levelIndex(level),
    readMs: clock.monotonic(),
    nowMs: clock.now(),
  }, { source: "src", reading: PLAIN_READING, host: "box", stream: streamOf() });
}

/** A batch of a stream whose offset in the stream is `fromBytes`. */
export function batchOf(
  stream: Stream,
  text: string | Uint8Array,
  options: { readonly fromBytes?: number; readonly readMs: number; readonly again?: Unsettled },
): Batch {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const { fromBytes = 0, readMs, again } = options;
  return {
    stream,
    bytes,
    readMs,
    cursorAt: (index) => ({ kind: "stdin", offsetBytes: fromBytes + index }),
    ...again === undefined ? {} : { again },
  };
}

/** A log that keeps its lines. */
export function keptLog(): Logger & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { info: write, warn: write, error: write, lines };
}

/** A pipeline with one source, `src`, and everything around it in the hands of the test. */
export interface TestPipeline {
  readonly pipeline: Pipeline;
  readonly clock: StoppedClock;
  readonly connection: ScriptedConnection;
  readonly log: readonly string[];
  /** How often the channels to be in were said to have changed. */
  readonly channelChanges: () => number;
  readonly intake: Intake;
  /** Gives the next bytes of a stream to the source's intake. */
  feed(text: string | Uint8Array, options?: { readonly stream?: Stream }): void;
  /** The only lane of a route, or the one in a channel. */
  lane(route: string, channel?: string): Lane;
  /** The checkpoint of a stream. */
  left(key?: string): StreamCheckpoint | undefined;
}

export function testPipeline(
  program: Program,
  options: {
    readonly left?: Checkpoint;
    readonly clock?: StoppedClock;
    readonly spec?: SourceSpec;
    readonly stream?: Stream;
  } = {},
): TestPipeline {
  const { left = EMPTY_CHECKPOINT, clock = noonClock(), spec = STDIN, stream = streamOf() } = options;
  const connection = scriptedConnection();
  const log = keptLog();
  let channelChanges = 0;
  const pipeline = new Pipeline(program, left, {
    clock,
    log,
    host: "box",
    connection: () => connection,
    channelsChanged: () => void channelChanges++,
  });
  const intake = pipeline.intake("src", spec);
  intake.resume();
  const read = new Map<string, number>();
  return {
    pipeline,
    clock,
    connection,
    log: log.lines,
    channelChanges: () => channelChanges,
    intake,
    feed(text, { stream: from = stream } = {}) {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      const fromBytes = read.get(from.key) ?? 0;
      read.set(from.key, fromBytes + bytes.length);
      intake.take(batchOf(from, bytes, { fromBytes, readMs: clock.monotonic() }));
    },
    lane(route, channel = "#logs") {
      const lane = pipeline.lanes.get(laneKey({ route, connection: "irc", channel }));
      if (lane === undefined) throw new Error(`There is no lane of ${route} in ${channel}`);
      return lane;
    },
    left: (key = stream.key) => pipeline.checkpoint().sources.get("src")?.get(key),
  };
}
