import assert from "node:assert/strict";
import type { ConfigError } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Newsroom, problemTexts, refusalText, reloadText } from "../../src/reconcile/news.ts";
import type { Resource } from "../../src/reconcile/status.ts";
import { tempDir } from "../support/temp_dir.ts";

type Phase<Kind extends Resource["kind"]> = Extract<Resource, { kind: Kind }> extends { phase: infer P } ? P
  : never;

function connection(phase: Phase<"connection">, reason: string): Resource {
  const pace = { profile: "public", linesPerSecond: 0.5, burstLines: 4, because: "seed" } as const;
  return { kind: "connection", name: "irc", phase, ready: phase === "ready", reason, pending: 0, pace };
}

function channel(phase: Phase<"channel">, reason: string): Resource {
  return { kind: "channel", name: "irc/#ops", connection: "irc", phase, ready: phase === "joined", reason };
}

function source(phase: Phase<"source">, reason: string, quiet: boolean = false): Resource {
  const counts = { read: 0, routed: 0, unrouted: 0, dropped: 0, perSecond: 0 };
  const ready = phase === "reading" && !quiet;
  return { kind: "source", name: "app", phase, ready, reason, quiet, ...counts };
}

/** What is said of the last resource when these are seen one after the other, beside `others`. */
function said(resources: readonly Resource[], others: readonly Resource[] = []): readonly string[] {
  const room = new Newsroom();
  return resources.flatMap((now) =>
    room.of([{ now, before: undefined }], [now, ...others]).map(({ notice }) =>
      `${notice.back ? "+" : "-"} ${notice.text}`
    )
  );
}

Deno.test("a source that waits, fails or went quiet is news, and so is its return; a start is none", () => {
  assert.deepEqual(said([source("waiting", "starting"), source("reading", "reading")]), []);
  assert.deepEqual(
    said([
      source("waiting", "no file is there yet"),
      source("reading", "reading"),
      source("reading", "quiet for 10m", true),
      source("waiting", "no file is there yet; quiet for 10m"),
      source("failed", "there is no journalctl"),
      source("reading", "reading"),
      source("ended", "ended"),
    ]),
    [
      "- source app is waiting: no file is there yet",
      "+ source app is back",
      "- source app is quiet for 10m",
      "- source app is waiting: no file is there yet; quiet for 10m",
      "- source app has failed: there is no journalctl",
      "+ source app is back",
    ],
  );
});

Deno.test("a lost connection is said once for each reason, not for each try, and back when it is", () => {
  const tries = [connection("waiting", "Connection reset"), connection("connecting", "Connection reset")];
  assert.deepEqual(
    said([
      connection("connecting", "connecting"),
      connection("ready", "as bot"),
      ...tries,
      ...tries,
      connection("waiting", "Connection refused"),
      connection("ready", "as bot"),
    ]),
    [
      "- connection irc is lost: Connection reset",
      "- connection irc is lost: Connection refused",
      "+ connection irc is back",
    ],
  );
});

Deno.test("a channel is news when it is refused, not when its server is away", () => {
  const refused = channel("waiting", "The channel is invite-only (+i)");
  assert.deepEqual(said([refused], [connection("waiting", "Connection reset")]), []);
  assert.deepEqual(
    said([channel("joining", "joining"), refused, channel("joined", "joined")], [
      connection("ready", "as bot"),
    ]),
    ["- channel irc/#ops cannot be spoken in: The channel is invite-only (+i)", "+ channel irc/#ops is back"],
  );
});

Deno.test("what left the config is forgotten: it does not come back", () => {
  const room = new Newsroom();
  const gone = source("failed", "broken");
  room.of([{ now: gone, before: undefined }], [gone]);
  room.of([], []);
  const fresh = source("reading", "reading");
  assert.deepEqual(room.of([{ now: fresh, before: undefined }], [fresh]), []);
});

Deno.test("a reload is said by the kinds of what changed, without their names", () => {
  assert.equal(
    reloadText([
      { kind: "connection", key: "secret-name", verb: "start" },
      { kind: "source", key: "a", verb: "stop" },
      { kind: "source", key: "b", verb: "replace", because: ["paths"] },
      { kind: "routing", key: "", verb: "update", because: ["~route x"] },
    ]),
    "config reloaded: 1 connection, 2 sources, the routing changed",
  );
});

async function refusal(yaml: string): Promise<ConfigError> {
  await using dir = await tempDir();
  const path = dir.at("irctail.yaml");
  await Deno.writeTextFile(path, yaml);
  try {
    loadConfig(path, { env: (name) => name === "HOME" ? "/home/irctail" : undefined });
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error("The config can be used");
}

const CONNECTIONS = "connections: { zebra: { host: irc.example.org, nick: quagga } }";
const SOURCES = 'sources: { okapi: { type: file, paths: ["/var/log/okapi.log"] } }';

Deno.test("a refusal says file, line, column, key and kind, and no word of the file", async () => {
  const mistakes = [
    ['routes: [{ to: "gnu/#logs" }]', "irctail.yaml:4:16: routes[0].to: unknown connection"],
    ['routes: [{ to: "#logs", tapir: 1 }]', "irctail.yaml:4:25: routes[0].…: unknown key"],
    [
      'routes: [{ name: tapir, to: "#a" }, { name: tapir, to: "#b" }]',
      "irctail.yaml:4:45: routes[1].name: two routes have the name",
    ],
    [
      'routes: [{ to: "#logs", redact: tapir }]',
      "irctail.yaml:4:33: routes[0].redact: unknown redaction profile",
    ],
    ['routes: [{ to: "#${TAPIR}" }]', "irctail.yaml:4:18: routes[0].to: the environment variable is not set"],
    [
      'routes: [{ to: "#logs" }]\nredaction: { rules: { tapir: { pattern: "(", replace: x } } }',
      /^irctail\.yaml:5:\d+: redaction\.rules\.…\.pattern: /,
    ],
  ] as const;
  for (const [routes, expected] of mistakes) {
    const error = await refusal(["version: 1", CONNECTIONS, SOURCES, routes, ""].join("\n"));
    const text = refusalText(error);
    assert.match(text, /^config not reloaded: /);
    const rest = text.slice("config not reloaded: ".length);
    if (typeof expected === "string") assert.equal(rest, expected);
    else assert.match(rest, expected);
    assert.doesNotMatch(text, /zebra|quagga|okapi|gnu|tapir|example/i);
  }
});

Deno.test("a refusal counts what else is wrong; the status has all of it", async () => {
  const error = await refusal(
    ["version: 1", CONNECTIONS, SOURCES, 'routes: [{ to: "gnu/#logs", tapir: 1 }]', ""].join("\n"),
  );
  assert.match(refusalText(error), / \(and 1 more\)$/);
  assert.deepEqual(problemTexts(error).map((text) => text.replace(/^.*irctail\.yaml/, "irctail.yaml")), [
    'irctail.yaml:4:16: routes[0].to: Unknown connection "gnu"',
    'irctail.yaml:4:29: routes[0].tapir: Unknown key "tapir"',
  ]);
});

Deno.test("a file that is gone is a refusal without a place", async () => {
  const path = "/nonexistent/irctail.yaml";
  try {
    await Promise.resolve(loadConfig(path, { env: () => undefined }));
    assert.fail("It was loaded");
  } catch (error) {
    assert.equal(
      refusalText(error as ConfigError),
      "config not reloaded: irctail.yaml: cannot read the config: there is no such file",
    );
  }
});
