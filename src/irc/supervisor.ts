/**
 * Keeps one connection up for as long as it is wanted, and its session at work.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { Poke } from "../runtime/poke.ts";
import { AdaptivePace, type PaceState } from "./adaptive_pace.ts";
import { keepTrying, type Server } from "./attempts.ts";
import type { ChannelReport } from "./channel_report.ts";
import { Channels } from "./channels.ts";
import type { ChannelState, Connection, ConnectionState, Message } from "./connection.ts";
import { sameStates } from "./connection.ts";
import { dial } from "./dial.ts";
import { DialError, seatOf } from "./dial_error.ts";
import { seedFor } from "./flood_profile.ts";
import { type PaceMemory, shortMemory } from "./learnt_pace.ts";
import { Ghosts } from "./ghosts.ts";
import { Outbox } from "./outbox.ts";
import { Session, type SessionEnd } from "./session.ts";
import type { StsPolicies } from "./sts.ts";
import type { Transport } from "./transport.ts";

/** What a connection needs. */
export interface ConnectionOptions {
  /** Config key. */
  readonly id: string;
  /** Where to connect, and as whom. */
  readonly spec: ConnectionSpec;
  /** Time. */
  readonly clock: Clock;
  /** Says what happens to the connection. */
  readonly log: Logger;
  /** A number from 0 to 1, `Math.random` in production. */
  readonly random: () => number;
  /** Which servers asked for TLS; one for the whole process. */
  readonly sts: StsPolicies;
  /** Whether the wanted nick is got back while another one has to do. */
  readonly reclaimsNick: boolean;
  /** Called after every change of `state` or `channels`. */
  readonly changed: () => void;
  /** What was learnt of its servers' pace in earlier runs; left out: nothing, and it is not kept. */
  readonly memory?: PaceMemory;
}

/** How long a server may take to close the connection after QUIT; ngircd takes 1 s. */
const FAREWELL_MS = 2_000;

/**
 * Opens a connection, which then connects, reconnects, joins and speaks by itself until it is closed.
 *
 * @param options What it works with.
 */
export function openConnection(options: ConnectionOptions): Connection {
  return new SupervisedConnection(options);
}

class SupervisedConnection implements Connection {
  readonly id: string;
  readonly #options: ConnectionOptions;
  readonly #channels: Channels;
  readonly #outbox: Outbox;
  readonly #pace: AdaptivePace;
  readonly #ghosts = new Ghosts();
  readonly #poke = new Poke();
  readonly #ending = new AbortController();
  readonly #running: Promise<unknown>;
  #spec: ConnectionSpec;
  #state: ConnectionState = { phase: "connecting", attempt: 1 };
  #channelStates: ReadonlyMap<string, ChannelState> = new Map();
  #session: Session | undefined;
  #transport: Transport | undefined;
  #waiters: (() => void)[] = [];
  #nicklen: number | undefined;
  #muted = false;

  constructor(options: ConnectionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#spec = options.spec;
    this.#channels = new Channels({ random: options.random, specs: () => this.#spec.channels });
    this.#outbox = new Outbox({ canSpeak: (key) => this.canSpeak(key) });
    const { signal } = this.#ending;
    const { clock, random, spec } = options;
    this.#pace = new AdaptivePace({
      seed: seedFor(spec.flood, { version: "", network: "" }),
      memory: options.memory ?? shortMemory(),
      wallMs: () => clock.now(),
    });
    this.#running = Promise.all([
      keepTrying({
        clock,
        random,
        servers: () => this.#spec.servers,
        connect: (server, attempt) => this.#attempt(server, attempt, signal),
        waiting: (end, server, waitMs) => this.#waitAfter(end, server, waitMs),
      }, signal),
      this.#pump(signal),
    ]);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get channels(): ReadonlyMap<string, ChannelState> {
    return this.#channelStates;
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  get pace(): PaceState {
    return this.#pace.state;
  }

  canSpeak(channel: string): boolean {
    return !this.#muted && this.#session?.isReady === true &&
      this.#channels.canSpeak(channel, this.#nowMs());
  }

  wantChannels(channels: readonly string[]): void {
    const left = this.#channels.want(channels);
    this.#session?.part(left);
    this.#channelStates = this.#channels.states(this.#nowMs());
    this.#poke.poke();
  }

  update(spec: ConnectionSpec): void {
    this.#spec = spec;
    this.#session?.update(spec);
    this.#poke.poke();
  }

  reloaded(): void {
    this.#channels.reloaded();
    this.#poke.poke();
  }

  report(channel: string): ChannelReport | undefined {
    return this.#channels.report(channel, this.#nowMs());
  }

  offer(message: Message): boolean {
    if (this.#muted || this.#ending.signal.aborted || !this.#outbox.offer(message)) return false;
    this.#poke.poke();
    return true;
  }

  mute(): void {
    this.#muted = true;
    this.#session?.takeBack();
    this.#outbox.drop();
    this.#outbox.settleAll();
    this.#poke.poke();
  }

  unmute(): void {
    this.#muted = false;
    this.#poke.poke();
  }

  async drained(signal: AbortSignal): Promise<void> {
    if (this.pending === 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = () => resolve();
    this.#waiters.push(resolve);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waiters = this.#waiters.filter((waiter) => waiter !== resolve);
    }
  }

  async close(reason: string): Promise<void> {
    const transport = this.#transport;
    if (this.#session !== undefined && transport !== undefined && !transport.closed) {
      this.#session.quit(reason);
      const farewell = AbortSignal.any([transport.ended, this.#ending.signal]);
      // The server closes first: closing with lines unread would reset the connection and lose what was written.
      await pause(this.#options.clock, FAREWELL_MS, farewell);
    }
    this.#ending.abort(new DOMException("The connection was closed", "AbortError"));
    this.#transport?.close();
    await this.#running;
    this.#outbox.abandon();
    this.#outbox.settleAll();
    this.#wakeDrained();
    this.#setState({ phase: "closed" });
  }

  /** One connection, from the first packet to the last. */
  async #attempt(server: Server, attempt: number, signal: AbortSignal): Promise<SessionEnd> {
    const { clock, random, sts } = this.#options;
    this.#setState({ phase: "connecting", attempt });
    const visit = sts.visit(server, this.#spec.tls, this.#nowMs());
    try {
      await using transport = await dial(visit.destination, { clock }, signal);
      this.#setState({ phase: "registering", attempt });
      const session = new Session({
        spec: this.#spec,
        transport,
        clock,
        random,
        channels: this.#channels,
        outbox: this.#outbox,
        pace: this.#pace,
        host: server.host,
        ghosts: this.#ghosts,
        reclaimsNick: this.#options.reclaimsNick,
        nicklen: this.#nicklen,
        onSts: (value) => visit.hear(value, this.#nowMs()),
      });
      this.#transport = transport;
      this.#session = session;
      this.#poke.poke();
      return await this.#listen(transport, session);
    } catch (error) {
      if (!signal.aborted && !(error instanceof DialError)) throw error;
      const because = error instanceof Error ? error.message : "";
      return { because, punished: false, again: false, readyForMs: 0 };
    } finally {
      visit.leave(this.#nowMs());
    }
  }

  async #listen(transport: Transport, session: Session): Promise<SessionEnd> {
    let broken: unknown;
    try {
      for await (const lines of transport.read()) {
        for (const line of lines) session.receive(line);
        this.#poke.poke();
      }
    } catch (error) {
      broken = error;
    }
    this.#session = undefined;
    this.#transport = undefined;
    this.#nicklen = session.nicklen ?? this.#nicklen;
    const end = session.end();
    this.#poke.poke();
    if (broken === undefined) return end;
    if (!(broken instanceof DialError)) throw broken;
    return { ...end, because: broken.message };
  }

  /** Does whatever is due, and tells what changed, whenever something happened or the time has come. */
  async #pump(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const nowMs = this.#nowMs();
      const ghostsMs = this.#ghosts.elapse(nowMs);
      const tickMs = this.#session?.tick(nowMs) ?? Infinity;
      this.#outbox.expire(nowMs);
      this.#refresh(nowMs);
      this.#outbox.settleAll();
      if (this.pending === 0) this.#wakeDrained();
      const lookMs = Math.min(ghostsMs, tickMs, this.#outbox.earliestExpiryMs);
      await this.#poke.waitAtMost(Math.max(0, lookMs - nowMs), { clock }, signal);
    }
  }

  #waitAfter({ because }: SessionEnd, server: Server, waitMs: number): void {
    const { clock, log } = this.#options;
    this.#setState({ phase: "waiting", untilMs: clock.now() + waitMs, because });
    log.warn("Connection lost or refused, trying again", {
      connection: this.id,
      server: seatOf(server),
      because,
      waitMs,
    });
  }

  #refresh(nowMs: number): void {
    const session = this.#session;
    if (session?.isReady === true) this.#setReady(session);
    const states = this.#channels.states(nowMs);
    if (sameStates(states, this.#channelStates)) return;
    this.#channelStates = states;
    this.#options.changed();
  }

  #setReady({ nick, trouble }: Session): void {
    const { id, state } = this;
    if (state.phase === "ready" && state.nick === nick && state.but === trouble) return;
    if (trouble === undefined) this.#options.log.info("Connected", { connection: id, nick });
    else this.#options.log.warn("Connected, but not as wanted", { connection: id, nick, because: trouble });
    this.#setState({ phase: "ready", nick, ...trouble === undefined ? {} : { but: trouble } });
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#options.changed();
  }

  #wakeDrained(): void {
    for (const wake of this.#waiters) wake();
  }

  #nowMs(): number {
    return this.#options.clock.monotonic();
  }
}
