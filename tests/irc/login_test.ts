import assert from "node:assert/strict";
import { Secret } from "../../src/runtime/secret.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { saslServer } from "../support/scripted_sasl.ts";
import { type ScriptedIrcd, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const readyAs = (tail: TestConnection, nick: string) =>
  until(`the nick ${nick}`, () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.nick === nick ? state : undefined;
  }, { seen: () => tail.connection.state });

/** Services as the scripted server plays them. */
function playServices(server: ScriptedIrcd, answers: Readonly<Record<string, string>>): void {
  server.on("PRIVMSG", (client, [target, text = ""]) => {
    if (target !== "NickServ") return;
    const answer = answers[text.split(" ")[0] ?? ""];
    if (answer !== undefined) client.send(`:NickServ!s@services.test NOTICE ${client.nick} :${answer}`);
  });
}

/** Refuses one nick until `free` is called. */
function hold(server: ScriptedIrcd, held: string, numeric: string): { readonly free: () => void } {
  const refusing = server.on("NICK", (client, [nick = ""]) => {
    if (nick === held) {
      return client.send(`:irc.scripted.test ${numeric} ${client.nick || "*"} ${nick} :not to be had`);
    }
    client.rename(nick);
  });
  return { free: refusing };
}

Deno.test("login: NickServ's refusal is said, and channels are joined all the same", async () => {
  await using server = startScriptedIrcd();
  playServices(server, { IDENTIFY: "Invalid password for \x02tail\x02." });
  await using tail = connect(specFor(server.port, { nickserv: new Secret("sesame") }), {
    channels: ["#logs"],
  });
  const state = await readyAs(tail, "tail");
  assert.equal(state.but, "NickServ refuses the login");
  assert.match(tail.log.join("\n"), /Connected, but not as wanted/);
  assert.equal(tail.log.join("\n").includes("sesame"), false);
  await until("the channel", () => tail.connection.canSpeak("#logs"));

  // A password that is right ends the trouble.
  playServices(server, { IDENTIFY: "You are now identified for tail." });
  tail.connection.update(specFor(server.port, { nickserv: new Secret("open sesame") }));
  await until("the trouble to end", () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.but === undefined;
  });
});

for (
  const sign of [":irc.scripted.test 900 tail tail!u@h tail :You are now logged in", ":tail MODE tail :+r"]
) {
  Deno.test(`login: NickServ is waited for, and ${sign.split(" ")[1]} is an answer`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd();
    await using tail = connect(specFor(server.port, { nickserv: new Secret("sesame") }), {
      channels: ["#logs"],
      clock,
    });
    await server.next(/^PRIVMSG NickServ :IDENTIFY sesame$/);
    assert.equal(server.received.some((line) => line.startsWith("JOIN")), false);
    server.client.send(sign);
    await server.next(/^JOIN #logs/);
    await readyAs(tail, "tail");
  });
}

Deno.test("login: with SASL the NickServ password is kept back", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
  server.on("AUTHENTICATE", saslServer({ account: "acme", password: "pw-of-acme" }));
  const sasl = { mechanism: "plain", account: "acme", password: new Secret("pw-of-acme") } as const;
  await using tail = connect(specFor(server.port, { sasl, nickserv: new Secret("sesame") }), {
    channels: ["#logs"],
  });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  assert.equal(server.received.some((line) => line.includes("sesame")), false);
});

for (
  const [numeric, answers, commands] of [
    ["433", { REGAIN: "tail has been regained." }, ["REGAIN tail"]],
    ["433", { REGAIN: "Unknown command REGAIN.", GHOST: "Ghost killed." }, ["REGAIN tail", "GHOST tail"]],
    ["432", { REGAIN: "Invalid command.", RELEASE: "tail is released." }, ["REGAIN tail", "RELEASE tail"]],
    ["437", { REGAIN: "Invalid command.", RELEASE: "tail is released." }, ["REGAIN tail", "RELEASE tail"]],
  ] as const
) {
  Deno.test(`login: a nick refused with ${numeric} is taken back with ${commands.join(" and ")}`, async () => {
    await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
    server.on("AUTHENTICATE", saslServer({ account: "acme", password: "pw-of-acme" }));
    const { free } = hold(server, "tail", numeric);
    const last = commands.at(-1);
    server.on("PRIVMSG", (client, [, text = ""]) => {
      const answer = Object.entries(answers).find(([command]) => text.startsWith(command))?.[1];
      if (text === last) free();
      client.send(`:NickServ!s@services.test NOTICE ${client.nick} :${answer}`);
    });
    const sasl = { mechanism: "plain", account: "acme", password: new Secret("pw-of-acme") } as const;
    await using tail = connect(specFor(server.port, { sasl }));
    await readyAs(tail, "tail");
    assert.deepEqual(
      server.received.flatMap((line) => line.split("PRIVMSG NickServ :")[1] ?? []),
      commands,
    );
    // It logged in under another nick first.
    assert.ok(server.received.indexOf("NICK tail_") < server.received.indexOf("CAP END"));
  });
}

Deno.test("login: without SASL the nick is asked for with the NickServ password, once a minute", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  const { free } = hold(server, "tail", "433");
  playServices(server, {
    IDENTIFY: "You are now identified for tail.",
    REGAIN: "Unknown command REGAIN.",
    GHOST: "tail is not online.",
  });
  await using tail = connect(specFor(server.port, { nickserv: new Secret("sesame") }), { clock });
  await server.next(/^PRIVMSG NickServ :IDENTIFY tail sesame$/);
  const ghosts = () =>
    server.received.filter((line) => line === "PRIVMSG NickServ :GHOST tail sesame").length;
  await until("the first try", () => ghosts() === 1);
  await until("NICK after it", () => server.received.at(-1) === "NICK tail");
  assert.equal(server.received.filter((line) => line === "PRIVMSG NickServ :REGAIN tail sesame").length, 1);
  await clock.advance(59_000);
  assert.equal(ghosts(), 1);
  free();
  await clock.advance(1_500);
  await readyAs(tail, "tail");
  assert.equal(ghosts(), 2);
});

Deno.test("login: a server that has a mode for bots gets it set before anything is joined", async () => {
  await using server = startScriptedIrcd({ supports: "CASEMAPPING=rfc1459 BOT=B" });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  const sent = server.received.filter((line) => /^(MODE|JOIN)/.test(line));
  assert.deepEqual(sent.slice(0, 2), ["MODE tail +B", "JOIN #logs"]);
});

Deno.test("login: a mode for bots that is no letter is not set", async () => {
  await using server = startScriptedIrcd({ supports: "BOT= NICKLEN=0" });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  assert.equal(server.received.some((line) => line.startsWith("MODE tail")), false);
});

Deno.test("login: alternative nicks are no longer than the server said last time", async () => {
  await using server = startScriptedIrcd({ supports: "NICKLEN=11" });
  await using tail = connect(specFor(server.port, { nick: "facilitator" }));
  await readyAs(tail, "facilitator");
  hold(server, "facilitator", "433");
  server.client.close();
  await readyAs(tail, "facilitato_");
  assert.equal(server.received.some((line) => /^NICK \S{12}/.test(line)), false);
});

Deno.test({
  name:
    "login: on a server that grants nine characters the nick is cut, and the rest of it not asked for again",
  ignore: missing("ngircd"),
  async fn() {
    await using server = await startNgircd({ maxNickLength: 10 });
    await using _holder = await openWitness(server.port, { nick: "facilitat", channels: [] });
    const spec = specFor(server.port, { nick: "facilitator-prod", altNicks: ["facilitator-prod_"] });
    await using tail = connect(spec, { channels: ["#logs"] });
    await readyAs(tail, "facilita_");
    await until("the channel", () => tail.connection.canSpeak("#logs"));
  },
});

Deno.test("login: all we send is UTF-8, so UTF8ONLY asks for nothing", async () => {
  // The scripted server hangs up on what is no UTF-8.
  await using server = startScriptedIrcd({ supports: "UTF8ONLY CASEMAPPING=rfc1459" });
  const spec = specFor(server.port, { realname: "tail: \ud800 é 世界" });
  await using tail = connect(spec, { channels: ["#logs"] });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  tail.say("#logs", "naïve 🎉 \udfff half of a pair, and the rest");
  assert.equal(
    await server.next(/and the rest$/),
    "PRIVMSG #logs :naïve 🎉 \ufffd half of a pair, and the rest",
  );
  assert.ok(server.received.includes("USER tail 0 * :tail: \ufffd é 世界"));
  await until("the outcome", () => tail.outcomes.size === 1);
  assert.equal(server.clients.length, 1);
});
