import assert from "node:assert/strict";
import { burst, BURST_LINES } from "../support/burst.ts";
import { DEFAULT_SERVERS } from "../support/default_servers.ts";
import { missing } from "../support/parts.ts";

/** Lines that count as the first ones: what the route's burst and the pace let through before a summary must do. */
const FIRST = [1, 2];

for (const { name, part, start } of DEFAULT_SERVERS) {
  Deno.test({
    name: `burst: ten seconds after 1,000 lines at once ${name} has shown or counted each, and every error`,
    ignore: missing(part),
    async fn() {
      await using server = await start();
      const { atDeadline, disconnects, log } = await burst(server);
      const about = JSON.stringify({ atDeadline, log: log.slice(-10) });
      assert.equal(disconnects, 0, about);
      assert.deepEqual(atDeadline.errorsMissing, [], about);
      assert.deepEqual(FIRST.filter((n) => !atDeadline.shown.includes(n)), [], about);
      assert.equal(atDeadline.shown.length + atDeadline.counted, BURST_LINES, about);
      assert.deepEqual(atDeadline.doubled, [], about);
    },
  });
}
