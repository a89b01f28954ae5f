import assert from "node:assert/strict";
import { type ScriptedIrcd, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { messagesOf } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const SERVER = "irc.scripted.test";

const joined = (tail: TestConnection) =>
  until("#logs to be joined", () => tail.connection.canSpeak("#logs"), {
    seen: () => [tail.connection.state, tail.connection.channels],
  });
const settled = (tail: TestConnection, count: number, clock?: StoppedClock) =>
  until(`${count} outcomes`, async () => {
    await clock?.advance(1_000);
    return tail.outcomes.size === count;
  }, { seen: () => [tail.outcomes, tail.connection.channels, tail.connection.pending] });

/** Texts in the order in which the server took them, told apart from those it refused. */
function refuseSome(
  server: ScriptedIrcd,
  refuses: (text: string, nth: number) => boolean,
  echoes = false,
): string[] {
  const taken: string[] = [];
  let messages = 0;
  server.on("PRIVMSG", (client, [channel, text = ""]) => {
    if (refuses(text, ++messages)) {
      return client.send(`:${SERVER} 404 ${client.nick} ${channel} :Cannot send to channel`);
    }
    taken.push(text);
    if (echoes) client.send(`:${client.nick}!~u@host.test PRIVMSG ${channel} :${text}`);
  });
  return taken;
}

Deno.test("delivery: without echoes an error among four lines loses none of them, wherever it was", async () => {
  for (const bad of ["1", "2", "3", "4"]) {
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await joined(tail);
    let refusals = 0;
    const taken = refuseSome(server, (text) => text === bad && ++refusals === 1);
    for (const text of ["1", "2", "3", "4"]) tail.say("#logs", text);
    await settled(tail, 4);
    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
    assert.deepEqual([...new Set(taken)].toSorted(), ["1", "2", "3", "4"], `with ${bad} refused`);
    assert.deepEqual(taken.slice(-4), ["1", "2", "3", "4"]);
    assert.equal(taken.length, 7, "each line comes at most twice");
  }
});

Deno.test("delivery: a line that is refused for what it says takes no other with it", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  const taken = refuseSome(server, (text) => text === "2");
  for (const text of ["1", "2", "3", "4"]) tail.say("#logs", text, { urgency: "error" });
  await settled(tail, 4, clock);
  assert.deepEqual(Object.fromEntries(tail.outcomes), { 1: "shown", 2: "away", 3: "shown", 4: "shown" });
  assert.deepEqual([...new Set(taken)].toSorted(), ["1", "3", "4"]);
});

Deno.test("delivery: with echoes exactly the refused line is sent again", async () => {
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const taken = refuseSome(server, (_, nth) => nth === 2, true);
  for (const text of ["1", "2", "3", "4"]) tail.say("#logs", text);
  await settled(tail, 4);
  assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
  assert.deepEqual(taken, ["1", "3", "4", "2"]);
});

Deno.test("delivery: an echo that the server altered still shows its line", async () => {
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  server.on("PRIVMSG", (client, [channel, text = ""]) => {
    const altered = text.replaceAll("damn", "****").trimEnd();
    client.send(`:${client.nick}!~u@host.test PRIVMSG ${channel} :${altered}`);
  });
  const texts = ["damn it", "fine", "damn them", "same", "same too  "];
  for (const text of texts) tail.say("#logs", text);
  await settled(tail, 5);
  assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
  assert.deepEqual(
    server.received.filter((line) => line.startsWith("PRIVMSG")),
    texts.map((text) => `PRIVMSG #logs :${text}`),
  );
  assert.equal(server.received.some((line) => line.startsWith("PING")), false);
});

for (const numeric of ["404", "442", "401"]) {
  Deno.test(`delivery: a kick in a burst loses nothing and keeps its minute, whatever follows it (${numeric})`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
    await joined(tail);
    const taken: string[] = [];
    let inside = true;
    server.on("PRIVMSG", (client, [channel, text = ""]) => {
      if (!inside) return client.send(`:${SERVER} ${numeric} ${client.nick} ${channel} :No such channel`);
      taken.push(...messagesOf(text));
      if (taken.length !== 2) return;
      inside = false;
      client.send(`:op!o@h KICK ${channel} ${client.nick} :too loud`);
    });
    const texts = Array.from({ length: 10 }, (_, i) => `line ${i}`);
    for (const text of texts) tail.say("#logs", text, { maxAgeMs: 600_000 });
    await until("the kick to be seen", () => tail.connection.channels.get("#logs")?.phase === "waiting");
    await clock.advance(59_000);
    assert.equal(server.received.filter((line) => line === "JOIN #logs").length, 1);
    inside = true;
    await settled(tail, 10, clock);
    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
    assert.deepEqual([...new Set(taken)], texts);
    assert.ok(taken.length <= 12, `${taken.length - 10} came twice`);
  });
}

Deno.test("delivery: services that change the nick shorten the lines, and the wanted nick is asked for after a minute", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  const long = "x".repeat(600);
  const said = () => server.received.filter((line) => line.startsWith("PRIVMSG"));
  tail.say("#logs", long);
  await until("the line", () => said().length === 1);
  const guest = "Guest-with-a-very-long-name";
  server.on("NICK", (client, [nick]) => client.send(`:${guest}!~u@host.test NICK :${nick}`));
  server.client.send(`:tail!~u@host.test NICK :${guest}`);
  await until("the other nick", () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.nick === guest;
  });
  tail.say("#logs", `${long} `);
  await until("the other line", () => said().length === 2);
  const [before = "", after = ""] = said();
  assert.equal(before.length - after.length, guest.length - "tail".length);
  const asked = () => server.received.filter((line) => line === "NICK tail").length;
  await clock.advance(59_000);
  assert.equal(asked(), 1);
  await clock.advance(2_000);
  await until("the wanted nick", () => {
    const { state } = tail.connection;
    return asked() === 2 && state.phase === "ready" && state.nick === "tail";
  });
});

Deno.test("delivery: an idle connection sleeps", async () => {
  const clock = stoppedClock();
  let sleeps = 0;
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms: number, signal: AbortSignal) => {
      sleeps++;
      return clock.sleep(ms, signal);
    },
  };
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock: counting });
  await joined(tail);
  tail.say("#logs", "hello");
  await settled(tail, 1);
  await clock.advance(0);
  sleeps = 0;
  for (let second = 0; second < 300; second++) await clock.advance(1_000);
  const asked = server.received.filter((line) => line.startsWith("PING irctail")).length;
  assert.ok(asked >= 9, `asked ${asked} times in five minutes`);
  // One to ask, one for the answer, in half a minute each.
  assert.ok(sleeps <= 2 * asked + 2, `slept ${sleeps} times for ${asked} questions`);
});
