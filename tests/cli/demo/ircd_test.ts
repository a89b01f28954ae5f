import assert from "node:assert/strict";
import { CLIENTS, type DemoServer, startDemoServer } from "../../../src/cli/demo/ircd.ts";
import { OUTPUT_BYTES } from "../../../src/cli/demo/ircd_link.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { stoppedClock } from "../../support/stopped_clock.ts";
import { until } from "../../support/until.ts";
import { rawClient } from "./raw_client.ts";

const NEVER = new AbortController().signal;

function server(): DemoServer {
  return startDemoServer(
    { hostname: "127.0.0.1", port: 0, serverName: "demo.test", clock: systemClock },
    NEVER,
  );
}

/** Numerics of some lines, in order. */
function numerics(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.split(" ")[1] ?? "");
}

Deno.test("a client is greeted with 001 to 005 and the message of the day", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port);
  await alice.send("NICK alice");
  await alice.send("USER alice 0 * :Alice");
  await alice.next(/ 376 /);
  assert.deepEqual(numerics(alice.lines), [
    ...["001", "002", "003", "004", "005", "251", "254", "255"],
    ...["375", "372", "372", "372", "376"],
  ]);
  const isupport = alice.lines.find((line) => line.includes(" 005 ")) ?? "";
  for (const token of ["CASEMAPPING=ascii", "CHANTYPES=#", "NICKLEN=30", "PREFIX=(ov)@+"]) {
    assert.ok(isupport.includes(` ${token} `), token);
  }
});

Deno.test("CAP LS holds the greeting back until CAP END, and echo-message is granted", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port);
  await alice.send("CAP LS 302");
  await alice.send("NICK alice");
  await alice.send("USER alice 0 * :Alice");
  assert.deepEqual(await alice.fence(), [":demo.test CAP * LS :echo-message"]);
  await alice.send("CAP REQ :echo-message");
  await alice.send("CAP REQ :sasl");
  assert.deepEqual(await alice.fence(), [
    ":demo.test CAP alice ACK :echo-message",
    ":demo.test CAP alice NAK :sasl",
  ]);
  await alice.send("CAP END");
  await alice.next(/ 001 alice /);
  await alice.next(/ 376 /);
  await alice.send("CAP LIST");
  assert.deepEqual(await alice.fence(), [":demo.test CAP alice LIST :echo-message"]);
});

Deno.test("a message reaches everybody else in the channel, and its sender only with echo-message", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await using bob = await rawClient(ircd.port, "bob");
  await alice.send("CAP REQ :echo-message");
  await alice.send("JOIN #Logs");
  await alice.next(/ 366 alice #Logs /);
  await bob.send("JOIN #logs");
  assert.deepEqual((await bob.fence()).slice(-3), [
    ":bob!bob@127.0.0.1 JOIN #Logs",
    ":demo.test 353 bob = #Logs :alice bob",
    ":demo.test 366 bob #Logs :End of /NAMES list",
  ]);
  await alice.next(/^:bob!bob@127\.0\.0\.1 JOIN #Logs$/);

  await alice.send("PRIVMSG #logs :[INFO] Payment settled: 5 €");
  await bob.send("NOTICE #LOGS :seen");
  await bob.fence();
  const said = ":alice!alice@127.0.0.1 PRIVMSG #Logs :[INFO] Payment settled: 5 €";
  assert.ok(bob.lines.includes(said));
  assert.deepEqual(await alice.fence(), [said, ":bob!bob@127.0.0.1 NOTICE #Logs :seen"]);
  assert.ok(!bob.lines.some((line) => line.startsWith(":bob!bob@127.0.0.1 NOTICE")));
});

Deno.test("a relayed line is cut to 512 bytes at a character", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await using bob = await rawClient(ircd.port, "bob");
  await alice.send("JOIN #logs");
  await bob.send("JOIN #logs");
  await bob.next(/ 366 /);
  const head = "PRIVMSG #logs :";
  const text = "a" + "€".repeat(164);
  assert.ok(new TextEncoder().encode(head + text).length <= 510);
  await alice.send(head + text);
  const relayed = await bob.next(/ PRIVMSG /);
  const bytes = new TextEncoder().encode(`${relayed}\r\n`).length;
  assert.ok(bytes <= 512 && bytes > 512 - 3, String(bytes));
  assert.ok(!relayed.includes("\ufffd"));
});

Deno.test("a line over 512 bytes is answered with 417 and the connection lives", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await alice.send("PRIVMSG #logs :" + "x".repeat(100_000));
  assert.deepEqual(await alice.fence(), [":demo.test 417 alice :Input line was too long"]);
});

Deno.test("lines in pieces, several at once, and bytes that are not UTF-8 are taken", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await using bob = await rawClient(ircd.port, "bob");
  await bob.send("JOIN #logs");
  await bob.next(/ 366 /);
  for (const piece of ["JOI", "N #lo", "gs\r", "\nPRIVMSG #logs :one\nPRIVMSG #logs :two\r\n"]) {
    await alice.sendBytes(new TextEncoder().encode(piece));
  }
  await alice.sendBytes(
    Uint8Array.of(...new TextEncoder().encode("PRIVMSG #logs :"), 0xff, 0xc3, 0x0d, 0x0a),
  );
  await bob.next(/ PRIVMSG #logs :one$/);
  await bob.next(/ PRIVMSG #logs :two$/);
  await bob.next(/ PRIVMSG #logs :\ufffd\ufffd$/);
});

Deno.test("each mistake has its numeric", async (t) => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await using bob = await rawClient(ircd.port, "bob");
  await bob.send("JOIN #logs");
  await bob.next(/ 366 /);
  const cases: readonly (readonly [sent: string, answer: string])[] = [
    ["NICK bob", "433 alice bob :Nickname is already in use"],
    ["NICK BOB", "433 alice BOB :Nickname is already in use"],
    ["NICK 9lives", "432 alice 9lives :Erroneous nickname"],
    ["NICK", "431 alice :No nickname given"],
    ["USER a b c d", "462 alice :You may not reregister"],
    ["PASS x", "462 alice :You may not reregister"],
    ["JOIN", "461 alice JOIN :Not enough parameters"],
    ["JOIN logs", "403 alice logs :No such channel"],
    ["PART #nowhere", "403 alice #nowhere :No such channel"],
    ["PART #logs", "442 alice #logs :You are not on that channel"],
    ["TOPIC #logs :mine", "442 alice #logs :You are not on that channel"],
    ["PRIVMSG #nowhere :hi", "403 alice #nowhere :No such channel"],
    ["PRIVMSG #logs :hi", "404 alice #logs :Cannot send to channel"],
    ["PRIVMSG nobody :hi", "401 alice nobody :No such nick"],
    ["PRIVMSG", "411 alice :No recipient given (PRIVMSG)"],
    ["PRIVMSG #logs", "412 alice :No text to send"],
    ["PRIVMSG a,b,c,d,e :hi", "407 alice a,b,c,d,e :Too many recipients"],
    ["MODE #logs +m", "482 alice #logs :You are not a channel operator"],
    ["MODE bob +i", "502 alice :Cannot change mode for other users"],
    ["MODE alice +z", "501 alice :Unknown MODE flag"],
    ["CAP FROB", "410 alice FROB :Invalid CAP command"],
    ["PING", "409 alice :No origin specified"],
    ["FROBNICATE now", "421 alice FROBNICATE :Unknown command"],
    ["WHOIS nobody", "401 alice nobody :No such nick"],
  ];
  for (const [sent, answer] of cases) {
    await t.step(sent, async () => {
      await alice.send(sent);
      assert.equal((await alice.fence())[0], `:demo.test ${answer}`);
    });
  }
  await t.step("a NOTICE is never answered", async () => {
    await alice.send("NOTICE #logs :hi");
    await alice.send("NOTICE nobody :hi");
    assert.deepEqual(await alice.fence(), []);
  });
});

Deno.test("before registration only registration is answered", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port);
  await alice.send("JOIN #logs");
  assert.deepEqual(await alice.fence(), [":demo.test 451 * :You have not registered"]);
});

Deno.test("the questions clients ask on their own are answered", async (t) => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await alice.send("JOIN #logs");
  await alice.next(/ 366 /);
  const cases: readonly (readonly [sent: string, answer: RegExp])[] = [
    ["MODE #logs", /^:demo\.test 324 alice #logs \+n\n:demo\.test 329 alice #logs \d{10}$/],
    ["MODE #logs b", /^:demo\.test 368 alice #logs :End of channel ban list$/],
    ["MODE alice +i", /^:alice MODE alice :\+i$/],
    ["MODE alice", /^:demo\.test 221 alice \+i$/],
    [
      "WHO #logs",
      /^:demo\.test 352 alice #logs alice 127\.0\.0\.1 demo\.test alice H :0 alice by hand\n:demo\.test 315 alice #logs :End of \/WHO list$/,
    ],
    [
      "WHOIS alice",
      /^:demo\.test 311 alice alice alice 127\.0\.0\.1 \* :alice by hand\n(.*\n)+.* 318 alice alice :/,
    ],
    ["TOPIC #logs", /^:demo\.test 331 alice #logs :No topic is set$/],
    ["TOPIC #logs :live", /^:alice!alice@127\.0\.0\.1 TOPIC #logs :live$/],
    [
      "TOPIC #logs",
      /^:demo\.test 332 alice #logs :live\n:demo\.test 333 alice #logs alice!alice@127\.0\.0\.1 \d{10}$/,
    ],
    [
      "LIST",
      /^:demo\.test 321 alice Channel :Users {2}Name\n:demo\.test 322 alice #logs 1 :live\n:demo\.test 323 alice :/,
    ],
    ["NAMES #logs", /^:demo\.test 353 alice = #logs :alice\n:demo\.test 366 alice #logs :/],
    ["USERHOST alice", /^:demo\.test 302 alice :alice=\+alice@127\.0\.0\.1$/],
    ["ISON alice nobody", /^:demo\.test 303 alice :alice$/],
    ["AWAY :lunch", /^:demo\.test 306 alice :/],
    [
      "PRIVMSG alice :hi",
      /^:alice!alice@127\.0\.0\.1 PRIVMSG alice :hi\n:demo\.test 301 alice alice :lunch$/,
    ],
    ["AWAY", /^:demo\.test 305 alice :/],
    ["NICK alison", /^:alice!alice@127\.0\.0\.1 NICK :alison$/],
    ["PART #logs :bye", /^:alison!alice@127\.0\.0\.1 PART #logs :bye$/],
    ["PONG x", /^$/],
  ];
  for (const [sent, answer] of cases) {
    await t.step(sent, async () => {
      await alice.send(sent);
      assert.match((await alice.fence()).join("\n"), answer);
    });
  }
});

Deno.test("everybody who shares a channel sees a quit and a lost connection once", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  const bob = await rawClient(ircd.port, "bob");
  const carol = await rawClient(ircd.port, "carol");
  for (const client of [alice, bob, carol]) {
    await client.send("JOIN #a,#b");
    await client.next(/ 366 \S+ #b /);
  }
  await bob.send("QUIT :later");
  await bob.next(/^ERROR :Closing link: bob \(Quit: later\)$/);
  await until("the server to close", () => bob.closed);
  await bob[Symbol.asyncDispose]();
  await carol[Symbol.asyncDispose]();
  await alice.next(/ QUIT :Connection closed$/);
  assert.deepEqual(alice.lines.filter((line) => line.includes(" QUIT ")), [
    ":bob!bob@127.0.0.1 QUIT :Quit: later",
    ":carol!carol@127.0.0.1 QUIT :Connection closed",
  ]);
  await alice.send("NICK bob");
  assert.deepEqual(await alice.fence(), [":alice!alice@127.0.0.1 NICK :bob"]);
});

Deno.test("a client that does not read is dropped, and nobody else notices", async () => {
  await using ircd = server();
  await using alice = await rawClient(ircd.port, "alice");
  await using deaf = await Deno.connect({ hostname: "127.0.0.1", port: ircd.port });
  await deaf.write(new TextEncoder().encode("NICK deaf\r\nUSER deaf 0 * :Deaf\r\nJOIN #logs\r\n"));
  await alice.send("JOIN #logs");
  await until("both in the channel", async () => {
    await alice.send("NAMES #logs");
    return (await alice.fence()).some((line) => / 353 .*deaf/.test(line));
  });
  const text = "x".repeat(400);
  // The kernel's own buffers for a loopback socket hold some megabytes on top of the server's queue.
  for (let sent = 0; !alice.lines.some((line) => /^:deaf!.* QUIT /.test(line)); sent += 100) {
    assert.ok(sent * text.length < 64 * OUTPUT_BYTES, "the deaf client should be gone by now");
    for (let i = 0; i < 100; i++) await alice.send(`PRIVMSG #logs :${text}`);
    await alice.fence();
  }
});

Deno.test("one client too many is turned away", async () => {
  await using ircd = server();
  await using held = new AsyncDisposableStack();
  for (let i = 0; i < CLIENTS; i++) held.use(await rawClient(ircd.port));
  await until("every client to be counted", () => ircd.clients === CLIENTS);
  await using late = await rawClient(ircd.port);
  await late.next(/^ERROR :Closing link: \* \(Too many clients\)$/);
  await until("the server to close", () => late.closed);
});

Deno.test("a client that does not register is sent away after 30 s", async () => {
  const clock = stoppedClock();
  await using ircd = startDemoServer(
    { hostname: "127.0.0.1", port: 0, serverName: "demo.test", clock },
    NEVER,
  );
  await using silent = await rawClient(ircd.port);
  await until("the server to take the client", () => ircd.clients === 1);
  await clock.advance(29_999);
  assert.deepEqual(silent.lines, []);
  await clock.advance(1);
  await silent.next(/^ERROR :Closing link: \* \(Registration timeout\)$/);
});

Deno.test("aborting the signal says good-bye to every client and frees the port", async () => {
  const stop = new AbortController();
  await using ircd = startDemoServer(
    { hostname: "127.0.0.1", port: 0, serverName: "demo.test", clock: systemClock },
    stop.signal,
  );
  await using alice = await rawClient(ircd.port, "alice");
  stop.abort();
  await alice.next(/^ERROR :Closing link: alice \(The demo is over\)$/);
  await until("the server to close", () => alice.closed);
  using again = Deno.listen({ hostname: "127.0.0.1", port: ircd.port });
  assert.equal((again.addr as Deno.NetAddr).port, ircd.port);
});
