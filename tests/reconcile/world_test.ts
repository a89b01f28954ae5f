import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import type { Config, ConnectionSpec, SourceSpec } from "../../src/config/config.ts";
import type { Batch, Stream } from "../../src/event/event.ts";
import type { Connection, Message } from "../../src/irc/connection.ts";
import { openPrintedConnection } from "../../src/irc/printed.ts";
import { type Checkpoint, EMPTY_CHECKPOINT } from "../../src/pipeline/checkpoint.ts";
import { World } from "../../src/reconcile/world.ts";
import type { ReadOptions, Source, SourceState } from "../../src/source/source.ts";
import { aborted } from "../../src/runtime/scope.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { type RecordingLog, recordingLog } from "./recording_log.ts";

const NEVER = new AbortController().signal;

const encoder = new TextEncoder();

/** What a test's config differs in. */
interface Wanted {
  readonly connections?: readonly string[];
  readonly sources?: readonly string[];
  readonly routes?: readonly string[];
}

const IRC = "irc: { host: irc.example.org, nick: bot }";
const APP = "app: { type: file, paths: [/var/log/app.log] }";

async function configOf(wanted: Wanted = {}): Promise<Config> {
  await using dir = await tempDir();
  const { connections = [IRC], sources = [APP], routes = ['{ name: all, to: "#logs" }'] } = wanted;
  const lines = [
    "version: 1",
    "state_dir: /var/lib/irctail",
    "connections:",
    ...connections.map((line) => `  ${line}`),
    "sources:",
    ...sources.map((line) => `  ${line}`),
    "routes:",
    ...routes.map((line) => `  - ${line}`),
  ];
  await Deno.writeTextFile(dir.at("irctail.yaml"), lines.join("\n"));
  return loadConfig(dir.at("irctail.yaml"), { env: () => undefined }).config;
}

/** A source that yields what the test hands it. */
interface Feed {
  readonly spec: SourceSpec;
  readonly resume: ReadOptions["resume"];
  give(text: string): void;
  end(): void;
}

interface TestWorld {
  readonly world: World;
  readonly log: RecordingLog;
  /** Everything that was done to connections and sources, in order. */
  readonly effects: readonly string[];
  /** What was printed, oldest first. */
  readonly said: readonly string[];
  /** Sources that were started, by config key; the newest of each. */
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Connections that were told of a reload, in order. */
  readonly reloads: readonly string[];
  /** Forgets the effects so far; returns them. */
  take(): readonly string[];
}

/** A world whose connections and sources are values that say what is done to them. */
function worldOf(left: Checkpoint = EMPTY_CHECKPOINT, options: { readonly once?: boolean } = {}): TestWorld {
  const effects: string[] = [];
  const said: string[] = [];
  const reloads: string[] = [];
  const feeds = new Map<string, Feed>();
  const log = recordingLog();
  const world: World = new World(left, {
    clock: stoppedClock(),
    log,
    random: () => 0,
    host: "host",
    once: options.once ?? false,
    openConnection: (id, spec) => recording(id, spec, { effects, said, reloads }),
    openSource: (id, spec) => ({
      id,
      read(read, signal) {
        const routes = world.pipeline?.program.routes.map(({ spec: { name } }) => name).join(",");
        effects.push(`start ${id} for ${routes}`);
        const feed = feedOf(spec, read, signal);
        feeds.set(id, feed);
        signal.addEventListener("abort", () => effects.push(`stop ${id}`), { once: true });
        return feed.batches();
      },
    } satisfies Source),
    changed: () => {},
  });
  return { world, log, effects, said, feeds, reloads, take: () => effects.splice(0) };
}

function recording(
  id: string,
  spec: ConnectionSpec,
  { effects, said, reloads }: Readonly<Record<"effects" | "said" | "reloads", string[]>>,
): Connection {
  effects.push(`open ${id} as ${spec.nick}`);
  const inner = openPrintedConnection(id, spec, ({ text }) => said.push(text));
  let wanted = "";
  return {
    id,
    get state() {
      return inner.state;
    },
    get channels() {
      return inner.channels;
    },
    get pending() {
      return inner.pending;
    },
    pace: inner.pace,
    canSpeak: (channel: string) => inner.canSpeak(channel),
    offer: (message: Message) => inner.offer(message),
    wantChannels(channels: readonly string[]) {
      inner.wantChannels(channels);
      if (wanted !== channels.join(",")) effects.push(`want ${id} ${channels.join(",")}`);
      wanted = channels.join(",");
    },
    update(changed: ConnectionSpec) {
      effects.push(`update ${id} to ${changed.nick}`);
      inner.update(changed);
    },
    reloaded: () => reloads.push(id),
    mute: () => inner.mute(),
    unmute: () => inner.unmute(),
    report: (channel: string) => inner.report(channel),
    drained(signal: AbortSignal) {
      effects.push(`drain ${id}`);
      return inner.drained(signal);
    },
    close(reason: string) {
      effects.push(`close ${id}: ${reason}`);
      return inner.close(reason);
    },
  };
}

function feedOf(
  spec: SourceSpec,
  { resume, ended }: ReadOptions,
  signal: AbortSignal,
): Feed & { batches(): AsyncIterable<Batch> } {
  const stream: Stream = { key: "stream", service: spec.service ?? "app", labels: new Map() };
  const texts: (string | undefined)[] = [];
  let wake = () => {};
  signal.addEventListener("abort", () => wake(), { once: true });
  let offsetBytes = 0;
  return {
    spec,
    resume,
    give(text) {
      texts.push(text);
      wake();
    },
    end() {
      texts.push(undefined);
      wake();
    },
    async *batches() {
      while (!signal.aborted) {
        while (texts.length > 0) {
          const text = texts.shift();
          if (text === undefined) return ended(stream);
          const bytes = encoder.encode(text);
          const from = offsetBytes;
          offsetBytes += bytes.length;
          yield {
            stream,
            bytes,
            readMs: 0,
            cursorAt: (index: number) => ({ kind: "stdin" as const, offsetBytes: from + index }),
          };
        }
        if (signal.aborted) return;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

Deno.test("the first config opens connections, then wants their channels, then starts sources", async () => {
  const { world, effects } = worldOf();
  const steps = await world.apply(await configOf(), NEVER);
  assert.deepEqual(steps.map(({ kind, verb }) => `${verb} ${kind}`), [
    "start connection",
    "start routing",
    "start source",
  ]);
  assert.deepEqual(effects, ["open irc as bot", "want irc #logs", "start app for all"]);
  await world.stopSources();
  await world.close("done");
});

Deno.test("an equal config does nothing at all", async () => {
  const { world, take } = worldOf();
  await world.apply(await configOf(), NEVER);
  take();
  assert.deepEqual(await world.apply(await configOf(), NEVER), []);
  assert.deepEqual(take(), []);
  await world.stopSources();
});

Deno.test("what is new comes first, what nobody wants goes last, and no key has two sources at a time", async () => {
  const { world, take } = worldOf();
  await world.apply(
    await configOf({
      connections: [IRC, "old: { host: irc.example.net, nick: old }", "moved: { host: a.example, nick: mv }"],
      sources: [APP, "gone: { type: file, paths: [/var/log/gone.log] }"],
      routes: [
        '{ name: logs, to: "irc/#logs", continue: true }',
        '{ name: olds, to: "old/#old", continue: true }',
        '{ name: mvs, to: "moved/#moved" }',
      ],
    }),
    NEVER,
  );
  take();
  await world.apply(
    await configOf({
      connections: [
        "irc: { host: irc.example.org, nick: other }",
        "moved: { host: b.example, nick: mv }",
        "fresh: { host: irc.example.com, nick: new }",
      ],
      sources: [
        "app: { type: file, paths: [/var/log/renamed.log] }",
        "more: { type: file, paths: [/var/log/more.log] }",
      ],
      routes: [
        '{ name: news, to: "fresh/#new", continue: true }',
        '{ name: logs, to: "irc/#other", continue: true }',
        '{ name: mvs, to: "moved/#moved" }',
      ],
    }),
    NEVER,
  );
  const effects = take();
  const at = (effect: string) => {
    const index = effects.indexOf(effect);
    assert.ok(index >= 0, `"${effect}" is not among:\n${effects.join("\n")}`);
    return index;
  };
  const inOrder = (...wanted: readonly string[]) => {
    const places = wanted.map(at);
    assert.deepEqual(places, [...places].sort((a, b) => a - b), effects.join("\n"));
  };
  inOrder(
    "open fresh as new",
    "update irc to other",
    "want irc #other",
    "want fresh #new",
    "stop app",
    "start app for news,logs,mvs",
    "drain old",
    "close old: No longer configured",
    "drain moved",
    "close moved: Reconnecting with a changed configuration",
    "open moved as mv",
  );
  inOrder("stop gone", "start more for news,logs,mvs", "drain old");
  assert.equal(effects.filter((effect) => effect.startsWith("want irc")).length, 1);
  assert.deepEqual([...world.connections.keys()].sort(), ["fresh", "irc", "moved"]);
  assert.deepEqual([...world.sources.keys()].sort(), ["app", "more"]);
  await world.stopSources();
});

Deno.test("routes that cannot be compiled touch nothing", async () => {
  const { world, take } = worldOf();
  await world.apply(await configOf(), NEVER);
  take();
  const changed = await configOf({ connections: ["irc: { host: irc.example.org, nick: other }"] });
  const routes = changed.routes.map((route) => ({ ...route, match: { ...route.match, regex: ["("] } }));
  await assert.rejects(world.apply({ ...changed, routes }, NEVER));
  assert.deepEqual(take(), []);
  await world.stopSources();
});

Deno.test("a changed route swaps the pipeline and leaves connection and source alone", async () => {
  const { world, take, said, feeds } = worldOf();
  await world.apply(await configOf(), NEVER);
  take();
  feeds.get("app")?.give("2026-01-02T03:04:05Z  INFO app: before\n");
  await until("the first line", () => said.length === 1);
  await world.apply(
    await configOf({ routes: ['{ name: all, to: "#logs", template: "<{service}> {message}" }'] }),
    NEVER,
  );
  feeds.get("app")?.give("2026-01-02T03:04:05Z  INFO app: after\n");
  await until("the second line", () => said.length === 2);
  assert.deepEqual(said, ["[INFO] before", "<app> after"]);
  assert.deepEqual(take(), []);
  await world.stopSources();
});

Deno.test("connections are told of a changed config and of a reload that was asked for, not of a look", async () => {
  const { world, reloads } = worldOf();
  await world.apply(await configOf(), NEVER);
  await world.apply(await configOf(), NEVER);
  assert.deepEqual(reloads, []);
  world.askReload();
  await world.apply(await configOf(), NEVER);
  assert.deepEqual(reloads, ["irc"]);
  await world.apply(await configOf({ routes: ['{ name: all, to: "#logs", template: "{message}" }'] }), NEVER);
  assert.deepEqual(reloads, ["irc", "irc"]);
  await world.stopSources();
});

Deno.test("standard input goes on with another format; what it cannot change while it runs is said", async () => {
  const { world, log, take, said, feeds } = worldOf();
  const stdin = (more: string) => configOf({ sources: [`app: { type: stdin, ${more} }`] });
  await world.apply(await stdin("tee: true"), NEVER);
  take();
  const line = '{"level":"warn","msg":"low stock"}\n';
  feeds.get("app")?.give(line);
  await until("the first line", () => said.length === 1);
  await world.apply(await stdin("tee: true, format: plain"), NEVER);
  feeds.get("app")?.give(line);
  await until("the second line", () => said.length === 2);
  assert.deepEqual(said, ["[WARN] low stock", `[WARN] ${line.trim()}`]);
  assert.deepEqual([take(), log.entries], [[], []]);

  const later = await stdin("tee: false, format: plain, service: other");
  await world.apply(later, NEVER);
  assert.deepEqual(log.entries, [{
    level: "warn",
    message: "A changed source that can be read only once needs a restart",
    fields: { source: "app", changed: "tee, service" },
  }]);
  assert.deepEqual(take(), []);
  assert.deepEqual(await world.apply(later, NEVER), [], "it is said once");
  await world.stopSources();
  assert.equal(world.pipeline?.intakes.get("app")?.account.read, 2);
});

Deno.test("a source that is replaced goes on where it was; one that left and came back starts anew", async () => {
  const position = { kind: "stdin" as const, offsetBytes: 7 };
  const left: Checkpoint = {
    sources: new Map([["app", new Map([["stream", { position, unsettled: [] }]])]]),
    lanes: new Map(),
  };
  const { world, feeds, said } = worldOf(left);
  await world.apply(await configOf(), NEVER);
  assert.deepEqual(feeds.get("app")?.resume?.get("stream")?.position, position);
  feeds.get("app")?.give("four\n");
  await until("the line", () => said.length === 1);

  await world.apply(
    await configOf({ sources: ["app: { type: file, paths: [/var/log/other.log] }"] }),
    NEVER,
  );
  assert.deepEqual(feeds.get("app")?.resume?.get("stream")?.position, { kind: "stdin", offsetBytes: 5 });

  await world.apply(await configOf({ sources: ["else: { type: file, paths: [/var/log/x.log] }"] }), NEVER);
  assert.deepEqual([...world.pipeline?.checkpoint().sources.keys() ?? []], ["else"]);
  await world.apply(await configOf(), NEVER);
  assert.equal(feeds.get("app")?.resume, undefined, "its positions were forgotten with it");
  await world.stopSources();
});

Deno.test("the world has ended when every source has ended by itself, not when they were stopped", async () => {
  const two = [APP, "web: { type: file, paths: [/var/log/web.log] }"];
  const { world, feeds } = worldOf();
  let hasEnded = false;
  await world.apply(await configOf({ sources: two }), NEVER);
  world.ended.then(() => hasEnded = true);
  feeds.get("app")?.end();
  await until("one source to end", () => world.sources.get("app")?.phase === "ended");
  assert.equal(hasEnded, false);
  await world.apply(await configOf({ sources: [APP] }), NEVER);
  assert.equal(world.sources.get("app")?.phase, "ended");

  const other = worldOf();
  let otherEnded = false;
  await other.world.apply(await configOf(), NEVER);
  other.world.ended.then(() => otherEnded = true);
  await other.world.stopSources();
  assert.equal(otherEnded, false);
});

Deno.test("draining says what is owed, due or not", async () => {
  const { world, said, feeds } = worldOf();
  await world.apply(await configOf(), NEVER);
  let text = "";
  for (let n = 0; n < 100; n++) text += `2026-01-02T03:04:05Z  INFO app: payment n=${n}\n`;
  feeds.get("app")?.give(text);
  await until("the first lines", () => said.length >= 20);
  await world.stopSources();
  await world.drain(NEVER);
  assert.equal(said.length, 21);
  assert.match(said[20] ?? "", /^⋯ 80 more in \d+s: 80 info/);
  await world.close("done");
  assert.equal(world.connections.size, 0);
});

Deno.test("a state that a source says as soon as it is read is not lost", async () => {
  const states: SourceState[] = [];
  const world: World = new World(EMPTY_CHECKPOINT, {
    clock: stoppedClock(),
    log: recordingLog(),
    random: () => 0,
    host: "host",
    once: false,
    openConnection: (id, spec) => openPrintedConnection(id, spec, () => {}),
    openSource: (id) => ({
      id,
      async *read({ state }, signal): AsyncIterable<Batch> {
        state({ phase: "reading" });
        await aborted(signal, NEVER);
        yield* [];
      },
    }),
    changed: () => states.push(...world.sources.values()),
  });
  await world.apply(await configOf(), NEVER);
  assert.deepEqual(world.sources.get("app"), { phase: "reading" });
  assert.deepEqual(states.at(-1), { phase: "reading" }, "whoever is told of a change sees it");
  await world.stopSources();
});

Deno.test("a changed quiet_after is taken without reading anew", async () => {
  const { world, log, take } = worldOf();
  await world.apply(await configOf(), NEVER);
  take();
  await world.apply(
    await configOf({ sources: ["app: { type: file, paths: [/var/log/app.log], quiet_after: 10m }"] }),
    NEVER,
  );
  assert.deepEqual([take(), log.entries], [[], []]);
  assert.equal(world.sourceSpecs.get("app")?.quietAfterMs, 600_000);
  await world.stopSources();
});
