import assert from "node:assert/strict";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor } from "../irc/support.ts";

for (
  const { limits, bytes, leastPerSecond, options } of [
    { limits: "default limits", bytes: 60, leastPerSecond: 10, options: {} },
    { limits: "default limits", bytes: 400, leastPerSecond: 3.5, options: {} },
    { limits: "no limits", bytes: 400, leastPerSecond: 5, options: { maxPenaltyTime: 0 } },
  ]
) {
  Deno.test({
    name:
      `pace: 200 messages of ${bytes} bytes at once on ngircd with ${limits} arrive in order, without a kick`,
    ignore: missing("ngircd"),
    async fn() {
      await using server = await startNgircd(options);
      await using witness = await openWitness(server.port, { channels: ["#logs"] });
      await using tail = connect(specFor(server.port, { flood: { kind: "auto" } }), { channels: ["#logs"] });
      await until("the bot to join", () => tail.connection.canSpeak("#logs"));

      const texts = Array.from({ length: 200 }, (_, i) => `line ${i} `.padEnd(bytes, "x"));
      for (const text of texts) assert.equal(tail.say("#logs", text, { maxAgeMs: 600_000 }), true);
      await tail.connection.drained(AbortSignal.timeout(120_000));

      assert.deepEqual(witness.messages("#logs"), texts);
      assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
      assert.equal(witness.all.some(({ command, nick }) => command === "QUIT" && nick === "tail"), false);
      const lines = witness.lines("#logs");
      const overMs = (lines.at(-1)?.atMs ?? 0) - (lines[0]?.atMs ?? 0);
      const perSecond = texts.length * 1_000 / overMs;
      const pace = JSON.stringify(tail.connection.pace);
      // deno-lint-ignore no-console
      console.log(`${perSecond.toFixed(2)} messages/s in ${lines.length} lines, ${pace}`);
      assert.ok(perSecond >= leastPerSecond);
    },
  });
}
