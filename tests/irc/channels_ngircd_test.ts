import assert from "node:assert/strict";
import { Secret } from "../../src/runtime/secret.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const ignore = missing("ngircd");

const spoken = (tail: TestConnection) =>
  until("the channel", () => tail.connection.canSpeak("#logs"), {
    seen: () => [...tail.connection.channels],
  });

const says = (tail: TestConnection, words: RegExp) =>
  until(`${words} in the status`, () => words.test(JSON.stringify(tail.connection.channels.get("#logs"))), {
    seen: () => [...tail.connection.channels],
  });

/** Lets time pass for the bot, with real time between for what the server answers. */
async function pass(clock: StoppedClock, witness: Witness, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.advance(Math.min(left, 10_000));
    for (let turn = 0; turn < 3; turn++) {
      const token = `turn${witness.all.length}`;
      await witness.send(`PING ${token}`);
      await witness.next(({ command, text }) => command === "PONG" && text === token);
      await clock.advance(0);
    }
  }
}

for (
  const [what, shut, words, reopen] of [
    ["banned", "+b tail!*@*", /"The bot is banned from the channel \(\+b\)"/, "-b tail!*@*"],
    ["a channel that is full", "+l 1", /"The channel is full \(\+l\)"/, "-l"],
    ["a channel with a key", "+k sesame", /"The channel wants another key \(\+k\)"/, "-k sesame"],
    [
      "an invite-only channel without services",
      "+i",
      /"The channel is invite-only \(\+i\): there is no ChanServ on this server to ask"/,
      "-i",
    ],
  ] as const
) {
  Deno.test({
    name: `channels on ngircd: ${what} is named, and joined once that is over`,
    ignore,
    async fn() {
      const clock = stoppedClock();
      await using server = await startNgircd({ maxPenaltyTime: 0 });
      await using witness = await openWitness(server.port, { channels: ["#logs"] });
      await witness.send(`MODE #logs ${shut}`);
      await witness.next(({ command, target }) => command === "MODE" && target === "#logs");
      const channels = new Map([["#logs", { key: undefined, invite: "chanserv" }]]);
      await using tail = connect(specFor(server.port, { channels }), { channels: ["#logs"], clock });
      await says(tail, words);
      tail.say("#logs", "patient", { maxAgeMs: 3_600_000 });
      await witness.send(`MODE #logs ${reopen}`);
      await pass(clock, witness, 120_000);
      await spoken(tail);
      await witness.next(({ text, nick }) => text === "patient" && nick === "tail");
    },
  });
}

Deno.test({
  name: "channels on ngircd: an invitation and a changed key open a channel at once",
  ignore,
  async fn() {
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await witness.send("MODE #logs +i");
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await says(tail, /invite the bot/);
    await witness.send("INVITE tail #logs");
    await spoken(tail);

    await witness.send("MODE #logs -i+k one");
    const keyed = (key: string) =>
      specFor(server.port, { nick: "other", channels: new Map([["#logs", { key: new Secret(key) }]]) });
    await using other = connect(keyed("two"), { channels: ["#logs"] });
    await says(other, /wants another key/);
    other.connection.update(keyed("one"));
    await spoken(other);
    const modes = await until("the modes", () => other.connection.report("#logs")?.modes);
    assert.match(modes, /k/);
    assert.ok(!JSON.stringify(other.connection.report("#logs")).includes("one"));
  },
});

Deno.test({
  name: "channels on ngircd: +m silences before a line is spent on it, and voice is enough to go on at once",
  ignore,
  async fn() {
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await witness.send("MODE #logs +m");
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await says(tail, /"The channel is moderated \(\+m\): give the bot voice \(\+v\)"/);
    tail.say("#logs", "waiting for voice");
    await witness.send("MODE #logs +v tail");
    await witness.next(({ text }) => text === "waiting for voice");
    await until("the outcome", () => tail.outcomes.get("waiting for voice") === "shown");
    assert.equal(tail.connection.report("#logs")?.statuses, "v");
    await witness.send("MODE #logs -v tail");
    await says(tail, /is moderated/);
    await witness.send("MODE #logs -m");
    await spoken(tail);
  },
});

Deno.test({
  name: "channels on ngircd: three kicks end in waiting for a reload, and nothing is said meanwhile",
  ignore,
  async fn() {
    const clock = stoppedClock();
    await using server = await startNgircd({ maxPenaltyTime: 0, pingTimeout: 3_600 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
    const comings = () =>
      witness.all.filter(({ command, nick }) => command === "JOIN" && nick === "tail").length;
    for (
      const [kick, words, awayMs] of [
        [1, /kicked from the channel by witness, and comes back a minute later/, 60_000],
        [2, /by witness a second time, and comes back ten minutes later/, 600_000],
        [3, /by witness again and again, and stays away until the configuration is reloaded/, Infinity],
      ] as const
    ) {
      await spoken(tail);
      await until("the bot to be seen", () => comings() === kick);
      await witness.send("KICK #logs tail :something leaks");
      await says(tail, words);
      tail.say("#logs", `after kick ${kick}`, { urgency: "error" });
      await pass(clock, witness, Math.min(awayMs, 660_000) - 1_000);
      assert.equal(comings(), kick);
      assert.equal(witness.texts("#logs").includes(`after kick ${kick}`), false);
      if (awayMs < Infinity) {
        // An error is kept, and said on return.
        await pass(clock, witness, 1_000);
        await witness.next(({ text }) => text === `after kick ${kick}`);
      }
    }
    tail.connection.reloaded();
    await spoken(tail);
  },
});

Deno.test({
  name: "channels on ngircd: a private channel is spoken in while it is secret, and not a line longer",
  ignore,
  async fn() {
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const channels = new Map([["#logs", { key: undefined, private: true }]]);
    await using tail = connect(specFor(server.port, { channels }), { channels: ["#logs"] });
    await says(tail, /is to be private, and is open to everybody/);
    tail.say("#logs", "for us only");
    await witness.send("MODE #logs +s");
    await witness.next(({ text }) => text === "for us only");
    await witness.send("MODE #logs -s");
    await says(tail, /is open to everybody/);
    tail.say("#logs", "not for everybody");
    await witness.send("PING quiet");
    await witness.next(({ command, text }) => command === "PONG" && text === "quiet");
    assert.deepEqual(witness.texts("#logs"), ["for us only"]);
  },
});

Deno.test({
  name: "channels on ngircd: a private channel that the bot creates is its own until somebody comes",
  ignore,
  async fn() {
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    const channels = new Map([["#logs", { key: undefined, private: true }]]);
    await using tail = connect(specFor(server.port, { channels }), { channels: ["#logs"] });
    await spoken(tail);
    await using _stranger = await openWitness(server.port, { nick: "stranger", channels: ["#logs"] });
    await says(tail, /is open to everybody/);
  },
});
