import assert from "node:assert/strict";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { messagesOf, openWitness } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";

/**
 * Lines that may be in flight: what was sent and not acknowledged is unknown, and is sent again. And as many may die
 * with a server that has acknowledged them and not yet relayed them: its PONG leaves by one socket, the lines by others.
 */
const WINDOW = 4;

for (
  const [what, frozen] of [
    ["before it read the lines in flight", true],
    ["while it relays them", false],
  ] as const
) {
  Deno.test({
    name:
      `server loss: a server killed ${what} costs no line but what it took along, and doubles at most what was in flight`,
    ignore: missing("ngircd"),
    async fn() {
      const clock = stoppedClock();
      await using server = await startNgircd({ maxPenaltyTime: 0 });
      await using before = await openWitness(server.port, { channels: ["#logs"] });
      await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
      await until("the bot to join", () => tail.connection.canSpeak("#logs"));

      const texts = Array.from({ length: 500 }, (_, i) => `line ${i}`);
      if (frozen) server.signal("SIGSTOP");
      for (const text of texts) tail.say("#logs", text, { maxAgeMs: 600_000 });
      await clock.advance(0);
      if (!frozen) await before.next((line) => line.text === "line 50");
      await server.stop("SIGKILL");
      await until("the loss to be noticed", () => tail.connection.state.phase === "waiting");
      const settledBefore = [...tail.outcomes.keys()];

      // The clock stands still: the bot does not come back before the witness is there.
      await server.start();
      await using after = await openWitness(server.port, { channels: ["#logs"] });
      await until("every outcome", async () => {
        await clock.advance(1_000);
        return tail.outcomes.size === texts.length;
      }, { seen: () => [tail.outcomes.size, tail.connection.state] });
      await after.next((line) => messagesOf(line.text).at(-1) === texts.at(-1));

      const seenBefore = before.messages("#logs");
      const seenAfter = after.messages("#logs");
      const seen = [...seenBefore, ...seenAfter];
      const takenAlong = texts.filter((text) => !seen.includes(text));
      assert.ok(takenAlong.length <= (frozen ? 0 : WINDOW), `${takenAlong} were lost`);
      assert.ok(
        takenAlong.every((text) => settledBefore.includes(text)),
        `${takenAlong} were not acknowledged`,
      );
      assert.deepEqual([...new Set(seen)], texts.filter((text) => !takenAlong.includes(text)));
      assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
      // What was acknowledged is never repeated, and what was sent after it at most once.
      assert.ok(!seenAfter.some((text) => settledBefore.includes(text)));
      const doubles = seen.length - texts.length;
      assert.ok(doubles <= (frozen ? 0 : WINDOW), `${doubles} lines came twice`);
    },
  });
}
