import assert from "node:assert/strict";
import { freePort, startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { makeCertificates } from "../support/tls.ts";
import { until } from "../support/until.ts";
import { connect, specFor } from "./support.ts";

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
