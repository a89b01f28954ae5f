import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { assertUnmarked, CONFIGURED, KNOWN, MARKS } from "../support/marked.ts";
import { runProgram } from "../support/program.ts";
import { startScriptedDaemon } from "../support/scripted_daemon.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";

/** What a service logs that knows a secret: in prose, in fields, as an error, over and over, and too fast. */
function linesWith(mark: string): string {
  return [
    `INFO signed in with ${mark} at the first try`,
    JSON.stringify({ level: "info", msg: `used ${mark}`, token: mark, user: mark, [mark]: 1 }),
    `ERROR cannot use ${mark}`,
    ...Array.from({ length: 5 }, () => `WARN again ${mark}`),
    ...Array.from({ length: 60 }, (_, n) => `INFO attempt ${n} of ${mark} took ${n} ms`),
    "",
  ].join("\n");
}

async function append(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { append: true });
}

/** Two directories that are called as the secrets are, and the secret for the config in a file. */
async function markedFiles(dir: TempDir): Promise<readonly string[]> {
  await Deno.writeTextFile(dir.at("secret"), `${CONFIGURED}\n`);
  await Deno.mkdir(dir.at("odd"));
  return await Promise.all(MARKS.map(async (mark) => {
    await Deno.mkdir(dir.at(`logs/${mark}`), { recursive: true });
    await Deno.symlink("/dev/null", dir.at(`odd/${mark}.log`));
    await Deno.writeTextFile(dir.at(`logs/${mark}/app.log`), "");
    return dir.at(`logs/${mark}/app.log`);
  }));
}

interface Wiring {
  readonly port: number;
  /** Sockets of container daemons. */
  readonly sockets?: readonly string[];
  readonly routes?: readonly string[];
  readonly extra?: readonly string[];
}

/** Everything by templates, so that secrets have every way out. */
async function writeMarkedConfig(dir: TempDir, { port, sockets = [], routes, extra = [] }: Wiring) {
  const text = [
    "version: 1",
    `state_dir: ${dir.at("state")}`,
    ...port === 0 ? [] : ['notices: { to: "ops/#news" }'],
    "connections:",
    `  irc: { host: 127.0.0.1, port: ${port || 6667}, tls: false, nick: bot, password: "\${file:secret}",`,
    "    flood: { rate: 500/s, burst: 500 } }",
    `  ops: { host: 127.0.0.1, port: ${port || 6667}, tls: false, nick: ops, flood: exempt }`,
    "sources:",
    `  files: { type: file, paths: ["logs/*/*.log"], service: "{dir}", start_at: beginning }`,
    `  odd: { type: file, paths: ["odd/*.log"] }`,
    ...sockets.map((socket, n) => `  containers-${n}: { type: docker, socket: ${socket}, lifecycle: true }`),
    ...extra,
    "routes:",
    ...(routes ?? [
      '- { name: services, to: "irc/#s-{service}", template: "<{service}> [{level}] {message} {field.user} {field.token}",',
      "    budget: { rate: 60/h, burst: 4, digest: 1s }, continue: true }",
      '- { name: users, match: { contains: token }, to: "irc/#u-{field.user}", long: split, continue: true }',
      '- { name: texts, match: { contains: "cannot use" }, to: "irc/#t-{message}", continue: true }',
      '- { name: all, to: "irc/#all", template: "{source} {message}", budget: { rate: 500/s, burst: 500, digest: 1s } }',
    ]).map((line) => `  ${line}`),
    "",
  ].join("\n");
  // Whole or not at all: a running agent watches the file.
  await Deno.writeTextFile(dir.at("irctail.yaml.new"), text);
  await Deno.rename(dir.at("irctail.yaml.new"), dir.at("irctail.yaml"));
  return dir.at("irctail.yaml");
}

/** Every file of the state directory. Of the checkpoint without the paths of files: a restart has to find them. */
function stateTexts(dir: TempDir): string {
  return [...Deno.readDirSync(dir.at("state"))].filter(({ isFile }) => isFile).map(({ name }) => {
    const path = dir.at(`state/${name}`);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o077, 0, `${name} is the user's alone`);
    const text = Deno.readTextFileSync(path);
    return `${name}: ${
      name.startsWith("checkpoint")
        ? JSON.stringify(
          JSON.parse(text, (key, value) => /^(?:path|realPath)$/.test(key) ? undefined : value),
        )
        : text
    }`;
  }).join("\n");
}

Deno.test("no secret leaves the running agent: messages, summaries, channels, notices, status, log, state", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using named = await startScriptedDaemon({ name: KNOWN });
  await using configured = await startScriptedDaemon({ name: CONFIGURED });
  await using unreadable = await startScriptedDaemon({ name: `${CONFIGURED}-${KNOWN}`, logStatus: 501 });
  const daemons = [named, configured, unreadable];
  const files = await markedFiles(dir);
  const wiring = { port: server.port, sockets: daemons.map(({ socket }) => socket) };
  const config = await writeMarkedConfig(dir, wiring);
  await using agent = startAgent(["run", "-c", config]);
  await agent.logged("Cannot read the log of a container");
  await agent.logged("Cannot follow what is not a regular file");
  const said = (pattern: RegExp) => server.next(new RegExp(`^(?:@\\S+ )?PRIVMSG \\S+ :.*${pattern.source}`));
  await said(/containers-2 is waiting/);
  // The first line of each service opens its channel; what comes before that is only counted.
  for (const [n, file] of files.entries()) await append(file, `INFO hello ${MARKS[n]}\n`);
  for (const channel of ["#s-redacted", "#s-redacted_token"]) {
    await server.next(new RegExp(`PRIVMSG ${channel} :<`));
  }
  for (const [n, file] of files.entries()) await append(file, linesWith(MARKS[n] ?? ""));
  for (const mark of MARKS) named.write(`ERROR ${mark} in a container`);
  configured.write(`INFO ${CONFIGURED} in a container`);
  for (const daemon of [named, configured]) daemon.tellHealth("unhealthy");
  await said(/⋯ \d+ more in .*"/);
  await said(/↻ ×4 in/);
  await said(/health: unhealthy/);

  // The server says back what it was told, throttles, hangs up, and hears of the gap.
  const rejoin = server.on("JOIN", (client, [channels = ""]) => {
    for (const channel of channels.split(",")) {
      client.send(
        !/^#[tu]-/.test(channel)
          ? `:${client.nick}!~u@host.test JOIN ${channel}\r\n:irc.test 366 ${client.nick} ${channel} :End`
          : `:irc.test 471 ${client.nick} ${channel} :Full, ${MARKS.join(" ")}`,
      );
    }
  });
  const bot = await until("the bot", () => server.clients.find(({ nick }) => nick === "bot"));
  bot.send(`NOTICE bot :You are sending too fast with ${MARKS.join(" ")}, slow down`);
  const held = server.on("USER", () => {});
  bot.send(`ERROR :Closing Link: bad password ${MARKS.join(" ")}`);
  bot.close();
  await agent.logged("Connection lost or refused, trying again");
  for (const [n, file] of files.entries()) await append(file, `INFO in the gap ${MARKS[n]}\n`);
  await until("another connection", () => server.clients.length > 2);
  await said(/connection irc is lost: .*bad password/);
  const lost = await runProgram(["status", "-c", config, "--json"]);
  held();
  server.client.close();
  await agent.logged("Channel cannot be spoken in");
  const away = await runProgram(["status", "-c", config]);
  await said(/⋯ gap/);
  rejoin();

  // A config that cannot be used, with secrets in every word of the user's.
  await writeMarkedConfig(dir, {
    ...wiring,
    routes: [`- { name: a-${KNOWN}, to: "${CONFIGURED}/#${KNOWN}", redact: ${CONFIGURED}, bogus: ${KNOWN} }`],
  });
  await agent.logged("Config not reloaded");
  const table = await runProgram(["status", "-c", config]);
  const json = await runProgram(["status", "-c", config, "--json"]);
  const files2 = stateTexts(dir);
  assert.equal(await agent.stop(), 0);

  const wire = server.received.filter((line) => !line.startsWith("PASS ")).join("\n");
  assertUnmarked("the wire", wire);
  assertUnmarked("the log", agent.log.join("\n"));
  assertUnmarked("standard output", agent.output());
  for (const [name, { output, errors }] of Object.entries({ lost, away, table, json })) {
    assertUnmarked(`status (${name})`, output + errors);
  }
  assertUnmarked("the state while it runs", files2);
  assertUnmarked("the state after it", stateTexts(dir));
  // It can fail: all of this was there to be shown.
  assert.match(wire, /PRIVMSG #s-\S*redacted\S* :/);
  assert.match(wire, /PRIVMSG #u-\S*redacted\S* :/);
  assert.match(wire, /PRIVMSG #all :.*signed in with \[REDACTED/);
  assert.match(lost.output, /Closing Link: bad password/);
  assert.match(table.output, /The newest config is refused:/);
  assert.match(stateTexts(dir), /pace\.json: .*throttle notice/);
});

/** Everything that a run of the program printed. */
async function printed(args: readonly string[], stdin?: string): Promise<string> {
  const { output, errors } = await runProgram(args, stdin === undefined ? {} : { stdin });
  return output + errors;
}

Deno.test("no secret is printed by run --dry-run, replay, test, redact and check", async () => {
  await using dir = await tempDir();
  const files = await markedFiles(dir);
  for (const [n, file] of files.entries()) await append(file, linesWith(MARKS[n] ?? ""));
  const examples = MARKS.map((mark) =>
    `  - { line: "INFO ${mark} here", source: files, service: "${mark}", expect: [{ to: "irc/#all", text: "${mark} here" }] }`
  );
  const config = await writeMarkedConfig(dir, { port: 0, extra: ["tests:", ...examples] });
  const lines = MARKS.map(linesWith).join("");
  const strings = MARKS.map((mark) => JSON.stringify(`used ${mark} twice: ${mark}`)).join("\n");
  const runs: Readonly<Record<string, Promise<string>>> = {
    "run --dry-run": printed(["run", "-c", config, "--dry-run", "--once"]),
    replay: printed(["replay", "-c", config, "--stats", ...files]),
    "replay --json": printed(["replay", "-c", config, "--json", ...files]),
    "replay --budgets": printed(["replay", "-c", config, "--budgets", ...files]),
    "replay of what is not there": printed(["replay", "-c", config, dir.at(`${KNOWN}-${CONFIGURED}.log`)]),
    test: printed(["test", "-c", config]),
    redact: printed(["redact", "-c", config, "--explain"], lines),
    "redact --json": printed(["redact", "-c", config, "--json", "--explain"], strings),
    check: printed(["check", "-c", config]),
  };
  for (const [name, text] of Object.entries(runs)) assertUnmarked(name, await text);
  assert.match(await runs["replay"] ?? "", /^irc\t#s-\S*redacted\S*\t.*\[REDACTED/m);
  assert.match(await runs["replay --budgets"] ?? "", /⋯ \d+ more/);
  assert.match(await runs["test"] ?? "", /failed: expected .*REDACTED.*\n0 passed, 2 failed\n$/s);
  assert.equal((await runs["redact"])?.match(/\[REDACTED/g)?.length, 142);
  assert.match(await runs["run --dry-run"] ?? "", /\t#all\t.*\[REDACTED/);
});

/** Secrets where they have no business, so that check points at their line. */
const MISTAKES: Readonly<Record<string, (mark: string) => string>> = {
  "the name of a route": (mark) => `- { name: "${mark} x", to: "irc/#logs" }`,
  "a target": (mark) => `- { to: "${mark}/#logs" }`,
  "a channel that is none": (mark) => `- { to: "${mark}" }`,
  "a profile": (mark) => `- { to: "irc/#logs", redact: ${mark} }`,
  "a source": (mark) => `- { to: "irc/#logs", match: { source: ${mark} } }`,
  "a pattern": (mark) => `- { to: "irc/#logs", match: { regex: "(${mark}" } }`,
  "beside a mistake": (mark) => `- { to: "irc/#logs", match: { contains: "${mark}" }, drop: true }`,
  "in a template": (mark) => `- { to: "irc/#logs", template: "{${mark}} ${mark}" }`,
  "an unknown key": (mark) => `- { to: "irc/#logs", ${mark}: true }`,
  "no YAML": (mark) => `- { to: "irc/#logs", template: "${mark} }`,
  "a reference": (mark) => `- { to: "irc/#logs", template: "\${${mark}} \${file:/${mark}}" }`,
  "far into a long line": (mark) =>
    `- { to: "irc/#logs", template: "${"x ".repeat(70)}${mark}", drop: true }`,
};

Deno.test("no secret stands in what check says of a mistake, nor in the line that it shows", async () => {
  for (const [where, routeWith] of Object.entries(MISTAKES)) {
    await using dir = await tempDir();
    await markedFiles(dir);
    for (const mark of MARKS) {
      const config = await writeMarkedConfig(dir, { port: 0, routes: [routeWith(mark)] });
      const text = await printed(["check", "-c", config]);
      assert.match(text, /irctail\.yaml:\d+:\d+: error: /, where);
      assertUnmarked(where, text);
    }
  }
});

Deno.test("no secret stands in the last words of a program that cannot go on", async () => {
  for (const mark of MARKS) {
    await using dir = await tempDir();
    await Deno.writeTextFile(dir.at("secret"), `${CONFIGURED}\n`);
    await Deno.writeTextFile(dir.at(mark), "");
    const configs = {
      unusable: await configWithState(dir, "unusable.yaml", dir.at(`${mark}/state`)),
      damaged: await configWithState(dir, "damaged.yaml", dir.at(`state-${mark}`)),
      // The secret is in the path because the config puts it there.
      filled: await configWithState(dir, "filled.yaml", dir.at("of-${file:secret}")),
    };
    // A checkpoint that is a directory: nobody has that in mind.
    await Deno.mkdir(dir.at(`state-${mark}/checkpoint.json`), { recursive: true });
    const runs = {
      "an unusable state directory": await runProgram(["run", "-c", configs.unusable]),
      "a crash": await runProgram(["run", "-c", configs.damaged]),
      "nobody to ask": await runProgram(["status", "-c", configs.damaged]),
      "nobody to ask at a secret place": await runProgram(["status", "-c", configs.filled]),
      ...mark === CONFIGURED
        ? {}
        : { "no config": await runProgram(["run", "-c", dir.at(`no-${mark}.yaml`)]) },
    };
    for (const [where, { code, output, errors }] of Object.entries(runs)) {
      assert.notEqual(code, 0, where);
      assert.notEqual(errors, "", where);
      // Nobody asked with the agent's secrets: what is in the path only by the user's hand cannot be known.
      if (where === "nobody to ask" && mark === CONFIGURED) continue;
      assertUnmarked(where, output + errors);
    }
    assert.match(runs["a crash"].errors, /^irctail: IsADirectory: .*checkpoint\.json/m);
  }
});

function configWithState(dir: TempDir, name: string, stateDir: string): Promise<string> {
  const path = dir.at(name);
  const text = `version: 1
state_dir: "${stateDir}"
connections: { irc: { host: 127.0.0.1, port: 6667, tls: false, nick: bot, password: "\${file:secret}" } }
sources: { app: { type: file, paths: ["*.log"] } }
routes: [{ to: "irc/#logs" }]
`;
  return Deno.writeTextFile(path, text).then(() => path);
}
