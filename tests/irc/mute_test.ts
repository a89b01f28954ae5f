import assert from "node:assert/strict";
import { Transport } from "../../src/irc/transport.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const joined = (tail: TestConnection) =>
  until("#logs to be joined", () => tail.connection.canSpeak("#logs"), {
    seen: () => [tail.connection.state, tail.connection.channels],
  });

const TEXTS = Array.from({ length: 12 }, (_, i) => `line ${i}`);

Deno.test("mute: what is not on the wire is settled before mute() returns, and never leaves", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const said = () => server.received.filter((line) => line.startsWith("PRIVMSG"));
  // Nothing is answered, so that a window of lines is in flight and the others wait.
  const questions: string[] = [];
  const answer = server.on("PING", (_, [token = ""]) => void questions.push(token));
  for (const text of TEXTS) tail.say("#logs", text, { urgency: "error" });
  await until("the window to be full", () => said().length === 4);
  tail.connection.mute();
  assert.deepEqual([...tail.outcomes.keys()], TEXTS.slice(4));
  assert.deepEqual([...new Set(tail.outcomes.values())], ["away"]);
  assert.deepEqual([tail.connection.pending, tail.connection.canSpeak("#logs")], [4, false]);
  assert.equal(tail.say("#logs", "during"), false);
  answer();
  for (const token of questions) server.client.send(`:irc.scripted.test PONG irc.scripted.test :${token}`);
  await until("the lines in flight", () => tail.connection.pending === 0);
  assert.deepEqual(TEXTS.slice(0, 4).map((text) => tail.outcomes.get(text)), Array(4).fill("shown"));

  tail.connection.wantChannels(["#logs", "#more"]);
  await server.next(/^JOIN #more$/);
  server.client.send("PING :are-you-there");
  await server.next(/^PONG :?are-you-there$/);
  assert.equal(said().length, 4);
  assert.equal(tail.connection.state.phase, "ready");

  tail.connection.unmute();
  assert.equal(tail.say("#logs", "after"), true);
  await until("the line after it", () => tail.outcomes.get("after") === "shown");
  assert.deepEqual(said().slice(4), ["PRIVMSG #logs :after"]);
});

Deno.test("mute: lines in flight that come back are not sent again, refused or lost with the connection", async () => {
  for (const how of ["refused", "lost"]) {
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await joined(tail);
    const taken: string[] = [];
    const answers: (() => void)[] = [];
    const answer = server.on(
      "PING",
      (client, [token = ""]) =>
        void answers.push(() => client.send(`:irc.scripted.test PONG irc.scripted.test :${token}`)),
    );
    server.on("PRIVMSG", (client, [channel, text = ""]) => {
      taken.push(text);
      if (how === "refused") client.send(`:irc.scripted.test 404 ${client.nick} ${channel} :No`);
    });
    for (const text of ["one", "two"]) tail.say("#logs", text, { urgency: "error" });
    await until("both lines", () => taken.length === 2);
    tail.connection.mute();
    assert.equal(tail.outcomes.size, 0);
    answer();
    if (how === "lost") server.client.close();
    else for (const send of answers) send();
    await until("their end", () => tail.outcomes.size === 2);
    assert.deepEqual([...tail.outcomes.values()], ["away", "away"]);
    // Nothing is left that could be sent again, by this connection or the next.
    assert.equal(tail.connection.pending, 0);
    tail.connection.unmute();
    if (how === "lost") {
      await until("a new connection", () => tail.connection.canSpeak("#logs"));
      tail.say("#logs", "three");
      await until("the line after it", () => taken.length > 2);
      assert.deepEqual(taken, ["one", "two", "three"]);
    }
  }
});

Deno.test("mute: a message of several lines that is half said is not finished, and does not count as shown", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const said = () => server.received.filter((line) => line.startsWith("PRIVMSG")).length;
  const questions: string[] = [];
  const answer = server.on("PING", (_, [token = ""]) => void questions.push(token));
  const long = "lorem ipsum ".repeat(200);
  tail.say("#logs", long, { long: "split", urgency: "error" });
  await until("all of its lines but the last", () => said() === 4);
  tail.connection.mute();
  assert.equal(tail.outcomes.size, 0);
  answer();
  for (const token of questions) server.client.send(`:irc.scripted.test PONG irc.scripted.test :${token}`);
  await until("its end", () => tail.outcomes.size === 1);
  assert.deepEqual([tail.outcomes.get(long), tail.connection.pending, said()], ["away", 0, 4]);
});

Deno.test("mute: lines that were written in the same turn are taken back from the socket", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [conn, peer] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  await using transport = new Transport(conn);
  for (const line of ["one", "same", "two", "same"]) transport.write(line);
  assert.deepEqual([transport.withdraw("same"), transport.withdraw("none")], [true, false]);
  await transport.flushed();
  assert.equal(transport.withdraw("one"), false, "the socket has it");
  const buffer = new Uint8Array(100);
  const length = await peer.read(buffer);
  assert.equal(new TextDecoder().decode(buffer.subarray(0, length ?? 0)), "one\r\nsame\r\ntwo\r\n");
  peer.close();
});
