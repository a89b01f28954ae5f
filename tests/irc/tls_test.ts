import assert from "node:assert/strict";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { tempDir } from "../support/temp_dir.ts";
import { makeCertificates } from "../support/tls.ts";
import { until } from "../support/until.ts";
import { connect, specFor, type TestConnection } from "./support.ts";

/** openssl's own TLS server, which asks for a client certificate and refuses a connection without a good one. */
async function startStrictServer(dir: string): Promise<
  AsyncDisposable & {
    readonly port: number;
    readonly output: () => string;
    readonly certificates: Awaited<ReturnType<typeof makeCertificates>>;
  }
> {
  const certificates = await makeCertificates(dir);
  const { server, caFile } = certificates;
  const port = freePort();
  const child = new Deno.Command("openssl", {
    args: [
      ...["s_server", "-accept", `127.0.0.1:${port}`, "-cert", server.certFile, "-key", server.keyFile],
      ...["-CAfile", caFile, "-Verify", "1", "-verify_return_error"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) output += text;
  }));
  await until("openssl to listen", () => output.includes("ACCEPT"), { seen: () => output });
  return {
    port,
    certificates,
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reading;
      await child.stdin.close().catch(() => {}); // it is gone
    },
  };
}

const ignoreOpenssl = missing("openssl");

Deno.test({
  name: "tls: the client certificate reaches a server that asks for one",
  ignore: ignoreOpenssl,
  async fn() {
    await using dir = await tempDir();
    await using server = await startStrictServer(dir.path);
    const { caFile, client } = server.certificates;
    const servers = [{ host: "localhost", port: server.port }];
    await using _tail = connect(specFor(0, { servers, tls: { caFile, ...client } }));
    await until("the first lines", () => /^NICK tail/m.test(server.output()), { seen: server.output });
    assert.match(server.output(), /subject=CN ?= ?client\n/);
  },
});

Deno.test({
  name: "tls: without a client certificate such a server is named as the one that refuses",
  ignore: ignoreOpenssl,
  async fn() {
    await using dir = await tempDir();
    await using server = await startStrictServer(dir.path);
    const servers = [{ host: "localhost", port: server.port }];
    await using tail = connect(specFor(0, { servers, tls: { caFile: server.certificates.caFile } }));
    const { because } = await until("the refusal", () => {
      const { state } = tail.connection;
      return state.phase === "waiting" ? state : undefined;
    }, { seen: () => [tail.connection.state, server.output()] });
    assert.doesNotMatch(server.output(), /^NICK tail/m);
    assert.match(because, /refused the TLS|closed the connection/);
  },
});

Deno.test({
  name: "tls: a certificate file that cannot be read is named",
  async fn() {
    const servers = [{ host: "127.0.0.1", port: freePort() }];
    const tls = { certFile: "/nonexistent/client.pem", keyFile: "/nonexistent/client.key" };
    await using tail = connect(specFor(0, { servers, tls }));
    const { because } = await until("the refusal", () => {
      const { state } = tail.connection;
      return state.phase === "waiting" ? state : undefined;
    });
    assert.match(because, /^Cannot read the TLS file \/nonexistent\/client\.pem/);
  },
});

Deno.test({
  name: "tls: server_name is what the certificate has to be for",
  ignore: missing("ngircd"),
  async fn() {
    await using server = await startNgircd({ tls: "wrong-host" });
    const caFile = server.certificates?.caFile ?? "";
    const servers = [{ host: "127.0.0.1", port: server.tlsPort }];
    await using tail = connect(specFor(0, { servers, tls: { caFile, serverName: "elsewhere.test" } }));
    await until("the login", () => tail.connection.state.phase === "ready", {
      seen: () => tail.connection.state,
    });
  },
});

/** Why a connection waits, which it does for good reason: nothing was sent, and it tries again. */
async function refusal(tail: TestConnection): Promise<string> {
  const { because } = await until("the refusal", () => {
    const { state } = tail.connection;
    return state.phase === "waiting" ? state : undefined;
  }, { seen: () => tail.connection.state });
  assert.equal(tail.connection.canSpeak("#logs"), false);
  return because;
}

for (
  const [certificate, trust, because] of [
    ["expired", "authority", "its certificate has expired"],
    ["wrong-host", "authority", "its certificate is for another host name"],
    ["right-host", "other", "its certificate is signed by an unknown authority; tls.ca_file can name it"],
    ["right-host", "public", "its certificate is signed by an unknown authority; tls.ca_file can name it"],
    [
      "self-signed",
      "authority",
      "its certificate is signed by an unknown authority; tls.ca_file can name it",
    ],
    [
      "self-signed-authority",
      "authority",
      "its certificate is self-signed and an authority's at once; make one with basicConstraints CA:FALSE",
    ],
    [
      "self-signed-authority",
      "itself",
      "its certificate is self-signed and an authority's at once; make one with basicConstraints CA:FALSE",
    ],
  ] as const
) {
  Deno.test({
    name: `tls: a certificate that is ${certificate}, with trust in ${trust}, is refused in plain words`,
    ignore: missing("ngircd") || ignoreOpenssl,
    async fn() {
      await using server = await startNgircd({ tls: certificate });
      const { caFile = "", otherCaFile = "", selfSignedAuthority } = server.certificates ?? {};
      const tls = {
        authority: { caFile },
        other: { caFile: otherCaFile },
        public: {},
        itself: { caFile: selfSignedAuthority?.certFile ?? "" },
      }[trust];
      const servers = [{ host: "localhost", port: server.tlsPort }];
      await using tail = connect(specFor(0, { servers, tls }), { channels: ["#logs"] });
      assert.equal(await refusal(tail), `Cannot connect to localhost:${server.tlsPort}: ${because}`);
    },
  });
}

Deno.test({
  name: "tls: a self-signed certificate that is nobody's authority can be trusted by name",
  ignore: missing("ngircd") || ignoreOpenssl,
  async fn() {
    await using server = await startNgircd({ tls: "self-signed" });
    const caFile = server.certificates?.selfSigned.certFile ?? "";
    const servers = [{ host: "localhost", port: server.tlsPort }];
    await using tail = connect(specFor(0, { servers, tls: { caFile } }), { channels: ["#logs"] });
    await until("the channel", () => tail.connection.canSpeak("#logs"), {
      seen: () => tail.connection.state,
    });
  },
});

Deno.test({
  name: "tls: a port without TLS is named as one, and nothing but a handshake reaches it",
  async fn() {
    const plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const talking = (async () => {
      using conn = await plain.accept();
      await conn.write(new TextEncoder().encode(":irc.test NOTICE * :*** Looking up your hostname\r\n"));
      await conn.read(new Uint8Array(1_024));
    })();
    const servers = [{ host: "127.0.0.1", port: plain.addr.port }];
    await using tail = connect(specFor(0, { servers, tls: {} }), { channels: ["#logs"] });
    assert.match(await refusal(tail), /it does not speak TLS on this port$/);
    plain.close();
    await talking;
  },
});

Deno.test({
  name: "tls: a server that never answers the handshake is given 20 s",
  async fn() {
    const clock = stoppedClock();
    const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = silent.accept();
    const servers = [{ host: "127.0.0.1", port: silent.addr.port }];
    await using tail = connect(specFor(0, { servers, tls: {} }), { clock });
    using _conn = await accepted;
    await clock.advance(19_900);
    assert.equal(tail.connection.state.phase, "connecting");
    await clock.advance(200);
    assert.match(await refusal(tail), /no answer within 20 s$/);
    silent.close();
  },
});

Deno.test({
  name: "tls: IPv6 addresses are connected to with and without it, and servers are tried in turn",
  ignore: missing("ngircd") || ignoreOpenssl,
  async fn() {
    await using server = await startNgircd({ tls: "right-host", ipv6: true });
    const caFile = server.certificates?.caFile ?? "";
    {
      const servers = [{ host: "::1", port: server.port }];
      await using tail = connect(specFor(0, { servers }), { channels: ["#logs"] });
      await until("the channel", () => tail.connection.canSpeak("#logs"), {
        seen: () => tail.connection.state,
      });
    }
    const dead = freePort();
    const servers = [
      { host: "::1", port: dead },
      { host: "localhost", port: dead },
      { host: "::1", port: server.tlsPort },
    ];
    const spec = specFor(0, { servers, tls: { caFile }, nick: "second" });
    await using tail = connect(spec, { channels: ["#logs"] });
    await until("the channel", () => tail.connection.canSpeak("#logs"), {
      seen: () => tail.connection.state,
    });
    assert.match(tail.log[0] ?? "", new RegExp(`"server":"\\[::1\\]:${dead}".*refuses connections`));
    assert.match(tail.log[1] ?? "", new RegExp(`"server":"localhost:${dead}".*refuses connections`));
  },
});
