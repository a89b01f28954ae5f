import assert from "node:assert/strict";
import type { Status } from "../../src/reconcile/status.ts";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { CONFIGURED, KNOWN } from "../support/marked.ts";
import { runProgram } from "../support/program.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { tempDir } from "../support/temp_dir.ts";

/** The shape of a private key, and nothing of one. */
const BODY = Array.from({ length: 3 }, () => "MadeUp0123456789+/".repeat(4).slice(0, 64));
const KEY_LINES = ["-----BEGIN PRIVATE KEY-----", ...BODY, "-----END PRIVATE KEY-----"];

Deno.test("redact: off shows what is written, but no private key, no secret of the config and no code of the terminal", async () => {
  await using dir = await tempDir();
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  server.on("MODE", (client, [channel]) => client.send(`:irc.test 324 ${client.nick} ${channel} +i`));
  await Deno.writeTextFile(dir.at("app.log"), "");
  const config = await writeConfig(dir, {
    port: server.port,
    connection: [
      `password: ${CONFIGURED}`,
      'channels: { "#raw": { private: true } }',
      "flood: { rate: 100/s, burst: 100 }",
    ],
    sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], multiline: off }`],
    extra: ['notices: { to: "#logs" }'],
    routes: [
      '- { name: raw, to: "#raw", redact: off, i_understand: true, continue: true }',
      '- { name: all, to: "#logs" }',
    ],
  });
  await using agent = startAgent(["run", "-c", config]);
  const warned = await agent.logged("Config warning");
  assert.match(String(warned.because), /^Redaction is off: everybody in "#raw" sees the secrets/);
  await server.next(/^MODE #raw/);
  const lines = [
    `token ${KNOWN} of mail@example.org`,
    `with ${CONFIGURED} \u001b[31mred\u001b[0m \u0001ACTION\u0001 ↻ ×9`,
    ...KEY_LINES,
    `pem="${KEY_LINES.join("\\n")}"`,
    "the end",
  ];
  await Deno.writeTextFile(dir.at("app.log"), lines.map((line) => `${line}\n`).join(""), { append: true });
  await server.next(/^PRIVMSG #raw :.*the end/);
  await server.next(/^PRIVMSG #logs :.*the end/);
  const said = (channel: string) =>
    server.received.filter((line) => line.startsWith(`PRIVMSG ${channel} :`))
      .map((line) => line.slice(line.indexOf(" :") + 2)).join("\n");
  assert.match(said("#raw"), new RegExp(`token ${KNOWN} of mail@example.org`));
  assert.match(said("#raw"), /with \[REDACTED\] red/);
  for (const hidden of [CONFIGURED, "\u001b", "\u0001", "↻", ...BODY]) {
    assert.ok(!said("#raw").includes(hidden), said("#raw"));
  }
  assert.match(said("#raw"), /pem="\[REDACTED_PEM\]"/);
  // Nowhere else.
  assert.match(said("#logs"), /token \[REDACTED_TOKEN\] of/);
  assert.ok(!said("#logs").includes(KNOWN));
  assert.ok(!agent.log.join("\n").includes(KNOWN));

  const { output } = await runProgram(["status", "-c", config, "--json"]);
  const { resources } = JSON.parse(output) as Status;
  const reasons = resources.flatMap(({ kind, name, reason }) => kind === "route" ? [[name, reason]] : []);
  assert.deepEqual(reasons, [["raw:irc/#raw", "sending; redaction is OFF"], ["all:irc/#logs", "sending"]]);
  assert.equal(await agent.stop(), 0);
});
