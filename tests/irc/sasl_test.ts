import assert from "node:assert/strict";
import type { SaslSpec } from "../../src/config/config.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { saslServer, sendChallenge } from "../support/scripted_sasl.ts";
import { type ScriptedIrcd, startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const PASSWORD = "correct horse battery staple";
const MECHANISMS = ["PLAIN", "EXTERNAL", "SCRAM-SHA-256"] as const;
type Mechanism = typeof MECHANISMS[number];

function login(mechanism: Mechanism, password = PASSWORD, account = "acme"): SaslSpec {
  if (mechanism === "EXTERNAL") return { mechanism: "external" };
  const name = mechanism === "PLAIN" ? "plain" : "scram-sha-256";
  return { mechanism: name, account, password: new Secret(password) };
}

const ready = (tail: TestConnection) =>
  until("the login", () => tail.connection.state.phase === "ready", { seen: () => tail.connection.state });

/** The attempt ended, and in the right way: not let in, nothing joined, the password nowhere. */
async function refused(tail: TestConnection, server: ScriptedIrcd, because: RegExp): Promise<void> {
  const state = await until("the refusal", () => {
    const { state } = tail.connection;
    return state.phase === "waiting" ? state : undefined;
  }, { seen: () => tail.connection.state });
  assert.match(state.because, because);
  const told = JSON.stringify([state, tail.log]);
  for (const secret of [PASSWORD, btoa(PASSWORD), "horse"]) assert.equal(told.includes(secret), false);
  const { received = [] } = server.clients[0] ?? {};
  assert.deepEqual(received.filter((line) => /^(JOIN|CAP END)/.test(line)), []);
}

for (const mechanism of MECHANISMS) {
  const caps = [`sasl=${MECHANISMS.join(",")}`];

  Deno.test(`sasl: ${mechanism} logs in, and nothing is joined before`, async () => {
    await using server = startScriptedIrcd({ caps });
    server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD }));
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await until("the channel", () => tail.connection.canSpeak("#logs"), {
      seen: () => [tail.connection.state, server.received],
    });
    const order = server.received.filter((line) => /^(AUTH|CAP END|JOIN)/.test(line))
      .map((line) => line.split(" ")[0]);
    const answers = { "PLAIN": 2, "EXTERNAL": 2, "SCRAM-SHA-256": 4 }[mechanism];
    assert.deepEqual(order, [...Array(answers).fill("AUTHENTICATE"), "CAP", "JOIN"]);
    assert.equal(server.received.includes(`AUTHENTICATE ${mechanism}`), true);
    if (mechanism !== "PLAIN") {
      const told = server.received.flatMap((line) => {
        const [command, text = ""] = line.split(" ");
        return command === "AUTHENTICATE" && /^[\w+/]+=*$/.test(text) && text.length % 4 === 0
          ? [atob(text)]
          : [];
      });
      assert.equal([...server.received, ...told].some((text) => text.includes("horse")), false);
    }
  });

  Deno.test(`sasl: ${mechanism} is not tried where it is not on offer`, async () => {
    const others = MECHANISMS.filter((other) => other !== mechanism);
    await using server = startScriptedIrcd({ caps: [`sasl=${others.join(",")}`] });
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await refused(
      tail,
      server,
      new RegExp(`^The server offers no SASL ${mechanism}; it offers ${others.join(", ")}$`),
    );
    assert.equal(server.received.some((line) => line.startsWith("AUTHENTICATE")), false);
  });

  Deno.test(`sasl: ${mechanism} is not on offer, which an older server says with 908`, async () => {
    await using server = startScriptedIrcd({ caps: ["sasl"] });
    server.on("AUTHENTICATE", (client) => {
      client.send(`:irc.scripted.test 908 ${client.nick} OTHER,ANOTHER :are available SASL mechanisms`);
      client.send(`:irc.scripted.test 904 ${client.nick} :SASL authentication failed`);
    });
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await refused(
      tail,
      server,
      new RegExp(`^The server offers no SASL ${mechanism}; it offers OTHER, ANOTHER$`),
    );
  });

  Deno.test(`sasl: ${mechanism} on a server that never offers SASL`, async () => {
    for (const offered of [[], ["multi-prefix"]]) {
      await using server = startScriptedIrcd({ caps: offered });
      await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
      await refused(tail, server, /^The server offers no SASL$/);
      assert.equal(server.received.some((line) => line.startsWith("AUTHENTICATE")), false);
    }
  });

  Deno.test(`sasl: ${mechanism} on a server that knows no capabilities at all`, async () => {
    await using server = startScriptedIrcd();
    server.on("CAP", (client) => client.send(`:irc.scripted.test 421 * CAP :Unknown command`));
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await refused(tail, server, /^The server let the bot in without the SASL login$/);
  });

  Deno.test(`sasl: ${mechanism} on a server that takes the capability back`, async () => {
    await using server = startScriptedIrcd({ caps });
    server.on("USER", () => {});
    server.on("CAP", (client, [verb, wanted]) => {
      if (verb === "LS") client.send(`:irc.scripted.test CAP * LS :${caps[0]}`);
      else client.send(`:irc.scripted.test CAP * NAK :${wanted}`);
    });
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await refused(tail, server, /^The server offers no SASL$/);
  });

  Deno.test(`sasl: ${mechanism} is given 15 s`, async () => {
    const clock = stoppedClock();
    await using server = startScriptedIrcd({ caps });
    server.on("AUTHENTICATE", () => {});
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), {
      channels: ["#logs"],
      clock,
    });
    await server.next(/^AUTHENTICATE/);
    await clock.advance(14_900);
    assert.equal(tail.connection.state.phase, "registering");
    await clock.advance(200);
    await refused(tail, server, /^The server did not finish the SASL login within 15 s$/);
    assert.deepEqual(server.received.filter((line) => line.startsWith("AUTHENTICATE")), [
      `AUTHENTICATE ${mechanism}`,
    ]);
  });

  for (
    const [numeric, because] of [
      [
        "904",
        mechanism === "EXTERNAL"
          ? /no account for the client certificate/
          : /refuses the SASL account or password/,
      ],
      ["902", /^The account is locked$/],
      ["905", /too long$/],
      ["906", /ended the SASL login before it was over/],
    ] as const
  ) {
    Deno.test(`sasl: ${mechanism} refused with ${numeric} is said in plain words`, async () => {
      await using server = startScriptedIrcd({ caps });
      server.on("AUTHENTICATE", (client, [word]) => {
        client.send(word === mechanism ? "AUTHENTICATE +" : `:irc.scripted.test ${numeric} * :secret horse`);
      });
      await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
      await refused(tail, server, because);
    });
  }

  Deno.test(`sasl: ${mechanism} is no success because the server says so too early`, async () => {
    await using server = startScriptedIrcd({ caps });
    server.on("AUTHENTICATE", (client) => {
      client.send(`:irc.scripted.test 900 ${client.nick} x!u@h acme :You are now logged in`);
      client.send(`:irc.scripted.test 903 ${client.nick} :SASL authentication successful`);
    });
    await using tail = connect(specFor(server.port, { sasl: login(mechanism) }), { channels: ["#logs"] });
    await refused(tail, server, /calls the SASL login a success before it was one/);
  });
}

for (const mechanism of ["PLAIN", "SCRAM-SHA-256"] as const) {
  for (
    const [what, password, account] of [["password", "wrong horse", "acme"], ["account", PASSWORD, "other"]]
  ) {
    Deno.test(`sasl: ${mechanism} with a wrong ${what} never joins`, async () => {
      await using server = startScriptedIrcd({ caps: [`sasl=${mechanism}`] });
      server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD }));
      const sasl = login(mechanism, password, account);
      await using tail = connect(specFor(server.port, { sasl }), { channels: ["#logs"] });
      await refused(tail, server, /^The server refuses the SASL account or password$/);
    });
  }

  for (const length of [292, 293, 294, 295, 600, 900]) {
    Deno.test(`sasl: ${mechanism} in pieces of 400 characters, with a password of ${length}`, async () => {
      // PLAIN's message is eight bytes longer: it ends at the end of a piece, and just behind it.
      const [account, password] = ["a".repeat(3), "p".repeat(length)];
      await using server = startScriptedIrcd({ caps: [`sasl=${mechanism}`] });
      server.on("AUTHENTICATE", saslServer({ account, password, saltBytes: length }));
      await using tail = connect(specFor(server.port, { sasl: login(mechanism, password, account) }));
      await ready(tail);
      const pieces = server.received.filter((line) => line.startsWith("AUTHENTICATE "))
        .map((line) => line.slice("AUTHENTICATE ".length));
      assert.ok(pieces.every((piece) => piece.length <= 400));
      if (mechanism === "PLAIN" && length === 292) assert.deepEqual(pieces.slice(2), ["+"]);
    });
  }
}

for (
  const [signature, because] of [["wrong", /signature is wrong/], ["none", /before it was one/]] as const
) {
  Deno.test(`sasl: SCRAM with a ${signature} signature of the server's ends the login`, async () => {
    await using server = startScriptedIrcd({ caps: ["sasl=SCRAM-SHA-256"] });
    server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD, signature }));
    await using tail = connect(specFor(server.port, { sasl: login("SCRAM-SHA-256") }), {
      channels: ["#logs"],
    });
    await refused(tail, server, because);
  });
}

Deno.test("sasl: the next attempt begins anew, and is let in once the account is right", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=SCRAM-SHA-256"] });
  server.on("AUTHENTICATE", saslServer({ account: "acme", password: "another" }));
  await using tail = connect(specFor(server.port, { sasl: login("SCRAM-SHA-256") }));
  await refused(tail, server, /refuses/);
  server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD }));
  await ready(tail);
  const nonces = server.received.flatMap((line) => {
    const text = line.startsWith("AUTHENTICATE biwsb") ? atob(line.slice("AUTHENTICATE ".length)) : "";
    return /r=(.*)$/.exec(text)?.[1] ?? [];
  });
  assert.equal(new Set(nonces).size, 2);
});

Deno.test("sasl: a server that asks for the password out of turn does not get it", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
  server.on("USER", () => {});
  server.on("CAP", (client, [verb]) => {
    if (verb !== "LS") return;
    client.send("AUTHENTICATE +");
    client.send(`:irc.scripted.test 900 ${client.nick} x!u@h acme :You are now logged in`);
    client.send("PING :after");
  });
  const clock = stoppedClock();
  await using tail = connect(specFor(server.port, { sasl: login("PLAIN") }), { channels: ["#logs"], clock });
  await server.next(/^PONG after/);
  assert.equal(server.received.some((line) => line.startsWith("AUTHENTICATE")), false);
  await clock.advance(30_000);
  await refused(tail, server, /did not finish the registration within 30 s/);
});

Deno.test("sasl: nor does one that asks for it twice, or with a challenge that PLAIN does not have", async () => {
  for (const challenge of ["AUTHENTICATE +", "AUTHENTICATE Y2hhbGxlbmdl"]) {
    await using server = startScriptedIrcd({ caps: ["sasl=PLAIN"] });
    server.on("AUTHENTICATE", (client, [word]) => {
      client.send(word === "PLAIN" && challenge.endsWith("+") ? "AUTHENTICATE +" : challenge);
    });
    await using tail = connect(specFor(server.port, { sasl: login("PLAIN") }));
    await refused(tail, server, /asks for more than SASL PLAIN has to say/);
    const sent = server.received.filter((line) => line.startsWith("AUTHENTICATE"));
    assert.equal(sent.length, challenge.endsWith("+") ? 2 : 1);
  }
});

Deno.test("sasl: a challenge without end, or that is no base64, ends the login", async () => {
  for (const piece of ["A".repeat(400), "*"]) {
    await using server = startScriptedIrcd({ caps: ["sasl=SCRAM-SHA-256"] });
    server.on("AUTHENTICATE", (client, [word]) => {
      if (word === "SCRAM-SHA-256") return client.send("AUTHENTICATE +");
      for (let i = 0; i < 20; i++) client.send(`AUTHENTICATE ${piece}`);
    });
    await using tail = connect(specFor(server.port, { sasl: login("SCRAM-SHA-256") }));
    await refused(tail, server, /cannot be read/);
  }
});

Deno.test("sasl: a server password stays a server password beside every mechanism", async () => {
  for (const mechanism of MECHANISMS) {
    await using server = startScriptedIrcd({ caps: [`sasl=${mechanism}`] });
    server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD }));
    const password = new Secret("open sesame");
    await using tail = connect(specFor(server.port, { sasl: login(mechanism), password }));
    await ready(tail);
    assert.equal(server.received.filter((line) => line === "PASS :open sesame").length, 1);
    const rest = server.received.filter((line) => !line.startsWith("PASS"));
    assert.equal(rest.some((line) => line.includes("sesame") || line.includes("b3BlbiBzZXNhbWU")), false);
  }
});

Deno.test("sasl: a challenge of SCRAM's after the login changes nothing", async () => {
  await using server = startScriptedIrcd({ caps: ["sasl=SCRAM-SHA-256"] });
  server.on("AUTHENTICATE", saslServer({ account: "acme", password: PASSWORD }));
  await using tail = connect(specFor(server.port, { sasl: login("SCRAM-SHA-256") }));
  await ready(tail);
  const before = server.received.length;
  sendChallenge(server.client, "r=x,s=eA==,i=4096");
  server.client.send("AUTHENTICATE +");
  server.client.send(`:irc.scripted.test 904 ${server.client.nick} :SASL authentication failed`);
  server.client.send("PING :after");
  await server.next(/^PONG after/);
  assert.deepEqual(server.received.slice(before), ["PONG after"]);
  assert.equal(tail.connection.state.phase, "ready");
});
