import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/config.ts";
import { desiredState, plan, type Step } from "../../src/reconcile/plan.ts";
import { Reconciler } from "../../src/reconcile/reconciler.ts";
import { Scope } from "../../src/runtime/scope.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { type RecordingLog, recordingLog } from "./recording_log.ts";

function yaml(channel: string): string {
  return `version: 1
state_dir: /var/lib/irctail
connections: { irc: { host: irc.example.org, nick: bot } }
sources: { app: { type: file, paths: ["/var/log/app.log"] } }
routes: [{ to: "${channel}" }]
`;
}

const TYPO = yaml("#logs").replace("nick:", "nik:");

interface Reloading extends AsyncDisposable {
  readonly reconciler: Reconciler;
  readonly log: RecordingLog;
  /** How often the config was read. */
  readonly reads: () => number;
  /** Steps of every pass, oldest first. */
  readonly passes: readonly (readonly Step[])[];
  readonly applied: readonly string[];
  /** What was said of configs that were not applied, oldest first. */
  readonly told: readonly string[];
  write(text: string): Promise<void>;
  remove(): Promise<void>;
  /** Pokes, and waits until the pass is over. */
  pass(): Promise<void>;
}

/** A reconciler over a real file; only the world is a value that is compared and replaced. */
async function reloading(options: { readonly slow?: Promise<void> } = {}): Promise<Reloading> {
  const dir = await tempDir();
  const path = dir.at("irctail.yaml");
  const write = (text: string) => Deno.writeTextFile(path, text);
  await write(yaml("#logs"));
  const load = () => loadConfig(path, { env: () => undefined });
  const first = load();
  let running: Config = first.config;
  let reads = 0;
  const passes: (readonly Step[])[] = [];
  const applied: string[] = [];
  const told: string[] = [];
  const log = recordingLog();
  const reconciler = new Reconciler(first, {
    log,
    readDesired: () => {
      reads++;
      return load();
    },
    apply: async (config) => {
      await options.slow;
      const steps = plan(desiredState(config), desiredState(running));
      running = config;
      passes.push(steps);
      return steps;
    },
    applied: ({ digest }) => applied.push(digest),
    refused: ({ diagnostics }) => told.push(`refused: ${diagnostics[0]?.path}`),
    mended: () => told.push("mended"),
  });
  const scope = new Scope();
  scope.spawn((signal) => reconciler.run(signal));
  return {
    reconciler,
    log,
    reads: () => reads,
    passes,
    applied,
    told,
    write,
    remove: () => Deno.remove(path),
    async pass() {
      const before = reads;
      reconciler.poke();
      await until("a pass", () => reads > before);
      // A second one begins only when the first is over.
      reconciler.poke();
      await until("the next pass", () => reads > before + 1);
    },
    async [Symbol.asyncDispose]() {
      await scope[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

Deno.test("ten pokes at once make one pass, and ten more during it one other", async () => {
  const gate = Promise.withResolvers<void>();
  await using reload = await reloading({ slow: gate.promise });
  for (let i = 0; i < 10; i++) reload.reconciler.poke();
  await until("the first pass to begin", () => reload.reads() === 1);
  for (let i = 0; i < 10; i++) reload.reconciler.poke();
  gate.resolve();
  await until("the second pass", () => reload.passes.length === 2);
  assert.equal(reload.reads(), 2);
});

Deno.test("the same bytes are no step, no log line and no reload", async () => {
  await using reload = await reloading();
  await reload.write(yaml("#logs"));
  await reload.pass();
  assert.ok(reload.passes.every((steps) => steps.length === 0));
  assert.deepEqual([reload.log.entries, reload.applied], [[], []]);
});

Deno.test("a change is applied once, and the log says from what to what, by which steps", async () => {
  await using reload = await reloading();
  const { state } = reload.reconciler;
  await reload.write(yaml("#other"));
  await reload.pass();
  assert.equal(reload.applied.length, 1);
  const [entry, ...more] = reload.log.entries;
  assert.deepEqual(more, []);
  assert.deepEqual(entry, {
    level: "info",
    message: "Config reloaded",
    fields: {
      from: state.digest,
      to: reload.reconciler.state.digest,
      steps: "~ routing (~route route-1)",
    },
  });
  assert.notEqual(reload.reconciler.state.digest, state.digest);
});

Deno.test("a bad config changes nothing and is said once with its place, until its content changes", async () => {
  await using reload = await reloading();
  const { digest } = reload.reconciler.state;
  await reload.write(TYPO);
  await reload.pass();
  await reload.pass();
  assert.equal(reload.passes.length, 0);
  assert.deepEqual(reload.log.entries.map(({ level, message }) => [level, message]), [
    ["error", "Config not reloaded"],
    ["error", "Config not reloaded"],
  ]);
  const places = reload.log.entries.map(({ fields }) => String(fields.at).replace(/^.*\//, ""));
  assert.ok(places.every((place) => /^irctail\.yaml:3:\d+$/.test(place)), places.join(" "));
  assert.ok(reload.log.entries.some(({ fields }) => fields.path === "connections.irc.nik"));
  assert.equal(reload.reconciler.state.phase, "refused");
  assert.equal(reload.reconciler.state.digest, digest);

  const said = reload.log.entries.length;
  await reload.write(TYPO.replace("nik:", "nikc:"));
  await reload.pass();
  assert.ok(reload.log.entries.length > said, "another mistake is said");
});

Deno.test("a config that is mended to what runs is said to be fine again", async () => {
  await using reload = await reloading();
  await reload.write(TYPO);
  await reload.pass();
  await reload.write(yaml("#logs"));
  await reload.pass();
  assert.equal(reload.log.messages().at(-1), "Config can be used again, and is what runs");
  assert.equal(reload.reconciler.state.phase, "applied");
  assert.deepEqual(reload.applied, []);
  const said = reload.log.entries.length;
  await reload.write(TYPO);
  await reload.pass();
  assert.ok(reload.log.entries.length > said, "the same mistake is news again");
  const refused = "refused: connections.irc.nik";
  assert.deepEqual(reload.told.map((text) => text.replace(/nick$/, "nik")), [refused, "mended", refused]);
});

Deno.test("a config file that is gone changes nothing, is said once, and is taken up when it is back", async () => {
  await using reload = await reloading();
  await reload.remove();
  await reload.pass();
  await reload.pass();
  assert.deepEqual(reload.log.messages(), ["Config not reloaded"]);
  assert.match(String(reload.log.entries[0]?.fields.at), /\/irctail\.yaml$/);
  assert.equal(reload.passes.length, 0);
  await reload.write(yaml("#back"));
  await reload.pass();
  assert.equal(reload.log.messages().at(-1), "Config reloaded");
});

Deno.test("what cannot be foreseen ends the loop instead of going on without a config", async () => {
  const log = recordingLog();
  const config = { stateDir: "/x" } as Config;
  const reconciler = new Reconciler({ config, digest: "a", warnings: [] }, {
    log,
    readDesired: () => {
      throw new TypeError("a bug");
    },
    apply: () => Promise.resolve([]),
    applied: () => {},
    refused: () => {},
    mended: () => {},
  });
  reconciler.poke();
  await assert.rejects(reconciler.run(new AbortController().signal), /a bug/);
});
