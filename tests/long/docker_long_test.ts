import assert from "node:assert/strict";
import { systemClock } from "../../src/runtime/clock.ts";
import { startDockerd } from "../support/container_daemon.ts";
import { missing } from "../support/parts.ts";
import { until } from "../support/until.ts";
import { readContainers } from "../source/container_suite.ts";
import { textsOf } from "../source/container_scenarios.ts";

const ignore = missing("dockerd");

/** How soon reading must go on when the daemon is back, in milliseconds (issue 3). */
const RESUME_MS = 5_000;

/** How often the daemon is killed. */
const KILLS = 5;

Deno.test({
  name: "Docker source loses and doubles nothing when dockerd is killed while three containers write",
  ignore,
  async fn() {
    await using daemon = await startDockerd();
    const services = ["one", "two", "three"];
    for (const service of services) {
      await daemon.run(
        service,
        `i=0; while [ ! -e /shared/stop ]; do echo line $i; echo error $i >&2; i=$((i+1)); usleep 2000; done; echo end; exec sleep 1000`,
      );
    }
    await using reading = readContainers(daemon);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = reading.lines.length;
      await until("lines", () => reading.lines.length > before + 500);
      await daemon.stop("SIGKILL");
      await until("the state", () => reading.states.at(-1)?.phase === "waiting");
      await daemon.start();
      const startedMs = systemClock.monotonic();
      const resumed = new Set<string>();
      const from = reading.lines.length;
      await until("lines of each", () => {
        for (const { stream } of reading.lines.slice(from)) resumed.add(stream.service);
        return resumed.size === services.length;
      });
      assert.ok(systemClock.monotonic() - startedMs < RESUME_MS);
    }
    await Deno.writeTextFile(`${daemon.shared}/stop`, "");
    for (const service of services) {
      await until(`the end of ${service}`, () => textsOf(reading, service).includes("end"));
      const texts = textsOf(reading, service);
      const logged = (await daemon.logs(service)).toSorted();
      assert.equal(new Set(texts).size, texts.length, "something is doubled");
      assert.deepEqual(texts.toSorted(), logged);
    }
  },
});
