import assert from "node:assert/strict";
import fc from "fast-check";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { messagesOf } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";

/** Refusals after which a line is given up. */
const MOST_REFUSALS = 3;

for (const caps of [[], ["echo-message"]]) {
  const how = caps.length === 0 ? "without echoes" : "with echoes";
  Deno.test(`delivery: whatever is refused ${how}, nothing counts as shown that was not, and other channels keep their order`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("#logs", "#calm"), { minLength: 8, maxLength: 24 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
        async (channels, refusedTurns) => {
          const clock = stoppedClock();
          await using server = startScriptedIrcd({ caps });
          await using tail = connect(specFor(server.port), { channels: ["#logs", "#calm"], clock });
          await until("both channels", () => ["#logs", "#calm"].every((at) => tail.connection.canSpeak(at)));
          const taken: { readonly channel: string; readonly text: string }[] = [];
          const refusals = new Map<string, number>();
          let turn = 0;
          server.on("PRIVMSG", (client, [channel = "", text = ""]) => {
            if (channel === "#logs" && refusedTurns.includes(++turn)) {
              for (const each of messagesOf(text)) refusals.set(each, (refusals.get(each) ?? 0) + 1);
              return client.send(`:irc.scripted.test 404 ${client.nick} ${channel} :Cannot send to channel`);
            }
            for (const each of messagesOf(text)) taken.push({ channel, text: each });
            if (caps.length > 0) client.send(`:${client.nick}!~u@host.test PRIVMSG ${channel} :${text}`);
          });

          const said = channels.map((channel, i) => ({ channel, text: `${i}` }));
          for (const { channel, text } of said) tail.say(channel, text, { maxAgeMs: 3_600_000 });
          await until("every outcome", async () => {
            await clock.advance(5_000);
            return tail.outcomes.size === said.length;
          }, { seen: () => [tail.outcomes, tail.connection.channels] });

          for (const { text } of said) {
            const wasTaken = taken.some((line) => line.text === text);
            if (tail.outcomes.get(text) === "shown") assert.ok(wasTaken, `${text} was never taken`);
            else assert.ok((refusals.get(text) ?? 0) >= MOST_REFUSALS, `${text} was given up too early`);
            if (caps.length > 0) {
              assert.ok(taken.filter((line) => line.text === text).length <= 1, `${text} came twice`);
            }
          }
          assert.deepEqual(
            taken.filter(({ channel }) => channel === "#calm"),
            said.filter(({ channel }) => channel === "#calm"),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
}
