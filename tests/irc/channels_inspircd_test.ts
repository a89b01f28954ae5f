import assert from "node:assert/strict";
import type { ChannelSpec } from "../../src/config/config.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { startAtheme } from "../support/atheme.ts";
import { startInspircd } from "../support/inspircd.ts";
import { missing } from "../support/parts.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const noServer = missing("inspircd");
const noServices = noServer || missing("atheme-services");

const spoken = (tail: TestConnection, channel: string) =>
  until(`${channel} to be open`, () => tail.connection.canSpeak(channel), {
    seen: () => [tail.connection.state, ...tail.connection.channels],
  });

const says = (tail: TestConnection, channel: string, words: RegExp) =>
  until(`${words} in the status`, () => words.test(JSON.stringify(tail.connection.channels.get(channel))), {
    seen: () => [tail.connection.state, ...tail.connection.channels],
  });

const asked = (names: readonly string[]): ReadonlyMap<string, ChannelSpec> =>
  new Map(names.map((name) => [name, { key: undefined, invite: "chanserv" }]));

Deno.test({
  name:
    "channels with services: ChanServ lets the bot in where it has access, and its refusal is the reason elsewhere",
  ignore: noServices,
  async fn() {
    await using server = await startInspircd();
    await using services = await startAtheme(server);
    await services.registerAccount("tailbot", "botpassword");
    await services.registerChannel("#logs", { flags: { tailbot: "+Vi" }, mlock: "+int" });
    await services.registerChannel("#locked", { mlock: "+int" });
    await services.founder.send("JOIN #wild");
    await services.founder.send("MODE #wild +i");
    const channels = ["#logs", "#locked", "#wild"];
    const sasl = { mechanism: "plain", account: "tailbot", password: new Secret("botpassword") } as const;
    await using tail = connect(
      specFor(server.port, { nick: "tailbot", sasl, channels: asked(channels) }),
      { channels },
    );
    await spoken(tail, "#logs");
    await says(tail, "#locked", /"The channel is invite-only \(\+i\): ChanServ says: You are not authorized/);
    await says(tail, "#wild", /"The channel is invite-only \(\+i\): ChanServ says: .*not registered"/);
    tail.say("#logs", "let in");
    await services.founder.next(({ text, nick }) => text === "let in" && nick === "tailbot");

    // Somebody gives it the access that it lacked, and invites it by hand.
    await services.founder.send("INVITE tailbot #locked");
    await spoken(tail, "#locked");
  },
});

Deno.test({
  name:
    "channels with services: without the login ChanServ says no, and a login opens what is for accounts only",
  ignore: noServices,
  async fn() {
    await using server = await startInspircd();
    await using services = await startAtheme(server);
    await services.registerAccount("tailbot", "botpassword");
    await services.registerChannel("#logs", { flags: { tailbot: "+Vi" }, mlock: "+int" });
    await services.registerChannel("#members", {});
    await services.founder.send("MODE #members +R");
    await services.registerChannel("#speakers", {});
    await services.founder.send("MODE #speakers +M");
    const channels = ["#logs", "#members", "#speakers"];
    const spec = specFor(server.port, { nick: "nobody", channels: asked(channels) });
    await using tail = connect(spec, { channels });
    await says(tail, "#logs", /ChanServ says: You are not authorized/);
    await says(tail, "#members", /"The channel is for logged-in nicks only: set sasl or nickserv"/);
    await says(
      tail,
      "#speakers",
      /"The channel lets only logged-in nicks speak \(\+M\): set sasl or nickserv"/,
    );
    tail.say("#speakers", "after the login");

    tail.connection.update({ ...spec, nick: "tailbot", nickserv: new Secret("botpassword") });
    await until("the login", () => tail.connection.canSpeak("#members"), {
      seen: () => [tail.connection.state, ...tail.connection.channels],
    });
    await services.founder.next(({ text }) => text === "after the login");
    await spoken(tail, "#logs");
    assert.equal(tail.outcomes.size, 1);
  },
});

Deno.test({
  name: "channels on InspIRCd: a full channel that redirects is refused, and left before a line is said",
  ignore: noServer,
  async fn() {
    await using server = await startInspircd();
    await using witness = await openWitness(server.port, { channels: ["#logs", "#overflow"] });
    await witness.send("MODE #logs +lL 1 #overflow");
    await witness.next(({ command, raw }) => command === "MODE" && raw.includes("#overflow"));
    await using tail = connect(specFor(server.port), { channels: ["#logs"] });
    tail.say("#logs", "for #logs only", { urgency: "error" });
    await says(tail, "#logs", /"The server forwards this channel to #overflow, where nothing is sent"/);
    await witness.next(({ command, nick, target }) =>
      command === "PART" && nick === "tail" && target === "#overflow"
    );
    assert.deepEqual(witness.texts("#overflow"), []);
    assert.equal(tail.outcomes.size, 0);
  },
});

Deno.test({
  name: "channels on InspIRCd: what the modes mean is known, kept up to date and reported",
  ignore: noServer,
  async fn() {
    await using server = await startInspircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    await witness.send("MODE #logs +cmk sesame");
    const channels = new Map([["#logs", { key: new Secret("sesame"), private: true }]]);
    await using tail = connect(specFor(server.port, { channels }), { channels: ["#logs"] });
    await says(tail, "#logs", /is moderated \(\+m\)/);
    const report = tail.connection.report("#logs");
    assert.deepEqual([report?.modes, report?.statuses], ["+ckmnt", ""]);
    assert.deepEqual(report?.mangles, ["+c: lines with colours are refused"]);
    tail.say("#logs", "as half operator");
    await witness.send("MODE #logs +h tail");
    await witness.next(({ text }) => text === "as half operator");
    assert.equal(tail.connection.report("#logs")?.statuses, "h");
    await witness.send("MODE #logs -mk+v sesame tail");
    await says(tail, "#logs", /is to be private, and is open to everybody/);
    await witness.send("MODE #logs +p");
    await spoken(tail, "#logs");
    assert.equal(tail.connection.report("#logs")?.statuses, "hv");
  },
});
