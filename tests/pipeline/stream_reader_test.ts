import assert from "node:assert/strict";
import fc from "fast-check";
import { stripAnsi } from "../../src/event/ansi.ts";
import { DEFAULT_LEVEL_INDEX, type Level, levelIndex, LEVELS } from "../../src/event/level.ts";
import { scanLevel } from "../../src/event/level_scan.ts";
import { laneKey } from "../../src/pipeline/lane_key.ts";
import {
  batchOf,
  offsetOf,
  programOf,
  type RouteChanges,
  STDIN,
  streamOf,
  type TestPipeline,
  testPipeline,
  UNLIMITED,
} from "./support.ts";

const open = (...routes: readonly RouteChanges[]): TestPipeline =>
  testPipeline(programOf(routes.map((route) => ({ ...route, send: { budget: UNLIMITED, ...route.send } }))));

/** Where a checkpoint would resume. */
function positionOf(test: TestPipeline): number | undefined {
  const left = test.left();
  return left === undefined ? undefined : offsetOf(left.position);
}

const KEY = [
  "-----BEGIN RSA PRIVATE KEY-----",
  "MIIEowIBAAKCAQEAxvPbqzX0Yd1c9fKZ0Qb2m8uJ0t7kq5n3rWc1yVhLxGzPqTqA",
  "b2m8uJ0t7kq5n3rWc1yVhLxGzPqTqAMIIEowIBAAKCAQEAxvPbqzX0Yd1c9fKZ0Q",
  "-----END RSA PRIVATE KEY-----",
];
const BODY = /MIIEow|b2m8uJ0/;

Deno.test("blank lines are no records, and CR LF ends a line like LF", () => {
  const { feed, connection, intake } = open({});
  feed("one\r\n\r\n   \t \n\ntwo\nthree\r\n");
  assert.deepEqual(connection.waiting, ["[INFO] one", "[INFO] two", "[INFO] three"]);
  assert.deepEqual(intake.account, { read: 3, unrouted: 0, dropped: 0, routed: 3 });
});

Deno.test("a last line without its newline is a record all the same", () => {
  const { feed, connection } = open({});
  feed("one\ntwo");
  assert.deepEqual(connection.waiting, ["[INFO] one", "[INFO] two"]);
});

Deno.test("continuation lines in the same batch are joined to their record", () => {
  const { feed, connection, intake } = open({});
  feed("ERROR failed\r\n    at a\r\n\r\n    at b\r\nINFO next\r\n");
  assert.deepEqual(connection.waiting.map((text) => text.replace(/\s*⏎\s*/g, "|")), [
    "[ERROR] ERROR failed|at a|at b",
    "[INFO] INFO next",
  ]);
  assert.equal(intake.account.read, 2);
});

Deno.test("continuation lines within 200 ms in later batches are one message and no record", async () => {
  const { feed, connection, intake, lane, clock, pipeline } = open({});
  feed("ERROR failed\n");
  await clock.advance(100);
  feed("    at a\n");
  await clock.advance(99);
  feed("    at b\n");
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed"]);
  assert.equal(pipeline.nextDueMs(), 200);
  await clock.advance(1);
  pipeline.tick();
  pipeline.tick();
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed", "⏎ at a ⏎ at b"]);
  assert.equal(intake.account.read, 1);
  assert.equal(lane("all").account.matched, 1);
  connection.settle("shown");
  assert.deepEqual([lane("all").account.shown, lane("all").pending], [1, 0]);
});

Deno.test("the next record does not wait for late lines, and comes behind them", () => {
  const { feed, connection } = open({});
  feed("ERROR failed\n");
  feed("    at a\nINFO next\n");
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed", "⏎ at a", "[INFO] INFO next"]);
});

Deno.test("what looks like a continuation after 200 ms is a record", async () => {
  const { feed, connection, intake, clock } = open({});
  feed("ERROR failed\n");
  await clock.advance(201);
  feed("    at a\n");
  assert.deepEqual(connection.waiting, ["[ERROR] ERROR failed", "[INFO]     at a"]);
  assert.equal(intake.account.read, 2);
});

Deno.test("late lines are named in the checkpoint until they are settled, sent or not", async () => {
  const test = open({});
  const { feed, connection, clock, pipeline } = test;
  feed("ERROR failed\n");
  connection.settle("shown");
  assert.deepEqual([positionOf(test), test.left()?.unsettled], [13, []]);
  const named = () =>
    test.left()?.unsettled.map(({ from, to, level }) => [offsetOf(from), offsetOf(to), level]);
  feed("    at a\n");
  assert.deepEqual(named(), [[13, 22, "error"]]);
  feed("    at b\n");
  assert.deepEqual([positionOf(test), named()], [31, [[13, 31, "error"]]]);
  await clock.advance(200);
  pipeline.tick();
  assert.deepEqual([positionOf(test), named()], [31, [[13, 31, "error"]]]);
  connection.settle("shown");
  assert.deepEqual(named(), []);
});

Deno.test("a line that its source says belongs to the record before is joined, whatever it looks like", () => {
  const { intake, connection } = open({});
  const stream = streamOf();
  const batch = batchOf(stream, "ERROR failed\nbecause\nINFO next\n", { readMs: 0 });
  intake.take({ ...batch, continuesAt: (index) => index === 13 });
  assert.deepEqual(connection.waiting.map((text) => text.replace(/\s*⏎\s*/g, "|")), [
    "[ERROR] ERROR failed|because",
    "[INFO] INFO next",
  ]);
});

Deno.test("late lines of a record that went nowhere go nowhere", async () => {
  const test = testPipeline(programOf([
    { name: "noise", match: { contains: ["healthz"] }, drop: true },
    { match: { minLevel: "warn" }, send: { budget: { ...UNLIMITED, burstLines: 1, linesPerSecond: 1e-6 } } },
  ]));
  const { feed, connection, clock, pipeline, intake } = test;
  for (const line of ["INFO mild", "ERROR healthz", "WARN shown", "WARN over budget"]) {
    feed(`${line}\n`);
    if (line === "WARN shown") continue;
    feed("    at a\n");
    await clock.advance(300);
    pipeline.tick();
  }
  assert.deepEqual(connection.waiting, ["[WARN] WARN shown"]);
  assert.deepEqual(intake.account, { read: 4, unrouted: 1, dropped: 1, routed: 2 });
  assert.equal(test.left()?.unsettled.length, 1);
  assert.equal(positionOf(test), "INFO mild\nERROR healthz\nWARN shown\nWARN over budget\n".length + 3 * 9);
});

Deno.test("the body of a key is never shown, though the line that begins it was filtered out", () => {
  for (
    const routes of [
      [{ match: { minLevel: "info" } }],
      [{ match: { contains: ["PRIVATE KEY"] }, drop: true, name: "noise" }, {}],
      [{ match: { contains: ["ordinary"] } }],
    ] satisfies RouteChanges[][]
  ) {
    for (const split of [false, true]) {
      const { feed, connection, intake } = open(...routes);
      const lines = [`DEBUG key: ${KEY[0]}`, ...KEY.slice(1), "INFO ordinary"].map((line) => `${line}\n`);
      for (const text of split ? lines : [lines.join("")]) feed(text);
      assert.deepEqual(connection.waiting, ["[INFO] INFO ordinary"]);
      assert.equal(intake.account.read, 2);
    }
  }
});

Deno.test("the body of a key is not shown when continuation lines follow it", () => {
  const heads = [[`ERROR cannot read ${KEY[0]}`], ["ERROR failed", `    ${KEY[0]}`]];
  const tails = [["    at a"], ["Caused by: x", "    at b"], ["Caused by: x"], [
    "    at a",
    "    at b",
    "    at c",
  ]];
  for (const head of heads) {
    for (const tail of tails) {
      const { feed, connection, intake } = open({});
      feed([...head, ...KEY.slice(1), ...tail, ""].join("\n"));
      assert.doesNotMatch(connection.waiting.join("\n"), BODY);
      assert.deepEqual([connection.waiting.length, intake.account.read], [1, 1]);
    }
  }
});

Deno.test("the body of a key is not shown when its record is read again after a restart", () => {
  for (const tail of [[], ["    at a"], ["Caused by: x"]]) {
    const { intake, connection, pipeline, clock } = open({});
    const text = ["ERROR failed", `    ${KEY[0]}`, ...KEY.slice(1), ...tail, ""].join("\n");
    const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
    intake.take(batchOf(streamOf(), text, {
      readMs: clock.monotonic(),
      again: {
        from: at(0),
        to: at(text.length),
        level: "error",
        lanes: [laneKey({ route: "all", connection: "irc", channel: "#logs" })],
      },
    }));
    assert.equal(pipeline.lanes.size, 1);
    assert.equal(connection.waiting.length, 1);
    assert.match(connection.waiting.join(), /^\[ERROR\] ERROR failed/);
    assert.doesNotMatch(connection.waiting.join(), BODY);
  }
});

Deno.test("the body of a key is not shown though its first line is not known to be a record any more", () => {
  const { feed, intake, connection, clock } = open({});
  feed(`ERROR cannot read ${KEY[0]}\n`);
  const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
  intake.take(batchOf(streamOf(), "INFO again\n", {
    readMs: clock.monotonic(),
    again: { from: at(0), to: at(11), level: "info", lanes: [] },
  }));
  feed(KEY.slice(1).map((line) => `${line}\n`).join(""));
  assert.equal(connection.waiting.length, 1);
});

Deno.test("a record is dropped when nobody took it before, routed when a route took it and let it go on, else unrouted", () => {
  const { feed, connection, intake } = open(
    { name: "first", match: { contains: ["pay"] }, continue: true, send: { channel: "#pay" } },
    { name: "noise", match: { contains: ["healthz"] }, drop: true },
    { name: "severe", match: { minLevel: "error" }, send: { channel: "#severe" } },
  );
  feed("pay healthz\nhealthz\nINFO mild\nERROR pay\nERROR other\n");
  assert.deepEqual(intake.account, { read: 5, unrouted: 1, dropped: 1, routed: 3 });
  assert.deepEqual(connection.offered.map(({ message }) => `${message.channel} ${message.text}`), [
    "#pay [INFO] pay healthz",
    "#pay [ERROR] ERROR pay",
    "#severe [ERROR] ERROR pay",
    "#severe [ERROR] ERROR other",
  ]);
});

Deno.test("each route sees the levels from its least severe on, and a line without one is info", () => {
  for (const level of LEVELS) {
    const { feed, connection } = open({ match: { minLevel: level } });
    feed([...LEVELS.map((name) => `${name.toUpperCase()} x`), "nothing said", ""].join("\n"));
    const expected = LEVELS.slice(levelIndex(level)).map((name) =>
      `[${name.toUpperCase()}] ${name.toUpperCase()} x`
    );
    if (levelIndex(level) <= DEFAULT_LEVEL_INDEX) expected.push("[INFO] nothing said");
    assert.deepEqual(connection.waiting, expected);
  }
});

Deno.test("a record that is read again goes only to the lanes that owed it", () => {
  const { intake, connection, clock, lane } = open(
    { name: "a", continue: true, send: { channel: "#a" } },
    { name: "b", continue: true, send: { channel: "#b" } },
    { name: "c", send: { channel: "#c" } },
  );
  const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
  const owed = laneKey({ route: "b", connection: "irc", channel: "#b" });
  intake.take(batchOf(streamOf(), "ERROR again\n    at a\n", {
    readMs: clock.monotonic(),
    again: { from: at(0), to: at(21), level: "error", lanes: [owed] },
  }));
  assert.deepEqual(connection.offered.map(({ message }) => message.channel), ["#b"]);
  assert.deepEqual(
    [lane("a", "#a"), lane("b", "#b"), lane("c", "#c")].map(({ account }) => account.matched),
    [
      0,
      1,
      0,
    ],
  );
  assert.deepEqual(intake.account, { read: 1, unrouted: 0, dropped: 0, routed: 1 });
});

Deno.test("continuation lines that are read again go to the lane of their record, whatever their own level", () => {
  const { intake, connection, clock } = open({ match: { minLevel: "error" } });
  const at = (offsetBytes: number) => ({ kind: "stdin", offsetBytes }) as const;
  intake.take(batchOf(streamOf(), "    at a\n", {
    readMs: clock.monotonic(),
    again: {
      from: at(0),
      to: at(9),
      level: "error",
      lanes: [laneKey({ route: "all", connection: "irc", channel: "#logs" })],
    },
  }));
  assert.equal(connection.waiting.length, 1);
});

Deno.test("a literal is found though terminal codes tear it apart, and not found within them", () => {
  for (
    const [name, line, found] of [
      ["plain", "the Payment settled", true],
      ["none", "the Pay ment settled", false],
      ["CSI", "the \x1b[32mPay\x1b[0mment settled", true],
      ["8-bit CSI", "the Pay\u009b0mment settled", true],
      ["8-bit control string", "the Pay\u009dtitle\u009cment settled", true],
      ["within a control string", "the \x1b]0;Payment\x07 settled", false],
      ["within an 8-bit control string", "the \u009dPayment\u009c settled", false],
      ["another character with the same lead byte", "the £Payment settled", true],
    ] as const
  ) {
    const { feed, intake } = open({ match: { contains: ["Payment"] } });
    feed(`before\n${line}\nbehind\n`);
    assert.equal(intake.account.routed, found ? 1 : 0, name);
  }
});

/** What lines are made of: levels, literals whole and torn, formats, and bytes that are no UTF-8. */
const PIECES: readonly (string | Uint8Array)[] = [
  "INFO ",
  "ERROR ",
  "2025-10-31T14:32:49Z  WARN facilitator: ",
  "2025-10-31 14:32:49,123 - app - DEBUG - ",
  '{"level":"error","msg":"',
  '"}',
  "level=warn msg=",
  "Payment",
  "Pay",
  "ment",
  "RPC",
  "R",
  "PC",
  "größe",
  "gr",
  "öße",
  "\ufeff",
  "€",
  "°",
  "\x1b[31m",
  "\x1b[0m",
  "\x1b]0;",
  "\x1b\\",
  "\x07",
  "\x1b",
  "\u009b1m",
  "\u009d",
  "\u009c",
  "\u0090",
  "\r",
  " ",
  "x",
  Uint8Array.of(0xff),
  Uint8Array.of(0xc2),
  Uint8Array.of(0xe2, 0x82),
  Uint8Array.of(0x9b),
];

const LITERALS = ["Payment", "RPC", "größe", "öß", "°", "x", "\ufeff", "t R", "€"];
const PATTERNS = ["Payment|RPC", "Pay.*RPC", "^.?Pay", "größe", "x{2}", "ment$", "°|€"];

const lineArb: fc.Arbitrary<Uint8Array> = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => {
    const encoder = new TextEncoder();
    return Uint8Array.from(
      pieces.flatMap((piece) => [...(typeof piece === "string" ? encoder.encode(piece) : piece)]),
    );
  })
  .filter((bytes) => bytes.some((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0d));

interface RandomRoute {
  readonly minLevel: Level;
  readonly contains: readonly string[];
  readonly regex: readonly string[];
  readonly drop: boolean;
  readonly continue: boolean;
}

const routeArb: fc.Arbitrary<RandomRoute> = fc.record({
  minLevel: fc.constantFrom(...LEVELS),
  contains: fc.array(fc.constantFrom(...LITERALS), { maxLength: 2 }),
  regex: fc.array(fc.constantFrom(...PATTERNS), { maxLength: 2 }),
  drop: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  continue: fc.boolean(),
});

/** A pattern as re2 reads it, where a dot stands for everything but LF. */
function inRe2(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll(".", "[^\\n]"), "u");
}

/** The plain way: decode, strip, search; in the order of the routes. */
function slowly(line: Uint8Array, routes: readonly RandomRoute[]): readonly number[] {
  const end = line.at(-1) === 0x0d ? line.length - 1 : line.length;
  const text = stripAnsi(new TextDecoder("utf-8", { ignoreBOM: true }).decode(line.subarray(0, end)));
  const scanned = scanLevel(line, 0, end);
  const level = scanned === -1 ? DEFAULT_LEVEL_INDEX : scanned;
  const taken: number[] = [];
  for (const [index, route] of routes.entries()) {
    if (level < levelIndex(route.minLevel)) continue;
    if (route.contains.length > 0 && !route.contains.some((literal) => text.includes(literal))) continue;
    if (route.regex.length > 0 && !route.regex.some((pattern) => inRe2(pattern).test(text))) {
      continue;
    }
    if (route.drop) break;
    taken.push(index);
    if (!route.continue) break;
  }
  return taken;
}

Deno.test("records go where a plain search through their decoded text would send them", () => {
  fc.assert(
    fc.property(
      fc.array(lineArb, { minLength: 1, maxLength: 12 }),
      fc.array(routeArb, { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 11 }),
      (lines, routes, cut) => {
        const test = testPipeline(
          programOf(routes.map(({ minLevel, contains, regex, drop, continue: goesOn }, index) => ({
            name: `${index}`,
            match: { minLevel, contains, regex },
            drop,
            continue: goesOn,
            send: { budget: UNLIMITED },
          }))),
          { spec: { ...STDIN, multiline: "off" } },
        );
        const ended = (some: readonly Uint8Array[]) =>
          Uint8Array.from(some.flatMap((line) => [...line, 0x0a]));
        test.feed(ended(lines.slice(0, cut)));
        test.feed(ended(lines.slice(cut)));
        const went = new Map(
          test.left()?.unsettled.map(({ from, lanes }) => [offsetOf(from), new Set(lanes)] as const),
        );
        let offset = 0;
        for (const line of lines) {
          const expected = slowly(line, routes).map((index) =>
            laneKey({ route: `${index}`, connection: "irc", channel: "#logs" })
          );
          assert.deepEqual(went.get(offset) ?? new Set(), new Set(expected), Deno.inspect(line));
          offset += line.length + 1;
        }
        const { read, unrouted, dropped, routed } = test.intake.account;
        assert.equal(read, lines.length);
        assert.equal(read, unrouted + dropped + routed);
        assert.equal(routed, went.size);
      },
    ),
    { numRuns: 1_000 },
  );
});
