import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { type Journald, startJournald } from "../support/journald.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { findProgram, missing } from "../support/parts.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";

const ignore = [missing("ngircd"), missing("systemd-journald")].includes(true);

/** Lives of the agent that end with SIGKILL, and how many messages the channel sees of each. */
const LIVES: readonly number[] = [2, 4];

/** Rounds written in each life: a line of each service, so that their entries alternate. */
const ROUNDS_A_LIFE = 40;

/** Messages that may come again for one kill: those in flight, and those acknowledged since the last checkpoint (I9). */
const REPEATS_A_KILL = 20;

Deno.test({
  name:
    "lines of two services of the journal are in the channel with their levels, and those of the agent's own time alone",
  ignore,
  fn: async () => {
    await using dir = await tempDir();
    await using journald = await startJournald();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await journald.write({ identifier: "nginx", unit: "nginx.service" }, "old\n");
    const config = await writeConfig(dir, {
      port: server.port,
      sources: ["host: { type: journald, units: [nginx], identifiers: [sudo] }"],
      extra: ['defaults: { template: "{service} [{level}] {message}" }'],
    });
    await using agent = startAgent(["run", "--config", config], { env: await pathTo(journald, dir) });
    await agent.logged("Started");
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    await journald.write({ identifier: "nginx", unit: "nginx.service" }, "<3>upstream is gone\nWARN slow\n");
    await journald.write({ identifier: "cron" }, "not wanted\n");
    await journald.write({ identifier: "sudo" }, "<5>alice: COMMAND=/bin/ls\n");
    await until("three messages", () => witness.messages("#logs").length >= 3, { seen: () => agent.log });
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(witness.messages("#logs"), [
      "nginx [ERROR] upstream is gone",
      "nginx [WARN] WARN slow",
      "sudo [INFO] alice: COMMAND=/bin/ls",
    ]);
  },
});

Deno.test({
  name:
    "an agent that reads the journal and is killed with SIGKILL loses nothing and repeats only what was not acknowledged",
  ignore,
  fn: async () => {
    await using dir = await tempDir();
    await using journald = await startJournald();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: ["host: { type: journald }"],
      extra: ["defaults: { budget: { digest: 1s } }"],
      routes: [
        "- { name: noise, match: { service: systemd-journald }, drop: true }",
        '- { name: all, to: "#logs" }',
      ],
    });
    const env = await pathTo(journald, dir);
    await using api = await journald.open({ identifier: "api", unit: "api.service" });
    await using worker = await journald.open({ identifier: "worker", unit: "worker.service" });
    let written = 0;
    const write = async (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        await api.write(`INFO payment n=${++written}\n`);
        await worker.write(`<4>retry n=${++written}\n`);
      }
    };
    let mayRepeat = 0;
    for (const messages of LIVES) {
      const joins = seen(witness, "JOIN");
      const quits = seen(witness, "QUIT");
      const before = witness.messages("#logs").length;
      await using agent = startAgent(["run", "--config", config], { env });
      await until("the channel to be joined", () => seen(witness, "JOIN") > joins, { seen: () => agent.log });
      await write(ROUNDS_A_LIFE);
      await until("messages of this life", () => witness.messages("#logs").length >= before + messages, {
        seen: () => [messages, witness.messages("#logs").slice(before), agent.log],
      });
      agent.kill("SIGKILL");
      await agent.ended;
      // Behind it comes nothing that the server still had of this life.
      await until("the server to see it leave", () => seen(witness, "QUIT") > quits);
      const last = readLedger(witness.messages("#logs").slice(before).slice(-REPEATS_A_KILL));
      mayRepeat += last.shown.length + last.counted;
      await write(5);
    }
    await using agent = startAgent(["run", "--config", config], { env });
    await agent.logged("Started");
    const look = () => readLedger(witness.messages("#logs"));
    await until("every line to be accounted for", () => look().shown.length + look().counted >= written, {
      seen: () => [written, look(), agent.log],
    });
    assert.equal(await agent.stop(), 0);
    const { shown, counted, doubled } = look();
    const surplus = shown.length + counted - written;
    assert.ok(surplus >= 0, `${-surplus} of ${written} lines are not accounted for`);
    assert.ok(
      surplus <= mayRepeat,
      `${surplus} lines came again, of at most ${mayRepeat} in the last messages`,
    );
    assert.ok(doubled.length <= LIVES.length * REPEATS_A_KILL, `${doubled.length} lines were shown again`);
  },
});

/** An environment in which `journalctl` is the one that sees the test's journal. */
async function pathTo(
  { journalctl: [program = "", ...args] }: Journald,
  dir: TempDir,
): Promise<{ readonly PATH: string }> {
  await Deno.mkdir(dir.at("bin"));
  const script = `#!/bin/sh\nexec ${findProgram(program)} ${args.join(" ")} "$@"\n`;
  await Deno.writeTextFile(dir.at("bin/journalctl"), script, { mode: 0o755 });
  return { PATH: `${dir.at("bin")}:${Deno.env.get("PATH") ?? ""}` };
}

/** How often another client did something in the channel. */
function seen(witness: Witness, what: "JOIN" | "QUIT"): number {
  return witness.all.filter(({ command, nick }) => command === what && nick !== "witness").length;
}
