/**
 * The figures a user asks for first: how late a line is, how fast a file is read, how much memory it takes.
 *
 * `deno run -A bench/first_light.ts [MEGABYTES]`, on a machine with ngircd. Prints medians of interleaved rounds;
 * compare within one run, not between machines.
 *
 * @module
 */

import { programCommand, startAgent } from "../tests/support/agent.ts";
import { writeConfig } from "../tests/support/config_file.ts";
import { startNgircd } from "../tests/support/ngircd.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { until } from "../tests/support/until.ts";
import { openWitness } from "../tests/support/witness.ts";
import { writeCorpus } from "./corpus.ts";

const ROUNDS = 5;

/** Lines whose way is timed on a server without flood control, and on one with ngircd's default. */
const LINES = { unthrottled: 200, throttled: 30 } as const;

/** Pauses between lines, with jitter so that no timer of the agent keeps step with the writer. */
const PAUSES_MS = { unthrottled: 40, throttled: 1_100 } as const;

function print(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

function memoryMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

function cpuSeconds(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function latency(kind: keyof typeof LINES): Promise<void> {
  await using dir = await tempDir();
  await using server = await startNgircd(kind === "unthrottled" ? { maxPenaltyTime: 0 } : {});
  await using witness = await openWitness(server.port, { channels: ["#logs"] });
  const config = await writeConfig(dir, {
    port: server.port,
    sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
    connection: kind === "unthrottled" ? ["flood: exempt"] : [],
    extra: ["defaults: { budget: { rate: 100/s, burst: 100 } }"],
  });
  await using agent = startAgent(["run", "--config", config]);
  await agent.logged("Connected");
  await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
  await pause(3_000);
  const idleMb = memoryMb(agent.pid, "VmRSS");
  const cpuBefore = cpuSeconds(agent.pid);
  const began = performance.now();
  const waits: number[] = [];
  for (let n = 0; n < LINES[kind]; n++) {
    const writtenMs = performance.now();
    Deno.writeTextFileSync(dir.at("app.log"), `2026-01-02T03:04:05Z  INFO app: payment n=${n}\n`, {
      append: true,
    });
    const shown = await until(`line ${n}`, () => witness.lines("#logs")[n]);
    waits.push(shown.atMs - writtenMs);
    await pause(PAUSES_MS[kind] * (0.5 + Math.random()));
  }
  const share = (cpuSeconds(agent.pid) - cpuBefore) / (performance.now() - began) * 1e5;
  print(
    `append -> witness, ngircd ${kind.padEnd(11)} p50 ${quantile(waits, 0.5).toFixed(1)} ms  p99 ${
      quantile(waits, 0.99).toFixed(1)
    } ms  max ${Math.max(...waits).toFixed(1)} ms  (n=${waits.length})   RSS idle ${
      idleMb.toFixed(0)
    } MB, CPU ${share.toFixed(1)} %`,
  );
  await agent.stop();
}

async function throughput(megabytes: number): Promise<void> {
  await using dir = await tempDir();
  const corpus = dir.at("corpus.log");
  const { lines } = writeCorpus(corpus, megabytes * 1e6);
  const { size } = await Deno.stat(corpus);
  const config = await writeConfig(dir, {
    port: 1,
    sources: [`app: { type: file, paths: ["${corpus}"] }`],
    routes: ['- { name: errors, match: { min_level: error }, to: "#errors" }'],
  });
  const timed = async (
    program: string,
    args: readonly string[],
  ): Promise<{ readonly ms: number; readonly error: string }> => {
    const startedMs = performance.now();
    const { stderr } = await new Deno.Command(program, { args: [...args], stdout: "null" }).output();
    return { ms: performance.now() - startedMs, error: new TextDecoder().decode(stderr) };
  };
  const { program, args } = programCommand(["replay", "--config", config, "--stats", corpus]);
  const counts: number[] = [];
  const walls: number[] = [];
  const inner: number[] = [];
  await timed("wc", ["-l", corpus]);
  for (let round = 0; round < ROUNDS; round++) {
    counts.push((await timed("wc", ["-l", corpus])).ms);
    const replay = await timed(program, args);
    walls.push(replay.ms);
    inner.push(Number(/(\d+) MB\/s/.exec(replay.error)?.[1]));
  }
  const rate = (ms: number) => (size / 1e3 / ms).toFixed(0);
  print(
    `replay, ${(size / 1e6).toFixed(0)} MB, ${lines} lines, errors only: ${
      rate(quantile(walls, 0.5))
    } MB/s whole process, ` +
      `${quantile(inner, 0.5)} MB/s after start; wc -l ${
        rate(quantile(counts, 0.5))
      } MB/s (medians of ${ROUNDS})`,
  );
}

async function fullSpeed(megabytes: number): Promise<void> {
  await using dir = await tempDir();
  await using server = await startNgircd();
  await using witness = await openWitness(server.port, { channels: ["#logs"] });
  const config = await writeConfig(dir, {
    port: server.port,
    sources: [`app: { type: file, paths: ["${dir.at("*.log")}"], start_at: beginning }`],
  });
  writeCorpus(dir.at("app.log"), megabytes * 1e6);
  await using agent = startAgent(["run", "--config", config]);
  await agent.logged("Started");
  await witness.next(({ text }) => text.startsWith("⋯ "));
  await until("the file to be read", async () => {
    const before = cpuSeconds(agent.pid);
    await pause(1_000);
    return cpuSeconds(agent.pid) - before < 0.1;
  }, { deadlineMs: 120_000 });
  print(
    `run, ${megabytes} MB in one go: RSS peak ${memoryMb(agent.pid, "VmHWM").toFixed(0)} MB, ` +
      `after it ${memoryMb(agent.pid, "VmRSS").toFixed(0)} MB`,
  );
  await agent.stop();
}

const megabytes = Number(Deno.args[0] ?? 256);
await latency("unthrottled");
await latency("throttled");
await throughput(megabytes);
await fullSpeed(megabytes);
