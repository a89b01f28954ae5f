import assert from "node:assert/strict";
import type { FloodSpec } from "../../src/config/config.ts";
import { shortMemory } from "../../src/irc/learnt_pace.ts";
import { type Handler, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { messagesOf } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const AUTO: FloodSpec = { kind: "auto" };
const SERVER = "irc.scripted.test";

const joined = (tail: TestConnection) =>
  until("#logs to be joined", () => tail.connection.canSpeak("#logs"), {
    seen: () => [tail.connection.state, tail.connection.channels],
  });
const settled = (tail: TestConnection, count: number, clock: StoppedClock) =>
  until(`${count} outcomes`, async () => {
    await clock.advance(100);
    return tail.outcomes.size === count;
  }, { seen: () => [tail.outcomes, tail.connection.channels, tail.connection.pending] });

const because = (tail: TestConnection) => tail.connection.pace.change?.because;

const TROUBLES: readonly (readonly [what: string, line: string, because: string, rate: number])[] = [
  [
    "Solanum's notice",
    "NOTICE % :*** Message to #logs throttled due to flooding",
    "throttle notice",
    0.25,
  ],
  ["a notice in other words", "NOTICE % :You are sending too fast, slow down", "throttle notice", 0.25],
  [
    "UnrealIRCd's 404",
    "404 % #logs :Channel is being flooded. Message not delivered. (#logs)",
    "throttle notice",
    0.25,
  ],
  [
    "439",
    "439 % #logs :Message target change too fast. Please wait 14 seconds.",
    "target change limit",
    0.25,
  ],
  ["707", "707 % #logs :Targets changing too fast, message dropped", "target change limit", 0.25],
];

for (const [what, line, reason, rate] of TROUBLES) {
  Deno.test(`throttle: ${what} halves the pace, once for all the lines in flight, and the message is not lost`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
    await joined(tail);
    const taken: string[] = [];
    let refusing = true;
    server.on("PRIVMSG", (client, [, text = ""]) => {
      if (refusing) client.send(`:${SERVER} ${line.replace("%", client.nick)}`);
      else taken.push(...messagesOf(text));
    });
    tail.say("#logs", "one", { urgency: "error" });
    tail.say("#logs", "two", { urgency: "error" });
    await until("the trouble", () => because(tail), {
      seen: () => [tail.connection.pace, server.received],
    });
    assert.equal(because(tail), reason);
    assert.equal(tail.connection.pace.linesPerSecond, rate);
    refusing = false;
    await settled(tail, 2, clock);
    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
    if (!what.startsWith("a notice")) assert.deepEqual(taken, ["one", "two"]);
  });
}

Deno.test("throttle: what servers say while one connects, and what other people say, is no trouble", async () => {
  await using server = startScriptedIrcd();
  server.on("CAP", (client, [verb]) => {
    if (verb !== "LS") return;
    client.send(`:${SERVER} 439 * :Please wait while we process your connection.`);
    client.send(`:${SERVER} NOTICE * :*** You are connecting too fast`);
    client.send(`:${SERVER} CAP * LS :`);
  });
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"] });
  await joined(tail);
  server.client.send(":troll!t@h NOTICE tail :*** Message to #logs throttled due to flooding");
  server.client.send(`:${SERVER} NOTICE #logs :Flooding is forbidden here`);
  server.client.send("PING :seen");
  await server.next(/^PONG seen/);
  assert.equal(because(tail), undefined);
});

const refuse: Handler = (client, [channel]) => {
  client.send(`:${SERVER} 404 ${client.nick} ${channel} :Cannot send to channel`);
};

Deno.test("throttle: a 404 after success slows down; one from the start does not", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
  await joined(tail);
  const open = server.on("PRIVMSG", refuse);
  tail.say("#logs", "refused at first", { urgency: "error" });
  await until("the refusal", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  assert.equal(because(tail), undefined);
  open();
  await settled(tail, 1, clock);
  const reopen = server.on("PRIVMSG", refuse);
  tail.say("#logs", "refused after success", { urgency: "error" });
  await until("the trouble", async () => {
    await clock.advance(100);
    return because(tail);
  });
  assert.equal(because(tail), "messages refused");
  reopen();
  await settled(tail, 2, clock);
});

Deno.test("throttle: a PING that is answered late slows down", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
  await joined(tail);
  const delayed = async (text: string) => {
    const answering = server.on("PING", () => {});
    const before = server.received.length;
    tail.say("#logs", text);
    const ping = await until(
      "the PING",
      () => server.received.slice(before).find((line) => /^PING/.test(line)),
    );
    await clock.advance(5_000);
    answering();
    server.client.send(`:${SERVER} PONG ${SERVER} :${ping.slice(5)}`);
    await until("the outcome", () => tail.outcomes.get(text));
  };
  await delayed("behind the login and the JOIN");
  assert.equal(because(tail), undefined);
  await clock.advance(10_000);
  await delayed("behind nothing");
  assert.equal(because(tail), "slow answers");
});

Deno.test("throttle: after a quit for flooding the next connection is slower, and a third with the same memory too", async () => {
  const clock = stoppedClock();
  const memory = shortMemory();
  await using server = startScriptedIrcd({ supports: "NETWORK=TestNet" });
  {
    await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock, memory });
    await joined(tail);
    server.client.send("ERROR :Closing Link: tail (Excess Flood)");
    server.client.close();
    await until("the loss", () => tail.connection.state.phase === "waiting");
    await clock.advance(61_000);
    await joined(tail);
    assert.equal(tail.connection.pace.linesPerSecond, 0.25);
    assert.equal(because(tail), "disconnected for flooding");
  }
  await using again = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock, memory });
  await joined(again);
  assert.equal(again.connection.pace.linesPerSecond, 0.25);
  assert.equal(memory.recall("TestNet")?.factor, 0.5);
});

Deno.test("throttle: a 404 behind a change of modes has another reason than the pace", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
  await joined(tail);
  tail.say("#logs", "shown", { urgency: "error" });
  await settled(tail, 1, clock);
  const open = server.on("PRIVMSG", refuse);
  server.client.send(":op!o@h MODE #logs +b *!*@host.test");
  tail.say("#logs", "refused for the ban", { urgency: "error" });
  await until("the refusal", async () => {
    await clock.advance(100);
    return tail.connection.channels.get("#logs")?.phase === "waiting";
  });
  assert.equal(because(tail), undefined);
  open();
  await settled(tail, 2, clock);
});

Deno.test("throttle: with voice a Solanum channel takes what the connection takes", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd({ version: "solanum-1.0", caps: ["echo-message"] });
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
  await joined(tail);
  server.client.send(":op!o@h MODE #logs +v tail");
  server.client.send("PING :seen");
  await server.next(/^PONG seen/);
  const startMs = clock.monotonic();
  for (let i = 0; i < 40; i++) tail.say("#logs", `${i} `.padEnd(400, "x"), { urgency: "error" });
  await settled(tail, 40, clock);
  // 36 lines at 1.9/s behind a burst of 4 are 19 s; at 0.9/s they would be 35 s.
  const tookMs = clock.monotonic() - startMs;
  assert.ok(tookMs < 26_000, `it took ${tookMs} ms`);
});

Deno.test("throttle: a Solanum channel is sent 8 lines at once and then less than one a second", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd({ version: "solanum-1.0", caps: ["echo-message"] });
  await using tail = connect(specFor(server.port, { flood: AUTO }), { channels: ["#logs"], clock });
  await joined(tail);
  const said = () => server.received.filter((line) => line.startsWith("PRIVMSG")).length;
  // What Solanum counts: one for each line, one less a second, and at ten it drops.
  let count = 0;
  let asOfMs = clock.monotonic();
  let most = 0;
  server.on("PRIVMSG", (client, [channel, text]) => {
    const seconds = Math.floor((clock.monotonic() - asOfMs) / 1_000);
    asOfMs += seconds * 1_000;
    count = Math.max(0, count - seconds) + 1;
    most = Math.max(most, count);
    client.send(`:${client.nick}!~u@host.test PRIVMSG ${channel} :${text}`);
  });
  for (let i = 0; i < 40; i++) tail.say("#logs", `${i} `.padEnd(400, "x"), { urgency: "error" });
  await until("every line", async () => {
    await clock.advance(100);
    return said() === 40;
  }, { seen: () => [said(), tail.connection.pace] });
  assert.ok(most >= 8 && most < 10, `it counted ${most}`);
});
