import assert from "node:assert/strict";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openWitness } from "../support/witness.ts";

/** More than the budget shows at once. */
const LINES = 200;

function numbered(from: number, to: number): string {
  let text = "";
  for (let n = from; n <= to; n++) text += `2026-01-02T03:04:05Z  INFO app: payment n=${n}\n`;
  return text;
}

Deno.test({
  name: "run --once shows or counts what there is, leaves by itself, and goes on there the next time",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`app: { type: file, paths: ["${dir.at("app*.log")}"], start_at: beginning }`],
    });
    await Deno.writeTextFile(dir.at("app.log"), numbered(1, 150));
    await Deno.writeTextFile(dir.at("app-2.log"), numbered(151, LINES));
    const first = await runProgram(["run", "--once", "-c", config]);
    assert.equal(first.code, 0, first.errors);
    const seen = readLedger(witness.messages("#logs"));
    assert.equal(seen.shown.length + seen.counted, LINES);
    assert.deepEqual(seen.doubled, []);
    const { length } = witness.messages("#logs");
    await Deno.writeTextFile(dir.at("app.log"), numbered(LINES + 1, LINES + 3), { append: true });
    const second = await runProgram(["run", "--once", "-c", config]);
    assert.equal(second.code, 0, second.errors);
    assert.deepEqual(
      witness.messages("#logs").slice(length),
      [201, 202, 203].map((n) => `[INFO] payment n=${n}`),
    );
  },
});

Deno.test("run --dry-run prints what would be sent, connects to nothing and keeps no state", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: freePort(),
    sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
  });
  await Deno.writeTextFile(dir.at("app.log"), numbered(1, LINES));
  const { code, output, errors } = await runProgram(["run", "--once", "--dry-run", "-c", config]);
  assert.equal(code, 0, errors);
  const lines = output.trimEnd().split("\n").map((line) => line.split("\t"));
  assert.ok(lines.every(([connection, channel]) => connection === "irc" && channel === "#logs"));
  const { shown, counted } = readLedger(lines.map(([, , text]) => text ?? ""));
  assert.equal(shown.length + counted, LINES);
  assert.ok(shown.length >= 20 && counted > 0);
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name).sort(), [
    "app.log",
    "irctail.yaml",
  ]);
});

Deno.test("run --once reads standard input to its end", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: freePort(),
    sources: ["app: { type: stdin, tee: false, service: app }"],
  });
  const { code, output } = await runProgram(["run", "--once", "--dry-run", "-c", config], {
    stdin: "2026-01-02T03:04:05Z  WARN app: low stock\nand no newline",
  });
  assert.deepEqual([code, output], [
    0,
    "irc\t#logs\t[WARN] low stock\nirc\t#logs\t[INFO] and no newline\n",
  ]);
});
