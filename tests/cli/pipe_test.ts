import assert from "node:assert/strict";
import { programCommand, startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { freePort } from "../support/port.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";

const encoder = new TextEncoder();

const LINE = '{"level":"warn","msg":"low stock"}\n';

function said(server: { readonly received: readonly string[] }): readonly string[] {
  return server.received.filter((line) => line.startsWith("PRIVMSG "));
}

Deno.test("a reload changes how standard input is read, and the pipe goes on", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd();
  const write = (format: string) =>
    writeConfig(dir, {
      port: server.port,
      connection: ["flood: exempt"],
      sources: [`app: { type: stdin, tee: true, format: ${format} }`],
    });
  const config = await write("auto");
  await using agent = startAgent(["run", "-c", config], { stdin: "piped" });
  assert.ok(agent.stdin);
  const writer = agent.stdin.getWriter();
  await agent.logged("Connected");
  await writer.write(encoder.encode(LINE));
  await server.next(/^PRIVMSG #logs :\[WARN\] low stock$/);
  await write("plain");
  const { steps } = await agent.logged("Config reloaded");
  assert.equal(steps, "~ source app (format)");
  await writer.write(encoder.encode(LINE));
  await server.next(/^PRIVMSG #logs :\[WARN\] \{"level":"warn","msg":"low stock"\}$/);
  await writer.close();
  assert.equal(await agent.ended, 0);
  assert.equal(agent.output(), LINE + LINE);
});

Deno.test("a reload that renames the stdin source keeps the service behind the pipe alive", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd();
  const write = (name: string) =>
    writeConfig(dir, { port: server.port, sources: [`${name}: { type: stdin, tee: true }`] });
  const config = await write("app");
  await using agent = startAgent(["run", "-c", config], { stdin: "piped" });
  assert.ok(agent.stdin);
  const writer = agent.stdin.getWriter();
  await agent.logged("Connected");
  await write("renamed");
  const { path, because } = await agent.logged("Config not reloaded");
  assert.equal(path, "sources.app");
  assert.match(String(because), /without a restart$/);
  await writer.write(encoder.encode("still here\n"));
  await until("the copy", () => agent.output() === "still here\n", { seen: () => agent.log });
  await writer.close();
  assert.equal(await agent.ended, 0);
});

Deno.test("a service that is told to leave together with irctail can still say its last lines", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd();
  const config = await writeConfig(dir, {
    port: server.port,
    connection: ["flood: exempt"],
    sources: ["app: { type: stdin, tee: true }"],
  });
  await using agent = startAgent(["run", "-c", config], { stdin: "piped" });
  assert.ok(agent.stdin);
  const writer = agent.stdin.getWriter();
  await agent.logged("Connected");
  await server.next(/^JOIN #logs/);
  agent.kill("SIGTERM");
  await agent.logged("Stopping");
  await writer.write(encoder.encode("shutting down\n"));
  await server.next(/^PRIVMSG #logs :\[INFO\] shutting down$/);
  await writer.write(encoder.encode("bye"));
  await writer.close();
  assert.equal(await agent.ended, 0);
  assert.equal(agent.output(), "shutting down\nbye");
  assert.deepEqual(said(server).at(-1), "PRIVMSG #logs :[INFO] bye");
});

Deno.test("a service that does not leave holds irctail up for a moment only", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd();
  const config = await writeConfig(dir, { port: server.port, sources: ["app: { type: stdin, tee: true }"] });
  await using agent = startAgent(["run", "-c", config], { stdin: "piped" });
  await agent.logged("Connected");
  const toldMs = performance.now();
  assert.equal(await agent.stop(), 0);
  assert.ok(performance.now() - toldMs < 5_000);
  await agent.stdin?.abort();
});

/** Starts the agent with its outputs going where `shell` says. */
function inShell(shell: string, config: string, dir: TempDir): Deno.ChildProcess {
  const { program, args } = programCommand(["run", "-c", config]);
  return new Deno.Command("sh", {
    args: ["-c", shell, "sh", program, ...args],
    cwd: dir.path,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

for (
  const [what, shell] of [
    ["its standard output", '"$@" | true'],
    ["its log", '"$@" 2>&1 >/dev/null | true'],
    ["both", '"$@" 2>&1 | true'],
  ] as const
) {
  Deno.test(`the agent goes on when nobody reads ${what} any more`, async () => {
    await using dir = await tempDir();
    await using server = startScriptedIrcd();
    const config = await writeConfig(dir, {
      port: server.port,
      connection: ["flood: exempt"],
      sources: ["app: { type: stdin, tee: true }"],
    });
    const child = inShell(shell, config, dir);
    const writer = child.stdin.getWriter();
    try {
      await server.next(/^JOIN #logs/);
      for (const n of [1, 2, 3]) {
        await writer.write(encoder.encode(`line n=${n}\n`));
        await server.next(new RegExp(`^PRIVMSG #logs :\\[INFO\\] line n=${n}$`));
      }
    } finally {
      await writer.close();
      await child.status;
    }
    assert.equal(said(server).length, 3);
  });
}

Deno.test("copying ends quietly when whoever reads it has seen enough", async () => {
  await using dir = await tempDir();
  const { program, args } = programCommand(["run"]);
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'yes | { "$@"; echo "exit $?" >&2; } | head -n 1', "sh", program, ...args],
    cwd: dir.path,
    env: { IRC_ENABLED: "false", IRC_PORT: String(freePort()) },
    stdin: "null",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "y\n");
  assert.match(new TextDecoder().decode(stderr), /^irctail: IRC is off [^\n]*\nexit 0\n$/);
});

Deno.test("printing what would be sent ends quietly when whoever reads it has seen enough", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: freePort(),
    sources: [`app: { type: file, paths: ["${dir.at("*.log")}"], start_at: beginning }`],
    routes: ['- { to: "#logs", budget: { rate: 1000/s, burst: 1000 } }'],
  });
  await Deno.writeTextFile(
    dir.at("app.log"),
    Array.from({ length: 500 }, (_, n) => `line n=${n}\n`).join(""),
  );
  const { program, args } = programCommand(["run", "--dry-run", "-c", config]);
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", '{ "$@" 2>log; echo "exit $?" >&2; } | head -n 1', "sh", program, ...args],
    cwd: dir.path,
    stdin: "null",
  }).output();
  assert.match(new TextDecoder().decode(stdout), /^irc\t#logs\t/);
  assert.equal(new TextDecoder().decode(stderr), "exit 0\n");
  assert.doesNotMatch(await Deno.readTextFile(dir.at("log")), /Broken pipe|at async/);
});
