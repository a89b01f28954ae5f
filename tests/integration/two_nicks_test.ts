import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

Deno.test({
  name: "two services speak in one channel, each under its own nick",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#karmacadabra-logs"] });
    await Deno.writeTextFile(
      dir.at("irctail.yaml"),
      `version: 1
state_dir: ${dir.at("state")}
connections:
  facilitator: { host: 127.0.0.1, port: ${server.port}, tls: false, nick: facilitator-prod }
  seller: { host: 127.0.0.1, port: ${server.port}, tls: false, nick: test-seller }
sources:
  facilitator: { type: file, paths: ["${dir.at("facilitator.log")}"] }
  seller: { type: file, paths: ["${dir.at("seller.log")}"] }
routes:
  - { match: { source: facilitator }, to: "facilitator/#karmacadabra-logs" }
  - { match: { source: seller }, to: "seller/#karmacadabra-logs" }
`,
    );
    await using agent = startAgent(["run"], { cwd: dir.path });
    await agent.logged("Started");
    for (const nick of ["facilitator-prod", "test-seller"]) {
      await witness.next((line) => line.command === "JOIN" && line.nick === nick);
    }
    await Deno.writeTextFile(
      dir.at("facilitator.log"),
      "\x1b[2m2026-01-02T03:04:05.000001Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mx402_rs::settle\x1b[0m\x1b[2m:\x1b[0m" +
        " Payment settled - TX: 0xabc123\n",
    );
    await Deno.writeTextFile(
      dir.at("seller.log"),
      "2026-01-02 03:04:05,678 - seller - INFO - Payment received\n",
    );
    const said = () =>
      witness.lines("#karmacadabra-logs").map(({ nick, text }) => `<${nick}> ${text}`).sort();
    await until("both lines", () => said().length === 2, { seen: said });
    assert.deepEqual(said(), [
      "<facilitator-prod> [INFO] Payment settled - TX: 0xabc123",
      "<test-seller> [INFO] Payment received",
    ]);
    assert.equal(await agent.stop(), 0);
  },
});
