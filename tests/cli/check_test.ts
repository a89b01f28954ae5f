import assert from "node:assert/strict";
import { check } from "../../src/cli/check.ts";
import { findConfig } from "../../src/config/find.ts";
import { tempDir } from "../support/temp_dir.ts";

const CONFIG = `version: 1
connections: { libera: { host: irc.libera.chat, nick: bot, password: short } }
sources: { app: { type: file, paths: ["/var/log/app.log"] }, in: { type: stdin } }
routes: [{ to: "#logs" }]
`;

function run(config: string | undefined, variables: Readonly<Record<string, string>> = {}, color = false) {
  const env = new Map(Object.entries({ HOME: "/home/irctail", ...variables }));
  const out: string[] = [];
  const errors: string[] = [];
  const code = check({
    config,
    env: (name) => env.get(name),
    write: (line) => out.push(line),
    writeError: (line) => errors.push(line),
    color,
  });
  return { code, out, errors };
}

Deno.test("check() says what a config holds, and what is odd about it", async () => {
  await using dir = await tempDir();
  const path = dir.at("irctail.yaml");
  await Deno.writeTextFile(path, CONFIG);
  const { code, out, errors } = run(path);
  assert.equal(code, 0);
  assert.deepEqual(out, [`${path}: ok (1 connection, 2 sources, 1 route)`]);
  assert.equal(errors.length, 1);
  assert.match(
    errors[0] ?? "",
    /:2:70: warning: connections\.libera\.password: The secret is shorter than 8/,
  );
});

Deno.test("check() says everything that is wrong, in colour where that is wanted", async () => {
  await using dir = await tempDir();
  const path = dir.at("irctail.yaml");
  await Deno.writeTextFile(path, CONFIG.replace("version: 1\n", "").replace("nick: bot", "nik: bot"));
  const plain = run(path);
  assert.equal(plain.code, 78);
  assert.deepEqual(plain.out, []);
  assert.deepEqual(plain.errors.map((text) => text.split(": ")[2]), [
    "version",
    "connections.libera.nick",
    "connections.libera.nik",
    "connections.libera.password",
  ]);
  const colored = run(path, {}, true);
  // deno-lint-ignore no-control-regex
  assert.deepEqual(colored.errors.map((text) => text.replace(/\x1b\[\d*m/g, "")), plain.errors);
  assert.notDeepEqual(colored.errors, plain.errors);
});

Deno.test("check() refuses a file that is not there", () => {
  const { code, errors } = run("/nonexistent/irctail.yaml");
  assert.equal(code, 78);
  assert.deepEqual(errors, [
    "/nonexistent/irctail.yaml: error: Cannot read the config: there is no such file",
  ]);
});

Deno.test("check() checks the environment where IRC_ENABLED says so", () => {
  const complete = { IRC_ENABLED: "1", IRC_SERVER: "irc.libera.chat", IRC_CHANNEL: "#a,#b", IRC_NICK: "bot" };
  assert.deepEqual(run(undefined, complete), {
    code: 0,
    out: ["environment: ok (1 connection, 1 source, 2 routes)"],
    errors: [],
  });
  assert.deepEqual(run(undefined, { IRC_ENABLED: "no" }).out, [
    "environment: ok (IRC_ENABLED turns IRC off)",
  ]);
  assert.equal(run(undefined, { ...complete, IRC_NICK: "" }).code, 78);
});

Deno.test("findConfig() takes what is named, then the first place where something is", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("second.yaml"), "");
  const places = [dir.at("first.yaml"), dir.at("second.yaml")];
  assert.equal(findConfig("named.yaml", places), "named.yaml");
  assert.equal(findConfig(undefined, places), dir.at("second.yaml"));
  assert.equal(findConfig(undefined, [dir.at("first.yaml"), dir.at("second.yaml/below")]), undefined);
});
