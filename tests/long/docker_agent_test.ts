import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startDockerd, startPodman } from "../support/container_daemon.ts";
import { readLedger } from "../support/ledger.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness } from "../support/witness.ts";

/** How long the agent is down, in milliseconds (issue 3). */
const DOWN_MS = 10_000;

/** Lines written meanwhile. */
const LINES = 1_000;

for (
  const { part, start } of [
    { part: "dockerd", start: startDockerd },
    { part: "podman", start: startPodman },
  ]
) {
  Deno.test({
    name: `an agent that was down accounts for what containers of ${part} wrote, also for one that is gone`,
    ignore: missing(part) || missing("ngircd"),
    async fn() {
      await using dir = await tempDir();
      await using daemon = await start();
      await using server = await startNgircd();
      await using witness = await openWitness(server.port, { channels: ["#logs"] });
      const config = await writeConfig(dir, {
        port: server.port,
        sources: [`containers: { type: docker, socket: "${daemon.socket}", lifecycle: true }`],
        extra: ["defaults: { budget: { digest: 1s } }"],
        routes: [`- { name: all, to: "#logs", template: "{service}: {message}" }`],
      });
      await daemon.run(
        "writer",
        `echo n=0; while [ ! -e /shared/go ]; do usleep 100000; done; ` +
          `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo n=$i; usleep 8000; done; exec sleep 1000`,
      );
      {
        await using agent = startAgent(["run", "--config", config]);
        await agent.logged("Started");
        // It runs for the first time: what was written before is not its business.
        await daemon.run("probe", "echo n=-1; exec sleep 1000");
        await until("a line", () => witness.messages("#logs").some((text) => text.includes("n=-1")), {
          seen: () => agent.log,
        });
        await agent.stop();
      }
      const before = witness.messages("#logs").length;
      const stoppedMs = Date.now();
      await Deno.writeTextFile(`${daemon.shared}/go`, "");
      await daemon.run("short", "echo n=5000; echo n=5001 >&2; exit 3");
      await until("10 s to go by", () => Date.now() - stoppedMs > DOWN_MS);
      await until("the writer's last line", async () => (await daemon.logs("writer")).length === LINES + 1);
      await using agent = startAgent(["run", "--config", config]);
      const isEnd = (text: string) => text.includes("✖ short exited 3");
      const look = () =>
        readLedger(witness.messages("#logs").slice(before).map((text) => isEnd(text) ? "n=9999" : text));
      const wanted = LINES + 3;
      await until("every line to be accounted for", () => look().shown.length + look().counted >= wanted, {
        seen: () => [look(), agent.log],
      });
      assert.equal(await agent.stop(), 0);
      const { shown, counted, doubled } = look();
      assert.equal(shown.length + counted, wanted);
      assert.deepEqual(doubled, []);
      assert.ok(shown.includes(9999), "The end of the container is an error: it is shown");
    },
  });
}
