import assert from "node:assert/strict";
import type { Message } from "../../src/irc/connection.ts";
import type { Entry } from "../../src/irc/lane.ts";
import { AckWindow, type Flight } from "../../src/irc/window.ts";
import type { WireText } from "../../src/irc/wire.ts";

function flight(text: string, key = "#a", label?: string): Flight {
  const message = {} as Message; // the window looks at the key alone
  const entry: Entry = {
    message,
    key,
    order: 0,
    lines: [],
    stamped: false,
    flying: 1,
    shown: 0,
    refusals: 0,
    alone: false,
    lost: false,
    doubts: 0,
    bytes: 0,
  };
  const line = text as WireText;
  return { entry, parts: [{ entry, line }], text: line, bytes: 100, label };
}

const texts = (flights: readonly Flight[]) => flights.map(({ text }) => text as string);

Deno.test("window: has room for four lines, and for more when a PONG came", () => {
  const window = new AckWindow("n");
  for (let i = 0; i < 4; i++) {
    assert.equal(window.hasRoom, true);
    window.sent(flight(`${i}`), 0);
  }
  assert.equal(window.hasRoom, false);
  const token = window.fence(0);
  assert.deepEqual(texts(window.pong(token, 0).shown), ["0", "1", "2", "3"]);
  assert.equal(window.hasRoom, true);
});

Deno.test("window: a PONG covers what was sent before its PING, and no other token counts", () => {
  const window = new AckWindow("n");
  window.sent(flight("before"), 0);
  const token = window.fence(0);
  window.sent(flight("after"), 1);
  assert.deepEqual(texts(window.pong("other.1", 0).shown), []);
  assert.deepEqual(texts(window.pong("n.7", 0).shown), []);
  assert.deepEqual(texts(window.pong(token, 0).shown), ["before"]);
  assert.deepEqual(texts(window.pong(token, 0).shown), []);
  assert.deepEqual(texts(window.drain()), ["after"]);
});

Deno.test("window: a later PONG answers earlier PINGs too", () => {
  const window = new AckWindow("n");
  window.sent(flight("1"), 0);
  window.fence(0);
  window.sent(flight("2"), 5);
  const second = window.fence(5);
  assert.equal(window.oldestFenceMs, 0);
  assert.deepEqual(texts(window.pong(second, 0).shown), ["1", "2"]);
  assert.equal(window.oldestFenceMs, undefined);
});

Deno.test("window: with fewer errors than lines nobody knows which were refused, channel by channel", () => {
  const window = new AckWindow("n");
  for (const text of ["a1", "a2", "a3"]) window.sent(flight(text), 0);
  window.sent(flight("b1", "#b"), 0);
  const token = window.fence(0);
  window.error("#a", undefined);
  window.error("#a", undefined);
  window.error("#elsewhere", undefined);
  const { shown, refused, doubtful } = window.pong(token, 0);
  assert.deepEqual(texts(shown), ["b1"]);
  assert.deepEqual(texts(refused), []);
  assert.deepEqual(texts(doubtful), ["a1", "a2", "a3"]);
});

Deno.test("window: with as many errors as lines all were refused", () => {
  const window = new AckWindow("n");
  for (const text of ["a1", "a2"]) window.sent(flight(text), 0);
  const token = window.fence(0);
  window.error("#a", undefined);
  window.error("#a", undefined);
  const { shown, refused, doubtful } = window.pong(token, 0);
  assert.deepEqual([shown, doubtful], [[], []]);
  assert.deepEqual(texts(refused), ["a1", "a2"]);
});

Deno.test("window: under backlog one PING stands for several lines, and none waits longer than ten seconds for it", () => {
  const window = new AckWindow("n");
  assert.equal(window.fenceDueMs(false), Infinity);
  window.sent(flight("1"), 100);
  assert.equal(window.fenceDueMs(false), 100);
  assert.equal(window.fenceDueMs(true), 10_100);
  for (let i = 0; i < 3; i++) window.sent(flight("more"), 200);
  assert.equal(window.fenceDueMs(true), 100);
});

Deno.test("window: an echo shows the line with its text, and one that was altered shows the oldest", () => {
  const window = new AckWindow("n");
  window.expectEchoes();
  for (const text of ["1", "2", "3"]) window.sent(flight(text), 0);
  assert.deepEqual(texts(window.echoed({ key: "#b", text: "1", label: undefined }, 0).shown), []);
  assert.deepEqual(texts(window.echoed({ key: "#a", text: "2", label: undefined }, 0).shown), ["2"]);
  assert.deepEqual(texts(window.echoed({ key: "#a", text: "one", label: undefined }, 0).shown), ["1"]);
  assert.deepEqual(texts(window.error("#a", undefined).refused), ["3"]);
});

Deno.test("window: a line whose echo never comes is asked about, and was dropped when the PONG comes first", () => {
  const window = new AckWindow("n");
  window.expectEchoes();
  window.sent(flight("1"), 0);
  assert.equal(window.fenceDueMs(false), 5_000);
  assert.deepEqual(texts(window.pong(window.fence(5_000), 5_001).dropped), ["1"]);
});
