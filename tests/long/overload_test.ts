import assert from "node:assert/strict";
import type { RouteResource, SourceResource, Status } from "../../src/reconcile/status.ts";
import { startAgent } from "../support/agent.ts";
import { departures, idle } from "../support/burst.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { openWitness, type Witness } from "../support/witness.ts";
import type { Written } from "./overload_writer.ts";

/** How long the overload lasts, in seconds, and how many lines a second it has (issue 4). */
const SECONDS = 60;
const LINES_PER_SECOND = 50_000;

/** Most memory of the agent, in MiB (invariant I7). */
const MOST_MEMORY_MB = 128;

Deno.test({
  name: "overload: among 50,000 lines a second every error is shown, and every line is accounted for",
  ignore: missing("ngircd"),
  async fn() {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const log = dir.at("facilitator.log");
    await Deno.writeTextFile(log, "");
    const config = await writeConfig(dir, {
      port: server.port,
      sources: [`facilitator: { type: file, paths: ["${log}"] }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    await idle();

    const written = await overload(log);
    const { source, route } = await until("every line to be accounted for", async () => {
      const status = await statusOf(config);
      return status.source.read === written.lines && status.route.pending === 0 ? status : undefined;
    }, { seen: () => statusOf(config), deadlineMs: 60_000 });
    const delays = errorDelays(witness);
    const memoryMb = peakMemoryMb(agent.pid);
    const sorted = [...delays.values()].toSorted((a, b) => a - b);
    const [p50, p99] = [0.5, 0.99].map((part) => sorted[Math.floor(part * sorted.length)] ?? Infinity);
    // deno-lint-ignore no-console
    console.log(
      `${written.lines} lines in ${
        written.seconds.toFixed(1)
      } s; errors shown ${delays.size} of ${written.errors}, ` +
        `p50 ${p50?.toFixed(0)} ms, p99 ${p99?.toFixed(0)} ms; lines shown ${route.shown}, ` +
        `summarised ${route.summarised}; memory at most ${memoryMb.toFixed(0)} MiB`,
    );

    assert.deepEqual(
      { disconnects: departures(witness, "irctail"), withheld: route.withheld, unrouted: source.unrouted },
      { disconnects: 0, withheld: 0, unrouted: 0 },
    );
    assert.equal(route.matched, written.lines);
    assert.equal(route.shown + route.summarised, written.lines);
    assert.ok(memoryMb <= MOST_MEMORY_MB, `${memoryMb} MiB`);
    const numbers = Array.from({ length: written.errors }, (_, i) => i + 1);
    assert.deepEqual(numbers.filter((n) => !delays.has(n)), [], "errors that were not shown");
    assert.equal(await agent.stop(), 0);
  },
});

/** Runs the writer to its end. */
async function overload(log: string): Promise<Written> {
  const writer = new URL("./overload_writer.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-write",
      writer,
      log,
      `${SECONDS}`,
      `${LINES_PER_SECOND}`,
    ],
    stdin: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Written;
}

async function statusOf(
  config: string,
): Promise<{ readonly source: SourceResource; readonly route: RouteResource }> {
  const { output, errors } = await runProgram(["status", "-c", config, "--json"]);
  assert.equal(errors, "");
  const { resources } = JSON.parse(output) as Status;
  const source = resources.find((resource) => resource.kind === "source");
  const route = resources.find((resource) => resource.kind === "route");
  assert.ok(source?.kind === "source" && route?.kind === "route");
  return { source, route };
}

/** How long after it was written each error was at the witness, in milliseconds, by number. */
function errorDelays(witness: Witness): ReadonlyMap<number, number> {
  const delays = new Map<number, number>();
  for (const { text, atMs } of witness.lines("#logs")) {
    for (const [, number, writtenMs] of text.matchAll(/\be=(\d+) at=(\d+)/g)) {
      delays.set(Number(number), performance.timeOrigin + atMs - Number(writtenMs));
    }
  }
  return delays;
}

function peakMemoryMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}
