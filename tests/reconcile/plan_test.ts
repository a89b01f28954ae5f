import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConnectionSpec, RouteSpec, SourceSpec, StdinSourceSpec } from "../../src/config/config.ts";
import { describeStep, NOTHING, plan, type State, type Step } from "../../src/reconcile/plan.ts";
import { Secret } from "../../src/runtime/secret.ts";

function connection(changes: Partial<ConnectionSpec> = {}): ConnectionSpec {
  return {
    servers: [{ host: "irc.example.org", port: 6697 }],
    tls: {},
    nick: "bot",
    altNicks: [],
    realname: "irctail",
    password: undefined,
    sasl: undefined,
    nickserv: undefined,
    flood: { kind: "auto" },
    channels: new Map(),
    ...changes,
  };
}

function file(path: string): SourceSpec {
  return {
    type: "file",
    paths: [path],
    exclude: [],
    service: "app",
    startAt: "end",
    format: "auto",
    multiline: "auto",
    maxLineBytes: 65_536,
  };
}

function drop(name: string, contains: readonly string[] = []): RouteSpec {
  const match = {
    service: [],
    source: [],
    minLevel: "trace" as const,
    contains,
    regex: [],
    fields: new Map(),
  };
  return { name, match, continue: false, action: { kind: "drop" } };
}

function state(changes: Partial<State> = {}): State {
  return {
    connections: new Map([["irc", connection()]]),
    sources: new Map([["app", file("/var/log/app.log")]]),
    routing: {
      routes: [drop("noise")],
      redaction: { rules: new Map(), profiles: new Map() },
      secrets: [],
      notices: undefined,
    },
    ...changes,
  };
}

Deno.test("plan() starts everything when nothing runs", () => {
  assert.deepEqual(plan(state(), NOTHING).map(describeStep), [
    "+ connection irc",
    "+ routing",
    "+ source app",
  ]);
});

Deno.test("plan() leaves a connection connected when only its nick, channels or flood profile changed", () => {
  const changed = connection({ nick: "other", flood: { kind: "profile", profile: "exempt" } });
  assert.deepEqual(plan(state({ connections: new Map([["irc", changed]]) }), state()), [
    { kind: "connection", key: "irc", verb: "update", because: ["nick", "flood"] },
  ]);
});

Deno.test("plan() replaces a connection when its server, TLS or login changed, and names the field but no secret", () => {
  const before = state({
    connections: new Map([["irc", connection({ password: new Secret("old password") })]]),
  });
  const after = state({
    connections: new Map([["irc", connection({ password: new Secret("new password") })]]),
  });
  const steps = plan(after, before);
  assert.deepEqual(steps.map(describeStep), ["± connection irc (password)"]);
});

Deno.test("plan() sees a rotated secret, and no change where two secrets hold the same", () => {
  const routing = (secret: string) => ({ ...routingOf(state()), secrets: [new Secret(secret)] });
  assert.deepEqual(plan(state({ routing: routing("same") }), state({ routing: routing("same") })), []);
  assert.deepEqual(
    plan(state({ routing: routing("one") }), state({ routing: routing("two") })).map(describeStep),
    [
      "~ routing (secrets)",
    ],
  );
});

Deno.test("plan() says which routes came, went and changed, and notices a new order", () => {
  const routing = (...routes: readonly RouteSpec[]) => state({ routing: { ...routingOf(state()), routes } });
  assert.deepEqual(
    plan(routing(drop("a", ["x"]), drop("c")), routing(drop("a"), drop("b"))).map(describeStep),
    ["~ routing (~route a, +route c, -route b)"],
  );
  assert.deepEqual(
    plan(routing(drop("a"), drop("b")), routing(drop("b"), drop("a"))).map(describeStep),
    ["~ routing (order of routes)"],
  );
});

function stdin(changes: Partial<StdinSourceSpec> = {}): SourceSpec {
  return {
    type: "stdin",
    tee: true,
    service: "app",
    format: "auto",
    multiline: "auto",
    maxLineBytes: 65_536,
    ...changes,
  };
}

Deno.test("plan() never starts standard input a second time: what it gave is gone", () => {
  const running = state({ sources: new Map([["app", stdin()]]) });
  const changed = state({ sources: new Map([["app", stdin({ format: "json", service: "api" })]]) });
  assert.deepEqual(plan(changed, running), [
    { kind: "source", key: "app", verb: "update", because: ["service", "format"] },
  ]);
  assert.deepEqual(plan(state(), running).map(({ kind, verb }) => [kind, verb]), [["source", "replace"]]);
  assert.deepEqual(plan(running, state()).map(({ kind, verb }) => [kind, verb]), [["source", "replace"]]);
});

Deno.test("plan() stops and starts a file source that changed", () => {
  const changed = state({ sources: new Map([["app", file("/var/log/other.log")]]) });
  assert.deepEqual(plan(changed, state()).map(describeStep), ["± source app (paths)"]);
});

/** Does what the steps say, on plain data. */
function follow(steps: readonly Step[], desired: State, observed: State): State {
  const connections = new Map(observed.connections);
  const sources = new Map(observed.sources);
  let { routing } = observed;
  for (const step of steps) {
    if (step.kind === "routing") {
      routing = desired.routing;
      continue;
    }
    const [into, from] = step.kind === "connection"
      ? [connections as Map<string, unknown>, desired.connections as ReadonlyMap<string, unknown>]
      : [sources as Map<string, unknown>, desired.sources as ReadonlyMap<string, unknown>];
    if (step.verb === "stop") into.delete(step.key);
    else into.set(step.key, from.get(step.key));
  }
  return { connections, sources, routing };
}

const key = fc.constantFrom("a", "b", "c", "d");
const states = fc.record({
  connections: fc.uniqueArray(fc.tuple(key, fc.constantFrom("bot", "log"), fc.constantFrom("one", "two")), {
    selector: ([name]) => name,
  }).map((entries) =>
    new Map(
      entries.map(([name, nick, host]) => [name, connection({ nick, servers: [{ host, port: 6697 }] })]),
    )
  ),
  sources: fc.uniqueArray(fc.tuple(key, fc.constantFrom("/x", "/y")), { selector: ([name]) => name })
    .map((entries) => new Map(entries.map(([name, path]) => [name, file(path)]))),
  routing: fc.uniqueArray(fc.tuple(key, fc.constantFrom("x", "y")), { selector: ([name]) => name })
    .map((entries) => ({ ...routingOf(state()), routes: entries.map(([name, text]) => drop(name, [text])) })),
}, { noNullPrototype: true });

Deno.test("plan() leads from any state to any other, and from a state to itself with no step", () => {
  fc.assert(fc.property(states, states, (desired, observed) => {
    assert.deepEqual(follow(plan(desired, observed), desired, observed), desired);
    assert.deepEqual(plan(desired, structuredCopy(desired)), []);
  }));
});

/** The same values in other objects, as a second reading of the same file makes them. */
function structuredCopy(original: State): State {
  return {
    connections: new Map([...original.connections].map(([name, spec]) => [name, { ...spec }])),
    sources: new Map([...original.sources].map(([name, spec]) => [name, { ...spec }])),
    routing: original.routing === undefined
      ? undefined
      : { ...original.routing, routes: [...original.routing.routes] },
  };
}

function routingOf({ routing }: State): NonNullable<State["routing"]> {
  assert.ok(routing);
  return routing;
}

Deno.test("plan() leaves a source reading when only its quiet_after changed", () => {
  const sources = new Map<string, SourceSpec>([["app", {
    ...file("/var/log/app.log"),
    quietAfterMs: 600_000,
  }]]);
  assert.deepEqual(plan(state({ sources }), state()), [
    { kind: "source", key: "app", verb: "update", because: ["quietAfterMs"] },
  ]);
  const moved = new Map<string, SourceSpec>([["app", { ...file("/var/log/x.log"), quietAfterMs: 600_000 }]]);
  assert.deepEqual(plan(state({ sources: moved }), state()).map(({ verb }) => verb), ["replace"]);
});

Deno.test("plan() takes another channel for notices as a change of the routing", () => {
  const routing = { ...routingOf(state()), notices: { connection: "irc", channel: "#ops" } };
  assert.deepEqual(plan(state({ routing }), state()).map(describeStep), ["~ routing (notices)"]);
});
