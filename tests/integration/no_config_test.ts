import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

const encoder = new TextEncoder();

/** A made-up key: 64 hex digits. */
const KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

/** A quarter of a second of a busy service. */
const BIG_BYTES = 5 * 1024 * 1024;

/** What a service needs in its environment, and nothing else. */
function variables(dir: TempDir, port: number, more: Readonly<Record<string, string>> = {}) {
  return {
    STATE_DIRECTORY: dir.at("state"),
    IRC_ENABLED: "true",
    IRC_SERVER: "127.0.0.1",
    IRC_PORT: String(port),
    IRC_TLS: "false",
    IRC_CHANNEL: "#a,#b",
    IRC_NICK: "facilitator",
    ...more,
  };
}

/** Bytes that no text decoder gives back as they were. */
function awkward(): Uint8Array {
  return Uint8Array.from([
    ...encoder.encode("first line\r\n\n\n"),
    ...[0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a],
    ...encoder.encode("no newline at the end \u{1f680}"),
  ]);
}

Deno.test({
  name:
    "a pipe through irctail stays as it was, byte for byte, while both channels see its lines without secrets",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#a", "#b"] });
    const sent = Uint8Array.from([
      ...encoder.encode(`2026-01-02T03:04:05Z  INFO app: key EVM_PRIVATE_KEY=0x${KEY}\n`),
      ...awkward(),
    ]);
    const { code, bytes, errors } = await runProgram(["run"], {
      cwd: dir.path,
      env: variables(dir, server.port),
      stdin: sent,
    });
    assert.equal(code, 0, errors);
    assert.deepEqual(bytes, sent);
    for (const channel of ["#a", "#b"]) {
      assert.deepEqual(witness.messages(channel), [
        "[INFO] key EVM_PRIVATE_KEY=0x[REDACTED_KEY]",
        "[INFO] first line",
        "[INFO] \ufffd\ufffd\ufffd(",
        "[INFO] no newline at the end \u{1f680}",
      ]);
    }
    assert.ok(!errors.includes(KEY));
  },
});

Deno.test({
  name: "5 MB through the pipe come out as they went in, and every line is shown or counted",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#a"] });
    const line = encoder.encode(`2026-01-02T03:04:05Z  INFO app: ${"x".repeat(990)}\n`);
    const sent = new Uint8Array(BIG_BYTES);
    for (let at = 0; at < BIG_BYTES; at += line.length) {
      sent.set(line.subarray(0, Math.min(line.length, BIG_BYTES - at)), at);
    }
    const { code, bytes, errors } = await runProgram(["run"], {
      cwd: dir.path,
      env: variables(dir, server.port, { IRC_CHANNEL: "#a" }),
      stdin: sent,
    });
    assert.equal(code, 0, errors);
    assert.ok(
      bytes.length === sent.length && bytes.every((byte, i) => byte === sent[i]),
      "the copy is the same",
    );
    const lines = Math.ceil(BIG_BYTES / line.length);
    const counted = witness.messages("#a").map((text) => /^(?:⋯ (?:gap \S+ )?|↻ ×)(\d+)/.exec(text)?.[1])
      .map((count) => count === undefined ? 1 : Number(count));
    assert.equal(counted.reduce((sum, count) => sum + count, 0), lines, witness.messages("#a").join("\n"));
  },
});

Deno.test("with no server to reach the pipe is neither changed nor delayed, and irctail leaves after its drain", async () => {
  await using dir = await tempDir();
  await using agent = startAgent(["run"], {
    cwd: dir.path,
    env: variables(dir, freePort()),
    stdin: "piped",
  });
  assert.ok(agent.stdin);
  const writer = agent.stdin.getWriter();
  await writer.write(encoder.encode("one\n"));
  await until("the first line", () => agent.output() === "one\n");
  await agent.logged("Connection lost or refused, trying again");
  await writer.write(encoder.encode("two"));
  await until("half a line", () => agent.output() === "one\ntwo");
  await writer.close();
  const closedMs = performance.now();
  assert.equal(await agent.ended, 0);
  assert.ok(performance.now() - closedMs < 7_000, "the drain is bounded");
  assert.equal(agent.output(), "one\ntwo");
});

Deno.test("two pipes of one user run side by side without a config", async () => {
  await using dir = await tempDir();
  const env = variables(dir, freePort());
  await using first = startAgent(["run"], { cwd: dir.path, env, stdin: "piped" });
  await first.logged("Started");
  await using second = startAgent(["run"], { cwd: dir.path, env, stdin: "piped" });
  await second.logged("State directory cannot be used, going on without it");
  first.kill("SIGHUP");
  assert.ok(second.stdin);
  const writer = second.stdin.getWriter();
  await writer.write(awkward().slice(0, 11));
  await until("the copy", () => second.output() === "first line\r");
  await Promise.all([writer.close(), first.stdin?.close()]);
  assert.deepEqual(await Promise.all([first.ended, second.ended]), [0, 0]);
  assert.ok(first.log.every((line) => !line.includes("reloaded")), "SIGHUP finds the same variables");
});

Deno.test("IRC_ENABLED=false and no config at all copy the pipe, and say so once", async () => {
  await using dir = await tempDir();
  for (const env of [{ IRC_ENABLED: "false", IRC_PORT: "nonsense" }, { IRC_ENABLED: "" }]) {
    const { code, bytes, errors } = await runProgram(["run"], { cwd: dir.path, env, stdin: awkward() });
    assert.deepEqual([code, bytes], [0, awkward()]);
    assert.match(errors, /^irctail: IRC is off [^\n]*; copying stdin to stdout\n$/);
  }
  assert.deepEqual([...Deno.readDirSync(dir.path)], []);
});

Deno.test("IRC_ENABLED=false leaves the irctail.yaml of the directory alone", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irctail.yaml"), "nonsense");
  const { code, output } = await runProgram(["run"], {
    cwd: dir.path,
    env: { IRC_ENABLED: "no" },
    stdin: "a\n",
  });
  assert.deepEqual([code, output], [0, "a\n"]);
});

Deno.test("without a config and without a pipe irctail names the places it looked at", async () => {
  await using dir = await tempDir();
  for (const command of ["run", "check", "replay"]) {
    const { code, output, errors } = await runProgram([command], { cwd: dir.path, env: { IRC_ENABLED: "" } });
    assert.deepEqual([code, output], [78, ""]);
    assert.equal(
      errors,
      "irctail: There is no config: looked for ./irctail.yaml and /etc/irctail/config.yaml, and IRC_ENABLED is not set\n",
    );
  }
});

Deno.test("check and replay take the variables for a config, and say when they turn IRC off", async () => {
  await using dir = await tempDir();
  const env = variables(dir, 6667);
  const run = (command: string, more: Readonly<Record<string, string>> = {}) =>
    runProgram([command], { cwd: dir.path, env: { ...env, ...more }, stdin: "low stock\n" });
  assert.equal((await run("check")).output, "environment: ok (1 connection, 1 source, 2 routes)\n");
  assert.equal((await run("replay")).output, "irc\t#a\t[INFO] low stock\nirc\t#b\t[INFO] low stock\n");
  const off = await run("replay", { IRC_ENABLED: "false" });
  assert.deepEqual([off.code, off.errors], [78, "irctail: There is no config: IRC_ENABLED turns IRC off\n"]);
});

Deno.test("variables that cannot be used are all named, without their secrets", async () => {
  await using dir = await tempDir();
  const { code, output, errors } = await runProgram(["run"], {
    cwd: dir.path,
    env: variables(dir, 0, {
      IRC_TLS: "perhaps",
      IRC_NICK: "no nick",
      IRC_CHANNEL: "logs",
      IRC_CHANNEL_KEY: "hunter2hunter2,spare-key-of-none",
      IRC_SASL_PASSWORD: "correct horse battery",
    }),
    stdin: "not lost\n",
  });
  assert.deepEqual([code, output], [78, "not lost\n"]);
  for (
    const name of ["IRC_PORT", "IRC_TLS", "IRC_NICK", "IRC_CHANNEL", "IRC_CHANNEL_KEY", "IRC_SASL_ACCOUNT"]
  ) {
    assert.match(errors, new RegExp(`^environment: error: ${name}: `, "m"));
  }
  assert.doesNotMatch(errors, /hunter2|spare-key|correct horse/);
  const nonsense = await runProgram(["run"], { cwd: dir.path, env: { IRC_ENABLED: "maybe" }, stdin: "" });
  assert.equal(nonsense.code, 78);
  assert.match(nonsense.errors, /^environment: error: IRC_ENABLED: Must be true or false/);
});
