import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { freePort } from "../support/port.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";

const encoder = new TextEncoder();

/** Bytes that no text decoder gives back as they were. */
const AWKWARD = Uint8Array.from([...encoder.encode("one\r\n\n"), 0xff, 0x00, 0xc3, 0x0a, 0x78]);

const CONNECTIONS = "connections: { irc: { host: irc.example.org, nick: bot } }";

/** Configs of a service behind a pipe that cannot be used. */
const UNUSABLE: Readonly<Record<string, string>> = {
  "an unknown key": `version: 1
${CONNECTIONS}
sources: { app: { type: stdin, tee: true } }
routes: [{ to: "#logs", budgit: 1 }]
`,
  "a tab": `version: 1
${CONNECTIONS}
sources:
	app: { type: stdin, tee: true }
routes: [{ to: "#logs" }]
`,
  "a secret that is not there": `version: 1
connections: { irc: { host: irc.example.org, nick: bot, password: "\${file:/nonexistent/irc}" } }
sources: { app: { type: stdin, "tee": "\${TEE:-true}" } }
routes: [{ to: "#logs" }]
`,
};

for (const [what, text] of Object.entries(UNUSABLE)) {
  Deno.test(`a config with ${what} is reported, and the pipe goes on`, async () => {
    await using dir = await tempDir();
    await Deno.writeTextFile(dir.at("irctail.yaml"), text);
    const { code, bytes, errors } = await runProgram(["run"], { cwd: dir.path, stdin: AWKWARD });
    assert.deepEqual([code, bytes], [78, AWKWARD]);
    assert.match(errors, /^\.\/irctail\.yaml:\d+:\d+: error: /);
    assert.match(errors, /\nirctail: IRC is off \(the config cannot be used\); copying stdin to stdout\n$/);
  });
}

Deno.test("a config that is not there, and variables that cannot be used, are reported, and the pipe goes on", async () => {
  await using dir = await tempDir();
  const runs = [
    { args: ["run", "-c", dir.at("nowhere.yaml")], env: { IRC_ENABLED: "" } },
    { args: ["run"], env: { IRC_ENABLED: "true" } },
    { args: ["run"], env: { IRC_ENABLED: "maybe" } },
  ];
  for (const { args, env } of runs) {
    const { code, bytes, errors } = await runProgram(args, { cwd: dir.path, env, stdin: AWKWARD });
    assert.deepEqual([code, bytes], [78, AWKWARD]);
    assert.match(errors, /error: [^]*\nirctail: IRC is off \(the config cannot be used\)/);
  }
});

Deno.test("with a config that cannot be used each line is copied when it comes, through a hangup", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irctail.yaml"), UNUSABLE["an unknown key"] ?? "");
  await using agent = startAgent(["run"], { cwd: dir.path, stdin: "piped" });
  assert.ok(agent.stdin);
  const writer = agent.stdin.getWriter();
  await writer.write(encoder.encode("one\n"));
  await until("the first line", () => agent.output() === "one\n", { seen: () => agent.log });
  agent.kill("SIGHUP");
  await writer.write(encoder.encode("half"));
  await until("half a line", () => agent.output() === "one\nhalf");
  await writer.close();
  assert.equal(await agent.ended, 78);
});

Deno.test("a second agent that copies standard input says who holds its state directory, and the pipe goes on", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: freePort(),
    sources: ["app: { type: stdin, tee: true }"],
  });
  await using first = startAgent(["run", "-c", config], { stdin: "piped" });
  await first.logged("Started");
  const { code, bytes, errors } = await runProgram(["run", "-c", config], { stdin: AWKWARD });
  assert.deepEqual([code, bytes], [78, AWKWARD]);
  assert.match(errors, new RegExp(`State directory cannot be used.*${first.pid}`));
  await first.stdin?.close();
});

Deno.test("a config that cannot be used and copies nothing ends the agent at once, whatever standard input is", async () => {
  await using dir = await tempDir();
  const copying = 'app: { type: stdin, tee: true, "tea": 1 }';
  const runs = [
    { source: 'app: { type: file, path: ["/var/log/app.log"] } # tee: true', args: [] },
    { source: "app: { type: stdin, tee: false, tea: 1 }", args: [] },
    { source: copying, args: ["--dry-run"] },
  ];
  for (const { source, args } of runs) {
    await Deno.writeTextFile(
      dir.at("irctail.yaml"),
      `version: 1\n${CONNECTIONS}\nsources:\n  ${source}\nroutes: [{ to: "#logs" }]\n`,
    );
    // Nobody closes its standard input.
    await using agent = startAgent(["run", ...args], { cwd: dir.path, stdin: "piped" });
    assert.equal(await agent.ended, 78);
    assert.equal(agent.output(), "");
    await agent.stdin?.abort();
  }
});
