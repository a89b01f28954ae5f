import assert from "node:assert/strict";
import { Secret } from "../../src/runtime/secret.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const joined = (tail: TestConnection, channel = "#logs") =>
  until(`${channel} to be joined`, () => tail.connection.canSpeak(channel), {
    seen: () => [tail.connection.state, tail.connection.channels],
  });
const waiting = (tail: TestConnection) =>
  until("the connection to wait", () => {
    const { state } = tail.connection;
    return state.phase === "waiting" ? state : undefined;
  }, { seen: () => tail.connection.state });
const settled = (tail: TestConnection, text: string) =>
  until(`the outcome of ${text}`, () => tail.outcomes.get(text), {
    seen: () => [tail.connection.state, tail.connection.channels, tail.connection.pending],
  });

Deno.test("session: without echo-message a message is shown when the PONG behind it comes, not before", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  server.on("PING", () => {});
  tail.say("#logs", "hello");
  const ping = await server.next(/^PING irctail/);
  assert.equal(tail.outcomes.size, 0);
  server.client.send(`:irc.scripted.test PONG irc.scripted.test :not-${ping.slice(5)}`);
  server.client.send(`:irc.scripted.test PONG irc.scripted.test :${ping.slice(5)}`);
  assert.equal(await settled(tail, "hello"), "shown");
});

Deno.test("session: at most four lines are in flight", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const resume = server.on("PING", () => {});
  for (let i = 0; i < 10; i++) tail.say("#logs", `line ${i}`);
  const ping = await server.next(/^PING irctail/);
  assert.equal(server.received.filter((line) => line.startsWith("PRIVMSG")).length, 4);
  resume();
  server.client.send(`:irc.scripted.test PONG irc.scripted.test :${ping.slice(5)}`);
  await settled(tail, "line 9");
  assert.deepEqual(
    server.received.filter((line) => line.startsWith("PRIVMSG")),
    Array.from({ length: 10 }, (_, i) => `PRIVMSG #logs :line ${i}`),
  );
});

Deno.test("session: with echo-message the echo alone shows a message, and no PING is spent", async () => {
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  for (let i = 0; i < 9; i++) tail.say("#logs", `line ${i}`);
  assert.equal(await settled(tail, "line 8"), "shown");
  assert.equal(server.received.some((line) => line.startsWith("PING")), false);
});

Deno.test("session: a message that the server refuses is tried again, and the channel says why it waits", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  const speakable = server.on("PRIVMSG", (client, [channel]) => {
    client.send(`:irc.scripted.test 404 ${client.nick} ${channel} :Cannot send to channel`);
  });
  tail.say("#logs", "hello");
  await until("the channel to wait", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  assert.equal(tail.connection.canSpeak("#logs"), false);
  assert.match(JSON.stringify(tail.connection.channels.get("#logs")), /does not let the bot speak/);
  assert.equal(tail.outcomes.size, 0);

  speakable();
  await clock.advance(10_000);
  assert.equal(await settled(tail, "hello"), "shown");
  assert.deepEqual(tail.connection.channels.get("#logs"), { phase: "joined" });
});

Deno.test("session: a message that is refused again and again is away in the end", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  server.on("PRIVMSG", (client, [channel]) => {
    client.send(`:irc.scripted.test 404 ${client.nick} ${channel} :Cannot send to channel`);
  });
  tail.say("#logs", "hello", { urgency: "error" });
  await until("the outcome", async () => {
    await clock.advance(1_000);
    return tail.outcomes.has("hello");
  });
  assert.equal(tail.outcomes.get("hello"), "away");
  assert.equal(server.received.filter((line) => line.startsWith("PRIVMSG")).length, 3);
});

Deno.test("session: a throttle notice counts as a refusal", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  const unthrottle = server.on("PRIVMSG", (client, [channel]) => {
    client.send(
      `:irc.scripted.test NOTICE ${client.nick} :*** Message to ${channel} throttled due to flooding`,
    );
  });
  tail.say("#logs", "hello");
  await until("the channel to wait", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  unthrottle();
  await clock.advance(10_000);
  assert.equal(await settled(tail, "hello"), "shown");
});

Deno.test("session: what was in flight when the connection broke is sent again, and what is too old is away", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const resume = server.on("PING", () => {});
  tail.say("#logs", "young");
  tail.say("#logs", "old", { maxAgeMs: 50 });
  tail.say("#logs", "bad", { urgency: "error", maxAgeMs: 50 });
  await server.next(/PING irctail/);
  resume();
  server.client.sendRaw(":irc.scripted.test NOTI");
  server.client.close();

  assert.equal(await settled(tail, "old"), "away");
  assert.equal(await settled(tail, "young"), "shown");
  assert.equal(await settled(tail, "bad"), "shown");
  assert.deepEqual(
    server.clients[1]?.received.filter((line) => line.startsWith("PRIVMSG")),
    ["PRIVMSG #logs :bad", "PRIVMSG #logs :young"],
  );
});

Deno.test("session: a kick is answered with patience: a minute, then ten", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  const joins = () => server.received.filter((line) => line === "JOIN #logs").length;
  const kick = async () => {
    await joined(tail);
    server.client.send(`:op!o@h KICK #logs ${server.client.nick} :go away`);
    await until("the kick to be seen", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  };
  await kick();
  await clock.advance(59_000);
  assert.equal(joins(), 1);
  await clock.advance(1_000);
  await kick();
  // In steps with room for the server's answer to each PING: it comes over a real socket.
  for (let waitedMs = 0; waitedMs < 590_000; waitedMs += 10_000) {
    await clock.advance(10_000);
    for (let turn = 0; turn < 5; turn++) await clock.advance(0);
  }
  await clock.advance(9_000);
  assert.equal(joins(), 2);
  await clock.advance(1_000);
  await joined(tail);
});

Deno.test("session: a refused JOIN says why, and is tried again", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  const open = server.on("JOIN", (client, [channels = ""]) => {
    for (const channel of channels.split(",")) {
      client.send(`:irc.scripted.test 474 ${client.nick} ${channel} :Cannot join channel (+b)`);
    }
  });
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await until("the refusal", () => tail.connection.channels.get("#logs")?.phase === "waiting");
  await until("the words", () => JSON.stringify(tail.connection.channels.get("#logs")).includes("banned"));
  open();
  await clock.advance(120_000);
  await joined(tail);
});

Deno.test("session: nothing is said in a channel that the server forwards us to", async () => {
  await using server = startScriptedIrcd();
  server.on("JOIN", (client, [channel]) => {
    client.send(
      `:irc.scripted.test 470 ${client.nick} ${channel} ##elsewhere :Forwarding to another channel`,
    );
    client.send(`:${client.nick}!~u@host.test JOIN ##elsewhere`);
    client.send(`:irc.scripted.test 366 ${client.nick} ##elsewhere :End of NAMES`);
  });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await server.next(/^PART ##elsewhere/);
  assert.equal(tail.connection.canSpeak("#logs"), false);
  assert.match(JSON.stringify(tail.connection.channels.get("#logs")), /forwards this channel to ##elsewhere/);
});

Deno.test("session: nothing is said before our own JOIN came back", async () => {
  await using server = startScriptedIrcd();
  server.on("JOIN", () => {});
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  tail.say("#logs", "early");
  await server.next(/^JOIN/);
  server.client.send(`:irc.scripted.test 366 ${server.client.nick} #logs :End of NAMES`);
  server.client.send("PING :still there");
  await server.next(/^PONG/);
  assert.equal(tail.connection.canSpeak("#logs"), false);
  assert.equal(server.received.some((line) => line.startsWith("PRIVMSG")), false);
});

Deno.test("session: channels are joined in one line, with their keys, and only the difference afterwards", async () => {
  await using server = startScriptedIrcd();
  const channels = new Map([["#b", { key: new Secret("sesame") }]]);
  await using tail = connect(specFor(server.port, { channels }), { channels: ["#a", "#b", "#C"] });
  await joined(tail, "#c");
  assert.equal(server.received.find((line) => line.startsWith("JOIN")), "JOIN #b,#a,#C sesame");
  tail.connection.wantChannels(["#b", "#d"]);
  await joined(tail, "#d");
  await server.next(/^PART #C/);
  assert.deepEqual(
    server.received.filter((line) => /^(JOIN|PART)/.test(line)).slice(1).toSorted(),
    ["JOIN #d", "PART #C", "PART #a"],
  );
  assert.deepEqual([...tail.connection.channels.keys()], ["#b", "#d"]);
});

Deno.test("session: SASL logs in before anything else", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
  const sasl = { mechanism: "plain", account: "acme", password: new Secret("correct horse") } as const;
  await using tail = connect(specFor(server.port, { sasl }));
  await until("the login", () => tail.connection.state.phase === "ready");
  const token = btoa("acme\0acme\0correct horse");
  assert.ok(server.received.includes(`AUTHENTICATE ${token}`));
});

for (
  const [what, caps, answer, because] of [
    ["a wrong password", ["sasl=PLAIN"], "904", /refuses the SASL account or password/],
    ["a server without SASL", [], undefined, /offers no SASL$/],
    ["a server without SASL PLAIN", ["sasl=EXTERNAL"], undefined, /no SASL PLAIN/],
  ] as const
) {
  Deno.test(`session: ${what} ends the attempt instead of going online without a login`, async () => {
    await using server = startScriptedIrcd({ caps });
    if (answer !== undefined) {
      server.on("AUTHENTICATE", (client, [text]) => {
        client.send(text === "PLAIN" ? "AUTHENTICATE +" : `:irc.scripted.test ${answer} tail :failed`);
      });
    }
    const sasl = { mechanism: "plain", account: "acme", password: new Secret("correct horse") } as const;
    await using tail = connect(specFor(server.port, { sasl }), { channels: ["#logs"] });
    const state = await waiting(tail);
    assert.match(state.because, because);
    assert.ok(!JSON.stringify([state, tail.log]).includes("horse"));
    assert.equal(server.received.some((line) => line.startsWith("JOIN")), false);
  });
}

Deno.test("session: a server password alone is never sent as a SASL password", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
  await using tail = connect(specFor(server.port, { password: new Secret("open sesame") }));
  await until("the login", () => tail.connection.state.phase === "ready");
  assert.ok(server.received.includes("PASS :open sesame"));
  assert.equal(server.received.some((line) => line.startsWith("AUTHENTICATE")), false);
});

Deno.test("session: NickServ is answered to before channels are joined, whatever it says first", async () => {
  await using server = startScriptedIrcd();
  const clock = stoppedClock();
  await using tail = connect(specFor(server.port, { nickserv: new Secret("sesame") }), {
    channels: ["#logs"],
    clock,
  });
  await server.next(/^PRIVMSG NickServ :IDENTIFY sesame$/);
  const notice = (text: string) => server.client.send(`:NickServ!s@services NOTICE tail :${text}`);
  notice(
    "This nickname is registered. Please choose a different nickname or identify via /msg NickServ identify",
  );
  server.client.send("PING :seen");
  await server.next(/^PONG seen/);
  assert.equal(server.received.some((line) => line.startsWith("JOIN")), false);
  notice("You are now identified for tail.");
  await joined(tail);
});

Deno.test("session: a silent NickServ is waited for five seconds", async () => {
  await using server = startScriptedIrcd();
  const clock = stoppedClock();
  await using tail = connect(specFor(server.port, { nickserv: new Secret("sesame") }), {
    channels: ["#logs"],
    clock,
  });
  await server.next(/^PRIVMSG NickServ/);
  await clock.advance(4_900);
  assert.equal(server.received.some((line) => line.startsWith("JOIN")), false);
  await clock.advance(200);
  await joined(tail);
});

Deno.test("session: the wanted nick is asked for again while another one is used", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  const free = server.on("NICK", (client, [nick]) => {
    free();
    client.send(`:irc.scripted.test 433 * ${nick} :Nickname is already in use`);
  });
  await using tail = connect(specFor(server.port), { clock });
  await until("the login", () => tail.connection.state.phase === "ready");
  assert.deepEqual(tail.connection.state, { phase: "ready", nick: "tail_" });
  await clock.advance(60_000);
  await until("the wanted nick", () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.nick === "tail";
  });
});

Deno.test("session: a server that is silent after CAP is given up after 30 s", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  server.on("CAP", () => {});
  server.on("USER", () => {});
  await using tail = connect(specFor(server.port), { clock });
  await server.next(/^USER/);
  await clock.advance(30_000);
  assert.match((await waiting(tail)).because, /did not finish the registration within 30 s/);
});

Deno.test("session: a server that answers no PING is given up", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  server.on("PING", () => {});
  await using tail = connect(specFor(server.port), { clock, channels: ["#logs"] });
  await joined(tail);
  await clock.advance(30_000);
  await server.next(/^PING irctail/);
  assert.equal(tail.connection.state.phase, "ready");
  await clock.advance(60_000);
  assert.match((await waiting(tail)).because, /has not answered for 60 s/);
});

Deno.test("session: garbage and half lines from the server do no harm", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  const { client } = server;
  client.sendRaw(
    "PRIVMSG\r\nKICK\r\nJOIN\r\n:\r\n@\r\n:x 005\r\n404\r\nCAP\r\n:x 900\r\nBATCH\r\nMODE\r\n\r\n \r\n",
  );
  client.sendRaw(new Uint8Array([0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x80, 0x0a]));
  client.sendRaw("PIN");
  client.sendRaw("G :half");
  client.sendRaw("\r\n");
  await server.next(/^PONG half/);
  tail.say("#logs", "still here");
  assert.equal(await settled(tail, "still here"), "shown");
});

Deno.test("session: a line without end is not collected for ever", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port));
  await until("the login", () => tail.connection.state.phase === "ready");
  server.client.sendRaw("x".repeat(100_000));
  assert.match((await waiting(tail)).because, /line of more than 16384 bytes/);
});

Deno.test("session: after a flood kill the next attempt waits at least a minute", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { clock });
  await until("the login", () => tail.connection.state.phase === "ready");
  server.client.send("ERROR :Closing Link: host (Excess Flood)");
  server.client.close();
  const state = await waiting(tail);
  assert.match(state.because, /Excess Flood/);
  assert.ok(state.untilMs - clock.now() >= 60_000);
  await clock.advance(59_000);
  assert.equal(server.clients.length, 1);
  await clock.advance(1_000);
  await until("the next attempt", () => server.clients.length === 2);
});

Deno.test("session: servers are tried in turn", async () => {
  await using server = startScriptedIrcd();
  const dead = startScriptedIrcd();
  const servers = [{ host: "127.0.0.1", port: dead.port }, { host: "127.0.0.1", port: server.port }];
  await dead[Symbol.asyncDispose]();
  await using tail = connect(specFor(0, { servers }));
  await until("the login", () => tail.connection.state.phase === "ready");
  assert.match(tail.log.join("\n"), /refuses connections/);
});

Deno.test("session: a changed nick, key and flood setting are taken over without reconnecting", async () => {
  await using server = startScriptedIrcd();
  const locked = server.on("JOIN", (client, [channel, key]) => {
    if (key !== "new") {
      return client.send(`:irc.scripted.test 475 ${client.nick} ${channel} :Cannot join (+k)`);
    }
    client.send(`:${client.nick}!~u@host.test JOIN ${channel}`);
    client.send(`:irc.scripted.test 366 ${client.nick} ${channel} :End of NAMES`);
  });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await until("the refusal", () => JSON.stringify(tail.connection.channels.get("#logs")).includes("key"));
  tail.connection.update(
    specFor(server.port, { nick: "other", channels: new Map([["#logs", { key: new Secret("new") }]]) }),
  );
  await joined(tail);
  await until("the nick", () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.nick === "other";
  });
  locked();
  assert.equal(server.clients.length, 1);
});

Deno.test("session: closing says QUIT, settles what is left and opens nothing again", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await joined(tail);
  tail.say("#elsewhere", "never joined");
  await tail.connection.close("bye");
  assert.ok(server.received.includes("QUIT :bye"));
  assert.deepEqual(tail.connection.state, { phase: "closed" });
  assert.equal(tail.outcomes.get("never joined"), "away");
  assert.equal(tail.say("#logs", "too late"), false);
  assert.equal(server.clients.length, 1);
});

Deno.test("session: CTCP questions go unanswered", async () => {
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port));
  await until("the login", () => tail.connection.state.phase === "ready");
  server.client.send(":nosy!n@h PRIVMSG tail :\x01VERSION\x01");
  server.client.send("PING :after");
  await server.next(/^PONG after/);
  assert.equal(server.received.some((line) => line.includes("VERSION")), false);
});

const messages = (server: { readonly received: readonly string[] }) =>
  server.received.filter((line) => line.startsWith("PRIVMSG")).map((line) =>
    line.slice("PRIVMSG #logs :".length)
  );

Deno.test("session: what the pace holds back shares a line, and each message is settled by its own", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  const flood = { kind: "profile", profile: "public" } as const;
  await using tail = connect(specFor(server.port, { flood }), { channels: ["#logs"], clock });
  await until("the channel to be joined", async () => {
    await clock.advance(500);
    return tail.connection.canSpeak("#logs");
  });
  // Registration and JOIN have spent from the burst of four.
  await clock.advance(20_000);
  for (let i = 1; i <= 9; i++) tail.say("#logs", `line ${i}`);
  await until("every outcome", async () => {
    await clock.advance(500);
    return tail.outcomes.size === 9;
  }, { seen: () => [messages(server), [...tail.outcomes]] });
  assert.deepEqual([...new Set(tail.outcomes.values())], ["shown"]);
  const lines = messages(server);
  assert.deepEqual(
    lines.flatMap((line) => line.split(" ⏐ ")),
    Array.from({ length: 9 }, (_, i) => `line ${i + 1}`),
  );
  assert.deepEqual(lines.slice(0, 3), ["line 1", "line 2", "line 3"]);
  assert.ok(lines.length <= 5, `${lines.length} lines`);
});

Deno.test("session: an error that waited for the connection is shown with its own time", async () => {
  const clock = stoppedClock();
  await using server = startScriptedIrcd();
  await using tail = connect(specFor(server.port), { channels: ["#logs"], clock });
  await joined(tail);
  server.client.close();
  await waiting(tail);
  const timeMs = Date.UTC(2026, 10, 24, 12, 0, 0);
  tail.say("#logs", "[ERROR] boom", { urgency: "error", timeMs, maxAgeMs: 300 });
  tail.say("#logs", "[INFO] hello", { timeMs, maxAgeMs: 300 });
  await until("both outcomes", async () => {
    await clock.advance(1_000);
    return tail.outcomes.size === 2;
  });
  const time = new Date(timeMs);
  const clockText = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) =>
    `${part}`.padStart(2, "0")
  );
  assert.deepEqual([...tail.outcomes].toSorted(), [["[ERROR] boom", "shown"], ["[INFO] hello", "away"]]);
  assert.deepEqual(messages(server), [`${clockText.join(":")} [ERROR] boom`]);
});
