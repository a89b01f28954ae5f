import assert from "node:assert/strict";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";

const OURS = "our.irctail.test";
const THEIRS = "their.irctail.test";

/** Somebody on the other server, in the channel and seen by those on ours. */
async function openFarWitness(port: number, near: Witness, joins: number): Promise<Witness> {
  const far = await openWitness(port, { nick: `far${joins}`, channels: ["#logs"] });
  await near.next(({ command, nick }) => command === "JOIN" && nick === `far${joins}`);
  return far;
}

Deno.test({
  name:
    "netsplit: who is left on our server goes on hearing, who comes back hears again, and the bot stays where it is",
  ignore: missing("ngircd"),
  async fn() {
    await using ours = await startNgircd({ maxPenaltyTime: 0, network: { name: OURS, other: THEIRS } });
    await using theirs = await startNgircd({
      maxPenaltyTime: 0,
      network: { name: THEIRS, other: OURS, otherPort: ours.port },
    });
    await using near = await openWitness(ours.port, { nick: "near", channels: ["#logs"] });
    await using tail = connect(specFor(ours.port), { channels: ["#logs"] });
    await until("the bot to join", () => tail.connection.canSpeak("#logs"));
    const say = async (text: string, ...witnesses: readonly Witness[]) => {
      tail.say("#logs", text);
      for (const witness of witnesses) await witness.next((line) => line.text === text);
      await until(`the outcome of ${text}`, () => tail.outcomes.get(text) === "shown");
    };

    await using before = await openFarWitness(theirs.port, near, 1);
    await say("together", near, before);
    await theirs.stop("SIGKILL");
    await near.next(({ command, nick }) => command === "QUIT" && nick === "far1");
    await say("split", near);
    assert.deepEqual(tail.connection.state, { phase: "ready", nick: "tail" });

    await theirs.start();
    await using after = await openFarWitness(theirs.port, near, 2);
    await say("together again", near, after);
    assert.deepEqual(near.texts("#logs"), ["together", "split", "together again"]);
    assert.deepEqual(after.texts("#logs"), ["together again"]);
    assert.ok(
      !near.all.some(({ command, nick }) => nick === "tail" && command !== "JOIN" && command !== "PRIVMSG"),
    );
  },
});
