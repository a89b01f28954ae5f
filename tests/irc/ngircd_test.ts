import assert from "node:assert/strict";
import { missing } from "../support/parts.ts";
import { startNgircd } from "../support/ngircd.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";
import { Secret } from "../../src/runtime/secret.ts";

const ignore = missing("ngircd");

Deno.test({
  name: "connection: a message is in the channel, and is shown once the server took it",
  ignore,
  async fn() {
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    await until("the bot to join", () => tail.connection.canSpeak("#logs"));

    assert.equal(tail.say("#logs", "hello there"), true);
    assert.equal(tail.outcomes.size, 0);
    await until("the outcome", () => tail.outcomes.get("hello there"), { seen: () => tail.connection.state });

    await witness.next((line) => line.text === "hello there");
    assert.deepEqual(witness.lines("#logs").map(({ nick, text }) => ({ nick, text })), [
      { nick: "tail", text: "hello there" },
    ]);
    assert.equal(tail.outcomes.get("hello there"), "shown");
    assert.equal(tail.connection.pending, 0);
  },
});

Deno.test({
  name: "connection: TLS with an authority of its own carries messages",
  ignore,
  async fn() {
    await using server = await startNgircd({ tls: "right-host" });
    await using witness = await openWitness(server.tlsPort, {
      channels: ["#logs"],
      tls: server.certificates?.ca,
    });
    const caFile = server.certificates?.caFile ?? "";
    const servers = [{ host: "localhost", port: server.tlsPort }];
    await using tail = connect(specFor(0, { servers, tls: { caFile } }), { channels: ["#logs"] });
    await until("the bot to join", () => tail.connection.canSpeak("#logs"), {
      seen: () => tail.connection.state,
    });

    tail.say("#logs", "over TLS");
    await witness.next((line) => line.text === "over TLS");
  },
});

for (
  const [what, tls, because] of [
    ["signed by an unknown authority", "right-host", "it is signed by an unknown authority"],
    ["for another host", "wrong-host", "for another host name"],
  ] as const
) {
  Deno.test({
    name: `connection: a certificate ${what} is refused, in plain words`,
    ignore,
    async fn() {
      await using server = await startNgircd({ tls });
      const certificates = server.certificates;
      const caFile = (tls === "right-host" ? certificates?.otherCaFile : certificates?.caFile) ?? "";
      const servers = [{ host: "localhost", port: server.tlsPort }];
      await using tail = connect(specFor(0, { servers, tls: { caFile } }));

      const state = await until("the refusal", () => {
        const { state } = tail.connection;
        return state.phase === "waiting" ? state : undefined;
      });
      assert.match(state.because, new RegExp(because.replace("it is ", "")));
      assert.match(state.because, /^Cannot connect to localhost:\d+: its certificate/);
    },
  });
}

Deno.test({
  name: "connection: the server password opens the server, and a wrong one is named as the reason",
  ignore,
  async fn() {
    await using server = await startNgircd({ password: "two words" });
    await using tail = connect(specFor(server.port, { password: new Secret("two words") }));
    await until("the login", () => tail.connection.state.phase === "ready");

    await using wrong = connect(
      specFor(server.port, { nick: "other", password: new Secret("hunter2hunter2") }),
    );
    const state = await until("the refusal", () => {
      const { state } = wrong.connection;
      return state.phase === "waiting" ? state : undefined;
    });
    assert.match(state.because, /password/i);
    assert.ok(!JSON.stringify([state, wrong.log]).includes("hunter2"));
  },
});

Deno.test({
  name: "connection: a taken nick makes way for the next one",
  ignore,
  async fn() {
    await using server = await startNgircd();
    await using _holder = await openWitness(server.port, { nick: "tail", channels: [] });
    await using _second = await openWitness(server.port, { nick: "tail2", channels: [] });
    await using tail = connect(specFor(server.port, { altNicks: ["tail2"] }), { channels: ["#logs"] });
    await until("the bot to join", () => tail.connection.canSpeak("#logs"));
    assert.deepEqual(tail.connection.state, { phase: "ready", nick: "tail_" });
  },
});

Deno.test({
  name: "connection: a killed server that comes back is rejoined, and nothing that was offered is lost",
  ignore,
  async fn() {
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using tail = connect(specFor(server.port), { channels: ["#logs", "#more"] });
    await until("the bot to join", () => tail.connection.canSpeak("#more"));
    for (let i = 0; i < 20; i++) tail.say("#logs", `before ${i}`);
    await server.stop("SIGKILL");
    await until("the loss to be noticed", () => tail.connection.state.phase !== "ready");
    for (let i = 0; i < 5; i++) tail.say("#logs", `while away ${i}`);
    assert.equal(tail.connection.canSpeak("#logs"), false);

    await server.start();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await tail.connection.drained(AbortSignal.timeout(20_000));

    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
    assert.equal(tail.outcomes.size, 25);
    await witness.next((line) => line.text === "while away 4");
  },
});

Deno.test({
  name: "connection: thirty messages at once arrive in order, at ngircd's pace, without a disconnect",
  ignore,
  async fn() {
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await using tail = connect(specFor(server.port, { flood: { kind: "auto" } }), { channels: ["#logs"] });
    await until("the bot to join", () => tail.connection.canSpeak("#logs"));

    const texts = Array.from({ length: 30 }, (_, i) => `line ${i} ${"x".repeat(60)}`);
    for (const text of texts) assert.equal(tail.say("#logs", text), true);
    await tail.connection.drained(AbortSignal.timeout(40_000));

    const seen = await until("the last message", () => {
      const messages = witness.messages("#logs");
      return messages.length >= texts.length ? messages : undefined;
    });
    assert.deepEqual(seen, texts);
    assert.equal(witness.all.some(({ command, nick }) => command === "QUIT" && nick === "tail"), false);
    assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
  },
});
