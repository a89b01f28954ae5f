/**
 * `irctail demo`: an IRC server, two sample services, the agent between them and the channel on the terminal, in one
 * process.
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import { DEMO_CHANNEL, DEMO_NICKS, type DemoPlace, makePlace } from "./config.ts";
import { facilitator } from "./facilitator.ts";
import { demoHeader } from "./header.ts";
import { type DemoServer, startDemoServer } from "./ircd.ts";
import { openLogFile } from "./log_file.ts";
import { type Random, seededRandom } from "./made_up.ts";
import { paint, printable, SGR } from "./paint.ts";
import { runService, type SampleService, type Tally } from "./services.ts";
import { testSeller } from "./test_seller.ts";
import { openView, type Seen, type View } from "./view.ts";

/** What the demo needs from outside. */
export interface DemoOptions {
  /** How long it runs, in seconds above 0; `undefined` until it is stopped. */
  readonly seconds: number | undefined;
  /** Stamps and waits. */
  readonly clock: Clock;
  /** Makes up what the services log; default: seeded by the clock. */
  readonly random?: Random;
  /** Whether the terminal shows colours. */
  readonly color: boolean;
  /** Takes one line for the terminal, without its newline. */
  readonly write: (line: string) => void;
  /** Port to prefer, when it is free; default 6667, the one clients try first. */
  readonly port?: number;
  /**
   * Runs the agent on a config file until `signal` aborts; then lets it drain and leave. `news` takes the lines of the
   * agent's own log, so that whoever edits the config sees what came of it.
   *
   * @throws {unknown} Whatever makes it stop by itself.
   */
  readonly startAgent: (
    configPath: string,
    signal: AbortSignal,
    news: (line: string) => void,
  ) => Promise<void>;
}

/** IRC without TLS (registered with IANA as ircu, 6665 to 6669; clients default to 6667). */
const IRC_PORT = 6667;

const LOOPBACK = "127.0.0.1";
const SERVER_NAME = "demo.irctail";
const VIEWER = "visitor";
const SERVICES: readonly SampleService[] = [facilitator, testSeller];

/** The services wait so long for the agent, in milliseconds, and no longer: services never wait for their logs' readers. */
const AGENT_JOINS_MS = 2000;

/** Between the last line written and the end of the agent, in milliseconds: I5 promises a line within 1 s. */
const LAST_LINES_MS = 1000;

/**
 * Runs the demo.
 *
 * @param options Where it shows itself, and the agent.
 * @param signal Ends it early, normally.
 * @returns The exit code: 0 when it was asked to stop, 1 when the agent or the server stopped by itself.
 * @throws {unknown} What the agent threw.
 */
export async function demo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const { clock, color, write } = options;
  const never = new AbortController().signal; // The server outlives the agent, which wants to say good-bye.
  await using server = listen(options, never);
  await using place = await makePlace(server);
  const { hostname, port } = server;
  const header = { hostname, port, config: place.config, logs: place.log("*"), color };
  for (const line of demoHeader(header)) write(line);
  await using view = await openView({
    ...{ hostname, port, clock, color, print: write },
    ...{ channel: DEMO_CHANNEL, nick: VIEWER, counted: DEMO_NICKS },
  });
  await view.joined([VIEWER], signal);

  const servicesEnd = new AbortController();
  const agentEnd = new AbortController();
  const over = AbortSignal.any([signal, servicesEnd.signal]);
  const tally: Tally = { lines: 0, records: 0, debug: 0 };
  const asked = pause(clock, (options.seconds ?? Infinity) * 1000, over).then(() => 0);
  const news = (line: string) => write(color ? paint(SGR.dim, printable(line)) : printable(line));
  const agent = options.startAgent(place.config, agentEnd.signal, news).then(() => 1);
  const services = agentJoined(view, clock, over).then(() => runServices(place, options, tally, over));
  try {
    const code = await Promise.race([asked, agent, view.ended.then(() => 1), services.then(() => asked)]);
    servicesEnd.abort();
    await services;
    if (code === 0) await pause(clock, LAST_LINES_MS, never);
    else write("The agent or the server ended by itself.");
    agentEnd.abort();
    await agent;
    for (const line of ["", ...farewell(tally, view.seen, await place.edited() ? place.config : undefined)]) {
      write(line);
    }
    return code;
  } finally {
    servicesEnd.abort();
    agentEnd.abort();
    await Promise.allSettled([asked, agent, services]);
  }
}

/** Starts the server on the preferred port, or on a free one when somebody listens there. */
function listen(options: DemoOptions, signal: AbortSignal): DemoServer {
  const start = (port: number) =>
    startDemoServer({ hostname: LOOPBACK, port, serverName: SERVER_NAME, clock: options.clock }, signal);
  try {
    return start(options.port ?? IRC_PORT);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return start(0);
  }
}

/** Waits until the agent's nicks are in the channel, but at most {@linkcode AGENT_JOINS_MS}. */
async function agentJoined(view: View, clock: Clock, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const deadline = pause(clock, AGENT_JOINS_MS, either).then(() => enough.abort());
  await view.joined(DEMO_NICKS, either);
  enough.abort();
  await deadline;
}

async function runServices(
  place: DemoPlace,
  options: DemoOptions,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random = seededRandom(clock.now()) } = options;
  using files = new DisposableStack();
  await Promise.all(SERVICES.map((service) => {
    const file = files.use(openLogFile(place.log(service.name)));
    return runService(service, { clock, random, tally, write: (text) => file.append(text) }, signal);
  }));
}

/** What was written and what of it was seen. */
function farewell(tally: Tally, seen: Seen, edited: string | undefined): readonly string[] {
  const { records, lines, debug } = tally;
  const { shown, summarised } = seen;
  const head = `The services wrote ${records} records in ${lines} lines; ` +
    `the channel showed ${shown} and counted ${summarised} in summaries.`;
  // Which of the others an edited config leaves out is not known here.
  if (edited !== undefined) return [head, `You edited the config, so it is kept: ${edited}`];
  const tails = [head];
  if (debug > 0) tails.push(`Below min_level: ${debug} debug.`);
  const open = records - shown - summarised - debug;
  if (open > 0) tails.push(`Still on their way at the end: ${open}.`);
  return [tails.join(" ")];
}

/** Waits; returns when the time is over or `signal` aborts, whichever is first. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    if (ms < Infinity) return await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return;
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
