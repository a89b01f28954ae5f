import assert from "node:assert/strict";
import { Labels } from "../../src/irc/labels.ts";
import { Transport } from "../../src/irc/transport.ts";
import { type ScriptedClient, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const SERVER = "irc.scripted.test";
const CAPS = ["message-tags", "batch", "echo-message", "labeled-response"];

const joined = (tail: TestConnection) =>
  until("#logs to be joined", () => tail.connection.canSpeak("#logs"), {
    seen: () => [tail.connection.state, tail.connection.channels],
  });
const settled = (tail: TestConnection, text: string) =>
  until(`the outcome of ${text}`, () => tail.outcomes.get(text), {
    seen: () => [tail.outcomes, tail.connection.channels, tail.connection.pending],
  });
const echo = (client: ScriptedClient, text: string, label: string | undefined) =>
  client.send(`@label=${label} :${client.nick}!~u@host.test PRIVMSG #logs :${text}`);

Deno.test("labels: a line of an answer has the label of its batch, until the batch ends", () => {
  const labels = new Labels();
  assert.equal(labels.read("PRIVMSG", [], { label: "7" }), "7");
  assert.equal(labels.read("BATCH", ["+ref", "labeled-response"], { label: "8" }), "8");
  assert.equal(labels.read("NOTICE", [], { batch: "ref" }), "8");
  assert.equal(labels.read("NOTICE", [], { batch: "other" }), undefined);
  assert.equal(labels.read("NOTICE", [], {}), undefined);
  labels.read("BATCH", ["-ref"], {});
  assert.equal(labels.read("NOTICE", [], { batch: "ref" }), undefined);
});

Deno.test("labels: every message is labelled where echoes are, and its text is as long as without", async () => {
  const lines: string[] = [];
  for (const caps of [CAPS, []]) {
    await using server = startScriptedIrcd({ caps });
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await joined(tail);
    tail.say("#logs", "x".repeat(600));
    assert.equal(await settled(tail, "x".repeat(600)), "shown");
    lines.push(await server.next(/PRIVMSG/));
  }
  const [labelled = "", plain = ""] = lines;
  assert.match(labelled, /^@label=\S+ PRIVMSG/);
  assert.equal(labelled.replace(/^@\S+ /, ""), plain);
});

Deno.test("labels: tags do not count towards the 512 bytes of a line, and have a limit of their own", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  await using transport = new Transport(
    await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
  );
  using _server = await accepting;
  const line = (bytes: number) => "PRIVMSG #logs :".padEnd(bytes - 2, "x");
  assert.equal(transport.write(line(512)), true);
  assert.equal(transport.write(line(513)), false);
  assert.equal(transport.write(`@label=1 ${line(512)}`), true);
  assert.equal(transport.write(`@label=1 ${line(513)}`), false);
  assert.equal(transport.write(`@label=${"1".repeat(5_000)} ${line(100)}`), false);
  assert.equal(transport.write(`@label=1${line(513).replaceAll(" ", "_")}`), false);
});

Deno.test("labels: a server without echo-message, or without labels, is sent none", async () => {
  for (const caps of [["labeled-response", "batch"], ["echo-message"]]) {
    await using server = startScriptedIrcd({ caps });
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await joined(tail);
    tail.say("#logs", "hello");
    assert.equal(await settled(tail, "hello"), "shown");
    assert.ok(server.received.includes("PRIVMSG #logs :hello"));
  }
});

Deno.test("labels: of equal lines exactly the echoed one is shown, and an altered one too", async () => {
  await using server = startScriptedIrcd({ caps: CAPS });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const labels: (string | undefined)[] = [];
  server.on("PRIVMSG", (_client, _params, label) => labels.push(label));
  const settled: string[] = [];
  for (const name of ["first", "second", "third"]) {
    tail.say("#logs", "the same", { settle: (outcome) => settled.push(`${name} ${outcome}`) });
  }
  await until("three lines", () => labels.length === 3);
  assert.equal(new Set(labels).size, 3);
  echo(server.client, "the same", labels[1]);
  await until("the second", () => settled.length === 1);
  echo(server.client, "*** ****", labels[0]);
  await until("the first", () => settled.length === 2);
  echo(server.client, "the same", labels[2]);
  await until("the third", () => settled.length === 3);
  assert.deepEqual(settled, ["second shown", "first shown", "third shown"]);
});

for (
  const [what, refusal] of [
    ["404", "404 tail #logs :Cannot send to channel"],
    ["Solanum's notice", "NOTICE tail :*** Message to #logs throttled due to flooding"],
    ["417, which names no channel", "417 tail :Input line was too long"],
    ["FAIL", "FAIL PRIVMSG INVALID_UTF8 :Not UTF-8"],
    ["an unknown numeric", "599 tail #logs :No"],
  ] as const
) {
  Deno.test(`labels: ${what} refuses exactly the line it is labelled with`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd({ caps: CAPS });
    await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
    await joined(tail);
    const taken: string[] = [];
    const held: (() => void)[] = [];
    server.on("PRIVMSG", (client, [, text = ""], label) => {
      if (text === "2" && held.length < 4) {
        held.push(() => client.send(`@label=${label} :${SERVER} ${refusal}`));
      } else {
        held.push(() => {
          taken.push(text);
          echo(client, text, label);
        });
      }
      // All four are in flight before the first answer, and the refusal comes first.
      if (held.length < 4) return;
      if (held.length === 4) { for (const at of [1, 0, 2, 3]) held[at]?.(); }
      else held.at(-1)?.();
    });
    for (const text of ["1", "2", "3", "4"]) tail.say("#logs", text, { urgency: "error" });
    for (const text of ["1", "3", "4"]) assert.equal(await settled(tail, text), "shown");
    await until("the second try", async () => {
      await clock.advance(1_000);
      return tail.outcomes.has("2");
    });
    assert.equal(tail.outcomes.get("2"), "shown");
    assert.deepEqual(taken, ["1", "3", "4", "2"]);
  });
}

Deno.test("labels: an ACK in place of an echo is asked about at once, and then the line was dropped", async () => {
  await using server = startScriptedIrcd({ caps: CAPS });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  server.on("PRIVMSG", (client, _params, label) => client.send(`@label=${label} :${SERVER} ACK`));
  tail.say("#logs", "hello");
  await server.next(/^PING irctail/);
  await until("the channel to wait", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  assert.match(JSON.stringify(tail.connection.channels.get("#logs")), /dropped a message without saying why/);
  assert.equal(tail.outcomes.size, 0);
});

Deno.test("labels: an ACK before an echo that comes all the same shows the line once", async () => {
  await using server = startScriptedIrcd({ caps: CAPS });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  server.on("PRIVMSG", (client, [, text], label) => {
    client.send(`@label=${label} :${SERVER} ACK`);
    client.send(`:${client.nick}!~u@host.test PRIVMSG #logs :${text}`);
  });
  tail.say("#logs", "hello");
  assert.equal(await settled(tail, "hello"), "shown");
  assert.equal(server.received.filter((line) => line.includes("PRIVMSG")).length, 1);
});

Deno.test("labels: an answer in a batch settles its line", async () => {
  await using server = startScriptedIrcd({ caps: CAPS });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  server.on("PRIVMSG", (client, [, text], label) => {
    client.send(`@label=${label} :${SERVER} BATCH +ref${label} labeled-response`);
    client.send(`@batch=ref${label} :${client.nick}!~u@host.test PRIVMSG #logs :altered ${text}`);
    client.send(`@batch=ref${label} :${SERVER} NOTICE ${client.nick} :Remarks`);
    client.send(`:${SERVER} BATCH -ref${label}`);
  });
  for (const text of ["one", "two"]) tail.say("#logs", text);
  for (const text of ["one", "two"]) assert.equal(await settled(tail, text), "shown");
});
