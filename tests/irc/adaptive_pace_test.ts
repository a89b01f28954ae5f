import assert from "node:assert/strict";
import fc from "fast-check";
import { AdaptivePace, type Trouble } from "../../src/irc/adaptive_pace.ts";
import { seedFor } from "../../src/irc/flood_profile.ts";
import { type PaceMemory, shortMemory } from "../../src/irc/learnt_pace.ts";
import { PaceBucket } from "../../src/irc/pace.ts";
import { FLOOD_PROFILES, type FloodSpec } from "../../src/config/config.ts";

const AUTO: FloodSpec = { kind: "auto" };
const unknown = { version: "", network: "" };
const ngircd = { version: "ngircd-26.1", network: "" };
const solanum = { version: "solanum-1.0-dev", network: "" };

const QUICK = { ms: 100, lines: 1, bytes: 100 };

function pace(flood: FloodSpec, server = unknown, memory: PaceMemory = shortMemory()): AdaptivePace {
  const seed = seedFor(flood, server);
  const adaptive = new AdaptivePace({ seed, memory, wallMs: () => 1_000 });
  adaptive.aim(seed, "irc.test");
  return adaptive;
}

/** The server takes so many lines, quickly, while more wait. */
function succeed(adaptive: AdaptivePace, lines: number, nowMs = 0): void {
  for (let line = 0; line < lines; line++) {
    adaptive.held();
    adaptive.answered(QUICK, { nowMs, isExcused: false });
    adaptive.acknowledged(1);
  }
}

Deno.test("pace: trouble halves the rate, down to a line in eight seconds", () => {
  const adaptive = pace(AUTO);
  const rates = [0, 3_000, 6_000, 9_000].map((nowMs) => {
    adaptive.trouble("throttle notice", nowMs);
    return adaptive.state.linesPerSecond;
  });
  assert.deepEqual(rates, [0.25, 0.13, 0.13, 0.13]);
  assert.equal(adaptive.pace.costMs(512), 8_000);
  assert.deepEqual(adaptive.state.change, { verb: "lowered", because: "throttle notice", atMs: 1_000 });
});

Deno.test("pace: the refusals of one window are one trouble, and so is what comes within a round trip", () => {
  const adaptive = pace(AUTO);
  for (const nowMs of [0, 1, 2, 1_900]) adaptive.trouble("messages refused", nowMs);
  assert.equal(adaptive.state.linesPerSecond, 0.25);
  const slow = pace(AUTO);
  slow.answered({ ms: 5_000, lines: 4, bytes: 400 }, { nowMs: 0, isExcused: false });
  slow.trouble("throttle notice", 100);
  slow.trouble("throttle notice", 4_900);
  assert.equal(slow.state.linesPerSecond, 0.25);
});

Deno.test("pace: success brings a lowered rate back step by step, and then it is the seed again", () => {
  const adaptive = pace(AUTO);
  adaptive.trouble("throttle notice", 0);
  succeed(adaptive, 20);
  assert.equal(adaptive.state.linesPerSecond, 0.3);
  assert.equal(adaptive.state.change?.verb, "raised");
  succeed(adaptive, 80);
  assert.equal(adaptive.state.linesPerSecond, 0.5);
  assert.equal(adaptive.state.change, undefined);
});

Deno.test("pace: trouble in between starts the count of good lines anew", () => {
  const adaptive = pace(AUTO);
  adaptive.trouble("throttle notice", 0);
  succeed(adaptive, 19);
  adaptive.trouble("throttle notice", 10_000);
  succeed(adaptive, 19);
  assert.equal(adaptive.state.linesPerSecond, 0.13);
});

Deno.test("pace: servers that kill or drop are never taken beyond their seed, and configured numbers neither", () => {
  const custom = {
    kind: "custom",
    messagesPerSecond: 2,
    burstMessages: 5,
    bytesPerSecond: undefined,
  } as const;
  const table: readonly (readonly [FloodSpec, typeof unknown])[] = [
    [AUTO, unknown],
    [AUTO, solanum],
    [AUTO, { version: "hybrid-1:8.2", network: "" }],
    [AUTO, { version: "bahamut-2.2", network: "" }],
    [AUTO, { version: "InspIRCd-3", network: "" }],
    ...FLOOD_PROFILES.map((profile) => [{ kind: "profile", profile }, ngircd] as const),
    [custom, ngircd],
  ];
  for (const [flood, server] of table) {
    const adaptive = pace(flood, server);
    const before = adaptive.state;
    succeed(adaptive, 10_000);
    assert.deepEqual(adaptive.state, before, JSON.stringify([flood, server]));
  }
});

Deno.test("pace: a server that only delays is taken up to four times its seed while it answers quickly", () => {
  const adaptive = pace(AUTO, ngircd);
  succeed(adaptive, 20);
  assert.equal(adaptive.state.linesPerSecond, 5.5);
  succeed(adaptive, 10_000);
  assert.equal(adaptive.state.linesPerSecond, 20);
  assert.equal(adaptive.state.burstLines, 5, "but at once it is sent no more than before");
});

Deno.test("pace: beyond the seed nothing is raised by slower answers, or by success without need", () => {
  const slower = pace(AUTO, ngircd);
  for (let line = 0; line < 100; line++) {
    slower.held();
    slower.answered({ ms: 600, lines: 1, bytes: 100 }, { nowMs: 0, isExcused: false });
    slower.acknowledged(1);
  }
  assert.equal(slower.state.linesPerSecond, 5);
  const idle = pace(AUTO, ngircd);
  for (let line = 0; line < 100; line++) {
    idle.answered(QUICK, { nowMs: 0, isExcused: false });
    idle.acknowledged(1);
  }
  assert.equal(idle.state.linesPerSecond, 5);
});

Deno.test("pace: an answer that is later than the pace reckons with is trouble", () => {
  const adaptive = pace(AUTO);
  adaptive.answered({ ms: 9_900, lines: 4, bytes: 400 }, { nowMs: 0, isExcused: false });
  assert.equal(adaptive.state.linesPerSecond, 0.5, "four lines take this server eight seconds");
  adaptive.answered({ ms: 9_000, lines: 0, bytes: 0 }, { nowMs: 10_000, isExcused: true });
  assert.equal(adaptive.state.linesPerSecond, 0.5, "it had something else to do");
  adaptive.answered({ ms: 2_100, lines: 0, bytes: 0 }, { nowMs: 20_000, isExcused: false });
  assert.equal(adaptive.state.linesPerSecond, 0.25);
  assert.equal(adaptive.state.change?.because, "slow answers");
});

Deno.test("pace: nothing slows who is exempt", () => {
  const adaptive = pace({ kind: "profile", profile: "exempt" });
  adaptive.trouble("throttle notice", 0);
  assert.deepEqual(adaptive.state, {
    profile: "exempt",
    linesPerSecond: null,
    burstLines: null,
    change: undefined,
  });
  assert.equal(adaptive.pace.costMs(512), 0);
});

Deno.test("pace: what was learnt of a server is known when it is back, under the same profile only", () => {
  const memory = shortMemory();
  const adaptive = pace(AUTO, solanum, memory);
  adaptive.trouble("throttle notice", 0);
  adaptive.aim(seedFor(AUTO, unknown), "irc.other");
  assert.equal(adaptive.state.linesPerSecond, 0.5);
  adaptive.aim(seedFor(AUTO, solanum), "irc.test");
  assert.equal(adaptive.state.linesPerSecond, 0.95);
  assert.equal(adaptive.state.change?.because, "throttle notice");
  assert.equal(pace(AUTO, ngircd, memory).state.linesPerSecond, 5, "it runs something else now");
});

Deno.test("pace: what was learnt beyond a seed does not outlive a config that names the profile", () => {
  const memory = shortMemory();
  succeed(pace(AUTO, ngircd, memory), 1_000);
  assert.equal(pace(AUTO, ngircd, memory).state.linesPerSecond, 20);
  assert.equal(pace({ kind: "profile", profile: "ngircd" }, ngircd, memory).state.linesPerSecond, 5);
});

Deno.test("pace: a memory of many servers forgets the oldest", () => {
  const memory = shortMemory();
  for (let i = 0; i < 40; i++) {
    memory.remember(`${i}`, {
      profile: "public",
      seedPerSecond: 0.5,
      factor: 0.5,
      change: { verb: "lowered", because: "throttle notice", atMs: 0 },
    });
  }
  assert.equal(memory.recall("23"), undefined);
  assert.equal(memory.recall("24")?.factor, 0.5);
});

const server = fc.constantFrom(unknown, ngircd, solanum, { version: "UnrealIRCd-6", network: "" });
const flood = fc.oneof(
  fc.constant(AUTO),
  fc.constantFrom(...FLOOD_PROFILES).map((profile) => ({ kind: "profile", profile }) as const),
  fc.record({
    kind: fc.constant("custom" as const),
    messagesPerSecond: fc.constantFrom(0.05, 0.5, 2, 10),
    burstMessages: fc.integer({ min: 1, max: 10 }),
    bytesPerSecond: fc.constantFrom(undefined, 100, 1_000),
  }),
);
const event = fc.oneof(
  fc.record({ kind: fc.constant("line" as const), bytes: fc.integer({ min: 20, max: 512 }) }),
  fc.record({ kind: fc.constant("taken" as const), ms: fc.constantFrom(10, 400, 700, 30_000) }),
  fc.record({ kind: fc.constant("trouble" as const) }),
  fc.record({ kind: fc.constant("pause" as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
);

Deno.test("pace: whatever happens, no more leaves than the highest pace allows, and no line waits for ever", () => {
  fc.assert(
    fc.property(flood, server, fc.array(event, { maxLength: 200 }), (flood, server, events) => {
      const seed = seedFor(flood, server);
      const adaptive = pace(flood, server);
      const bucket = new PaceBucket(adaptive.pace, 0);
      let nowMs = 0;
      let leastCostMs = 0;
      for (const event of events) {
        bucket.setPace(adaptive.pace);
        switch (event.kind) {
          case "line": {
            const waitMs = bucket.waitMs(event.bytes, nowMs);
            const slowestMs = Math.max(8_000, seed.pace.costMs(event.bytes));
            const debtMs = seed.pace.burstMs === Infinity ? 0 : seed.pace.burstMs + slowestMs;
            assert.ok(waitMs <= debtMs, `waits ${waitMs} ms`);
            if (waitMs > 0) adaptive.held();
            nowMs += waitMs;
            assert.equal(bucket.waitMs(event.bytes, nowMs), 0);
            bucket.spend(event.bytes, nowMs);
            const costMs = adaptive.pace.costMs(event.bytes);
            assert.ok(costMs >= seed.pace.costMs(event.bytes) / seed.ceiling - 1e-6);
            assert.ok(costMs <= slowestMs);
            // The same lines at the highest pace: their cost never exceeds its burst and the time that has passed.
            leastCostMs += seed.pace.costMs(event.bytes) / seed.ceiling;
            const lineMs = seed.pace.costMs(event.bytes);
            assert.ok(leastCostMs <= nowMs + Math.max(seed.pace.burstMs, lineMs) + 1e-6);
            break;
          }
          case "taken":
            adaptive.answered({ ms: event.ms, lines: 1, bytes: 100 }, { nowMs, isExcused: false });
            adaptive.acknowledged(1);
            break;
          case "trouble":
            adaptive.trouble("throttle notice" satisfies Trouble, nowMs);
            break;
          case "pause":
            nowMs += event.ms;
        }
      }
    }),
    { numRuns: 300 },
  );
});
