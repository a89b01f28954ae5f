import assert from "node:assert/strict";
import type { Resource, Status } from "../../src/reconcile/status.ts";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";

const PASSWORD = "hunter2-of-the-server";
const CHANNEL_KEY = "key-of-the-door";
/** Looks like nothing, but the config says that it is secret. */
const PACE = { profile: "ngircd", linesPerSecond: 5, burstLines: 5, because: "seed" };
const MARKED = "plainwordsinarow";

async function statusOf(config: string): Promise<Status> {
  const { code, output, errors } = await runProgram(["status", "-c", config, "--json"]);
  assert.deepEqual([code, errors], [0, ""]);
  return JSON.parse(output) as Status;
}

function find(status: Status, kind: Resource["kind"], name: string) {
  return status.resources.find((resource) => resource.kind === kind && resource.name === name);
}

function ops(witness: Witness): readonly string[] {
  return witness.texts("#ops").map((text) => text.replace(/^irctail: /, ""));
}

function appSource(dir: TempDir, more: string = ""): string {
  return `app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning${more} }`;
}

Deno.test({
  name:
    "irctail status shows every connection, channel, source and route of the running agent, and none of its secrets",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ password: PASSWORD });
    await using witness = await openWitness(server.port, {
      channels: ["#logs", "#door"],
      password: PASSWORD,
    });
    await witness.send("MODE #logs +i");
    await witness.send(`MODE #door +k ${CHANNEL_KEY}`);
    await witness.next(({ command, raw }) => command === "MODE" && raw.includes("+k"));
    await Deno.writeTextFile(dir.at("marked"), `${MARKED}\n`);
    await Deno.mkdir(dir.at(MARKED));
    await Deno.writeTextFile(dir.at(`${MARKED}/app.log`), "one\ntwo\n");
    const config = await writeConfig(dir, {
      port: server.port,
      connection: ['password: "${SERVER_PASSWORD}"', 'channels: { "#door": { key: "${DOOR_KEY}" } }'],
      sources: [
        `app: { type: file, paths: ["${dir.path}/\${file:${
          dir.at("marked")
        }}/*.log"], service: "{dir}", start_at: beginning }`,
        `later: { type: file, paths: ["${dir.at("later.log")}"] }`,
      ],
      routes: [
        "- { name: noise, match: { contains: healthz }, drop: true }",
        '- { name: errors, match: { min_level: error }, to: "#logs", continue: true }',
        '- { name: services, to: "#door-{service}", continue: true }',
        '- { name: all, to: "#door" }',
      ],
    });
    await using agent = startAgent(["run", "-c", config], {
      env: { SERVER_PASSWORD: PASSWORD, DOOR_KEY: CHANNEL_KEY },
    });
    await agent.logged("Channel cannot be spoken in");
    await until("both lines in the channel", () => witness.texts("#door").length === 2);
    // Without the agent's environment: whoever asks need not have its secrets.
    const status = await until("the server to have taken both", async () => {
      const now = await statusOf(config);
      const route = find(now, "route", "all:irc/#door");
      return route?.kind === "route" && route.shown === 2 ? now : undefined;
    });
    assert.equal(status.config.ready, true);
    const connection = find(status, "connection", "irc");
    assert.deepEqual([connection?.ready, connection?.reason], [true, "as irctail"]);
    assert.deepEqual(connection?.kind === "connection" && connection.pace, PACE);
    const closed = find(status, "channel", "irc/#logs");
    assert.deepEqual([closed?.ready, closed?.reason], [
      false,
      "The channel is invite-only (+i): invite the bot",
    ]);
    assert.equal(find(status, "channel", "irc/#door")?.ready, true);
    const app = find(status, "source", "app");
    assert.ok(app?.kind === "source");
    assert.deepEqual([app.ready, app.read, app.routed, app.unrouted, app.dropped], [true, 2, 2, 0, 0]);
    const later = find(status, "source", "later");
    assert.deepEqual([later?.ready, later?.reason], [false, "no file is there yet"]);
    const all = find(status, "route", "all:irc/#door");
    assert.ok(all?.kind === "route");
    assert.deepEqual([all.ready, all.matched, all.shown, all.pending], [true, 2, 2, 0]);
    assert.equal(find(status, "route", "errors:irc/#logs")?.ready, false);
    for (const { sinceMs } of status.resources) {
      assert.ok(sinceMs >= status.startedMs - 1_000 && sinceMs <= status.nowMs, `${sinceMs}`);
    }

    const table = await runProgram(["status", "-c", config]);
    assert.equal(table.code, 0);
    assert.match(table.output, /^NAME +READY +REASON +AGE +COUNTS$/m);
    assert.match(table.output, /^source\/later +no +no file is there yet +\d+s +read 0 /m);
    const one = await runProgram(["status", "source/later", "-c", config]);
    assert.deepEqual(one.output.split("\n").slice(2).map((line) => line.split(" ")[0]), ["source/later", ""]);
    const none = await runProgram(["status", "nonsense", "-c", config]);
    assert.equal(none.code, 1);

    const printed = [
      JSON.stringify(status),
      table.output,
      agent.log.join("\n"),
      witness.texts("#door").join("\n"),
    ];
    for (const text of printed) {
      for (const secret of [PASSWORD, CHANNEL_KEY, MARKED]) assert.ok(!text.includes(secret), secret);
    }
    assert.equal(await agent.stop(), 0);
  },
});

Deno.test({
  name:
    "a source that used to speak and went quiet is said in status, log and channel, once, and so is its return",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs", "#ops"] });
    await Deno.writeTextFile(dir.at("app.log"), "one\n");
    await Deno.writeTextFile(dir.at("mute.log"), "");
    const config = await writeConfig(dir, {
      port: server.port,
      connection: ["flood: exempt"],
      sources: [
        appSource(dir, ", quiet_after: 1s"),
        `mute: { type: file, paths: ["${dir.at("mute.log")}"], quiet_after: 1s }`,
      ],
      extra: ['notices: { to: "#ops" }'],
    });
    await using agent = startAgent(["run", "-c", config]);
    await until("the line", () => witness.texts("#logs").includes("[INFO] one"));
    const quiet = await agent.logged("Source is quiet");
    assert.deepEqual([quiet.source, quiet.because], ["app", "quiet for 1s"]);
    await until("the news", () => ops(witness).includes("source app is quiet for 1s"));
    const silent = find(await statusOf(config), "source", "app");
    assert.deepEqual([silent?.ready, silent?.reason], [false, "quiet for 1s"]);
    assert.equal(find(await statusOf(config), "source", "mute")?.ready, true, "it never spoke");

    await Deno.writeTextFile(dir.at("app.log"), "two\n", { append: true });
    await agent.logged("Source is back");
    await until("the news of the return", () => ops(witness).includes("source app is back"));
    const texts = ops(witness).filter((text) => text.includes("app"));
    assert.deepEqual(texts, ["source app is quiet for 1s", "source app is back"]);
    assert.equal(await agent.stop(), 0);

    // It spoke in an earlier run: that it says nothing in this one is news.
    await using again = startAgent(["run", "-c", config]);
    await again.logged("Source is quiet");
    assert.equal(await again.stop(), 0);
  },
});

Deno.test({
  name: "reloads are news without a word of the file, and the channel for news survives them",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs", "#ops", "#other"] });
    await Deno.writeTextFile(dir.at("app.log"), "");
    const write = (routes: readonly string[], notices: string = "#ops") =>
      writeConfig(dir, {
        port: server.port,
        connection: ["flood: exempt"],
        sources: [appSource(dir)],
        extra: [`notices: { to: "${notices}" }`],
        routes,
      });
    const config = await write(['- { name: all, to: "#logs" }']);
    await using agent = startAgent(["run", "-c", config]);
    await witness.next(({ command, nick, target }) =>
      command === "JOIN" && nick === "irctail" && target === "#ops"
    );
    await write(['- { name: all, to: "zebra/#logs" }']);
    await agent.logged("Config not reloaded");
    const refused = await until(
      "the refusal",
      () => ops(witness).find((text) => text.includes("not reloaded")),
    );
    assert.match(
      refused,
      /^config not reloaded: irctail\.yaml:\d+:\d+: routes\[0\]\.to: unknown connection$/,
    );
    const { ready, problems } = (await statusOf(config)).config;
    assert.equal(ready, false);
    assert.match(problems.join("\n"), /routes\[0\]\.to: Unknown connection "zebra"$/);

    await write(['- { name: all, to: "#logs", repeats: show }']);
    await until("the reload", () => ops(witness).includes("config reloaded: the routing changed"));
    assert.equal((await statusOf(config)).config.ready, true);
    await write(['- { name: all, to: "#logs", repeats: show }'], "#other");
    await witness.next(({ command, nick, target }) =>
      command === "PART" && nick === "irctail" && target === "#ops"
    );
    await witness.next(({ command, nick, target }) =>
      command === "JOIN" && nick === "irctail" && target === "#other"
    );
    const ours = witness.all.filter(({ nick }) => nick === "irctail");
    assert.equal(ours.filter(({ command, target }) => command === "JOIN" && target === "#ops").length, 1);
    assert.deepEqual(ours.filter(({ command }) => command === "QUIT"), []);
    assert.equal(await agent.stop(), 0);
  },
});

Deno.test({
  name: "a connection that is lost is news on the others, and nothing is said to it about itself",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using other = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs", "#ops"] });
    await Deno.writeTextFile(dir.at("app.log"), "");
    await Deno.writeTextFile(
      dir.at("irctail.yaml"),
      `version: 1
state_dir: ${dir.at("state")}
notices: { to: "here/#ops" }
connections:
  here: { host: 127.0.0.1, port: ${server.port}, tls: false, nick: irctail, flood: exempt }
  there: { host: 127.0.0.1, port: ${other.port}, tls: false, nick: irctail, flood: exempt }
sources: { ${appSource(dir)} }
routes: [{ name: all, to: "there/#logs" }]
`,
    );
    const config = dir.at("irctail.yaml");
    await using agent = startAgent(["run", "-c", config]);
    await until("both connections", async () => {
      if (!agent.log.some((line) => line.includes('"Started"'))) return false;
      const status = await statusOf(config);
      return find(status, "channel", "here/#ops")?.ready && find(status, "channel", "there/#logs")?.ready;
    });
    await other.stop("SIGKILL");
    await until(
      "the loss",
      () => ops(witness).some((text) => text.startsWith("connection there is lost: ")),
      {
        seen: () => ops(witness),
      },
    );
    const lost = find(await statusOf(config), "connection", "there");
    assert.equal(lost?.ready, false);
    await other.start();
    await until("the return", () => ops(witness).includes("connection there is back"), {
      seen: () => ops(witness),
      deadlineMs: 60_000,
    });
    assert.deepEqual(ops(witness).filter((text) => text.startsWith("connection here")), []);
    assert.deepEqual(
      ops(witness).filter((text) => text.includes("channel")),
      [],
      "the channel was not what was wrong",
    );
    assert.equal(await agent.stop(), 0);
  },
});

Deno.test("the socket is its user's alone; one that a killed agent left behind is replaced, and nobody answers on it", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, { port: freePort(), sources: [appSource(dir)] });
  const socket = dir.at("state/control.sock");
  const nobody = async () => {
    const { code, output, errors } = await runProgram(["status", "-c", config]);
    assert.deepEqual([code, output], [1, ""]);
    assert.equal(errors, `irctail: No irctail runs with the state directory "${dir.at("state")}"\n`);
  };
  await nobody();
  await using killed = startAgent(["run", "-c", config]);
  await killed.logged("Started");
  assert.equal((Deno.lstatSync(socket).mode ?? 0) & 0o777, 0o600);
  killed.kill("SIGKILL");
  await killed.ended;
  assert.equal(Deno.lstatSync(socket).isSocket, true);
  await nobody();

  await using agent = startAgent(["run", "-c", config]);
  await agent.logged("Started");
  assert.equal((await statusOf(config)).config.ready, true);
  assert.equal(await agent.stop(), 0);
  assert.throws(() => Deno.lstatSync(socket), Deno.errors.NotFound);
  await nobody();
});

Deno.test("irctail status --watch asks again and again, and leaves with 0 when it is interrupted", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, { port: freePort(), sources: [appSource(dir)] });
  await using agent = startAgent(["run", "-c", config]);
  await agent.logged("Started");
  await using watch = startAgent(["status", "-c", config, "--watch", "--json"]);
  await until("two answers", () => watch.output().split("\n").length > 2);
  const [first, second] = watch.output().split("\n").map((line) => line === "" ? {} : JSON.parse(line));
  assert.ok(second.nowMs - first.nowMs >= 1_900);
  watch.kill("SIGINT");
  assert.equal(await watch.ended, 0);
  assert.equal(await agent.stop(), 0);
});

Deno.test("irctail status needs a config, and of it only where the state is", async () => {
  await using dir = await tempDir();
  const nowhere = await runProgram(["status"], { cwd: dir.path, env: { IRC_ENABLED: "" } });
  assert.equal(nowhere.code, 78);
  const broken = dir.at("broken.yaml");
  await Deno.writeTextFile(broken, "version: [1\n");
  assert.equal((await runProgram(["status", "-c", broken])).code, 78);
  await Deno.writeTextFile(broken, 'version: 2\nstate_dir: "${WHERE:-state}"\nnonsense: ${UNSET}\n');
  const { code, errors } = await runProgram(["status", "-c", broken]);
  assert.equal(code, 1);
  assert.equal(errors, `irctail: No irctail runs with the state directory "${dir.at("state")}"\n`);
});
