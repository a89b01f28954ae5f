import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

/** How many messages the channel sees of each life before it ends with SIGKILL: some while lines, some while counts move. */
const LIVES: readonly number[] = [2, 4, 6, 8];

/** Lines written while it lives, each time. */
const LINES_A_LIFE = 150;

/** Messages that may come again for one kill: those in flight, and those acknowledged since the last checkpoint (I9). */
const REPEATS_A_KILL = 20;

Deno.test({
  name:
    "an agent killed with SIGKILL and started again loses nothing and repeats only what was not acknowledged",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
      extra: ["defaults: { budget: { digest: 1s } }"],
    });
    const seen = (what: "JOIN" | "QUIT") =>
      witness.all.filter(({ command, nick }) => command === what && nick !== "witness").length;
    let written = 0;
    let mayRepeat = 0;
    const write = async (lines: number) => {
      let text = "";
      for (let i = 0; i < lines; i++) text += `2026-01-02T03:04:05Z  INFO app: payment n=${++written}\n`;
      await Deno.writeTextFile(dir.at("app.log"), text, { append: true });
    };
    for (const messages of LIVES) {
      const [joins, quits] = [seen("JOIN"), seen("QUIT")];
      const before = witness.messages("#logs").length;
      await using agent = startAgent(["run", "--config", config]);
      await until("the channel to be joined", () => seen("JOIN") > joins);
      await write(LINES_A_LIFE);
      await until("messages of this life", () => witness.messages("#logs").length >= before + messages, {
        seen: () => [messages, witness.messages("#logs").slice(before), agent.log],
      });
      agent.kill("SIGKILL");
      await agent.ended;
      // Behind it comes nothing that the server still had of this life.
      await until("the server to see it leave", () => seen("QUIT") > quits);
      const last = readLedger(witness.messages("#logs").slice(before).slice(-REPEATS_A_KILL));
      mayRepeat += last.shown.length + last.counted;
      await write(10);
    }
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    const look = () => readLedger(witness.messages("#logs"));
    await until("every line to be accounted for", () => look().shown.length + look().counted >= written, {
      seen: look,
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
