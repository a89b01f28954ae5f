import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";

const MINIMAL = `version: 1
connections: { libera: { host: irc.libera.chat, nick: bot } }
sources: { app: { type: file, paths: ["/var/log/app.log"] } }
routes: [{ to: "#logs" }]
`;

const HOME = { HOME: "/home/irctail" };

function load(dir: TempDir, text: string | Uint8Array, variables: Readonly<Record<string, string>> = HOME) {
  const path = dir.at("irctail.yaml");
  if (typeof text === "string") Deno.writeTextFileSync(path, text);
  else Deno.writeFileSync(path, text);
  const env = new Map(Object.entries(variables));
  return loadConfig(path, { env: (name) => env.get(name) });
}

function refusal(
  dir: TempDir,
  text: string | Uint8Array,
  variables?: Readonly<Record<string, string>>,
): ConfigError {
  try {
    load(dir, text, variables);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error;
  }
  throw new Error("The config was accepted");
}

Deno.test("loadConfig() fills in every default", async () => {
  await using dir = await tempDir();
  const { config, warnings, digest } = load(dir, MINIMAL);
  assert.deepEqual(warnings, []);
  assert.match(digest, /^[0-9a-f]{12}$/);
  assert.equal(config.stateDir, "/home/irctail/.local/state/irctail");
  assert.deepEqual(config.connections.get("libera"), {
    servers: [{ host: "irc.libera.chat", port: 6697 }],
    tls: {},
    nick: "bot",
    altNicks: [],
    realname: "irctail",
    password: undefined,
    sasl: undefined,
    nickserv: undefined,
    flood: { kind: "auto" },
    channels: new Map(),
  });
  assert.deepEqual(config.sources.get("app"), {
    type: "file",
    paths: ["/var/log/app.log"],
    exclude: [],
    service: "app",
    startAt: "end",
    format: "auto",
    multiline: "auto",
    maxLineBytes: 65_536,
  });
  assert.deepEqual(config.routes, [{
    name: "route-1",
    match: { service: [], source: [], minLevel: "info", contains: [], regex: [], fields: new Map() },
    continue: false,
    action: {
      kind: "send",
      connection: "libera",
      channel: "#logs",
      redact: "standard",
      template: "[{level}] {message}",
      budget: { linesPerSecond: 1, burstLines: 20, maxAgeMs: 3000, digestMs: 5000 },
      repeats: "collapse",
      long: "clip",
      delayMs: 0,
    },
  }]);
});

Deno.test("loadConfig() merges the defaults into every route, key by key at every depth", async () => {
  await using dir = await tempDir();
  const { config } = load(
    dir,
    MINIMAL.replace(
      /routes:.*/,
      `defaults: { min_level: warn, budget: { rate: 30/m, burst: 7 }, repeats: show, template: "{message}" }
routes:
  - { to: "#a", budget: { burst: 3, max_age: 500ms }, long: split, match: { source: app } }
  - { to: "#b", match: { min_level: error }, continue: true, template: "x {message}" }
  - { match: { contains: noise, regex: [a, b], fields: { status: [500, "501"], ok: true } }, drop: true }`,
    ),
  );
  const [a, b, noise] = config.routes;
  assert.ok(a?.action.kind === "send" && b?.action.kind === "send");
  assert.deepEqual(a.action.budget, { linesPerSecond: 0.5, burstLines: 3, maxAgeMs: 500, digestMs: 5000 });
  assert.deepEqual([a.action.long, a.action.repeats, a.action.template], ["split", "show", "{message}"]);
  assert.deepEqual([a.match.minLevel, b.match.minLevel, noise?.match.minLevel], ["warn", "error", "trace"]);
  assert.equal(b.action.template, "x {message}");
  assert.deepEqual(noise?.match.contains, ["noise"]);
  assert.deepEqual(noise?.match.regex, ["a", "b"]);
  assert.deepEqual(noise?.match.fields, new Map([["status", ["500", "501"]], ["ok", ["true"]]]));
  assert.deepEqual(noise?.action, { kind: "drop" });
});

Deno.test("loadConfig() starts relative paths at the file's directory", async () => {
  await using dir = await tempDir();
  const { config } = load(
    dir,
    `version: 1
state_dir: state
connections:
  libera: { host: irc.libera.chat, nick: bot, tls: { ca_file: ca.pem, cert_file: a.pem, key_file: /etc/a.key } }
sources: { app: { type: file, paths: ["logs/*.log"], exclude: ["**/*.gz", "logs/old*"] } }
routes: [{ to: "#logs" }]
`,
    {},
  );
  assert.equal(config.stateDir, dir.at("state"));
  assert.deepEqual(config.connections.get("libera")?.tls, {
    caFile: dir.at("ca.pem"),
    certFile: dir.at("a.pem"),
    keyFile: "/etc/a.key",
  });
  const app = config.sources.get("app");
  assert.ok(app?.type === "file");
  assert.deepEqual([app.paths, app.exclude], [[dir.at("logs/*.log")], ["**/*.gz", dir.at("logs/old*")]]);
});

Deno.test("loadConfig() turns references into what is wanted, and empty ones into nothing", async () => {
  await using dir = await tempDir();
  const { config } = load(
    dir,
    `version: 1
connections:
  libera:
    host: irc.libera.chat
    nick: bot
    port: \${PORT}
    tls: "\${TLS:-false}"
    realname: "\${EMPTY}"
    password: "\${EMPTY}"
    sasl: { account: "\${EMPTY}", password: "\${EMPTY}" }
    nickserv: { password: "\${EMPTY}" }
    alt_nicks: ["\${EMPTY}", bot2]
    channels: { "#Ops": { key: "", private: false }, "#In": { private: true, invite: chanserv } }
sources: { app: { type: stdin, tee: "\${TEE}" } }
defaults: { budget: { burst: "\${BURST:-9}", rate: "\${RATE}" } }
routes: [{ to: "#logs" }]
`,
    { ...HOME, PORT: "7000", EMPTY: "", TEE: "true", RATE: "2/s" },
  );
  const connection = config.connections.get("libera");
  assert.deepEqual(connection?.servers, [{ host: "irc.libera.chat", port: 7000 }]);
  assert.deepEqual([connection?.tls, connection?.realname, connection?.altNicks], [undefined, "irctail", [
    "bot2",
  ]]);
  assert.deepEqual(
    [connection?.password, connection?.sasl, connection?.nickserv, config.secrets],
    [undefined, undefined, undefined, []],
  );
  assert.deepEqual(
    connection?.channels,
    new Map([["#ops", { key: undefined }], ["#in", { key: undefined, private: true, invite: "chanserv" }]]),
  );
  const app = config.sources.get("app");
  assert.equal(app?.type === "stdin" && app.tee, true);
  const action = config.routes[0]?.action;
  assert.ok(action?.kind === "send");
  assert.deepEqual([action.budget.burstLines, action.budget.linesPerSecond], [9, 2]);
});

Deno.test("loadConfig() reads IPv6 servers, with and without a port", async () => {
  await using dir = await tempDir();
  for (
    const [written, port] of [['host: "::1"', 6697], ['servers: ["[::1]"]', 6697], [
      'servers: ["[::1]:7000"]',
      7000,
    ]]
  ) {
    const { config } = load(
      dir,
      `version: 1
connections: { a: { ${written}, nick: bot } }
sources: { app: { type: stdin } }
routes: [{ to: "#logs" }]
`,
    );
    assert.deepEqual(config.connections.get("a")?.servers, [{ host: "::1", port }]);
  }
});

Deno.test("loadConfig() keeps secret fields and files as secrets, and prints none", async () => {
  await using dir = await tempDir();
  Deno.writeTextFileSync(dir.at("irc"), "from-a-file\n");
  Deno.writeTextFileSync(dir.at("name"), "named-in-a-file\n");
  const { config } = load(
    dir,
    `version: 1
connections:
  libera:
    host: irc.libera.chat
    nick: bot
    password: 0123456789
    realname: "I am \${file:name}"
    sasl: { account: acme, password: "\${file:irc}" }
    nickserv: { password: "\${NICKSERV}" }
    channels: { "#ops": { key: literal-key } }
sources: { app: { type: stdin } }
routes: [{ to: "#logs" }]
`,
    { ...HOME, NICKSERV: "from-the-environment" },
  );
  const connection = config.connections.get("libera");
  assert.equal(connection?.password?.reveal(), "0123456789");
  assert.deepEqual(connection?.sasl, {
    mechanism: "plain",
    account: "acme",
    password: new Secret("from-a-file"),
  });
  assert.equal(connection?.realname, "I am named-in-a-file");
  const revealed = config.secrets.map((secret) => secret.reveal());
  assert.deepEqual(revealed.toSorted(), [
    "0123456789",
    "from-a-file",
    "from-the-environment",
    "literal-key",
    "named-in-a-file",
  ]);
  const printed = Deno.inspect({ ...connection, realname: "", secrets: config.secrets }, { depth: 10 });
  for (const secret of revealed) assert.equal(printed.includes(secret), false);
});

Deno.test("loadConfig() does not quote a value that came from a file", async () => {
  await using dir = await tempDir();
  Deno.writeTextFileSync(dir.at("short"), "xyz");
  Deno.writeTextFileSync(dir.at("long"), "a-long-secret");
  const { message } = refusal(
    dir,
    MINIMAL.replace(
      /routes:.*/,
      'routes:\n  - { to: "#a", redact: "${file:short}" }\n  - { to: "${file:long}/#b" }',
    ),
  );
  assert.match(message, /Unknown redaction profile "\[secret\]"/);
  assert.match(message, /Unknown connection "\[secret\]"/);
  assert.equal(message.includes("xyz") || message.includes("a-long-secret"), false);
});

Deno.test("loadConfig() refuses a file of 10 MB without reading it", async () => {
  await using dir = await tempDir();
  const { message } = refusal(dir, new Uint8Array(10_000_000).fill(0x7d));
  assert.match(
    message,
    /irctail\.yaml: error: Cannot read the config: it has 10000000 bytes of at most 262144$/,
  );
});

Deno.test("loadConfig() refuses an alias bomb", async () => {
  await using dir = await tempDir();
  const levels = [..."abcdefghij"];
  const bomb = levels.map((name, index) =>
    `${name}: &${name} [${Array(10).fill(index === 0 ? "x" : `*${levels[index - 1]}`).join(", ")}]`
  );
  const startMs = performance.now();
  assert.match(
    refusal(dir, bomb.join("\n")).message,
    /Too many values: with aliases filled in, more than 50000/,
  );
  assert.ok(performance.now() - startMs < 1_000);
  assert.match(refusal(dir, "a: &a [*a]").message, /nests deeper/);
  assert.match(refusal(dir, "[".repeat(100_000)).message, /error: /);
});

Deno.test("loadConfig() refuses what is no text file", async () => {
  await using dir = await tempDir();
  assert.match(refusal(dir, new Uint8Array([0xff, 0xfe, 0])).message, /not UTF-8/);
  assert.throws(() => loadConfig(dir.path, { env: () => undefined }), /it is a directory/);
  assert.throws(() => loadConfig(dir.at("absent.yaml"), { env: () => undefined }), /no such file/);
  assert.match(refusal(dir, MINIMAL, {}).message, /state_dir: Nothing says where to keep state/);
});

Deno.test("loadConfig() throws nothing but a ConfigError, whatever the text", async () => {
  await using dir = await tempDir();
  const piece = fc.constantFrom(
    ...'version: 1|connections:|sources:|routes:|defaults:|redaction:|\n|  |- |: |{|}|[|]|\'|"|#|&a |*a|\t|? |!x |${|}|libera:|host: a|nick: b|type: file|paths: [a]|to: "#a"|password: |budget: |__proto__: |constructor: |~|1|true|channels: '
      .split("|"),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 40 }), (pieces) => {
      try {
        load(dir, pieces.join(""));
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        assert.ok(error.diagnostics.some(({ severity }) => severity === "error"));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("loadConfig() never says a secret, whatever else is wrong", async () => {
  await using dir = await tempDir();
  const secret = "Correct-Horse-7";
  Deno.writeTextFileSync(dir.at("secret"), secret);
  const lines = [
    "version: 1",
    "connections:",
    "  libera:",
    "    host: irc.libera.chat",
    "    nick: bot",
    `    password: ${secret}`,
    `    sasl: { account: acme, password: "${secret}", mechanism: plain }`,
    `    nickserv: { password: '${secret}' }`,
    `    channels: { "#ops": { key: ${secret} }, "#b": { key: "\${file:secret}" } }`,
    `    realname: "\${file:secret}"`,
    'sources: { app: { type: file, paths: ["/var/log/app.log"] } }',
    `buses: { fleet: { type: redis, url: "rediss://user:${secret}@redis" } }`,
    `http: { listen: "127.0.0.1:1", token: ${secret} }`,
    'routes: [{ to: "#logs" }]',
  ];
  const junk = fc.constantFrom("\t", "}", "]", "x", " ", "bad: {", "- ", "unknown: 1", "port: x", '"');
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(lines.length - 1), fc.constantFrom("before", "after", "insert", "drop"), junk),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      (changes) => {
        const changed = [...lines];
        for (const [at, how, text] of changes) {
          const line = changed[at] ?? "";
          if (how === "before") changed[at] = text + line;
          if (how === "after") changed[at] = line + text;
          if (how === "insert") changed[at] = `${line}\n    ${text}`;
          if (how === "drop") changed[at] = "";
        }
        try {
          load(dir, changed.join("\n"));
        } catch (error) {
          assert.ok(error instanceof ConfigError, String(error));
          assert.equal(error.message.includes(secret), false, error.message);
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("loadConfig() reads where news go and how long a source may be quiet", async () => {
  await using dir = await tempDir();
  const path = dir.at("irctail.yaml");
  const load = async (to: string, connections: string) => {
    await Deno.writeTextFile(
      path,
      `version: 1
notices: { to: "${to}" }
connections: { ${connections} }
sources:
  app: { type: stdin, quiet_after: 90s }
  web: { type: file, paths: [/var/log/web.log] }
routes: [{ to: "irc/#logs" }]
`,
    );
    return loadConfig(path, { env: () => "/home/irctail" }).config;
  };
  const irc = "irc: { host: irc.example.org, nick: bot }";
  const { notices, sources } = await load("#ops", irc);
  assert.deepEqual(notices, { connection: "irc", channel: "#ops" });
  assert.equal(sources.get("app")?.quietAfterMs, 90_000);
  assert.equal(sources.get("web")?.quietAfterMs, undefined);
  const two = await load("other/#ops", `${irc}, other: { host: irc.example.net, nick: bot }`);
  assert.deepEqual(two.notices, { connection: "other", channel: "#ops" });
  await assert.rejects(load("#ops", `${irc}, other: { host: irc.example.net, nick: bot }`), /Must say which/);
});
