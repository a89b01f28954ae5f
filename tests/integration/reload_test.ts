import assert from "node:assert/strict";
import { type Agent, startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

/** Lines a second while the config changes. */
const LINES_A_SECOND = 100;

function reloads(agent: Agent): number {
  return agent.log.filter((line) => line.includes('"Config reloaded"')).length;
}

Deno.test({
  name:
    "a reload under 100 lines a second costs no QUIT, no second JOIN and no line, and a bad config changes nothing",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs", "#errors"] });
    const setUp = (
      changes: { readonly routes: readonly string[]; readonly format?: string; readonly rate: string },
    ) =>
      writeConfig(dir, {
        port: server.port,
        connection: ["flood: exempt"],
        sources: [
          `app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning, format: ${
            changes.format ?? "auto"
          } }`,
        ],
        extra: [`defaults: { budget: { rate: ${changes.rate}, burst: 20, digest: 1s } }`],
        routes: changes.routes,
      });
    const all = '- { name: all, to: "#logs" }';
    const config = await setUp({ routes: [all], rate: "20/s" });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");

    let written = 0;
    let writing = true;
    const path = dir.at("app.log");
    const writer = (async () => {
      while (writing) {
        await Deno.writeTextFile(path, `2026-01-02T03:04:05Z  INFO app: payment n=${++written}\n`, {
          append: true,
        });
        await new Promise((resolve) => setTimeout(resolve, 1000 / LINES_A_SECOND));
      }
    })();
    const change = async (what: Parameters<typeof setUp>[0]) => {
      const before = reloads(agent);
      await setUp(what);
      await until("the reload", () => reloads(agent) > before, { seen: () => agent.log.slice(-5) });
    };
    await change({ routes: [all], rate: "30/s" });
    await change({
      routes: ['- { name: errors, match: { min_level: error }, to: "#errors", continue: true }', all],
      rate: "30/s",
    });
    await change({
      routes: ['- { name: all, to: "#logs", template: "<{service}> {message}" }'],
      rate: "30/s",
    });
    await change({ routes: [all], rate: "30/s", format: "tracing" });
    await setUp({ routes: ['- { name: all, to: "#logs", tempalte: "x" }'], rate: "30/s" });
    await agent.logged("Config not reloaded");
    await change({ routes: [all], rate: "10/s" });
    const before = reloads(agent);
    agent.kill("SIGHUP");
    writing = false;
    await writer;
    const look = () => readLedger(witness.messages("#logs"));
    await until("every line to be accounted for", () => look().shown.length + look().counted >= written, {
      seen: look,
    });
    assert.equal(look().shown.length + look().counted, written);
    assert.deepEqual(look().doubled, []);
    assert.equal(reloads(agent), before, "the same bytes are no reload");
    const ours = witness.all.filter(({ nick }) => nick === "irctail");
    assert.deepEqual(ours.filter(({ command }) => command === "QUIT"), []);
    assert.equal(ours.filter(({ command, target }) => command === "JOIN" && target === "#logs").length, 1);
    assert.deepEqual(ours.filter(({ command, target }) => command === "PART" && target === "#logs"), []);
    assert.equal(ours.filter(({ command, target }) => command === "PART" && target === "#errors").length, 1);
    assert.equal(await agent.stop(), 0);
  },
});
