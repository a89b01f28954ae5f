import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openWitness } from "../support/witness.ts";

const ignore = missing("ngircd");

/** A made-up key: 64 hex digits. */
const KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

Deno.test({
  name: "a line appended to a file is in the channel, redacted, while the server's limits are its defaults",
  ignore,
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await Deno.writeTextFile(dir.at("app.log"), "2026-01-02T03:04:05Z  INFO app: old line\n");
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`app: { type: file, paths: ["${dir.at("*.log")}"], service: facilitator }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    const line =
      `\x1b[2m2026-01-02T03:04:06.000001Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mfacilitator\x1b[0m\x1b[2m:\x1b[0m` +
      ` Settlement failed \x1b[3mEVM_PRIVATE_KEY\x1b[0m\x1b[2m=\x1b[0m0x${KEY}\n`;
    await Deno.writeTextFile(dir.at("app.log"), line, { append: true });
    const shown = await witness.next(({ command, nick }) => command === "PRIVMSG" && nick === "irctail");
    assert.equal(shown.text, "[ERROR] Settlement failed EVM_PRIVATE_KEY=0x[REDACTED_KEY]");
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(witness.texts("#logs"), [shown.text]);
    assert.ok(!agent.log.join("\n").includes(KEY));
  },
});

Deno.test({
  name: "the agent speaks over TLS to a server whose authority the config names",
  ignore,
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ tls: "right-host" });
    assert.ok(server.certificates);
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.tlsPort,
      caFile: server.certificates.caFile,
      sources: [`app: { type: file, paths: ["${dir.at("*.log")}"], service: app }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    await Deno.writeTextFile(dir.at("app.log"), "2026-01-02 03:04:05,678 - seller - WARNING - low stock\n");
    const shown = await witness.next(({ command, nick }) => command === "PRIVMSG" && nick === "irctail");
    assert.equal(shown.text, "[WARN] low stock");
    assert.equal(await agent.stop(), 0);
  },
});
