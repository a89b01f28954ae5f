import assert from "node:assert/strict";
import { readSts, StsPolicies } from "../../src/irc/sts.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { saslServer } from "../support/scripted_sasl.ts";
import { startScriptedIrcd } from "../support/scripted_ircd.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

const waiting = (tail: TestConnection, because: RegExp) =>
  until(`the connection to wait: ${because}`, () => {
    const { state } = tail.connection;
    return state.phase === "waiting" && because.test(state.because) ? state : undefined;
  }, { seen: () => tail.connection.state });

Deno.test("readSts() reads what can be read, and nothing else", () => {
  assert.deepEqual(readSts("port=6697,duration=2592000"), { port: 6697, durationMs: 2_592_000_000 });
  assert.deepEqual(readSts("duration=0,preload,port=7000"), { port: 7000, durationMs: 0 });
  const nothing = { port: undefined, durationMs: undefined };
  for (const value of ["", "port", "port=", "port=0", "port=65536", "port=-1,duration=1.5", "xport=1,"]) {
    assert.deepEqual(readSts(value), nothing, value);
  }
  assert.ok((readSts("duration=999999999999999").durationMs ?? NaN) < Number.MAX_SAFE_INTEGER);
});

Deno.test("StsPolicies: a demand without TLS holds until TLS says for how long", () => {
  const policies = new StsPolicies();
  const plain = { host: "irc.Example.org", port: 6667 };
  const first = policies.visit(plain, undefined, 0);
  assert.deepEqual(first.destination, { ...plain, tls: undefined });
  assert.equal(first.hear("duration=300", 0), undefined);
  assert.match(first.hear("port=6697,duration=1", 0) ?? "", /^The server wants TLS on port 6697 \(STS\)/);

  const far = 10 * 366 * 24 * 3_600_000;
  assert.deepEqual(policies.visit({ host: "irc.example.ORG", port: 6667 }, undefined, far).destination, {
    host: "irc.example.ORG",
    port: 6697,
    tls: {},
  });
  const other = { host: "irc.example.net", port: 6667 };
  assert.equal(policies.visit(other, undefined, 0).destination.tls, undefined);

  const secured = policies.visit(plain, undefined, far);
  // Over TLS the port is the one we are on, and the duration counts.
  assert.equal(secured.hear("port=1,duration=60", far), undefined);
  assert.equal(policies.visit(plain, undefined, far + 59_999).destination.port, 6697);
  assert.equal(policies.visit(plain, undefined, far + 60_000).destination.tls, undefined);
  // It counts from the end of the connection.
  secured.leave(far + 1_000_000);
  assert.equal(policies.visit(plain, undefined, far + 1_059_999).destination.port, 6697);

  const ending = policies.visit(plain, undefined, far + 1_000_001);
  assert.equal(ending.hear("duration=0", far + 1_000_001), undefined);
  ending.leave(far + 1_000_001);
  assert.equal(policies.visit(plain, undefined, far + 1_000_002).destination.tls, undefined);
});

Deno.test("StsPolicies: with TLS in the config nothing changes, and what is said there is remembered", () => {
  const policies = new StsPolicies();
  const server = { host: "irc.example.org", port: 7000 };
  const tls = { caFile: "ca.pem" };
  const visit = policies.visit(server, tls, 0);
  assert.deepEqual(visit.destination, { ...server, tls });
  assert.equal(visit.hear("port=6697,duration=60", 0), undefined);
  visit.leave(0);
  assert.deepEqual(policies.visit(server, tls, 1).destination, { ...server, tls });
  assert.deepEqual(policies.visit({ ...server, port: 6667 }, undefined, 1).destination, {
    ...server,
    tls: {},
  });
});

Deno.test("sts: a server without TLS that wants it is left before anything is negotiated, and not come back to", async () => {
  const clock = stoppedClock();
  const tlsPort = freePort();
  await using server = startScriptedIrcd({ caps: ["sasl=PLAIN", `sts=port=${tlsPort},duration=300`] });
  server.on("AUTHENTICATE", saslServer({ account: "acme", password: "hunter2hunter2" }));
  const sasl = { mechanism: "plain", account: "acme", password: new Secret("hunter2hunter2") } as const;
  await using tail = connect(specFor(server.port, { sasl }), { channels: ["#logs"], clock });
  // Nobody listens there: better no connection than one without TLS.
  await waiting(tail, new RegExp(`Cannot connect to 127.0.0.1:${tlsPort}: it refuses connections`));
  assert.match(tail.log[0] ?? "", new RegExp(`wants TLS on port ${tlsPort} \\(STS\\)`));
  for (let attempt = 0; attempt < 5; attempt++) {
    const attempts = tail.log.length;
    await until("the next attempt", async () => {
      await clock.advance(60_000);
      return tail.log.length > attempts;
    });
  }
  assert.equal(server.clients.length, 1);
  assert.deepEqual(
    server.received.filter((line) => !/^(CAP LS|NICK|USER)/.test(line)),
    [],
  );
});

Deno.test("sts: a value that cannot be read changes nothing", async () => {
  await using server = startScriptedIrcd({ caps: ["sts=port=x", "echo-message"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  assert.equal(server.received.some((line) => /REQ.*sts/.test(line)), false);
});

Deno.test("sts: a server may begin to want it while we are on", async () => {
  const tlsPort = freePort();
  await using server = startScriptedIrcd({ caps: ["cap-notify"] });
  await using tail = connect(specFor(server.port), { channels: ["#logs"] });
  await until("the channel", () => tail.connection.canSpeak("#logs"));
  server.client.send(`:irc.scripted.test CAP tail NEW :sts=port=${tlsPort},duration=300`);
  await waiting(tail, new RegExp(`127.0.0.1:${tlsPort}`));
  assert.equal(server.clients.length, 1);
});

Deno.test({
  name: "sts: the same agent is on the TLS port at once, and stays there when that one goes down",
  ignore: missing("ngircd") || missing("openssl"),
  async fn() {
    await using dir = await tempDir();
    await using secured = await startNgircd({ tls: "right-host" });
    const { ca = "", caFile = "" } = secured.certificates ?? {};
    await using server = startScriptedIrcd({ caps: [`sts=port=${secured.tlsPort},duration=300`] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: ["app: { type: stdin }"],
    });
    await using witness = await openWitness(secured.tlsPort, { channels: ["#logs"], tls: ca });
    // The only way to trust a test's authority where the config has no TLS to name it in.
    const env = { DENO_CERT: caFile };
    await using agent = startAgent(["run", "-c", config], { stdin: "piped", env });
    const writer = agent.stdin?.getWriter();
    await agent.logged("Connected");
    assert.match(agent.log.join("\n"), /wants TLS on port/);
    await writer?.write(new TextEncoder().encode("over TLS\n"));
    await witness.next(({ text }) => text.includes("over TLS"));
    await secured.stop("SIGKILL");
    await until(
      "three attempts in vain",
      () => agent.log.filter((line) => line.includes("refuses connections")).length >= 3,
    );
    assert.equal(server.clients.length, 1);
    assert.equal(await agent.stop(), 0);
    await writer?.close().catch(() => {}); // it is gone
  },
});
