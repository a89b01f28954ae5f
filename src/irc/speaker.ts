/**
 * Sending: what waits leaves as the pace and the window allow, and what was sent is followed until it has landed.
 *
 * @module
 */

import type { Channels } from "./channels.ts";
import { compose, type Composed, nextLine } from "./compose.ts";
import type { Ghosts } from "./ghosts.ts";
import type { Identity } from "./identity.ts";
import { type Entry, isFit, type Part } from "./lane.ts";
import type { Outbox } from "./outbox.ts";
import { type Pace, PaceBucket } from "./pace.ts";
import type { Transport } from "./transport.ts";
import { AckWindow, type Landing } from "./window.ts";
import { byteLength } from "./wire.ts";

/** Longest PING of ours with CR LF. */
const FENCE_BYTES = 32;

/** Messages share lines when what waits would otherwise take longer than this, in milliseconds (invariant I5). */
const LIVE_MS = 1_000;

/** What a speaker needs. */
export interface SpeakerOptions {
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
  /** How fast, until more is known. */
  readonly pace: Pace;
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
  readonly #bucket: PaceBucket;
  /** Lines that wait for the pace before any message does. */
  #commands: string[] = [];

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
    this.#bucket = new PaceBucket(options.pace, nowMs);
  }

  /** When the oldest PING without an answer was sent; `undefined` when all are answered. */
  get askedMs(): number | undefined {
    return this.#window.oldestFenceMs;
  }

  /** Changes the pace. */
  setPace(pace: Pace): void {
    this.#bucket.setPace(pace);
  }

  /** Says that the server echoes what we say. */
  expectEchoes(): void {
    this.#window.expectEchoes();
  }

  /** Queues lines that go before any message. */
  command(...lines: readonly string[]): void {
    this.#commands.push(...lines);
  }

  /** Sends a line at once, whatever the pace; what follows pays for it. */
  send(line: string, nowMs: number): boolean {
    this.#bucket.spend(wireLength(line), nowMs);
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
    for (let line = this.#commands[0]; line !== undefined; line = this.#commands[0]) {
      const waitMs = this.#bucket.waitMs(wireLength(line), nowMs);
      if (waitMs > 0) return nowMs + waitMs;
      this.#commands.shift();
      this.send(line, nowMs);
    }
    let resumeMs = Infinity;
    let entry = this.#nextEntry(nowMs);
    while (entry !== undefined && this.#window.hasRoom && !this.#transport.closed) {
      const waitMs = this.#say(entry, nowMs);
      if (waitMs > 0) {
        resumeMs = nowMs + waitMs;
        break;
      }
      entry = this.#nextEntry(nowMs);
    }
    return Math.min(resumeMs, this.#sendFence(entry !== undefined, nowMs));
  }

  /** A line of ours came back. */
  echoed(channel: string, text: string, nowMs: number): void {
    this.#land(this.#window.echoed(this.#channels.keyOf(channel), text), nowMs);
  }

  /** Somebody said something in a channel: perhaps what an earlier connection of ours left behind. */
  overheard(nick: string, channel: string, text: string): void {
    for (const part of this.#ghosts.spoke(nick, this.#channels.keyOf(channel), text)) {
      this.#outbox.arrived(part);
    }
  }

  /** A PONG came. */
  ponged(token: string, nowMs: number): void {
    this.#land(this.#window.pong(token), nowMs);
  }

  /** A message to a channel was refused; which one may be known only later. */
  refused(channel: string, nowMs: number): void {
    this.#land(this.#window.error(this.#channels.keyOf(channel)), nowMs);
  }

  /** The connection is gone: puts back what was in flight. */
  giveUp(): void {
    const flights = this.#window.drain();
    this.#ghosts.died(this.#identity.nick, flights);
    this.#giveBack(flights.flatMap(({ parts }) => parts), "lost");
  }

  #nextEntry(nowMs: number): Entry | undefined {
    return this.#outbox.next((key, entry) =>
      isFit(entry, nowMs) && this.#channels.canSpeak(key, nowMs) &&
      (!this.#window.isFlying(key) || this.#mayAccompany(key, entry))
    );
  }

  /** Whether a line may leave while another one is in flight to its channel. */
  #mayAccompany(key: string, entry: Entry): boolean {
    return !this.#channels.isProbing(key) && !entry.alone && !this.#window.isFlyingAlone(key);
  }

  /** Sends the next line of a message; returns how long it has to wait instead, or 0. */
  #say(entry: Entry, nowMs: number): number {
    const { channel } = entry.message;
    const { text, entries } = this.#compose(entry, nowMs);
    const line = `PRIVMSG ${channel} :${text}`;
    const waitMs = this.#bucket.waitMs(wireLength(line), nowMs);
    if (waitMs > 0) return waitMs;
    const parts = this.#outbox.take(entries);
    if (parts.length === 0) return 0;
    if (this.send(line, nowMs)) this.#window.sent({ entry, parts, text }, nowMs);
    else this.#giveBack(parts, this.#transport.closed ? "lost" : "refused");
    return 0;
  }

  /** The next line of a message, shared with those behind it when more of them are shown that way. */
  #compose(entry: Entry, nowMs: number): Composed {
    const { channel } = entry.message;
    const limitBytes = this.#identity.limitFor(channel);
    const line = nextLine(entry, limitBytes, nowMs);
    const lineBytes = wireLength(`PRIVMSG ${channel} :${line}`);
    const drainMs = (lines: number) => this.#bucket.drainMs(lines, lineBytes, nowMs);
    return drainMs(2) > 0 && drainMs(this.#outbox.pending) > LIVE_MS
      ? compose(entry, this.#outbox.behind(entry), { limitBytes, nowMs })
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
    const waitMs = this.#bucket.waitMs(FENCE_BYTES, nowMs);
    if (waitMs > 0) return nowMs + waitMs;
    this.ask(nowMs);
    return Infinity;
  }

  #land({ shown, refused, doubtful, dropped }: Landing, nowMs: number): void {
    for (const { entry, parts } of shown) {
      for (const part of parts) this.#outbox.landed(part.entry);
      this.#channels.spoke(entry.key);
    }
    for (const { entry } of dropped) {
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

/** Length of a line with its CR LF. */
function wireLength(line: string): number {
  return byteLength(line) + 2;
}
