import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { findProgram, missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

const LINES = 5_000;

/** Two rotations: a line is about 87 bytes. */
const MAX_BYTES = 160_000;

Deno.test({
  name: "5,000 lines of a Python service that rotates its file twice are all accounted for, none twice",
  ignore: missing("ngircd") || missing("python3"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`seller: { type: file, paths: ["${dir.at("seller.log")}"], start_at: beginning }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    const script = new URL("./testdata/rotating_writer.py", import.meta.url).pathname;
    const { code } = await new Deno.Command(findProgram("python3") ?? "python3", {
      args: [script, dir.at("seller.log"), String(LINES), String(MAX_BYTES)],
    }).output();
    assert.equal(code, 0);
    const files = [...Deno.readDirSync(dir.path)].filter(({ name }) => name.startsWith("seller.log"));
    assert.equal(files.length, 3, "the file rotated twice");
    const ledger = await until("the accounts to balance", () => {
      const seen = readLedger(witness.messages("#logs"));
      return seen.shown.length + seen.counted >= LINES ? seen : undefined;
    }, { seen: () => readLedger(witness.messages("#logs")) });
    assert.equal(ledger.shown.length + ledger.counted, LINES);
    assert.deepEqual(ledger.doubled, []);
    assert.deepEqual(ledger.shown, [...ledger.shown].sort((a, b) => a - b));
    assert.equal(await agent.stop(), 0);
    const account = await agent.logged("Source account");
    assert.deepEqual([account.read, account.routed, account.unrouted], [LINES, LINES, 0]);
    const lane = await agent.logged("Route account");
    assert.deepEqual(
      [lane.matched, lane.shown, lane.summarised, lane.withheld, lane.pending],
      [LINES, ledger.shown.length, ledger.counted, 0, 0],
    );
  },
});
