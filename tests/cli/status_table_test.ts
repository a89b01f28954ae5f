import assert from "node:assert/strict";
import { named, statusTable } from "../../src/cli/status_table.ts";
import { encodeStatus, type Status } from "../../src/reconcile/status.ts";
import { compileScrubber } from "../../src/redact/redactor.ts";
import { Secret } from "../../src/runtime/secret.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** One of everything, ready and not. */
const STATUS: Status = {
  nowMs: NOW,
  startedMs: NOW - 7_200_000,
  config: { digest: "3f2a77c0de01", ready: true, reason: "applied", problems: [], sinceMs: NOW - 7_200_000 },
  resources: [
    {
      kind: "connection",
      name: "libera",
      phase: "ready",
      ready: true,
      reason: "as facilitator-prod",
      pending: 3,
      pace: {
        profile: "public",
        linesPerSecond: 0.25,
        burstLines: 2,
        because: "lowered 20s ago: throttle notice",
      },
      sinceMs: NOW - 7_100_000,
    },
    {
      kind: "connection",
      name: "dalnet",
      phase: "waiting",
      ready: false,
      reason: "The server closed the connection: Closing Link: 192.0.2.1 (Throttled: reconnecting too fast)",
      pending: 0,
      pace: { profile: "dalnet", linesPerSecond: 0.33, burstLines: 3, because: "seed" },
      sinceMs: NOW - 61_000,
    },
    {
      kind: "channel",
      name: "libera/#ops",
      connection: "libera",
      phase: "joined",
      ready: true,
      reason: "joined",
      sinceMs: NOW - 7_100_000,
    },
    {
      kind: "source",
      name: "facilitator",
      phase: "reading",
      quiet: true,
      ready: false,
      reason: "quiet for 10m",
      read: 412,
      routed: 400,
      unrouted: 10,
      dropped: 2,
      perSecond: 0,
      idleMs: 720_000,
      sinceMs: NOW - 120_000,
    },
    {
      kind: "source",
      name: "app",
      phase: "waiting",
      quiet: false,
      ready: false,
      reason: "no file is there yet",
      read: 0,
      routed: 0,
      unrouted: 0,
      dropped: 0,
      perSecond: 0,
      sinceMs: NOW,
    },
    {
      kind: "route",
      name: "errors:libera/#ops",
      ready: true,
      reason: "sending",
      matched: 12,
      shown: 8,
      summarised: 2,
      withheld: 1,
      continuationsCut: 0,
      pending: 1,
      sinceMs: NOW - 200_000_000,
    },
  ],
};

const GOLDEN = new URL("./testdata/status.txt", import.meta.url);

Deno.test("the table is what testdata/status.txt shows (IRCTAIL_UPDATE=1 writes it anew)", () => {
  const text = statusTable(STATUS).join("\n") + "\n";
  if (Deno.env.get("IRCTAIL_UPDATE") === "1") Deno.writeTextFileSync(GOLDEN, text);
  assert.equal(text, Deno.readTextFileSync(GOLDEN));
});

Deno.test("a refused config is not ready, and below the table it says why", () => {
  const problems = ['irctail.yaml:14:9: routes[2].to: Unknown connection "gnu"'];
  const config = { ...STATUS.config, ready: false, reason: "the newest config is refused", problems };
  assert.deepEqual(statusTable({ ...STATUS, resources: [], config }), [
    "NAME                  READY   REASON                         AGE   COUNTS",
    "config/3f2a77c0de01   no      the newest config is refused   2h",
    "",
    "The newest config is refused:",
    `  ${problems[0]}`,
  ]);
});

Deno.test("a name means a kind and a name, a name of any kind, or all channels of a route", () => {
  const of = (name: string) => named(STATUS, name)?.resources.map((resource) => resource.name);
  assert.deepEqual(of("source/app"), ["app"]);
  assert.deepEqual(of("app"), ["app"]);
  assert.deepEqual(of("libera/#ops"), ["libera/#ops"]);
  assert.deepEqual(of("errors"), ["errors:libera/#ops"]);
  assert.deepEqual(of("route/errors:libera/#ops"), ["errors:libera/#ops"]);
  assert.equal(of("connection/app"), undefined);
});

Deno.test("encodeStatus() lets no secret out, wherever in the status it stands", () => {
  const secret = "correct horse battery";
  const scrub = compileScrubber([new Secret(secret)]);
  const marked = JSON.parse(
    JSON.stringify(
      STATUS,
      (key, value: unknown) =>
        typeof value === "string" && !["kind", "phase", "profile"].includes(key) ? `x ${secret} y` : value,
    ),
  ) as Status;
  const text = encodeStatus({ ...marked, config: { ...marked.config, problems: [secret] } }, scrub);
  assert.doesNotMatch(text, /horse/);
  assert.deepEqual(JSON.parse(encodeStatus(STATUS, scrub)), STATUS, "and changes nothing else");
});

Deno.test("statusTable() says at the top that everything is muted, and since when", () => {
  const muted = statusTable({ ...STATUS, mutedSinceMs: NOW - 90_000 });
  assert.match(muted[2] ?? "", /^irctail +no +muted by a panic: irctail resume ends it +90s$/);
  assert.equal(muted.length, statusTable(STATUS).length + 1);
});
