import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { parseDockerSocket } from "../../src/config/docker_socket.ts";
import { tempDir } from "../support/temp_dir.ts";

Deno.test("parseDockerSocket() knows paths and tcp, and nothing else", () => {
  assert.deepEqual(parseDockerSocket("/run/docker.sock"), { kind: "unix", path: "/run/docker.sock" });
  assert.deepEqual(parseDockerSocket("unix:///run/docker.sock"), { kind: "unix", path: "/run/docker.sock" });
  assert.deepEqual(parseDockerSocket("tcp://proxy"), { kind: "tcp", host: "proxy", port: 2375 });
  assert.deepEqual(parseDockerSocket("tcp://[::1]:99/"), { kind: "tcp", host: "::1", port: 99 });
  for (
    const text of ["docker.sock", "http://proxy", "tcp://", "tcp://a:0", "tcp://a:65536", "tcp://a b", ""]
  ) {
    assert.equal(parseDockerSocket(text), undefined, text);
  }
});

Deno.test("loadConfig() fills in what a docker source leaves out", async () => {
  await using dir = await tempDir();
  const lines = [
    "version: 1",
    "connections: { libera: { host: irc.libera.chat, nick: bot } }",
    "state_dir: /tmp/irctail",
    `sources: { all: { type: docker, exclude: { names: ["irctail*"] } } }`,
    `routes: [{ to: "#logs" }]`,
  ];
  await Deno.writeTextFile(dir.at("irctail.yaml"), lines.join("\n"));
  const { config } = loadConfig(dir.at("irctail.yaml"), { env: () => undefined });
  assert.deepEqual(config.sources.get("all"), {
    type: "docker",
    socket: { kind: "unix", path: "/var/run/docker.sock" },
    include: { names: [], labels: [], images: [] },
    exclude: { names: ["irctail*"], labels: [], images: [] },
    lifecycle: false,
    service: undefined,
    format: "auto",
    multiline: "auto",
    maxLineBytes: 65_536,
  });
});
