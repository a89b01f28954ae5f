import assert from "node:assert/strict";
import type { Status } from "../../src/reconcile/status.ts";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

const DELAY_MS = 5_000;

/** A route with the delay; `rules` are YAML lines under `redaction.rules`. */
function configOf(dir: TempDir, port: number, rules: readonly string[] = []): Promise<string> {
  return writeConfig(dir, {
    port,
    connection: ["flood: exempt"],
    sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
    extra: [
      `defaults: { delay: ${DELAY_MS}ms, budget: { max_age: 30s }, redact: own }`,
      "redaction:",
      `  rules: { plate: { pattern: "plate [A-Z]+", replace: "plate […]" }${
        rules.map((rule) => `, ${rule}`).join("")
      } }`,
      `  profiles: { own: { builtin: standard, rules: [plate${rules.length > 0 ? ", order" : ""}] } }`,
    ],
  });
}

async function pendingOf(config: string): Promise<number> {
  const { code, output } = await runProgram(["status", "-c", config, "--json"]);
  assert.equal(code, 0);
  const { resources } = JSON.parse(output) as Status;
  return resources.reduce((sum, resource) => resource.kind === "route" ? sum + resource.pending : sum, 0);
}

Deno.test({
  name: "a redaction rule that a reload adds within the delay hides what was written before it",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await configOf(dir, server.port);
    await using agent = startAgent(["run", "-c", config]);
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    const writtenMs = performance.now();
    await Deno.writeTextFile(dir.at("app.log"), "paid ORD-4711 plate XYZ\nERROR lost ORD-4712\n");
    await until("the lines to wait", async () => await pendingOf(config) === 2);
    await configOf(dir, server.port, ["order: { pattern: 'ORD-\\d+', replace: 'ORD-[…]' }"]);
    await agent.logged("Config reloaded");
    assert.ok(performance.now() - writtenMs < DELAY_MS, "the machine is too busy for this test");
    assert.deepEqual(witness.texts("#logs"), []);
    await until("both lines", () => witness.texts("#logs").length === 2);
    // Errors go first.
    assert.deepEqual(witness.texts("#logs"), ["[ERROR] ERROR lost ORD-[…]", "[INFO] paid ORD-[…] plate […]"]);
    const [first] = witness.lines("#logs");
    const tookMs = (first?.atMs ?? 0) - writtenMs;
    assert.ok(tookMs >= DELAY_MS && tookMs < DELAY_MS + 2_000, `${tookMs} ms`);
    assert.equal(await agent.stop(), 0);
  },
});

Deno.test({
  name: "a panic within the delay stops every line that waits; the end of the agent says what waits",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await configOf(dir, server.port);
    const append = (text: string) => Deno.writeTextFile(dir.at("app.log"), `${text}\n`, { append: true });
    await using agent = startAgent(["run", "-c", config]);
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    await append("first secret\nERROR second secret");
    await until("the lines to wait", async () => await pendingOf(config) === 2);
    agent.kill("SIGUSR2");
    await agent.logged("Every channel is muted: irctail resume ends it");
    agent.kill("SIGUSR2");
    await agent.logged("Every channel can be spoken in again");
    await until("the gap", () => witness.texts("#logs").length === 1);
    assert.match(witness.texts("#logs")[0] ?? "", /^⋯ gap \S+: 2 lines, 1 error$/);

    await append("last words");
    await until("the line to wait", async () => await pendingOf(config) === 1);
    assert.equal(await agent.stop(), 0);
    await until("the last words", () => witness.texts("#logs").length === 2);
    assert.equal(witness.texts("#logs")[1], "[INFO] last words");

    await using again = startAgent(["run", "-c", config]);
    await until("the second join", () => {
      const joins = witness.all.filter(({ command, nick }) => command === "JOIN" && nick === "irctail");
      return joins.length === 2;
    });
    await append("held when it crashed");
    await until("the line to wait", async () => await pendingOf(config) === 1);
    // Longer than a checkpoint takes: it must not say that the line was handled.
    await until("the checkpoint", async () => {
      const text = await Deno.readTextFile(dir.at("state/checkpoint.json"));
      return text.includes('"level":"info"');
    });
    again.kill("SIGKILL");
    await again.ended;
    await using last = startAgent(["run", "-c", config]);
    await until("the line after the crash", () => witness.texts("#logs").length === 3);
    assert.equal(witness.texts("#logs")[2], "[INFO] held when it crashed");
    assert.equal(await last.stop(), 0);
  },
});
