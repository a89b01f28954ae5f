/**
 * `irctail check --live`: logs in and joins as the agent would, and says of every channel whether a line would be shown.
 *
 * @module
 */

import type { Config, ConnectionSpec } from "../config/config.ts";
import type { ChannelState, Connection } from "../irc/connection.ts";
import { compileProgram } from "../pipeline/program.ts";
import { compileRedactor, compileScrubber } from "../redact/redactor.ts";
import type { Clock } from "../runtime/clock.ts";
import { Poke } from "../runtime/poke.ts";
import { EXIT_DONE, EXIT_FAILED } from "./exit.ts";

/** What the check works with. */
export interface LiveOptions {
  /** A config that was checked. */
  readonly config: Config;
  /** Whether a line is said in every channel, to see it arrive. */
  readonly speak: boolean;
  readonly clock: Clock;
  /** Opens a connection; it connects by itself. */
  readonly openConnection: (id: string, spec: ConnectionSpec, changed: () => void) => Connection;
  /** Takes a line for standard output. */
  readonly write: (line: string) => void;
}

/** Longest time until a connection is up: connecting, TLS, registration and a login each have deadlines below it. */
const CONNECT_MS = 60_000;

/** How long a channel may take once the server took us: a JOIN, an invitation of ChanServ and another JOIN. */
const JOIN_MS = 10_000;

/** How long channels that were joined may take to tell their modes. */
const MODES_MS = 3_000;

/** How long the server may take to take a line, or to refuse it. */
const SPEAK_MS = 15_000;

/** How often it is looked again where nothing tells of a change, in milliseconds. */
const LOOK_MS = 100;

/** Where a line would go. */
interface Place {
  readonly connection: string;
  readonly channel: string;
}

/**
 * Connects, joins, says what it found, and leaves.
 *
 * @param options The config and the outside world.
 * @param signal Ends it early; what is known by then is said.
 * @returns The exit code: 0 when every channel would show a line, 1 when one would not.
 */
export async function checkLive(options: LiveOptions, signal: AbortSignal): Promise<number> {
  const { config, clock, write } = options;
  const scrub = compileScrubber(config.secrets);
  const changed = new Poke();
  const connections = new Map(
    [...config.connections].map(([id, spec]) => [id, options.openConnection(id, spec, () => changed.poke())]),
  );
  const places = placesOf(config);
  for (const [id, connection] of connections) {
    connection.wantChannels(places.filter((place) => place.connection === id).map(({ channel }) => channel));
  }
  const wait = async (ms: number, isOver: () => boolean) => {
    const untilMs = clock.monotonic() + ms;
    for (let leftMs = ms; leftMs > 0 && !isOver() && !signal.aborted; leftMs = untilMs - clock.monotonic()) {
      await changed.waitAtMost(Math.min(leftMs, LOOK_MS), { clock }, signal);
    }
  };
  const isUp = (connection: Connection) => connection.state.phase === "ready";
  const all = [...connections.values()];
  try {
    await wait(CONNECT_MS, () => all.every((connection) => isUp(connection) || isRefused(connection)));
    await wait(JOIN_MS, () => all.filter(isUp).every(isEverywhere));
    // Some answer late, and those of many channels are asked for one by one.
    await wait(MODES_MS, () => all.filter(isUp).every(knowsModes));
    const said = options.speak ? await speak(options, connections, places, wait) : new Map<Place, string>();
    let good = true;
    const say = (name: string, { ok, text }: Finding) => {
      good &&= ok;
      write(scrub(`${name}: ${ok ? "ok" : "not ok"}: ${text}`));
    };
    for (const [id, connection] of connections) {
      say(id, connectionFinding(connection));
      for (const place of places.filter((place) => place.connection === id)) {
        say(`${id}/${place.channel}`, channelFinding(connection, place.channel, said.get(place)));
      }
    }
    for (const text of templatedTargets(config)) write(scrub(`${text}: not tried: opened at its first line`));
    return good ? EXIT_DONE : EXIT_FAILED;
  } finally {
    await Promise.all(all.map((connection) => connection.close("irctail check")));
  }
}

/** What was found, and whether it is as it should be. */
interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** Channels that routes and notices name, each once. */
function placesOf(config: Config): readonly Place[] {
  const places = new Map<string, Place>();
  const add = (place: Place) => places.set(`${place.connection}/${place.channel.toLowerCase()}`, place);
  for (const route of compileProgram(config).routes) {
    if (route.kind === "send" && route.channel.fixed !== undefined) {
      add({ connection: route.send.connection, channel: route.channel.fixed });
    }
  }
  if (config.notices !== undefined) add(config.notices);
  return [...places.values()];
}

/** Targets with a `{…}` in their channel. */
function templatedTargets(config: Config): readonly string[] {
  const targets = compileProgram(config).routes.flatMap((route) =>
    route.kind === "send" && route.channel.fixed === undefined
      ? [`${route.send.connection}/${route.send.channel}`]
      : []
  );
  return [...new Set(targets)];
}

function isRefused({ state }: Connection): boolean {
  return state.phase === "waiting";
}

function isEverywhere({ channels }: Connection): boolean {
  return [...channels.values()].every(({ phase }) => phase === "joined");
}

function knowsModes(connection: Connection): boolean {
  return [...connection.channels].every(([channel, { phase }]) =>
    phase !== "joined" || connection.report(channel)?.modes !== undefined
  );
}

function connectionFinding({ state, pace }: Connection): Finding {
  switch (state.phase) {
    case "ready":
      return { ok: true, text: `connected as ${state.nick}; pace ${paceText(pace)}` };
    case "waiting":
      return { ok: false, text: state.because };
    case "connecting":
    case "registering":
    case "closed":
      return { ok: false, text: `still ${state.phase} after ${CONNECT_MS / 1_000} s` };
  }
}

/** How fast the server may be spoken to, as far as one can tell before anything was said. */
function paceText({ profile, linesPerSecond, burstLines }: Connection["pace"]): string {
  const pace = linesPerSecond === null || burstLines === null
    ? "as fast as the server takes lines"
    : `${Number(linesPerSecond.toPrecision(2))}/s, ${Math.floor(burstLines)} at once`;
  return `${pace} (${profile})`;
}

function channelFinding(connection: Connection, channel: string, said: string | undefined): Finding {
  const state: ChannelState | undefined = connection.channels.get(channel.toLowerCase());
  if (connection.state.phase !== "ready") return { ok: false, text: "the server is not connected" };
  switch (state?.phase) {
    case "joined":
      return said === undefined ? wouldBeShown(connection, channel) : spoken(said);
    case "waiting":
      return { ok: false, text: state.because };
    case "joining":
    case undefined:
      return { ok: false, text: `the server did not answer the JOIN within ${JOIN_MS / 1_000} s` };
  }
}

function wouldBeShown(connection: Connection, channel: string): Finding {
  const { modes, mangles = [] } = connection.report(channel) ?? {};
  const known = modes === undefined ? "" : ` (modes ${modes})`;
  return { ok: true, text: [`a line would be shown${known}`, ...mangles].join("; ") };
}

function spoken(outcome: string): Finding {
  return outcome === "shown"
    ? { ok: true, text: "the line was shown" }
    : { ok: false, text: "the server did not take the line" };
}

/** Says a line in every channel that was joined; returns what became of it. */
async function speak(
  { config, clock }: LiveOptions,
  connections: ReadonlyMap<string, Connection>,
  places: readonly Place[],
  wait: (ms: number, isOver: () => boolean) => Promise<void>,
): Promise<ReadonlyMap<Place, string>> {
  const { redact } = compileRedactor({
    profile: "standard",
    redaction: config.redaction,
    secrets: config.secrets,
  });
  const outcomes = new Map<Place, string>();
  for (const place of places) {
    const connection = connections.get(place.connection);
    if (connection?.canSpeak(place.channel) !== true) continue;
    outcomes.set(place, "pending");
    const taken = connection.offer({
      channel: place.channel,
      flow: "irctail check",
      text: redact("irctail: check --live --speak was here").text,
      long: "clip",
      urgency: "summary",
      readMs: clock.monotonic(),
      timeMs: undefined,
      maxAgeMs: SPEAK_MS,
      settle: (outcome) => outcomes.set(place, outcome),
    });
    if (!taken) outcomes.set(place, "refused");
  }
  await wait(SPEAK_MS, () => [...outcomes.values()].every((outcome) => outcome !== "pending"));
  return outcomes;
}
