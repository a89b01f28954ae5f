import assert from "node:assert/strict";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { type ScriptedIrcd, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { messagesOf, openWitness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const SERVER = "irc.scripted.test";

/** Lines that may be in flight, and messages that may share one. */
const WINDOW = 4;
const MOST_IN_A_LINE = 5;

/** A connection that died with two errors in flight and is back in the channel, under another nick. */
interface Haunted {
  readonly server: ScriptedIrcd;
  readonly tail: TestConnection;
  readonly clock: StoppedClock;
  /** What was said to the channel by the second connection. */
  readonly resent: () => readonly string[];
}

async function haunted(
  names: string,
  body: (haunted: Haunted) => Promise<void>,
): Promise<void> {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await until("the channel to be joined", () => tail.connection.canSpeak("#logs"));
  const answer = server.on("PING", () => {});
  for (const text of ["one", "two"]) tail.say("#logs", text, { urgency: "error" });
  await server.next(/^PRIVMSG #logs :two/);
  server.client.close();
  await until("the loss to be noticed", () => tail.connection.state.phase === "waiting");
  answer();
  server.on("JOIN", (client, [channel]) => {
    client.send(`:${client.nick}!~u@host.test JOIN ${channel}`);
    client.send(`:${SERVER} 353 ${client.nick} = ${channel} :${names.replace("%", client.nick)}`);
    client.send(`:${SERVER} 366 ${client.nick} ${channel} :End of NAMES`);
  });
  server.on("NICK", (client, [nick]) => {
    if (nick === "tail") client.send(`:${SERVER} 433 * tail :Nickname is already in use`);
    else {
      Object.assign(client, { nick });
      client.send(`:${SERVER} 001 ${nick} :Welcome`);
      client.send(`:${SERVER} 376 ${nick} :End of MOTD`);
    }
  });
  await until("the channel to be joined again", async () => {
    await clock.advance(500);
    return tail.connection.canSpeak("#logs");
  });
  const resent = () =>
    server.clients.slice(1).flatMap(({ received }) => received).filter((line) => line.startsWith("PRIVMSG"))
      .flatMap((line) => messagesOf(line.slice("PRIVMSG #logs :".length)));
  await body({ server, tail, clock, resent });
}

const allShown = (tail: TestConnection) =>
  until(
    "both to be shown",
    () => [...tail.outcomes.values()].filter((outcome) => outcome === "shown").length === 2,
    {
      seen: () => [...tail.outcomes],
    },
  );

Deno.test("ghosts: lines that the dead connection brings after all are shown, and not sent again", () =>
  haunted("@op +tail %", async ({ server, tail, clock, resent }) => {
    await clock.advance(5_000);
    assert.deepEqual(resent(), []);
    for (const text of ["one", "two"]) server.client.send(`:tail!~u@host.test PRIVMSG #logs :${text}`);
    await allShown(tail);
    await clock.advance(60_000);
    assert.deepEqual(resent(), []);
  }));

Deno.test("ghosts: a line heard means that those before it were relayed before we came", () =>
  haunted("tail %", async ({ server, tail, resent }) => {
    server.client.send(":tail!~u@host.test PRIVMSG #logs :two");
    await allShown(tail);
    assert.deepEqual(resent(), []);
  }));

Deno.test("ghosts: what a ghost did not say before it left is sent again", () =>
  haunted("tail %", async ({ server, tail, resent }) => {
    server.client.send(":tail!~u@host.test PRIVMSG #logs :one");
    server.client.send(":stranger!~u@host.test PRIVMSG #logs :two");
    server.client.send(":tail!~u@host.test QUIT :Ping timeout");
    await allShown(tail);
    assert.deepEqual(resent(), ["two"]);
  }));

Deno.test("ghosts: a ghost that stays silent is waited for half a minute", () =>
  haunted("tail %", async ({ tail, clock, resent }) => {
    await clock.advance(29_000);
    assert.deepEqual(resent(), []);
    await clock.advance(2_000);
    await allShown(tail);
    assert.deepEqual(resent(), ["one", "two"]);
  }));

Deno.test("ghosts: where there is none, what was in flight is sent again at once", () =>
  haunted("@op %", async ({ tail, resent }) => {
    await allShown(tail);
    assert.deepEqual(resent(), ["one", "two"]);
  }));

for (const what of ["the channel stays closed", "the server stays away"] as const) {
  Deno.test(`ghosts: nothing waits for one for ever where ${what}`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
    await until("the channel to be joined", () => tail.connection.canSpeak("#logs"));
    server.on("PING", () => {});
    tail.say("#logs", "one", { maxAgeMs: 3_000 });
    await server.next(/^PRIVMSG #logs :one/);
    server.on("JOIN", (client, [channel]) => client.send(`:${SERVER} 474 ${client.nick} ${channel} :Banned`));
    if (what === "the server stays away") server.on("NICK", (client) => client.close());
    server.client.close();
    await until("the loss to be noticed", () => tail.connection.state.phase === "waiting");
    await clock.advance(60_000);
    assert.equal(tail.outcomes.get("one"), undefined, "its ghost may still say it");
    await clock.advance(5 * 60_000);
    await until("the outcome", () => tail.outcomes.get("one"), { seen: () => tail.connection.pending });
    assert.equal(tail.outcomes.get("one"), "away");
    assert.equal(tail.connection.pending, 0);
  });
}

Deno.test("ghosts: one that services renamed is known under its new nick", () =>
  haunted("tail %", async ({ server, tail, resent }) => {
    server.client.send(":tail!~u@host.test NICK :Guest4711");
    server.client.send(":Guest4711!~u@host.test PRIVMSG #logs :two");
    await allShown(tail);
    assert.deepEqual(resent(), []);
  }));

Deno.test({
  name: "ghosts: a server that froze for 90 s loses no line, and brings at most what was in flight twice",
  ignore: missing("ngircd"),
  async fn() {
    const clock = stoppedClock();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
    await until("the bot to join", async () => {
      await clock.advance(100);
      return tail.connection.canSpeak("#logs");
    });
    server.signal("SIGSTOP");
    const texts = Array.from({ length: 8 }, (_, i) => `line ${i}`);
    for (const text of texts) tail.say("#logs", text, { urgency: "error" });
    await clock.advance(0);
    await until("the bot to give the server up", async () => {
      await clock.advance(10_000);
      return tail.connection.state.phase === "waiting";
    }, { seen: () => tail.connection.state });
    await clock.advance(2_000);
    server.signal("SIGCONT");
    await until("every outcome", async () => {
      await clock.advance(100);
      return tail.outcomes.size === texts.length;
    }, { seen: () => [[...tail.outcomes], tail.connection.state, witness.texts("#logs")] });
    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
    const seen = witness.messages("#logs");
    assert.deepEqual([...new Set(seen)].toSorted(), texts);
    // It relays what it had read before we are back in the channel to hear it, and nobody can tell that from a cut path.
    assert.ok(
      seen.length - texts.length <= WINDOW * MOST_IN_A_LINE,
      `${seen.length - texts.length} lines came twice`,
    );
  },
});
