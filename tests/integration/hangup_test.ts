import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openWitness } from "../support/witness.ts";

Deno.test({
  name: "SIGHUP takes up what a file that the config names says by now, and the connection stays",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    // Nobody watches this one: the config file itself stays as it is.
    await Deno.mkdir(dir.at("elsewhere"));
    await Deno.writeTextFile(dir.at("elsewhere/level"), "error\n");
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
      extra: [`defaults: { min_level: "\${file:${dir.at("elsewhere/level")}}" }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    const append = (text: string) =>
      Deno.writeTextFile(dir.at("app.log"), `2026-01-02T03:04:05Z ${text}\n`, { append: true });
    await append(" INFO app: one");
    await append("ERROR app: two");
    await witness.next(({ text }) => text === "[ERROR] two");
    await Deno.writeTextFile(dir.at("elsewhere/level"), "info\n");
    agent.kill("SIGHUP");
    await agent.logged("Config reloaded");
    await append(" INFO app: three");
    await witness.next(({ text }) => text === "[INFO] three");
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(witness.texts("#logs"), ["[ERROR] two", "[INFO] three"]);
    const ours = witness.all.filter(({ nick }) => nick === "irctail");
    assert.equal(ours.filter(({ command }) => command === "JOIN").length, 1);
  },
});
