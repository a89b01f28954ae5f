/**
 * Sending: what waits leaves as the pace and the window allow, and what was sent is followed until it has landed.
 *
 * @module
 */

import type { AdaptivePace, Trouble } from "./adaptive_pace.ts";
import { ChannelCaps } from "./channel_caps.ts";
import type { Channels } from "./channels.ts";
import type { Identity } from "./identity.ts";
import type { Entry } from "./lane.ts";
import type { Outbox } from "./outbox.ts";
import { PaceBucket } from "./pace.ts";
import type { Transport } from "./transport.ts";
import { AckWindow, type Landing } from "./window.ts";
import { byteLength, refit, toWire } from "./wire.ts";

/** Longest PING of ours with CR LF. */
const FENCE_BYTES = 32;

/** What a speaker needs. */
export interface SpeakerOptions {
  /** An open socket. */
  readonly transport: Transport;
  /** Where messages may go. */
  readonly channels: Channels;
  /** Messages that wait. */
  readonly outbox: Outbox;
  /** Who we are, which decides how long a line can be. */
  readonly identity: Identity;
  /** How fast. */
  readonly pace: AdaptivePace;
  /** Whether the server spares us in a channel, because we have voice there or more; by the channel's key. */
  readonly isVoiced: (key: string) => boolean;
  /** Makes PING tokens unlike those of any other session. */
  readonly random: () => number;
}

/** The sending side of one session. */
export class Speaker {
  readonly #transport: Transport;
  readonly #channels: Channels;
  readonly #outbox: Outbox;
  readonly #identity: Identity;
  readonly #window: AckWindow;
  readonly #pace: AdaptivePace;
  readonly #bucket: PaceBucket;
  readonly #caps = new ChannelCaps();
  readonly #isVoiced: (key: string) => boolean;
  /** Channels that took a line, and nothing has changed since: what they refuse now, they refuse for being too much. */
  readonly #proven = new Set<string>();
  /** How many lines were labelled; `undefined` where the server answers without labels. */
  #labels: number | undefined;
  /** When the first channel that waits for its own pace may be spoken to, in monotonic milliseconds. */
  #capMs = Infinity;
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
    this.#identity = options.identity;
    this.#window = new AckWindow(`irctail${Math.floor(options.random() * 0x7fff_ffff).toString(36)}`);
    this.#pace = options.pace;
    this.#bucket = new PaceBucket(options.pace.pace, nowMs);
    this.#isVoiced = options.isVoiced;
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
    this.#bucket.setPace(this.#pace.pace);
    this.#caps.setPace(this.#pace.perChannel);
    for (let line = this.#commands[0]; line !== undefined; line = this.#commands[0]) {
      const waitMs = this.#bucket.waitMs(wireLength(line), nowMs);
      if (waitMs > 0) return nowMs + waitMs;
      this.#commands.shift();
      this.send(line, nowMs);
    }
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
    const resumeMs = Math.min(waitMs === 0 ? Infinity : nowMs + waitMs, this.#capMs);
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
    if (this.#proven.delete(this.#channels.keyOf(channel))) this.#pace.trouble("messages refused", nowMs);
  }

  /** The server says that it is too much. */
  trouble(because: Trouble, nowMs: number): void {
    this.#pace.trouble(because, nowMs);
  }

  /** Something about the channel changed: what it refuses now may have another reason than the pace. */
  channelChanged(channel: string): void {
    this.#proven.delete(this.#channels.keyOf(channel));
  }

  /** The connection is gone: puts back what was in flight. */
  giveUp(): void {
    for (const { entry, text } of this.#window.drain().toReversed()) {
      this.#outbox.giveBack(entry, text, "lost");
    }
  }

  #nextEntry(nowMs: number): Entry | undefined {
    this.#capMs = Infinity;
    return this.#outbox.next((key, entry) =>
      this.#channels.canSpeak(key, nowMs) &&
      (!this.#window.isFlying(key) || this.#mayAccompany(key, entry)) &&
      this.#takesMore(key, nowMs)
    );
  }

  /** Whether the channel's own pace allows a line; remembers when it will. */
  #takesMore(key: string, nowMs: number): boolean {
    const waitMs = this.#isVoiced(key) ? 0 : this.#caps.waitMs(key, nowMs);
    if (waitMs > 0) this.#capMs = Math.min(this.#capMs, nowMs + waitMs);
    return waitMs === 0;
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
    const { channel, text, long } = entry.message;
    const limitBytes = this.#identity.limitFor(channel);
    entry.lines = entry.lines === undefined
      ? toWire(text, { limitBytes, long })
      : refit(entry.lines, limitBytes);
    const label = this.#labels === undefined ? undefined : `${this.#labels}`;
    const frame = `${label === undefined ? "" : `@label=${label} `}PRIVMSG ${channel} :`;
    const bytes = wireLength(frame + (entry.lines[0] ?? ""));
    if (!this.#window.fits(bytes, this.#pace.mostBytesInFlight)) return Infinity;
    const waitMs = this.#bucket.waitMs(bytes, nowMs);
    if (waitMs > 0) return waitMs;
    const line = this.#outbox.take(entry);
    if (line === undefined) return 0;
    if (this.#labels !== undefined) this.#labels++;
    if (this.send(frame + line, nowMs)) {
      this.#window.sent({ entry, text: line, bytes, label }, nowMs);
      if (!this.#isVoiced(entry.key)) this.#caps.spend(entry.key, nowMs);
    } else this.#outbox.giveBack(entry, line, this.#transport.closed ? "lost" : "refused");
    return 0;
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

  #land({ shown, refused, doubtful, dropped, trip }: Landing, nowMs: number): void {
    if (trip !== undefined) this.#pace.answered(trip, nowMs);
    for (const { entry } of shown) {
      this.#outbox.landed(entry);
      this.#channels.spoke(entry.key);
      this.#proven.add(entry.key);
    }
    this.#pace.acknowledged(shown.length);
    for (const { entry } of dropped) {
      if (this.#proven.delete(entry.key)) this.#pace.trouble("messages dropped", nowMs);
      this.#channels.throttled(entry.key, "The server dropped a message without saying why", nowMs);
    }
    for (const { entry, text } of [...refused, ...dropped].toReversed()) {
      this.#outbox.giveBack(entry, text, "refused");
    }
    // Twice is better than never: a line that is only believed to be shown would be lost without being counted.
    for (const { entry, text } of doubtful.toReversed()) {
      this.#outbox.giveBack(entry, text, "doubtful");
      // Some of them were shown, so the channel is open.
      this.#channels.spoke(entry.key);
    }
  }
}

/** Length of a line with its CR LF. */
function wireLength(line: string): number {
  return byteLength(line) + 2;
}
