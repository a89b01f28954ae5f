import { startAgent } from "./agent.ts";
import { writeConfig } from "./config_file.ts";
import type { IrcServer } from "./irc_server.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import { tempDir } from "./temp_dir.ts";
import { until } from "./until.ts";
import { openWitness, type Witness } from "./witness.ts";

/** Lines of a burst (issue 4). */
export const BURST_LINES = 1_000;

/** The numbers of the errors among them: ten, spread over the whole burst. */
export const BURST_ERRORS: readonly number[] = Array.from({ length: 10 }, (_, i) => 47 + 100 * i);

/** How soon the channel must have heard of every line (issue 4), in milliseconds. */
export const BURST_DEADLINE_MS = 10_000;

/** What every server has forgotten a JOIN after, and a sender is idle: ircd-irc2 looks 10 s ahead. */
const IDLE_MS = 12_000;

/** What a channel holds of a burst at one moment. */
export interface BurstView extends Ledger {
  /** Errors that were not shown. */
  readonly errorsMissing: readonly number[];
  /** Lines that were neither shown nor counted. */
  readonly missing: number;
}

/** What became of a burst. */
export interface BurstOutcome {
  /** The channel when {@linkcode BURST_DEADLINE_MS} were over. */
  readonly atDeadline: BurstView;
  /** The channel when everything was accounted for, or the time was up. */
  readonly atEnd: BurstView;
  /** When the last line was accounted for, in milliseconds since the burst; `Infinity` when the time was up. */
  readonly accountedMs: number;
  /** When the last error was shown, in milliseconds since the burst; `Infinity` when the time was up. */
  readonly errorsMs: number;
  /** How often the agent left the server. */
  readonly disconnects: number;
  /** Messages in the channel, of which one may show several lines. */
  readonly messages: number;
  /** What the agent logged. */
  readonly log: readonly string[];
}

/** A numbered line as a Rust service writes it, about as long as they are. */
export function numberedLine(n: number, level: "INFO" | "ERROR" = "INFO"): string {
  const text = level === "ERROR" ? "Settlement failed" : "Payment settled";
  return `2026-01-02T03:04:05.000000Z ${level.padStart(5)} facilitator: ${text} n=${n} usdc=0.${n % 97}\n`;
}

/**
 * Writes 1,000 lines at once into a file that an idle agent with the built-in defaults follows.
 *
 * @param server A server with its own default limits.
 * @param forMs How long to wait until all is accounted for; at least until the deadline.
 */
export async function burst(server: IrcServer, forMs: number = BURST_DEADLINE_MS): Promise<BurstOutcome> {
  await using dir = await tempDir();
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

  const lines = Array.from(
    { length: BURST_LINES },
    (_, i) => numberedLine(i + 1, BURST_ERRORS.includes(i + 1) ? "ERROR" : "INFO"),
  );
  const startMs = performance.now();
  await Deno.writeTextFile(log, lines.join(""), { append: true });
  const deadlineMs = startMs + BURST_DEADLINE_MS;
  const endMs = startMs + Math.max(forMs, BURST_DEADLINE_MS);
  const isOver = () => {
    const now = performance.now();
    return now > endMs || (now > deadlineMs && isComplete(view(witness, now)));
  };
  await until("the burst to be over", isOver, { deadlineMs: 2 * (endMs - startMs) });

  const atEnd = view(witness, endMs);
  const whenMs = (holds: (at: BurstView) => boolean) => {
    const times = witness.lines("#logs").map(({ atMs }) => atMs);
    return (times.find((atMs) => holds(view(witness, atMs))) ?? Infinity) - startMs;
  };
  return {
    atDeadline: view(witness, deadlineMs),
    atEnd,
    accountedMs: whenMs(({ missing }) => missing === 0),
    errorsMs: whenMs(({ errorsMissing }) => errorsMissing.length === 0),
    disconnects: departures(witness, "irctail"),
    messages: witness.lines("#logs").length,
    log: [...agent.log],
  };
}

/** Waits until no server remembers what was sent before. */
export async function idle(): Promise<void> {
  const startMs = performance.now();
  await until("the sender to be idle", () => performance.now() - startMs > IDLE_MS);
}

/** How often somebody left the server, as the witness saw it. */
export function departures(witness: Witness, nick: string): number {
  return witness.all.filter((line) => ["QUIT", "KILL"].includes(line.command) && line.nick === nick).length;
}

/** The texts in a channel up to a moment; several messages that share a line are taken apart. */
export function messagesUntil(witness: Witness, channel: string, atMs: number): readonly string[] {
  return witness.lines(channel).filter((line) => line.atMs <= atMs).flatMap(({ text }) => text.split(" ⏐ "));
}

function view(witness: Witness, atMs: number): BurstView {
  const ledger = readLedger(messagesUntil(witness, "#logs", atMs));
  const shown = new Set(ledger.shown);
  return {
    ...ledger,
    errorsMissing: BURST_ERRORS.filter((n) => !shown.has(n)),
    missing: BURST_LINES - shown.size - ledger.counted,
  };
}

function isComplete({ missing, errorsMissing }: BurstView): boolean {
  return missing <= 0 && errorsMissing.length === 0;
}
