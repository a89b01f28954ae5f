import assert from "node:assert/strict";
import type { ConnectionSpec, SaslSpec } from "../../src/config/config.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { type Atheme, startAtheme } from "../support/atheme.ts";
import { type Inspircd, startInspircd } from "../support/inspircd.ts";
import { missing } from "../support/parts.ts";
import { fingerprint } from "../support/tls.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const ignore = missing("inspircd") || missing("atheme-services");

const PASSWORD = "botpassword";
const sasl: SaslSpec = { mechanism: "plain", account: "tail", password: new Secret(PASSWORD) };

/** One server for all of it: services take seconds to start. */
async function withServices(
  body: (
    parts: { readonly server: Inspircd; readonly services: Atheme; readonly founder: Witness },
  ) => Promise<void>,
): Promise<void> {
  await using server = await startInspircd({ tls: true });
  await using services = await startAtheme(server);
  await services.registerAccount("tail", PASSWORD);
  await body({ server, services, founder: services.founder });
}

const state = (tail: TestConnection) => () => [tail.connection.state, tail.log];
const inChannel = (tail: TestConnection) =>
  until("the channel", () => tail.connection.canSpeak("#logs"), { seen: state(tail) });
const readyAs = (tail: TestConnection, nick: string) =>
  until(`the nick ${nick}`, () => {
    const { state } = tail.connection;
    return state.phase === "ready" && state.nick === nick;
  }, { seen: state(tail) });

async function refused(tail: TestConnection, because: RegExp): Promise<void> {
  const found = await until("the refusal", () => {
    const { state } = tail.connection;
    return state.phase === "waiting" ? state : undefined;
  }, { seen: state(tail) });
  assert.match(found.because, because);
  const told = JSON.stringify([found, tail.log]);
  for (const secret of [PASSWORD, "not-the-password"]) assert.equal(told.includes(secret), false);
}

/** Account of a nick, as the server tells others. */
async function accountOf(founder: Witness, nick: string): Promise<string | undefined> {
  const from = founder.all.length;
  await founder.send(`WHOIS ${nick}`);
  await until("WHOIS", () => founder.all.slice(from).some(({ command }) => command === "318"));
  const line = founder.all.slice(from).find(({ command }) => command === "330");
  return line?.raw.split(" ")[4];
}

function overTls(server: Inspircd, changes: Partial<ConnectionSpec>, client = false): ConnectionSpec {
  const { certificates } = server;
  const tls = { caFile: certificates?.caFile ?? "", ...client ? certificates?.client : {} };
  return specFor(0, { servers: [{ host: "localhost", port: server.tlsPort }], tls, ...changes });
}

Deno.test({
  name: "services: SASL PLAIN, EXTERNAL by fingerprint and SCRAM, each right, wrong and not on offer",
  ignore,
  fn: () =>
    withServices(async ({ server, services, founder }) => {
      await founder.send("JOIN #logs");
      {
        await using tail = connect(specFor(server.port, { sasl }), { channels: ["#logs"] });
        await inChannel(tail);
        assert.equal(await accountOf(founder, "tail"), "tail");
        // InspIRCd's BOT=B: WHOIS says that it is one.
        assert.ok(founder.all.some(({ command, raw }) => command === "335" && raw.includes(" tail ")));
      }
      {
        const wrong = { ...sasl, password: new Secret("not-the-password") } as const;
        await using tail = connect(specFor(server.port, { sasl: wrong, nick: "wrong" }), {
          channels: ["#logs"],
        });
        await refused(tail, /^The server refuses the SASL account or password$/);
      }
      {
        const scram = { ...sasl, mechanism: "scram-sha-256" } as const;
        await using tail = connect(specFor(server.port, { sasl: scram, nick: "scram" }), {
          channels: ["#logs"],
        });
        await refused(
          tail,
          /^The server offers no SASL SCRAM-SHA-256; it offers (PLAIN, EXTERNAL|EXTERNAL, PLAIN)$/,
        );
      }
      const external = { mechanism: "external" } as const;
      {
        await using tail = connect(overTls(server, { sasl: external, nick: "cert" }, true), {
          channels: ["#logs"],
        });
        await refused(tail, /^The server knows no account for the client certificate/);
      }
      const print = server.certificates === undefined ? "" : await fingerprint(server.certificates.client);
      await services.addFingerprint("tail", PASSWORD, print);
      {
        await using tail = connect(overTls(server, { sasl: external, nick: "cert" }, true), {
          channels: ["#logs"],
        });
        await inChannel(tail);
        assert.equal(await accountOf(founder, "cert"), "tail");
      }
      {
        // The certificate is not shown where the config has none.
        await using tail = connect(overTls(server, { sasl: external, nick: "bare" }), {
          channels: ["#logs"],
        });
        await refused(tail, /^The server knows no account for the client certificate/);
      }
      await services.stop();
      {
        await using tail = connect(specFor(server.port, { sasl, nick: "alone" }), { channels: ["#logs"] });
        // InspIRCd goes on offering SASL, and never answers.
        await refused(tail, /^The server did not finish the SASL login within 15 s$/);
      }
      for (const nick of ["wrong", "scram", "bare", "alone"]) {
        assert.equal(founder.all.some((line) => line.command === "JOIN" && line.nick === nick), false, nick);
      }
    }),
});

Deno.test({
  name: "services: NickServ identifies before the channel is joined, and says when it does not",
  ignore,
  fn: () =>
    withServices(async ({ server, founder }) => {
      await founder.send("JOIN #logs");
      // Nobody without an account gets in.
      await founder.send("MODE #logs +R");
      {
        await using tail = connect(specFor(server.port, { nickserv: new Secret(PASSWORD) }), {
          channels: ["#logs"],
        });
        await inChannel(tail);
        assert.equal(await accountOf(founder, "tail"), "tail");
        assert.deepEqual(tail.connection.state, { phase: "ready", nick: "tail" });
        assert.deepEqual(tail.log.length, 1);
      }
      await founder.next(({ command, nick }) => command === "QUIT" && nick === "tail");
      await using tail = connect(specFor(server.port, { nickserv: new Secret("not-the-password") }), {
        channels: ["#logs"],
      });
      await readyAs(tail, "tail");
      assert.deepEqual(tail.connection.state, {
        phase: "ready",
        nick: "tail",
        but: "NickServ refuses the login",
      });
      assert.equal(await accountOf(founder, "tail"), undefined);
    }),
});

for (
  const [what, changes] of [
    ["SASL", { sasl }],
    ["the NickServ password", { nickserv: new Secret(PASSWORD) }],
  ] as const
) {
  Deno.test({
    name: `services: the nick is taken back from a ghost with ${what}`,
    ignore,
    fn: () =>
      withServices(async ({ server, founder }) => {
        await founder.send("JOIN #logs");
        await using _ghost = await openWitness(server.port, { nick: "tail", channels: ["#logs"] });
        await using tail = connect(specFor(server.port, changes), { channels: ["#logs"] });
        await readyAs(tail, "tail");
        await inChannel(tail);
        assert.equal(await accountOf(founder, "tail"), "tail");
        await founder.next(({ command, text, nick }) =>
          command === "NICK" && nick === "tail_" && text === "tail"
        );
      }),
  });

  Deno.test({
    name: `services: the nick that services keep is released with ${what}`,
    ignore,
    fn: () =>
      withServices(async ({ server, founder }) => {
        await using ghost = await openWitness(server.port, { nick: "tail", channels: [] });
        await founder.send(`PRIVMSG NickServ :RELEASE tail ${PASSWORD}`);
        await until("the ghost to be renamed", () => ghost.all.some(({ command }) => command === "NICK"), {
          seen: () => [ghost.all.slice(-5), founder.all.slice(-5)],
        });
        // Nobody has it now, and nobody gets it.
        await founder.send("NICK tail");
        await founder.next(({ command, text }) => command === "432" && /reserved/i.test(text));
        await using tail = connect(specFor(server.port, changes), { channels: ["#logs"] });
        await readyAs(tail, "tail");
      }),
  });
}
