import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/diagnostic.ts";
import { configFromEnvironment, ircEnabled } from "../../src/config/environment.ts";
import { Secret } from "../../src/runtime/secret.ts";

const COMPLETE = {
  IRC_ENABLED: "true",
  IRC_SERVER: "irc.libera.chat",
  IRC_CHANNEL: "#logs",
  IRC_NICK: "bot",
  HOME: "/home/irctail",
};

function from(variables: Readonly<Record<string, string>>) {
  const map = new Map(Object.entries(variables));
  return configFromEnvironment((name) => map.get(name));
}

function refusal(variables: Readonly<Record<string, string>>): string[] {
  try {
    from(variables);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.diagnostics.map(({ path, message }) => `${path}: ${message}`);
  }
  throw new Error("The environment was accepted");
}

Deno.test("configFromEnvironment() copies stdin and shows it under one nick", () => {
  const config = from(COMPLETE);
  assert.equal(config?.stateDir, "/home/irctail/.local/state/irctail");
  assert.deepEqual([...config?.sources ?? []], [["stdin", {
    type: "stdin",
    service: "stdin",
    tee: true,
    format: "auto",
    multiline: "auto",
    maxLineBytes: 65_536,
  }]]);
  const connection = config?.connections.get("irc");
  assert.deepEqual(connection?.servers, [{ host: "irc.libera.chat", port: 6697 }]);
  assert.deepEqual(connection?.tls, {});
  assert.equal(connection?.nick, "bot");
  assert.equal(config?.routes[0]?.match.minLevel, "info");
});

Deno.test("configFromEnvironment() makes a route for each channel, so that each sees every line", () => {
  const config = from({ ...COMPLETE, IRC_CHANNEL: "#a, #b #c" });
  assert.deepEqual(
    config?.routes.map((route) => route.action.kind === "send" ? [route.action.channel, route.continue] : []),
    [["#a", true], ["#b", true], ["#c", false]],
  );
});

Deno.test("configFromEnvironment() takes keys in the order of the channels, and every login", () => {
  const config = from({
    ...COMPLETE,
    IRC_CHANNEL: "#a,#b,#c",
    IRC_CHANNEL_KEY: "first-key,,third-key",
    IRC_PASSWORD: "server-password",
    IRC_SASL_ACCOUNT: "acme",
    IRC_SASL_PASSWORD: "sasl-password",
    IRC_NICKSERV_PASSWORD: "nick-password",
  });
  const connection = config?.connections.get("irc");
  assert.deepEqual(
    [...connection?.channels ?? []].map(([name, { key }]) => [name, key?.reveal()]),
    [["#a", "first-key"], ["#c", "third-key"]],
  );
  assert.equal(connection?.password?.reveal(), "server-password");
  assert.deepEqual(connection?.sasl, {
    mechanism: "plain",
    account: "acme",
    password: new Secret("sasl-password"),
  });
  assert.equal(connection?.nickserv?.reveal(), "nick-password");
  assert.deepEqual(config?.secrets.map((secret) => secret.reveal()).sort(), [
    "first-key",
    "nick-password",
    "sasl-password",
    "server-password",
    "third-key",
  ]);
});

Deno.test("configFromEnvironment() reads port and TLS", () => {
  const servers = (variables: Readonly<Record<string, string>>) =>
    from({ ...COMPLETE, ...variables })?.connections.get("irc")?.servers[0]?.port;
  assert.equal(servers({ IRC_TLS: "false" }), 6667);
  assert.equal(servers({ IRC_PORT: "7000" }), 7000);
  assert.equal(servers({ IRC_SERVER: "irc.libera.chat:7001" }), 7001);
});

Deno.test("configFromEnvironment() is nothing without IRC_ENABLED, or with a no", () => {
  assert.equal(from({ ...COMPLETE, IRC_ENABLED: "" }), undefined);
  assert.equal(from({ ...COMPLETE, IRC_ENABLED: "False" }), undefined);
  assert.equal(ircEnabled(() => undefined), undefined);
  assert.equal(ircEnabled(() => "off"), false);
});

Deno.test("configFromEnvironment() names every variable that cannot be used", () => {
  assert.deepEqual(refusal({ IRC_ENABLED: "maybe" }), ["IRC_ENABLED: Must be true or false"]);
  assert.deepEqual(refusal({ IRC_ENABLED: "1" }), [
    "IRC_SERVER: Missing, but required with IRC_ENABLED",
    "IRC_CHANNEL: Missing, but required with IRC_ENABLED",
    "IRC_NICK: Missing, but required with IRC_ENABLED",
  ]);
  assert.deepEqual(
    refusal({
      ...COMPLETE,
      IRC_PORT: "irc",
      IRC_TLS: "perhaps",
      IRC_NICK: "my bot",
      IRC_CHANNEL: "logs",
      IRC_CHANNEL_KEY: "a,b",
      IRC_SASL_ACCOUNT: "acme",
    }).map((line) => line.split(":")[0]).sort(),
    ["IRC_CHANNEL", "IRC_CHANNEL_KEY", "IRC_NICK", "IRC_PORT", "IRC_SASL_PASSWORD", "IRC_TLS"],
  );
  assert.deepEqual(refusal({ ...COMPLETE, IRC_PORT: "70000" }), ["IRC_PORT: Must be at most 65535"]);
});

Deno.test("configFromEnvironment() finds a state directory where there is no home", () => {
  const { HOME: _, ...homeless } = COMPLETE;
  assert.match(from({ ...homeless, TMPDIR: "/var/tmp" })?.stateDir ?? "", /^\/var\/tmp\/irctail-\d+$/);
});
