import assert from "node:assert/strict";
import type { ChannelSpec } from "../../src/config/config.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { type ScriptedIrcd, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { type StoppedClock, stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const HOST = "irc.scripted.test";
const LOGS: readonly string[] = ["#logs"];

/** What stands in the status of a channel: why it waits, or what it does. */
function wordsOf(tail: TestConnection, channel = "#logs"): string {
  const state = tail.connection.channels.get(channel);
  return state?.phase === "waiting" ? state.because : state?.phase ?? "unknown";
}

const says = (tail: TestConnection, words: RegExp, channel = "#logs") =>
  until(`${words} in the status`, () => words.test(wordsOf(tail, channel)), {
    seen: () => [...tail.connection.channels],
  });

/** Once the server's lines so far have been taken in. */
async function heard(server: ScriptedIrcd): Promise<void> {
  const token = `heard${server.received.length}`;
  server.client.send(`PING :${token}`);
  await server.next(new RegExp(`^PONG ${token}`));
}

/** Lets time pass, with room for the answers that come over a real socket: PONGs above all. */
async function pass(clock: StoppedClock, server: ScriptedIrcd, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.advance(Math.min(left, 10_000));
    await heard(server);
    await clock.advance(0);
  }
}

/** Refuses every JOIN with a numeric. */
function refuse(server: ScriptedIrcd, numeric: string, text = "Cannot join channel"): () => void {
  return server.on("JOIN", (client, [channels = ""]) => {
    for (const channel of channels.split(",")) {
      client.send(`:${HOST} ${numeric} ${client.nick} ${channel} :${text}`);
    }
  });
}

/** Lets everybody in, with these members and modes. */
function letIn(server: ScriptedIrcd, names: string, modes?: string): void {
  server.on("JOIN", (client, [channel]) => {
    client.send(`:${client.nick}!~u@host.test JOIN ${channel}`);
    client.send(`:${HOST} 353 ${client.nick} = ${channel} :${names}`);
    client.send(`:${HOST} 366 ${client.nick} ${channel} :End of NAMES`);
  });
  if (modes === undefined) return;
  server.on("MODE", (client, [channel]) => client.send(`:${HOST} 324 ${client.nick} ${channel} ${modes}`));
}

const count = (server: ScriptedIrcd, line: string | RegExp) =>
  server.received.filter((received) => typeof line === "string" ? received === line : line.test(received))
    .length;

function open(server: ScriptedIrcd, spec: Partial<ChannelSpec> = {}) {
  const clock = stoppedClock();
  const channels = new Map([["#logs", { key: undefined, ...spec }]]);
  return { clock, tail: connect(specFor(server.port, { channels }), { channels: LOGS, clock }) };
}

for (
  const [numeric, text, words, firstMs] of [
    ["403", "No such channel", "The server takes no channel of this name", 600_000],
    ["405", "Too many channels", "The server allows no more channels for one client", 120_000],
    ["437", "Unavailable", "The channel is unavailable for the moment", 15_000],
    ["471", "Cannot join channel (+l)", "The channel is full (+l)", 15_000],
    ["473", "Cannot join channel (+i)", "The channel is invite-only (+i): invite the bot", 120_000],
    ["474", "Cannot join channel (+b)", "The bot is banned from the channel (+b)", 120_000],
    ["475", "Cannot join channel (+k)", "The channel wants another key (+k)", 120_000],
    [
      "477",
      "Cannot join channel (+r)",
      "The channel is for logged-in nicks only: set sasl or nickserv",
      120_000,
    ],
    ["480", "Throttle exceeded (+j)", "The channel takes no more joins for the moment (+j)", 15_000],
    [
      "480",
      "Cannot join (+S) - SSL/TLS required",
      "The channel is for connections with TLS only: set tls",
      600_000,
    ],
    ["489", "Cannot join channel (+z)", "The channel is for connections with TLS only: set tls", 600_000],
  ] as const
) {
  Deno.test(`channels: ${numeric} (${text}) says why, and is tried again in its own time`, async () => {
    await using server = startScriptedIrcd();
    const undo = refuse(server, numeric, text);
    const { clock, tail } = open(server);
    await using _ = tail;
    await until("the words", () => wordsOf(tail) === words, { seen: () => wordsOf(tail) });
    undo();
    // Between half of the first delay and the whole of it.
    await pass(clock, server, firstMs / 2 - 1_000);
    assert.equal(count(server, "JOIN #logs"), 1);
    await pass(clock, server, firstMs / 2 + 1_000);
    await until("the channel", () => tail.connection.canSpeak("#logs"), { seen: () => wordsOf(tail) });
    assert.equal(count(server, "JOIN #logs"), 2);
  });
}

Deno.test("channels: ChanServ is asked once for each refusal, and its invitation is followed at once", async () => {
  await using server = startScriptedIrcd();
  const undo = refuse(server, "473");
  const { clock, tail } = open(server, { invite: "chanserv" });
  await using _ = tail;
  await server.next(/^PRIVMSG ChanServ :INVITE #logs$/);
  await says(tail, /^The channel is invite-only \(\+i\): ChanServ is asked for an invitation$/);
  await pass(clock, server, 50_000);
  assert.equal(count(server, /^PRIVMSG ChanServ/), 1);
  await pass(clock, server, 70_000);
  await until("the second request", () => count(server, /^PRIVMSG ChanServ/) === 2);
  assert.equal(count(server, "JOIN #logs"), 2);

  undo();
  server.client.send(`:ChanServ!s@services INVITE ${server.client.nick} #logs`);
  server.client.send(
    `:ChanServ!s@services NOTICE ${server.client.nick} :You have been invited to \x02#logs\x02.`,
  );
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  assert.equal(count(server, /^PRIVMSG ChanServ/), 2);
});

Deno.test("channels: what ChanServ answers instead of an invitation stands in the reason of the right channel", async () => {
  await using server = startScriptedIrcd();
  refuse(server, "473");
  const clock = stoppedClock();
  const channels = new Map(["#a", "#b", "#c"].map((name) => [name, { key: undefined, invite: "ChanServ" }]));
  await using tail = connect(specFor(server.port, { channels }), { channels: ["#a", "#b", "#c"], clock });
  await until("the requests", () => count(server, /^PRIVMSG ChanServ/) === 3);
  const notice = (nick: string, text: string) =>
    server.client.send(`:${nick}!s@services NOTICE ${server.client.nick} :${text}`);
  notice("mallory", "You are not authorized");
  notice("ChanServ", "[#elsewhere] Welcome!");
  notice("ChanServ", "Channel \x02#b\x02 is not registered.");
  notice("ChanServ", "You are not authorized to perform this operation.");
  await says(tail, /: ChanServ says: Channel #b is not registered$/, "#b");
  await says(tail, /: ChanServ says: You are not authorized to perform this operation$/, "#a");
  assert.match(wordsOf(tail, "#c"), /is asked for an invitation/);
  server.client.send(`:${HOST} 401 ${server.client.nick} ChanServ :No such nick`);
  await says(tail, /: there is no ChanServ on this server to ask$/, "#c");
});

Deno.test("channels: services of DALnet are asked under their full address", async () => {
  await using server = startScriptedIrcd({ supports: "NETWORK=DALnet CASEMAPPING=ascii" });
  refuse(server, "473");
  const { tail } = open(server, { invite: "chanserv" });
  await using _ = tail;
  await server.next(/^PRIVMSG ChanServ@services\.dal\.net :INVITE #logs$/);
});

for (
  const [what, line] of [
    ["900", `:${HOST} 900 tail tail!u@h tail :You are now logged in as tail`],
    ["MODE +r", ":NickServ!s@services MODE tail +ir"],
  ] as const
) {
  Deno.test(`channels: a channel for logged-in nicks is joined as soon as ${what} comes`, async () => {
    await using server = startScriptedIrcd();
    const undo = refuse(server, "477");
    const { tail } = open(server);
    await using _ = tail;
    await says(tail, /logged-in nicks only/);
    undo();
    server.client.send(line);
    await until("the channel", () => tail.connection.canSpeak("#logs"), { seen: () => wordsOf(tail) });
  });
}

Deno.test("channels: the third kick lasts until a reload, and nobody else shortens one", async () => {
  await using server = startScriptedIrcd();
  const { clock, tail } = open(server);
  await using _ = tail;
  const { connection } = tail;
  const kick = async (words: RegExp) => {
    await until("the channel", () => connection.canSpeak("#logs"), { seen: () => wordsOf(tail) });
    server.client.send(`:op!o@h KICK #logs ${server.client.nick} :leaking hunter2`);
    await says(tail, words);
    assert.ok(!wordsOf(tail).includes("hunter2"));
    const joins = count(server, "JOIN #logs");
    tail.say("#logs", `offered after ${words}`, { maxAgeMs: 1_000 });
    // An invitation and a forced JOIN are not for those who were thrown out.
    server.client.send(`:friend!f@h INVITE ${server.client.nick} #logs`);
    server.client.send(`:${server.client.nick}!~u@host.test JOIN #logs`);
    server.client.send(`:${HOST} 366 ${server.client.nick} #logs :End of NAMES`);
    await heard(server);
    await until("the PART", async () => {
      await clock.advance(0);
      return count(server, "PART #logs") > 0;
    });
    assert.equal(connection.canSpeak("#logs"), false);
    assert.equal(count(server, "JOIN #logs"), joins);
    assert.equal(count(server, /^PRIVMSG #logs/), 0);
  };
  await kick(/kicked from the channel by op, and comes back a minute later/);
  connection.reloaded();
  await pass(clock, server, 59_000);
  assert.equal(count(server, "JOIN #logs"), 1);
  await pass(clock, server, 1_000);
  await kick(/by op a second time, and comes back ten minutes later/);
  await pass(clock, server, 599_000);
  assert.equal(count(server, "JOIN #logs"), 2);
  await pass(clock, server, 1_000);
  await kick(/by op again and again, and stays away until the configuration is reloaded/);
  await pass(clock, server, 1_200_000);
  assert.equal(count(server, "JOIN #logs"), 3);
  connection.reloaded();
  await until("the channel", () => connection.canSpeak("#logs"));
  assert.equal(count(server, "JOIN #logs"), 4);
  await kick(/stays away until the configuration is reloaded/);
});

Deno.test("channels: whoever makes the bot PART means it as a kick", async () => {
  await using server = startScriptedIrcd();
  const { tail } = open(server);
  await using _ = tail;
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  server.client.send(`:${server.client.nick}!~u@host.test PART #logs :requested by op (leaking)`);
  await says(tail, /^The bot was kicked from the channel, and comes back a minute later$/);
});

Deno.test("channels: where a JOIN is forwarded to nothing is ever sent, whatever waits", async () => {
  await using server = startScriptedIrcd({ caps: ["echo-message"] });
  server.on("JOIN", (client, [channel]) => {
    client.send(`:${HOST} 470 ${client.nick} ${channel} ##elsewhere :Forwarding to another channel`);
    client.send(`:${client.nick}!~u@host.test JOIN ##elsewhere`);
    client.send(`:${HOST} 353 ${client.nick} = ##elsewhere :${client.nick} many others`);
    client.send(`:${HOST} 366 ${client.nick} ##elsewhere :End of NAMES`);
  });
  const { clock, tail } = open(server);
  await using _ = tail;
  for (let i = 0; i < 20; i++) tail.say("#logs", `secret ${i}`, { urgency: "error" });
  await server.next(/^PART ##elsewhere$/);
  await says(tail, /forwards this channel to ##elsewhere, where nothing is sent/);
  await pass(clock, server, 300_000);
  assert.ok(count(server, "JOIN #logs") >= 2, "it is tried again");
  assert.equal(count(server, "JOIN #logs"), count(server, "PART ##elsewhere"));
  assert.equal(count(server, /^PRIVMSG/), 0);
});

Deno.test("channels: a private channel is spoken in only while the server says that it is closed", async () => {
  await using server = startScriptedIrcd();
  letIn(server, "@op tail");
  server.on("MODE", () => {});
  const { clock, tail } = open(server, { private: true });
  await using _ = tail;
  tail.say("#logs", "first");
  await server.next(/^MODE #logs$/);
  assert.equal(tail.connection.canSpeak("#logs"), false);
  assert.equal(wordsOf(tail), "joining");
  await pass(clock, server, 30_000);
  await says(tail, /^The channel is to be private, and the server has not said whether it is$/);
  await until("the second question", () => count(server, "MODE #logs") === 2);

  const { client } = server;
  client.send(`:${HOST} 324 ${client.nick} #logs +nt`);
  await says(tail, /^The channel is to be private, and is open to everybody: set \+i, \+k, \+s or \+p$/);
  assert.equal(count(server, /^PRIVMSG/), 0);
  for (const [letters, parameter] of [["i", ""], ["k", " sesame"], ["s", ""], ["p", ""]] as const) {
    client.send(`:op!o@h MODE #logs +${letters}${parameter}`);
    await until(`+${letters}`, () => tail.connection.canSpeak("#logs"));
    assert.ok(!JSON.stringify(tail.connection.report("#logs")).includes("sesame"));
    assert.equal(tail.connection.report("#logs")?.modes, `+${[..."nt", letters].toSorted().join("")}`);
    client.send(`:op!o@h MODE #logs -${letters}${parameter}`);
    await says(tail, /is open to everybody/);
    assert.equal(tail.connection.canSpeak("#logs"), false);
  }
  await server.next(/^PRIVMSG #logs :first$/);
});

Deno.test("channels: a private channel that we have just created is ours until somebody comes", async () => {
  await using server = startScriptedIrcd();
  letIn(server, "@tail", "+nt");
  const { tail } = open(server, { private: true });
  await using _ = tail;
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  server.client.send(":stranger!s@h JOIN #logs");
  await says(tail, /is open to everybody/);
  server.client.send(":stranger!s@h PART #logs");
  await heard(server);
  assert.equal(tail.connection.canSpeak("#logs"), false);
});

Deno.test("channels: alone without being operator is not our own channel", async () => {
  await using server = startScriptedIrcd();
  letIn(server, "tail", "+nt");
  const { tail } = open(server, { private: true });
  await using _ = tail;
  await says(tail, /is open to everybody/);
});

Deno.test("channels: a moderated channel is waited for, and spoken in at once with voice", async () => {
  await using server = startScriptedIrcd({ supports: "PREFIX=(ohv)@%+ CHANMODES=b,k,l,imnpst" });
  letIn(server, "@op tail", "+mnt");
  const { tail } = open(server);
  await using _ = tail;
  await says(tail, /^The channel is moderated \(\+m\): give the bot voice \(\+v\)$/);
  tail.say("#logs", "patient");
  await heard(server);
  assert.equal(count(server, /^PRIVMSG/), 0);
  assert.deepEqual(tail.connection.report("#logs"), {
    name: "#logs",
    obstacle: "The channel is moderated (+m): give the bot voice (+v)",
    modes: "+mnt",
    statuses: "",
    mangles: [],
  });
  server.client.send(`:op!o@h MODE #logs +h-b+v tail *!*@bad other`);
  await server.next(/^PRIVMSG #logs :patient$/);
  assert.equal(tail.connection.report("#logs")?.statuses, "h");
  server.client.send(":op!o@h MODE #logs -h tail");
  await says(tail, /is moderated/);
  server.client.send(":op!o@h MODE #logs -m");
  await until("-m", () => tail.connection.canSpeak("#logs"));
});

Deno.test("channels: a refusal that the modes explain is tried slowly, in case an exemption lets us through", async () => {
  await using server = startScriptedIrcd();
  letIn(server, "@op tail", "+mnt");
  const { clock, tail } = open(server);
  await using _ = tail;
  await says(tail, /is moderated/);
  tail.say("#logs", "exempt");
  await pass(clock, server, 10_000);
  await until("the line to be shown", () => tail.outcomes.get("exempt") === "shown");
  await until("the channel", () => wordsOf(tail) === "joined");
});

Deno.test("channels: what would be shown to operators only is never tried", async () => {
  await using server = startScriptedIrcd({
    version: "solanum-1.0",
    supports: "CHANMODES=eIbq,k,flj,CFLMPQRSTcgimnprstuz PREFIX=(ov)@+ CHANLIMIT=#:250",
  });
  letIn(server, "@op tail", "+mntz");
  const { clock, tail } = open(server);
  await using _ = tail;
  await says(tail, /\(\+m, and \+z shows it to operators only\): give the bot voice/);
  tail.say("#logs", "for everybody", { urgency: "error" });
  await pass(clock, server, 600_000);
  assert.equal(count(server, /^PRIVMSG/), 0);
  server.client.send(":op!o@h MODE #logs +v tail");
  await server.next(/^PRIVMSG #logs :for everybody$/);
});

Deno.test("channels: 404 asks for the modes, which say what it was", async () => {
  await using server = startScriptedIrcd();
  letIn(server, "@op tail");
  const silent = server.on("MODE", () => {});
  const { clock, tail } = open(server);
  await using _ = tail;
  await server.next(/^MODE #logs$/);
  await pass(clock, server, 40_000);
  silent();
  server.on("MODE", (client) => client.send(`:${HOST} 324 ${client.nick} #logs +mnt`));
  const undo = server.on("PRIVMSG", (client) => {
    client.send(`:${HOST} 404 ${client.nick} #logs :Cannot send to channel`);
  });
  tail.say("#logs", "hello");
  await says(tail, /^The channel is moderated \(\+m\)/);
  undo();
  server.client.send(":op!o@h MODE #logs +v tail");
  await until("the line to be shown", () => tail.outcomes.get("hello") === "shown");
});

Deno.test("channels: no more in a JOIN than TARGMAX says, none beyond CHANLIMIT, and room is used at once", async () => {
  await using server = startScriptedIrcd({ supports: "CHANLIMIT=#:3,&:1 TARGMAX=JOIN:2,PRIVMSG:4" });
  const clock = stoppedClock();
  const wanted = ["#a", "#b", "#c", "#d", "#e", "&x", "&y"];
  await using tail = connect(specFor(server.port), { channels: wanted, clock });
  const { connection } = tail;
  const joined = () => wanted.filter((name) => connection.canSpeak(name)).join(" ");
  await until("as many as there may be", () => joined() === "#a #b #c &x", { seen: joined });
  assert.deepEqual(server.received.filter((line) => line.startsWith("JOIN")), ["JOIN #a,#b", "JOIN #c,&x"]);
  for (const name of ["#d", "#e"]) {
    assert.match(
      wordsOf(tail, name),
      /^The server allows one client 3 channels, and others come first$/,
    );
  }
  assert.match(wordsOf(tail, "&y"), /allows one client 1 channel,/);

  connection.wantChannels(wanted.filter((name) => name !== "#b"));
  await until("the room to be used", () => joined() === "#a #c #d &x", { seen: joined });
  await says(tail, /allows one client 3 channels/, "#e");
});

Deno.test("channels: a key that a reload brings ends the wait for it", async () => {
  await using server = startScriptedIrcd();
  server.on("JOIN", (client, [channel, key]) => {
    if (key !== "new") return client.send(`:${HOST} 475 ${client.nick} ${channel} :Cannot join channel (+k)`);
    client.send(`:${client.nick}!~u@host.test JOIN ${channel}`);
    client.send(`:${HOST} 366 ${client.nick} ${channel} :End of NAMES`);
  });
  const { tail } = open(server, { key: new Secret("old") });
  await using _ = tail;
  await says(tail, /wants another key/);
  tail.connection.update(
    specFor(server.port, { channels: new Map([["#logs", { key: new Secret("old") }]]) }),
  );
  await heard(server);
  assert.equal(count(server, "JOIN #logs old"), 1);
  tail.connection.update(
    specFor(server.port, { channels: new Map([["#logs", { key: new Secret("new") }]]) }),
  );
  await until("the channel", () => tail.connection.canSpeak("#logs"));
});

Deno.test("channels: the modes of ordinary channels are asked for one by one, those of private ones at once", async () => {
  await using server = startScriptedIrcd();
  const clock = stoppedClock();
  const channels = new Map([["#p", { key: undefined, private: true }], ["#q", {
    key: undefined,
    private: true,
  }]]);
  await using tail = connect(specFor(server.port, { channels }), {
    channels: ["#a", "#b", "#p", "#q"],
    clock,
  });
  await until("the questions", () => count(server, /^MODE/) === 3);
  await heard(server);
  assert.deepEqual(server.received.filter((line) => line.startsWith("MODE")).toSorted(), [
    "MODE #a",
    "MODE #p",
    "MODE #q",
  ]);
  await pass(clock, server, 10_000);
  await server.next(/^MODE #b$/);
  assert.equal(tail.connection.canSpeak("#b"), true);
});
