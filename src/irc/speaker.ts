/**
 * Sending: what waits leaves as the pace and the window allow, and what was sent is followed until it has landed.
 *
 * @module
 */

import type { AdaptivePace, Trouble } from "./adaptive_pace.ts";
import type { Channels } from "./channels.ts";
import { CommandQueue } from "./command_queue.ts";
import { compose, type Composed, nextLine } from "./compose.ts";
import type { Ghosts } from "./ghosts.ts";
import type { Identity } from "./identity.ts";
import { type Entry, isFit, type Part } from "./lane.ts";
import type { Outbox } from "./outbox.ts";
import { Tempo, type TempoOptions } from "./tempo.ts";
import type { Transport } from "./transport.ts";
import { AckWindow, type Flight, type Landing } from "./window.ts";
import { byteLength } from "./wire.ts";

/** Longest PING of ours with CR LF. */
const FENCE_BYTES = 32;

/** Messages share lines when what waits would otherwise take longer than this, in milliseconds (invariant I5). */
const LIVE_MS = 1_000;

/**
 * Answers are slow for so long after a command, in milliseconds, whatever the pace: ngircd makes a client pause for two
 * seconds and more for a JOIN that it refuses, and what logs in is not paced at all.
 */
const COMMAND_SHADOW_MS = 10_000;

/** What a speaker needs. */
export interface SpeakerOptions extends TempoOptions {
  /** An open socket. */
  readonly transport: Transport;
  /** Where messages may go. */
  readonly channels: Channels;
  /** Messages that wait. */
  readonly outbox: Outbox;
  /** What earlier connections may still bring. */
  readonly ghosts: Ghosts;
  /** Who we are, which decides how long a line can be. */
  readonly identity: Identity;
  /** Makes PING tokens unlike those of any other session. */
  readonly random: () => number;
}

/** The sending side of one session. */
export class Speaker {
  readonly #transport: Transport;
  readonly #channels: Channels;
  readonly #outbox: Outbox;
  readonly #ghosts: Ghosts;
  readonly #identity: Identity;
  readonly #window: AckWindow;
  readonly #pace: AdaptivePace;
  readonly #tempo: Tempo;
  /** How many lines were labelled; `undefined` where the server answers without labels. */
  #labels: number | undefined;
  /** Lines that wait for the pace before any message does. */
  readonly #commands = new CommandQueue();
  /** When the last of them was sent, or the session began. */
  #commandMs: number;

  /**
   * Starts with nothing in flight.
   *
   * @param options What it works with.
   * @param nowMs Monotonic time.
   */
  constructor(options: SpeakerOptions, nowMs: number) {
    this.#transport = options.transport;
    this.#channels = options.channels;
    this.#outbox = options.outbox;
    this.#ghosts = options.ghosts;
    this.#identity = options.identity;
    this.#window = new AckWindow(`irctail${Math.floor(options.random() * 0x7fff_ffff).toString(36)}`);
    this.#pace = options.pace;
    this.#tempo = new Tempo(options, nowMs);
    this.#commandMs = nowMs;
  }

  /** When the oldest PING without an answer was sent; `undefined` when all are answered. */
  get askedMs(): number | undefined {
    return this.#window.oldestFenceMs;
  }

  /** Says that the server echoes what we say. */
  expectEchoes(): void {
    this.#window.expectEchoes();
  }

  /** Says that the server labels its answers, besides echoing. */
  expectLabels(): void {
    this.#labels ??= 0;
  }

  /** Queues lines that go before any message. */
  command(...lines: readonly string[]): void {
    this.#commands.add(lines);
  }

  /** Queues lines that go when no message waits, or after ten seconds. */
  whenIdle(lines: readonly string[], nowMs: number): void {
    this.#commands.addIdle(lines, nowMs);
  }

  /** Sends a line at once, whatever the pace; what follows pays for it. */
  send(line: string, nowMs: number): boolean {
    this.#tempo.spend(wireLength(line), nowMs);
    return this.#transport.write(line);
  }

  /** Sends a PING at once, which stands behind everything in flight. */
  ask(nowMs: number): void {
    this.send(`PING ${this.#window.fence(nowMs)}`, nowMs);
  }

  /**
   * Sends what pace and window allow.
   *
   * @returns When it can go on, in monotonic milliseconds; `Infinity` when only the server can change that.
   */
  speak(nowMs: number): number {
    const commandsMs = this.#sendCommands(false, nowMs);
    if (commandsMs > 0) return nowMs + commandsMs;
    // Before more lines: those in flight have waited for their PING long enough.
    if (this.#window.fenceDueMs(true) <= nowMs) {
      const fenceMs = this.#sendFence(true, nowMs);
      if (fenceMs < Infinity) return fenceMs;
    }
    let waitMs = 0;
    let entry = this.#nextEntry(nowMs);
    while (entry !== undefined && waitMs === 0 && this.#window.hasRoom && !this.#transport.closed) {
      waitMs = this.#say(entry, nowMs);
      if (waitMs === 0) entry = this.#nextEntry(nowMs);
    }
    if (entry === undefined) waitMs = this.#sendCommands(true, nowMs);
    const resumeMs = Math.min(waitMs === 0 ? Infinity : nowMs + waitMs, this.#tempo.channelsMs);
    if (resumeMs < Infinity) this.#pace.held();
    return Math.min(resumeMs, this.#sendFence(resumeMs < Infinity && waitMs < Infinity, nowMs));
  }

  /** A line of ours came back. */
  echoed(
    { channel, text, label }: {
      readonly channel: string;
      readonly text: string;
      readonly label: string | undefined;
    },
    nowMs: number,
  ): void {
    const key = this.#channels.keyOf(channel);
    this.#land(this.#window.echoed({ key, text, label }, nowMs), nowMs);
  }

  /** The server is done with a line, and says no more about it. */
  acknowledged(label: string): void {
    this.#window.acknowledged(label);
  }

  /** Somebody said something in a channel: perhaps what an earlier connection of ours left behind. */
  overheard(nick: string, channel: string, text: string): void {
    for (const part of this.#ghosts.spoke(nick, this.#channels.keyOf(channel), text)) {
      this.#outbox.arrived(part);
    }
  }

  /** A PONG came. */
  ponged(token: string, nowMs: number): void {
    this.#land(this.#window.pong(token, nowMs), nowMs);
  }

  /** A message to a channel was refused; which one is known from the label, or only later. */
  refused(channel: string, label: string | undefined, nowMs: number): void {
    this.#land(this.#window.error(this.#channels.keyOf(channel), label), nowMs);
  }

  /** A message was refused for what no channel is the reason of. */
  refusedLine(label: string, nowMs: number): void {
    const key = this.#window.keyOf(label);
    if (key === undefined) return;
    this.#channels.throttled(key, "The server refused a message", nowMs);
    this.#land(this.#window.error(key, label), nowMs);
  }

  /** A channel that took messages a moment ago takes none, and nothing has changed there: it was too much. */
  suspect(channel: string, nowMs: number): void {
    this.#tempo.suspect(this.#channels.keyOf(channel), "messages refused", nowMs);
  }

  /** The server says that it is too much. */
  trouble(because: Trouble, nowMs: number): void {
    this.#pace.trouble(because, nowMs);
  }

  /** Something about the channel changed: what it refuses now may have another reason than the pace. */
  channelChanged(channel: string): void {
    this.#tempo.changed(this.#channels.keyOf(channel));
  }

  /** Puts back what the socket was not given yet: it can still be stopped. */
  takeBack(): void {
    const unsent = this.#window.withdraw((flight) => this.#transport.withdraw(rawLine(flight)));
    for (const { parts } of unsent) this.#giveBack(parts, "lost");
  }

  /** The connection is gone: puts back what was in flight. */
  giveUp(nowMs: number): void {
    const flights = this.#window.drain();
    this.#ghosts.died(this.#identity.nick, flights, nowMs);
    this.#giveBack(flights.flatMap(({ parts }) => parts), "lost");
  }

  /** Sends commands as the pace allows; returns how long the next one has to wait, or 0. */
  #sendCommands(isIdle: boolean, nowMs: number): number {
    const next = () => this.#commands.next(isIdle, nowMs);
    for (let line = next(); line !== undefined; line = next()) {
      const waitMs = this.#tempo.waitMs(wireLength(line), nowMs);
      if (waitMs > 0) return waitMs;
      this.#commands.take();
      this.send(line, nowMs);
      this.#commandMs = nowMs;
    }
    return 0;
  }

  #nextEntry(nowMs: number): Entry | undefined {
    this.#tempo.look();
    return this.#outbox.next((key, entry) =>
      isFit(entry, nowMs) && this.#channels.canSpeak(key, nowMs) &&
      (!this.#window.isFlying(key) || this.#mayAccompany(key, entry)) &&
      this.#tempo.allows(key, nowMs)
    );
  }

  /** Whether a line may leave while another one is in flight to its channel. */
  #mayAccompany(key: string, entry: Entry): boolean {
    return !this.#channels.isProbing(key) && !entry.alone && !this.#window.isFlyingAlone(key);
  }

  /**
   * Sends the next line of a message; returns how long it has to wait instead, or 0; `Infinity` when it waits for an
   * answer from the server.
   */
  #say(entry: Entry, nowMs: number): number {
    const { text, entries } = this.#compose(entry, nowMs);
    const label = this.#labels === undefined ? undefined : `${this.#labels}`;
    const line = rawLine({ entry, text, label });
    const bytes = wireLength(line);
    if (!this.#window.fits(bytes, this.#pace.mostBytesInFlight)) return Infinity;
    const waitMs = this.#tempo.waitMs(bytes, nowMs);
    if (waitMs > 0) return waitMs;
    const parts = this.#outbox.take(entries);
    if (parts.length === 0) return 0;
    if (this.#labels !== undefined) this.#labels++;
    if (this.send(line, nowMs)) {
      this.#window.sent({ entry, parts, text, bytes, label }, nowMs);
      this.#tempo.spoke(entry.key, nowMs);
    } else this.#giveBack(parts, this.#transport.closed ? "lost" : "refused");
    return 0;
  }

  /** The next line of a message, shared with those behind it when more of them are shown that way. */
  #compose(entry: Entry, nowMs: number): Composed {
    const { channel } = entry.message;
    const limitBytes = this.#identity.limitFor(channel);
    const line = nextLine(entry, limitBytes, nowMs);
    const lineBytes = wireLength(`PRIVMSG ${channel} :${line}`);
    const drainMs = (lines: number) => this.#tempo.drainMs(entry.key, { lines, lineBytes }, nowMs);
    return drainMs(2) > 0 && drainMs(this.#outbox.pending) > LIVE_MS
      ? compose(entry, this.#outbox.behind(entry), { limitBytes, flying: this.#window.messages, nowMs })
      : { text: line, entries: [entry] };
  }

  /** Puts lines back that did not arrive, the last one first. */
  #giveBack(parts: readonly Part[], how: "refused" | "doubtful" | "lost"): void {
    for (const { entry, line } of parts.toReversed()) this.#outbox.giveBack(entry, line, how);
  }

  /** Sends the PING behind what is in flight when it is due and the pace allows; returns when to look again. */
  #sendFence(more: boolean, nowMs: number): number {
    const dueMs = this.#window.fenceDueMs(more);
    if (dueMs > nowMs) return dueMs;
    const waitMs = this.#tempo.waitMs(FENCE_BYTES, nowMs);
    if (waitMs > 0) return nowMs + waitMs;
    this.ask(nowMs);
    return Infinity;
  }

  #land({ shown, refused, doubtful, dropped, trip }: Landing, nowMs: number): void {
    if (trip !== undefined) {
      const isExcused = nowMs - trip.ms < this.#commandMs + COMMAND_SHADOW_MS;
      this.#pace.answered(trip, { nowMs, isExcused });
    }
    for (const { entry, parts } of shown) {
      for (const part of parts) this.#outbox.landed(part.entry);
      this.#channels.spoke(entry.key);
      this.#tempo.proven(entry.key);
    }
    this.#pace.acknowledged(shown.length);
    for (const { entry } of dropped) {
      this.#tempo.suspect(entry.key, "messages dropped", nowMs);
      this.#channels.throttled(entry.key, "The server dropped a message without saying why", nowMs);
    }
    for (const { parts } of [...refused, ...dropped].toReversed()) {
      // Of several that shared a line one may be what the server does not like.
      this.#giveBack(parts, parts.length === 1 ? "refused" : "doubtful");
    }
    // Twice is better than never: a line that is only believed to be shown would be lost without being counted.
    this.#giveBack(doubtful.flatMap(({ parts }) => parts), "doubtful");
    // Some of them were shown, so the channel is open.
    for (const { entry } of doubtful) this.#channels.spoke(entry.key);
  }
}

/** A message as it is sent, without CR LF. */
function rawLine({ entry, text, label }: Pick<Flight, "entry" | "text" | "label">): string {
  return `${label === undefined ? "" : `@label=${label} `}PRIVMSG ${entry.message.channel} :${text}`;
}

/** Length of a line with its CR LF. */
function wireLength(line: string): number {
  return byteLength(line) + 2;
}
