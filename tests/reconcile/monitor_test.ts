import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import type { Batch } from "../../src/event/event.ts";
import type { ChannelState, Connection, ConnectionState } from "../../src/irc/connection.ts";
import { openPrintedConnection } from "../../src/irc/printed.ts";
import { EMPTY_CHECKPOINT } from "../../src/pipeline/checkpoint.ts";
import { Monitor } from "../../src/reconcile/monitor.ts";
import { World } from "../../src/reconcile/world.ts";
import { Poke } from "../../src/runtime/poke.ts";
import type { SourceState } from "../../src/source/source.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { type RecordingLog, recordingLog } from "./recording_log.ts";

const NEVER = new AbortController().signal;

const CONFIG = `version: 1
state_dir: /var/lib/irctail
connections: { irc: { host: irc.example.org, nick: bot } }
sources: { app: { type: file, paths: [/var/log/app.log], quiet_after: 10m } }
routes: [{ name: all, to: "#logs" }]
`;

/** A world with one connection and one source in the hands of the test, and the monitor that watches it. */
interface Watched extends AsyncDisposable {
  readonly monitor: Monitor;
  readonly clock: StoppedClock;
  readonly log: RecordingLog;
  /** What was news, oldest first. */
  readonly news: readonly string[];
  /** Gives the source a line. */
  speak(text: string): Promise<void>;
  /** What the source says of itself. */
  say(state: SourceState): Promise<void>;
  /** What the connection and its channel are. */
  be(state: ConnectionState, channel?: ChannelState): Promise<void>;
  /** READY and REASON of a resource, and since how many milliseconds. */
  condition(name: string): readonly [boolean, string, number] | undefined;
}

async function watched(): Promise<Watched> {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irctail.yaml"), CONFIG);
  const { config } = loadConfig(dir.at("irctail.yaml"), { env: () => undefined });
  const clock = stoppedClock();
  const log = recordingLog();
  const news: string[] = [];
  const lines: string[] = [];
  const poke = new Poke();
  let tell: (state: SourceState) => void = () => {};
  let state: ConnectionState = { phase: "ready", nick: "bot" };
  let channels: ReadonlyMap<string, ChannelState> = new Map([["#logs", { phase: "joined" }]]);
  const world: World = new World(EMPTY_CHECKPOINT, {
    clock,
    log,
    random: () => 0,
    host: "host",
    once: false,
    openConnection: (id, spec): Connection => {
      const inner = openPrintedConnection(id, spec, () => {});
      return {
        ...inner,
        get state() {
          return state;
        },
        get channels() {
          return channels;
        },
        canSpeak: () => channels.get("#logs")?.phase === "joined",
      };
    },
    openSource: (id) => ({
      id,
      async *read(options, signal): AsyncIterable<Batch> {
        tell = options.state;
        tell({ phase: "reading" });
        const stream = { key: "stream", service: "app", labels: new Map<string, string>() };
        while (!signal.aborted) {
          for (const text of lines.splice(0)) {
            const bytes = new TextEncoder().encode(text);
            const cursorAt = () => ({ kind: "stdin" as const, offsetBytes: 0 });
            yield { stream, bytes, readMs: clock.monotonic(), cursorAt };
          }
          await poke.wait(signal);
        }
      },
    }),
    changed: () => monitor.poke(),
  });
  const monitor = new Monitor({
    clock,
    log,
    world,
    config: () => ({ digest: "abc", ready: true, reason: "applied", problems: [] }),
    tell: ({ text }) => news.push(text),
  });
  await world.apply(config, NEVER);
  const end = new AbortController();
  const running = monitor.run(end.signal);
  await clock.advance(0);
  return {
    monitor,
    clock,
    log,
    news,
    async speak(text) {
      lines.push(text);
      poke.poke();
      await clock.advance(0);
    },
    async say(next) {
      tell(next);
      await clock.advance(0);
    },
    async be(next, channel) {
      state = next;
      if (channel !== undefined) channels = new Map([["#logs", channel]]);
      monitor.poke();
      await clock.advance(0);
    },
    condition(name) {
      const { resources, nowMs } = monitor.status();
      const found = resources.find((resource) => `${resource.kind}/${resource.name}` === name);
      return found === undefined ? undefined : [found.ready, found.reason, nowMs - found.sinceMs];
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await running;
      await world.stopSources();
      assert.equal(clock.sleepers, 0);
    },
  };
}

Deno.test("a quiet source is found by one sleep until its time, said once, and heard when it speaks again", async () => {
  await using world = await watched();
  const { clock, news, log } = world;
  assert.equal(clock.sleepers, 0, "nothing is due for a source that never spoke");
  await world.speak("one\n");
  assert.equal(clock.sleepers, 1);
  await clock.advance(599_999);
  assert.deepEqual(news, []);
  await clock.advance(1);
  assert.deepEqual(news, ["source app is quiet for 10m"]);
  await clock.advance(90_000);
  assert.deepEqual(world.condition("source/app"), [false, "quiet for 10m", 90_000]);
  assert.equal(clock.sleepers, 0, "a quiet source wakes us, we do not ask");
  await world.speak("two\n");
  assert.deepEqual(news, ["source app is quiet for 10m", "source app is back"]);
  assert.deepEqual(world.condition("source/app"), [true, "reading", 0]);
  assert.deepEqual(log.messages(), ["Source is quiet", "Source is back"]);
});

Deno.test("a lost connection keeps its reason and its age while it is tried again", async () => {
  await using world = await watched();
  const { clock, news } = world;
  await clock.advance(60_000);
  const lost = { phase: "waiting", untilMs: 0, because: "Connection reset" } as const;
  const away = { phase: "waiting", because: "The server is not connected" } as const;
  await world.be(lost, away);
  await clock.advance(5_000);
  await world.be({ phase: "connecting", attempt: 2 });
  assert.deepEqual(world.condition("connection/irc"), [false, "Connection reset", 5_000]);
  assert.deepEqual(world.condition("route/all:irc/#logs"), [false, "the server is away", 5_000]);
  await world.be(lost);
  await world.be({ phase: "ready", nick: "bot_" }, { phase: "joined" });
  assert.deepEqual(world.condition("connection/irc"), [true, "as bot_", 0]);
  await world.be({ phase: "ready", nick: "bot_", but: "NickServ refuses the login" });
  assert.deepEqual(world.condition("connection/irc"), [true, "as bot_; NickServ refuses the login", 0]);
  assert.deepEqual(news, ["connection irc is lost: Connection reset", "connection irc is back"]);
});

Deno.test("a channel that refuses us is said in the log and as news, and when it takes us again", async () => {
  await using world = await watched();
  const { news, log } = world;
  await world.be({ phase: "ready", nick: "bot" }, { phase: "waiting", because: "The bot is banned" });
  assert.deepEqual(world.condition("route/all:irc/#logs"), [false, "the channel is away", 0]);
  await world.be({ phase: "ready", nick: "bot" }, { phase: "joined" });
  assert.deepEqual(news, [
    "channel irc/#logs cannot be spoken in: The bot is banned",
    "channel irc/#logs is back",
  ]);
  assert.deepEqual(log.entries, [
    {
      level: "warn",
      message: "Channel cannot be spoken in",
      fields: { channel: "irc/#logs", because: "The bot is banned" },
    },
    { level: "info", message: "Channel can be spoken in again", fields: { channel: "irc/#logs" } },
  ]);
});

Deno.test("what a source says of itself comes before its silence, and both are told", async () => {
  await using world = await watched();
  const { clock, news } = world;
  await world.speak("one\n");
  await world.say({ phase: "waiting", because: "permission denied" });
  await clock.advance(600_000);
  assert.deepEqual(world.condition("source/app"), [false, "permission denied; quiet for 10m", 600_000]);
  await world.say({ phase: "ended" });
  assert.deepEqual(world.condition("source/app"), [false, "ended", 600_000]);
  assert.deepEqual(news, [
    "source app is waiting: permission denied",
    "source app is waiting: permission denied; quiet for 10m",
  ]);
});
