import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

const PASSWORD = "hunter2-of-the-server";
const CHANNEL_KEY = "key-of-the-door";

function fileSource(dir: TempDir): string {
  return `app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`;
}

/** Everything the agent has written below its directory. */
async function stateText(dir: TempDir): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(dir.at("state"))) {
    if (isFile) texts.push(await Deno.readTextFile(dir.at(`state/${name}`)));
  }
  return texts.join("\n");
}

Deno.test("a second agent on the same state directory leaves with 78 and names the first one's pid", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, { port: freePort(), sources: [fileSource(dir)] });
  await using first = startAgent(["run", "-c", config]);
  await first.logged("Started");
  const second = await runProgram(["run", "-c", config]);
  assert.equal(second.code, 78);
  assert.equal(second.errors.trim().split("\n").length, 1);
  const { level, message, because } = JSON.parse(second.errors);
  assert.deepEqual([level, message], ["error", "State directory cannot be used"]);
  assert.match(because, new RegExp(`another irctail runs with it \\(pid ${first.pid}\\)$`));
  first.kill("SIGKILL");
  await first.ended;
  await using third = startAgent(["run", "-c", config]);
  await third.logged("Started");
  assert.equal(await third.stop(), 0);
});

Deno.test("the state directory is the agent's user's alone", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, { port: freePort(), sources: [fileSource(dir)] });
  await using agent = startAgent(["run", "-c", config]);
  await agent.logged("Started");
  assert.equal((Deno.statSync(dir.at("state")).mode ?? 0) & 0o777, 0o700);
  assert.equal(await agent.stop(), 0);
  for (const { name } of Deno.readDirSync(dir.at("state"))) {
    assert.equal((Deno.statSync(dir.at(`state/${name}`)).mode ?? 0) & 0o077, 0, name);
  }
});

Deno.test("a state directory that cannot be made ends the agent with 78", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("state"), "a file");
  const config = await writeConfig(dir, { port: freePort(), sources: [fileSource(dir)] });
  const { code, errors } = await runProgram(["run", "-c", config]);
  assert.equal(code, 78);
  assert.match(errors, /State directory cannot be used/);
});

Deno.test({
  name: "the server's password and a channel's key work, and stand nowhere the agent writes",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ password: PASSWORD });
    await using witness = await openWitness(server.port, { channels: ["#logs"], password: PASSWORD });
    await witness.send(`MODE #logs +k ${CHANNEL_KEY}`);
    await witness.next(({ command, raw }) => command === "MODE" && raw.includes("+k"));
    await Deno.writeTextFile(dir.at("password"), `${PASSWORD}\n`);
    const config = await writeConfig(dir, {
      port: server.port,
      connection: [
        `password: "\${file:${dir.at("password")}}"`,
        'channels: { "#logs": { key: "${DOOR_KEY}" } }',
      ],
      sources: [fileSource(dir)],
    });
    await using agent = startAgent(["run", "-c", config], { env: { DOOR_KEY: CHANNEL_KEY } });
    await agent.logged("Connected");
    await Deno.writeTextFile(dir.at("app.log"), `joined with ${CHANNEL_KEY} after ${PASSWORD}\n`);
    const shown = await witness.next(({ command, nick }) => command === "PRIVMSG" && nick === "irctail");
    assert.ok(!shown.text.includes(CHANNEL_KEY) && !shown.text.includes(PASSWORD), shown.text);
    assert.equal(await agent.stop(), 0);
    for (const text of [agent.log.join("\n"), agent.output(), await stateText(dir)]) {
      assert.ok(!text.includes(CHANNEL_KEY) && !text.includes(PASSWORD));
    }
  },
});

Deno.test({
  name:
    "a password that the server refuses is a state: the agent stays, says so, and gets in when the file of the password is mended",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ password: PASSWORD });
    await using witness = await openWitness(server.port, { channels: ["#logs"], password: PASSWORD });
    await Deno.writeTextFile(dir.at("password"), "not-the-password");
    const config = await writeConfig(dir, {
      port: server.port,
      connection: [`password: "\${file:${dir.at("password")}}"`],
      sources: [fileSource(dir)],
    });
    await using agent = startAgent(["run", "-c", config]);
    const refused = await agent.logged("Connection lost or refused, trying again");
    assert.equal(refused.connection, "irc");
    const tries = () => agent.log.filter((line) => line.includes("trying again")).length;
    await until("another try", () => tries() > 1, { seen: () => agent.log });
    await Deno.writeTextFile(dir.at("password"), PASSWORD);
    agent.kill("SIGHUP");
    await agent.logged("Config reloaded");
    await agent.logged("Connected");
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    assert.doesNotMatch(agent.log.join("\n"), /not-the-password|hunter2/);
    assert.equal(await agent.stop(), 0);
  },
});

Deno.test({
  name: "SIGTERM says what is owed and leaves with 0; what was not read yet is read by the next run",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      connection: ["flood: exempt"],
      sources: [fileSource(dir)],
    });
    await using agent = startAgent(["run", "-c", config]);
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    let text = "";
    for (let n = 0; n < 50; n++) text += `2026-01-02T03:04:05Z  INFO app: payment n=${n}\n`;
    await Deno.writeTextFile(dir.at("app.log"), text);
    await until("the first lines", () => witness.texts("#logs").length >= 20);
    assert.equal(await agent.stop(), 0);
    const { shown, counted } = readLedger(witness.texts("#logs"));
    assert.equal(shown.length + counted, 50);
    assert.ok(counted > 0, "a summary that was not due yet is said");
    await witness.next(({ command, nick }) => command === "QUIT" && nick === "irctail");
    const { length } = witness.texts("#logs");
    await Deno.writeTextFile(dir.at("app.log"), "written meanwhile\n", { append: true });
    await using again = startAgent(["run", "-c", config]);
    await until("the line of the pause", () => witness.texts("#logs").length > length);
    assert.deepEqual(witness.texts("#logs").slice(length), ["[INFO] written meanwhile"]);
    assert.equal(await again.stop(), 0);
  },
});

Deno.test("SIGTERM waits for the server at most 5 s, a second one not even that; nothing is lost", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd();
  const config = await writeConfig(dir, { port: server.port, sources: [fileSource(dir)] });
  await Deno.writeTextFile(dir.at("app.log"), "");
  await using agent = startAgent(["run", "-c", config]);
  await server.next(/^JOIN /);
  await agent.logged("Connected");
  const answer = server.on("PING", () => {});
  await Deno.writeTextFile(dir.at("app.log"), "unacknowledged\n", { append: true });
  await server.next(/^PRIVMSG #logs :\[INFO\] unacknowledged$/);
  agent.kill("SIGTERM");
  await agent.logged("Stopping");
  agent.kill("SIGTERM");
  const forcedMs = performance.now();
  assert.equal(await agent.ended, 0);
  assert.ok(performance.now() - forcedMs < 3_000, "the second SIGTERM ends the drain");
  answer();
  await using again = startAgent(["run", "-c", config]);
  const said = () => server.received.filter((line) => line.startsWith("PRIVMSG ")).length;
  await until("the unacknowledged line once more", () => said() === 2, { seen: () => server.received });
  assert.equal(await again.stop(), 0);
  assert.equal(said(), 2);
});
