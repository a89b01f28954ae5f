import assert from "node:assert/strict";
import { startAtheme } from "../support/atheme.ts";
import { startHybrid } from "../support/hybrid.ts";
import { startInspircd } from "../support/inspircd.ts";
import { startIrc2 } from "../support/irc2.ts";
import type { IrcServer } from "../support/irc_server.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { fingerprint } from "../support/tls.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor } from "./support.ts";

const SERVERS: ReadonlyArray<readonly [string, string, () => Promise<IrcServer>]> = [
  ["ngircd", "ngircd", () => startNgircd()],
  ["InspIRCd without throttling", "inspircd", () => startInspircd()],
  ["InspIRCd as in Debian", "inspircd", () => startInspircd({ limits: "debian" })],
  ["ircd-hybrid", "ircd-hybrid", () => startHybrid()],
  ["ircd-irc2", "ircd-irc2", () => startIrc2()],
];

for (const [name, part, start] of SERVERS) {
  Deno.test({
    name: `servers: three lines are seen on ${name}`,
    ignore: missing(part),
    async fn() {
      await using server = await start();
      await using witness = await openWitness(server.port, { channels: ["#logs"] });
      await using tail = connect(specFor(server.port, { flood: { kind: "auto" } }), { channels: ["#logs"] });
      await until("the bot to join", () => tail.connection.canSpeak("#logs"), {
        seen: () => [tail.connection.state, tail.log],
      });
      const texts = ["one", "two", "three"];
      for (const text of texts) assert.equal(tail.say("#logs", text), true);
      await tail.connection.drained(AbortSignal.timeout(20_000));

      await until("three messages", () => witness.messages("#logs").length === 3);
      assert.deepEqual(witness.messages("#logs"), texts);
      assert.ok(witness.lines("#logs").every(({ nick }) => nick === "tail"));
      assert.deepEqual(tail.connection.state, { phase: "ready", nick: "tail" });
      assert.deepEqual([...tail.outcomes.values()], ["shown", "shown", "shown"]);
    },
  });
}

for (
  const [name, part, start] of [
    ["InspIRCd", "inspircd", () => startInspircd({ tls: true })],
    ["ircd-hybrid", "ircd-hybrid", () => startHybrid({ tls: true })],
  ] as const
) {
  Deno.test({
    name: `servers: a line is seen over TLS on ${name}`,
    ignore: missing(part),
    async fn() {
      await using server = await start();
      await using witness = await openWitness(server.tlsPort, {
        channels: ["#logs"],
        tls: server.certificates?.ca,
      });
      const tls = { caFile: server.certificates?.caFile ?? "" };
      const servers = [{ host: "localhost", port: server.tlsPort }];
      await using tail = connect(specFor(0, { servers, tls }), { channels: ["#logs"] });
      await until("the bot to join", () => tail.connection.canSpeak("#logs"), {
        seen: () => [tail.connection.state, tail.log],
      });
      tail.say("#logs", "over TLS");
      await witness.next(({ nick, text }) => nick === "tail" && text === "over TLS");
    },
  });
}

Deno.test({
  name: "servers: services keep accounts, fingerprints and channels, and lose none when they are restarted",
  ignore: missing("inspircd") || missing("atheme-services"),
  async fn() {
    await using server = await startInspircd({ tls: true });
    await using services = await startAtheme(server);
    await services.registerAccount("tailbot", "botpassword");
    const client = server.certificates?.client ?? assert.fail("no certificates");
    await services.addFingerprint("tailbot", "botpassword", await fingerprint(client));
    await services.registerChannel("#locked", { flags: { tailbot: "+Vi" }, mlock: "+int" });

    await services.stop();
    await services.start();
    const flags = await services.ask("ChanServ", "FLAGS #locked tailbot", /Flags for/);
    assert.match(flags, /tailbot in #locked are \+Vi/);
    const info = await services.ask("ChanServ", "INFO #locked", /Mode lock/);
    assert.match(info, /\+\w*i/);
    await services.founder.next(({ command, raw }) => command === "MODE" && / #locked :?\+\w*i/.test(raw));
  },
});
