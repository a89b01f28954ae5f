import assert from "node:assert/strict";
import type { Cursor } from "../../src/event/event.ts";
import { AckWindow } from "../../src/pipeline/ack_window.ts";

const at = (offsetBytes: number): Cursor => ({ kind: "stdin", offsetBytes });

Deno.test("AckWindow names no position before the first batch", () => {
  assert.equal(new AckWindow().checkpoint(), undefined);
});

Deno.test("AckWindow keeps exactly the records that a lane still owes, whatever the order they settle in", () => {
  const window = new AckWindow();
  const first = window.add({ from: at(0), to: at(10), level: "info", lanes: ["a", "b"] });
  const second = window.add({ from: at(10), to: at(20), level: "error", lanes: ["a"] });
  window.advance(at(20));
  second.settle("a");
  first.settle("b");
  assert.deepEqual(window.checkpoint(), {
    position: at(20),
    unsettled: [{ from: at(0), to: at(10), level: "info", lanes: ["a"] }],
  });
  first.settle("a");
  assert.deepEqual(window.checkpoint(), { position: at(20), unsettled: [] });
  assert.equal(window.size, 0);
});

Deno.test("AckWindow takes a second settling of the same lane for nothing", () => {
  const window = new AckWindow();
  const record = window.add({ from: at(0), to: at(10), level: "info", lanes: ["a", "b"] });
  record.settle("a");
  record.settle("a");
  assert.equal(window.size, 1);
});
