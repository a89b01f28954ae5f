/**
 * What a user has of irctail on each IRC server with its default limits: what becomes of a burst of 1,000 lines, how
 * late a line is, how many lines a second go on being shown.
 *
 * `deno run -A bench/delivery.ts [SERVER...]`, as root on a machine with the servers (`tests/support/parts.ts`); about
 * five minutes each. SERVER is a part of a name, such as `ngircd`. Prints a table in Markdown.
 *
 * @module
 */

import { startAgent } from "../tests/support/agent.ts";
import {
  burst,
  BURST_DEADLINE_MS,
  BURST_ERRORS,
  type BurstOutcome,
  departures,
  idle,
  messagesUntil,
  numberedLine,
} from "../tests/support/burst.ts";
import { writeConfig } from "../tests/support/config_file.ts";
import { DEFAULT_SERVERS, type DefaultServer } from "../tests/support/default_servers.ts";
import type { IrcServer } from "../tests/support/irc_server.ts";
import { readLedger } from "../tests/support/ledger.ts";
import { missing } from "../tests/support/parts.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { until } from "../tests/support/until.ts";
import { openWitness, type Witness } from "../tests/support/witness.ts";

/** How long a burst may take until every line is accounted for, in milliseconds. */
const BURST_MS = 60_000;

/**
 * Lines whose way is timed while the connection is idle, and the pause between them: the slowest server takes a line
 * and the PING behind it in 4 s.
 */
const IDLE_LINES = 30;
const IDLE_PAUSE_MS = 5_500;

/** Lines a second offered for the sustained rate, more than any of them takes, and for how long, in seconds. */
const OFFERED_PER_SECOND = 50;
const SUSTAINED_SECONDS = 60;

/** Start of that time which does not count: what a server takes at once. */
const WARM_UP_MS = 15_000;

interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly disconnects: number;
}

interface Sustained {
  readonly linesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly disconnects: number;
}

function print(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs an agent that follows a file, with a budget that never is what holds it back. */
async function withAgent<T>(
  server: IrcServer,
  work: (witness: Witness, append: (text: string) => void) => Promise<T>,
): Promise<T> {
  await using dir = await tempDir();
  await using witness = await openWitness(server.port, { channels: ["#logs"] });
  const log = dir.at("facilitator.log");
  await Deno.writeTextFile(log, "");
  const config = await writeConfig(dir, {
    port: server.port,
    sources: [`facilitator: { type: file, paths: ["${log}"] }`],
    extra: ["defaults: { budget: { rate: 1000/s, burst: 1000 } }"],
  });
  await using agent = startAgent(["run", "--config", config]);
  await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
  await idle();
  const result = await work(witness, (text) => Deno.writeTextFileSync(log, text, { append: true }));
  await agent.stop();
  return result;
}

function idleLatency(server: IrcServer): Promise<Latency> {
  return withAgent(server, async (witness, append) => {
    const delays: number[] = [];
    for (let n = 1; n <= IDLE_LINES; n++) {
      const writtenMs = performance.now();
      append(numberedLine(n));
      const shown = await until(`line ${n}`, () => witness.lines("#logs")[n - 1]);
      delays.push(shown.atMs - writtenMs);
      // Jitter, so that no timer of the agent or of the server keeps step with the writer.
      await pause(IDLE_PAUSE_MS * (0.9 + 0.2 * Math.random()));
    }
    const sorted = delays.toSorted((a, b) => a - b);
    const quantile = (part: number) => sorted[Math.min(IDLE_LINES - 1, Math.floor(part * IDLE_LINES))] ?? NaN;
    return { p50: quantile(0.5), p99: quantile(0.99), disconnects: departures(witness, "irctail") };
  });
}

function sustained(server: IrcServer): Promise<Sustained> {
  return withAgent(server, async (witness, append) => {
    const startMs = performance.now();
    let n = 0;
    for (let second = 1; second <= SUSTAINED_SECONDS; second++) {
      append(Array.from({ length: OFFERED_PER_SECOND }, () => numberedLine(++n)).join(""));
      await pause(Math.max(0, startMs + second * 1_000 - performance.now()));
    }
    const [fromMs, toMs] = [startMs + WARM_UP_MS, performance.now()];
    const shownBy = (atMs: number) => readLedger(messagesUntil(witness, "#logs", atMs)).shown.length;
    const seconds = (toMs - fromMs) / 1_000;
    const messages = witness.lines("#logs").filter(({ atMs }) => atMs > fromMs && atMs <= toMs).length;
    return {
      linesPerSecond: (shownBy(toMs) - shownBy(fromMs)) / seconds,
      messagesPerSecond: messages / seconds,
      disconnects: departures(witness, "irctail"),
    };
  });
}

async function measure({ name, start }: DefaultServer): Promise<readonly string[]> {
  // A server of its own for each, so that none inherits what another one left behind.
  const fresh = async <T>(work: (server: IrcServer) => Promise<T>): Promise<T> => {
    await using server = await start();
    return await work(server);
  };
  const outcome = await fresh((server) => burst(server, BURST_MS));
  const latency = await fresh(idleLatency);
  const rate = await fresh(sustained);
  return [
    name,
    ...burstCells(outcome),
    `${outcome.disconnects + latency.disconnects + rate.disconnects}`,
    `${latency.p50.toFixed(1)} / ${latency.p99.toFixed(1)}`,
    `${rate.linesPerSecond.toFixed(1)} in ${rate.messagesPerSecond.toFixed(2)} messages`,
  ];
}

function burstCells({ atDeadline, atEnd, accountedMs, errorsMs }: BurstOutcome): readonly string[] {
  const errors = BURST_ERRORS.length - atDeadline.errorsMissing.length;
  return [
    `${atEnd.shown.length} / ${atEnd.counted} / ${atEnd.missing}`,
    `${(accountedMs / 1_000).toFixed(1)}`,
    `${errors} of ${BURST_ERRORS.length} in ${BURST_DEADLINE_MS / 1_000} s, last ${
      (errorsMs / 1_000).toFixed(1)
    }`,
  ];
}

const HEAD = [
  "server",
  "burst shown / summarised / lost",
  "seconds to account",
  "errors",
  "disconnects",
  `idle p50 / p99 ms (n=${IDLE_LINES})`,
  "sustained lines/s",
];

const wanted = DEFAULT_SERVERS.filter(({ name, part }) =>
  !missing(part) && (Deno.args.length === 0 || Deno.args.some((arg) => name.includes(arg)))
);
print(`| ${HEAD.join(" | ")} |`);
print(`|${HEAD.map(() => "---|").join("")}`);
for (const server of wanted) print(`| ${(await measure(server)).join(" | ")} |`);
