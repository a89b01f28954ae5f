import assert from "node:assert/strict";
import type { Status } from "../../src/reconcile/status.ts";
import { type Agent, startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";

/** Lines a second of the writer: more than the connection takes, so that there is always something to stop. */
const LINES_A_SECOND = 100;

/** Lines that are in flight when a panic comes, at most; and one that the kernel may be given in the same moment. */
const WINDOW = 4;

const GAP = /^⋯ gap \d\d:\d\d:\d\d-\d\d:\d\d:\d\d: \d+ lines/;

/** A service that pours lines with numbers, every tenth an error, until it is told not to. */
interface Pouring {
  readonly written: () => number;
  stop(): Promise<void>;
}

function pour(path: string): Pouring {
  let written = 0;
  let writing = true;
  const writer = (async () => {
    while (writing) {
      const level = ++written % 10 === 0 ? "ERROR" : " INFO";
      await Deno.writeTextFile(path, `2026-01-02T03:04:05Z ${level} app: payment n=${written}\n`, {
        append: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 1_000 / LINES_A_SECOND));
    }
  })();
  return {
    written: () => written,
    stop: async () => {
      writing = false;
      await writer;
    },
  };
}

async function statusOf(config: string): Promise<Status> {
  const { code, output } = await runProgram(["status", "-c", config, "--json"]);
  assert.equal(code, 0);
  return JSON.parse(output) as Status;
}

function read(status: Status): number {
  return status.resources.reduce(
    (sum, resource) => resource.kind === "source" ? sum + resource.read : sum,
    0,
  );
}

/** Waits until the agent has read what was written until now, so that silence is not because there was nothing to say. */
async function readOn(config: string, pouring: Pouring): Promise<Status> {
  const aim = pouring.written() + LINES_A_SECOND;
  return await until("the agent to read on", async () => {
    const status = await statusOf(config);
    return read(status) >= aim ? status : undefined;
  });
}

function numbers(witness: Witness): readonly number[] {
  return readLedger(witness.messages("#logs")).shown;
}

function configOf(dir: TempDir, port: number): Promise<string> {
  return writeConfig(dir, {
    port,
    // Slower than the lines come, so that the queue is never empty.
    connection: ["flood: { rate: 20/s, burst: 5 }"],
    sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
    extra: ["defaults: { budget: { rate: 40/s, burst: 200, digest: 1s, max_age: 10s } }"],
  });
}

async function underWay(witness: Witness): Promise<void> {
  await until("the channel to be busy", () => numbers(witness).length > 10);
}

/** Muted until `resume`, by whatever `panic` and `resume` do; the agent stays where it is, and loses nothing. */
async function muteAndGoOn(
  { panic, resume }: {
    readonly panic: (agent: Agent, config: string) => Promise<void>;
    readonly resume: (agent: Agent, config: string) => Promise<void>;
  },
): Promise<void> {
  await using dir = await tempDir();
  await using server = await startNgircd({ maxPenaltyTime: 0 });
  await using witness = await openWitness(server.port, { channels: ["#logs"] });
  const config = await configOf(dir, server.port);
  await using agent = startAgent(["run", "-c", config]);
  await agent.logged("Started");
  await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
  const pouring = pour(dir.at("app.log"));
  await underWay(witness);

  const before = witness.lines("#logs").length;
  await panic(agent, config);
  await agent.logged("Every channel is muted: irctail resume ends it");
  const muted = await readOn(config, pouring);
  assert.ok(muted.mutedSinceMs !== undefined && muted.mutedSinceMs <= muted.nowMs);
  const routes = muted.resources.filter(({ kind }) => kind === "route");
  assert.deepEqual(routes.map(({ ready, reason }) => [ready, reason]), [[false, "muted by a panic"]]);
  const connection = muted.resources.find(({ kind }) => kind === "connection");
  assert.ok(connection?.kind === "connection");
  assert.deepEqual([connection.ready, connection.pending], [true, 0]);
  const silent = witness.lines("#logs").length;
  const lastBefore = Math.max(...numbers(witness));
  await readOn(config, pouring);
  assert.equal(witness.lines("#logs").length, silent, "something was said after the lines in flight");
  assert.ok(silent >= before);

  const resumedAt = pouring.written();
  await resume(agent, config);
  const gap = await until("the gap", () => witness.texts("#logs").slice(silent)[0]);
  assert.match(gap, GAP);
  assert.match(gap, / error$/);
  await until("life to go on", () => Math.max(...numbers(witness)) > resumedAt + 20);
  await pouring.stop();
  const look = () => readLedger(witness.messages("#logs"));
  await until("every line to be accounted for", () => {
    const { shown, counted } = look();
    return shown.length + counted >= pouring.written();
  }, { seen: look });
  const { shown, counted, doubled } = look();
  assert.equal(shown.length + counted, pouring.written());
  assert.deepEqual(doubled, []);
  const after = shown.filter((number) => number > lastBefore);
  assert.ok(Math.min(...after) >= resumedAt - WINDOW, `${Math.min(...after)} is older than ${resumedAt}`);
  assert.equal(witness.texts("#logs").slice(silent).filter((text) => GAP.test(text)).length, 1);
  assert.equal((await statusOf(config)).mutedSinceMs, undefined);
  const ours = witness.all.filter(({ nick }) => nick === "irctail");
  assert.equal(ours.filter(({ command }) => command === "JOIN").length, 1);
  assert.deepEqual(ours.filter(({ command }) => command === "QUIT" || command === "PART"), []);
  assert.equal(await agent.stop(), 0);
}

Deno.test({
  name:
    "SIGUSR2 mutes every channel at once, a second one goes on with one gap; nothing that was old is said",
  ignore: missing("ngircd"),
  fn: async () => {
    const signal = (agent: Agent) => {
      agent.kill("SIGUSR2");
      return Promise.resolve();
    };
    await muteAndGoOn({ panic: signal, resume: signal });
  },
});

Deno.test({
  name: "irctail panic and irctail resume do the same, and say what is so now",
  ignore: missing("ngircd"),
  fn: async () => {
    const tell = async (command: string, config: string, answers: RegExp) => {
      const { code, output, errors } = await runProgram([command, "-c", config]);
      assert.deepEqual([code, errors], [0, ""]);
      assert.match(output, answers);
    };
    await muteAndGoOn({
      panic: async (_, config) => {
        await tell("panic", config, /^Every channel is muted until irctail resume\n$/);
        await tell("panic", config, /^Every channel has been muted for \d+s; irctail resume ends it\n$/);
        const table = await runProgram(["status", "-c", config]);
        assert.match(table.output, /^irctail +no +muted by a panic: irctail resume ends it +\d+s$/m);
      },
      resume: async (_, config) => {
        await tell("resume", config, /^Every channel can be spoken in again after \d+s; what was not said/);
        await tell("resume", config, /^Nothing was muted\n$/);
      },
    });
  },
});

Deno.test({
  name: "a panic outlasts a reload and a restart, and the notices are silent too",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs", "#other", "#ops"] });
    const write = (channel: string) =>
      writeConfig(dir, {
        port: server.port,
        channel,
        connection: ["flood: exempt"],
        sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
        extra: ['notices: { to: "#ops" }'],
      });
    const append = (text: string) => Deno.writeTextFile(dir.at("app.log"), `${text}\n`, { append: true });
    const routed = (config: string, aim: number) =>
      until("the line to be read", async () => read(await statusOf(config)) === aim);
    const config = await write("#logs");
    await append("before");
    await using agent = startAgent(["run", "-c", config]);
    await until("the first line", () => witness.texts("#logs").includes("[INFO] before"));
    agent.kill("SIGUSR2");
    await agent.logged("Every channel is muted: irctail resume ends it");
    await write("#other");
    await agent.logged("Config reloaded");
    await witness.next(({ command, nick, target }) =>
      command === "JOIN" && nick === "irctail" && target === "#other"
    );
    await append("during the panic");
    await routed(config, 2);
    assert.equal(await agent.stop(), 0);

    await using again = startAgent(["run", "-c", config]);
    await again.logged("Still muted by a panic of an earlier run: irctail resume ends it");
    await append("after the restart");
    await routed(config, 1);
    await until("the join", () => {
      const joins = witness.all.filter(({ nick, command, target }) =>
        nick === "irctail" && command === "JOIN" && target === "#other"
      );
      return joins.length === 2;
    });
    assert.deepEqual([...witness.texts("#other"), ...witness.texts("#ops")], []);
    assert.equal((await runProgram(["resume", "-c", config])).code, 0);
    await append("and on");
    await until("the line after it", () => witness.texts("#other").includes("[INFO] and on"));
    const [gap, ...lines] = witness.texts("#other");
    assert.match(gap ?? "", /^⋯ gap \S+: 2 lines$/);
    assert.deepEqual(lines, ["[INFO] and on"]);
    const news = await until("the news", () => witness.texts("#ops")[0]);
    assert.match(news, /^irctail: speaking again, after a panic of \d+s$/);
    assert.equal(await again.stop(), 0);

    await using last = startAgent(["run", "-c", config]);
    await last.logged("Connected");
    assert.equal((await statusOf(config)).mutedSinceMs, undefined);
    assert.equal(await last.stop(), 0);
  },
});

Deno.test("irctail panic says when there is nobody to tell", async () => {
  await using dir = await tempDir();
  const config = await configOf(dir, 6667);
  for (const command of ["panic", "resume"]) {
    const { code, output, errors } = await runProgram([command, "-c", config]);
    assert.deepEqual([code, output], [1, ""]);
    assert.match(errors, /^irctail: No irctail runs with the state directory /);
  }
});
