/**
 * Messages that wait for their turn: bounded, fair between channels and routes, errors first, and none longer than it may.
 *
 * @module
 */

import type { Message, Outcome } from "./connection.ts";
import { type Entry, expiryOf, isBegun, Lane, type Part } from "./lane.ts";
import { byteLength, type WireText } from "./wire.ts";

/** How much may wait. */
export interface OutboxOptions {
  /** Messages; 1,000 are ten minutes of what the slowest server takes. */
  readonly mostMessages?: number;
  /** Bytes of text. */
  readonly mostBytes?: number;
  /** Whether a message could be said in a channel now. */
  readonly canSpeak: (key: string) => boolean;
}

const MOST_MESSAGES = 1_000;
const MOST_BYTES = 256 * 1_024;

/** After so many errors in a row another message has its turn, so that a storm of errors does not silence the rest. */
const ERRORS_IN_A_ROW = 3;

/** How often a refused line is tried again: with the back-off of a muted channel that is about a minute. */
const MOST_REFUSALS = 3;

/** How soon a message that is too old and half said is looked at again. */
const HALF_SAID_LOOK_MS = 250;

/** The queue of one connection. Settles nothing by itself: {@linkcode Outbox.settleAll} does. */
export class Outbox {
  readonly #mostMessages: number;
  readonly #mostBytes: number;
  readonly #canSpeak: (key: string) => boolean;
  readonly #errors = new Lane();
  readonly #others = new Lane();
  /** Everything that was taken and is not settled yet. */
  readonly #live = new Set<Entry>();
  /** Messages with a line in flight that were dropped: what is not on the wire of them never leaves. */
  readonly #dropped = new Set<Entry>();
  #bytes = 0;
  #offers = 0;
  #errorsInARow = 0;
  #earliestExpiryMs = Infinity;
  /** Whether a message was left in because of what an earlier connection may still bring. */
  #hasDoubts = false;
  #decided: (readonly [Entry, Outcome])[] = [];

  /**
   * Starts empty.
   *
   * @param options Limits, and what the channels are doing.
   */
  constructor(options: OutboxOptions) {
    this.#mostMessages = options.mostMessages ?? MOST_MESSAGES;
    this.#mostBytes = options.mostBytes ?? MOST_BYTES;
    this.#canSpeak = options.canSpeak;
  }

  /** Messages that are not decided yet, queued and in flight. */
  get pending(): number {
    return this.#live.size;
  }

  /** When the next message is too old, in monotonic milliseconds; may be too early, never too late. */
  get earliestExpiryMs(): number {
    return this.#earliestExpiryMs;
  }

  /**
   * Takes a message if there is room, or if something less urgent can make room.
   *
   * @param message What to say.
   */
  offer(message: Message): boolean {
    const key = message.channel.toLowerCase();
    const bytes = byteLength(message.text);
    while (this.#live.size + 1 > this.#mostMessages || this.#bytes + bytes > this.#mostBytes) {
      const victim = this.#leastUrgent(message.urgency);
      if (victim === undefined) return false;
      this.#remove(victim);
      this.#decide(victim, this.#canSpeak(victim.key) ? "expired" : "away");
    }
    const order = this.#offers++;
    const entry: Entry = {
      message,
      key,
      order,
      lines: undefined,
      stamped: false,
      flying: 0,
      shown: 0,
      refusals: 0,
      alone: false,
      lost: false,
      doubts: 0,
      bytes,
    };
    this.#live.add(entry);
    this.#bytes += bytes;
    this.#insert(entry);
    return true;
  }

  /**
   * The message whose turn it is, which stays where it is until {@linkcode Outbox.take}.
   *
   * @param mayFly Whether a line of a message may leave now.
   */
  next(mayFly: (key: string, entry: Entry) => boolean): Entry | undefined {
    const error = this.#errors.first(mayFly);
    const other = this.#others.first(mayFly);
    if (error === undefined || other === undefined) return error ?? other;
    // The lines of one message stay together.
    if (isBegun(error)) return error;
    if (isBegun(other)) return other;
    return this.#errorsInARow < ERRORS_IN_A_ROW ? error : other;
  }

  /** What waits behind a message in its flow, in order. */
  behind(entry: Entry): readonly Entry[] {
    return this.#laneOf(entry).behind(entry);
  }

  /**
   * Takes the next line of each of these messages of one flow, whose lines were cut before; they are in flight from now
   * on. However many they are, it was one turn.
   */
  take(entries: readonly Entry[]): readonly Part[] {
    const parts: Part[] = [];
    let isOver = false;
    for (const entry of entries) {
      const [line, ...rest] = entry.lines ?? [];
      entry.lines = rest;
      if (line !== undefined) {
        entry.flying++;
        parts.push({ entry, line });
      }
      if (rest.length > 0) continue;
      this.#remove(entry);
      isOver = true;
    }
    const [first] = entries;
    if (first !== undefined && isOver) {
      this.#errorsInARow = first.message.urgency === "error" ? this.#errorsInARow + 1 : 0;
      this.#laneOf(first).passOn(first);
    }
    return parts;
  }

  /** A line in flight was shown. */
  landed(entry: Entry): void {
    entry.flying--;
    entry.shown++;
    if (entry.flying > 0) return;
    if (entry.lines?.length === 0) this.#decide(entry, "shown");
    else if (this.#dropped.has(entry)) this.#decide(entry, "away");
  }

  /**
   * A line in flight did not arrive; it is the next one of its message again.
   *
   * @param entry Its message.
   * @param line The line; of several give the last one back first.
   * @param how `refused` counts, and the third time is the last; `lost` with the connection does not count, and
   * `doubtful` makes it fly alone from now on.
   */
  giveBack(entry: Entry, line: WireText, how: "refused" | "doubtful" | "lost"): void {
    entry.flying--;
    entry.alone ||= how === "doubtful";
    entry.lost ||= how === "lost";
    if (!this.#live.has(entry)) return;
    if (this.#dropped.has(entry)) {
      entry.lines = [line, ...entry.lines ?? []];
      if (entry.flying === 0) this.#decide(entry, "away");
      return;
    }
    if (how === "refused" && ++entry.refusals >= MOST_REFUSALS) {
      this.#remove(entry);
      this.#decide(entry, "away");
      return;
    }
    this.#remove(entry);
    entry.lines = [line, ...entry.lines ?? []];
    this.#insert(entry);
  }

  /** A line that was given back as lost did arrive after all. */
  arrived({ entry, line }: Part): void {
    const at = entry.lines?.indexOf(line) ?? -1;
    if (!this.#live.has(entry) || at === -1) return;
    entry.lines = entry.lines?.toSpliced(at, 1);
    entry.shown++;
    if (entry.flying > 0 || entry.lines?.length !== 0) return;
    this.#remove(entry);
    this.#decide(entry, "shown");
  }

  /** Takes out what is too old; a message that is half said, or may be shown already, is finished first. */
  expire(nowMs: number): void {
    if (nowMs < this.#earliestExpiryMs && !this.#hasDoubts) return;
    this.#earliestExpiryMs = Infinity;
    this.#hasDoubts = false;
    for (const entry of this.#others.all()) {
      // Whoever ends a doubt looks again; no timer does.
      if (entry.doubts > 0) {
        this.#hasDoubts = true;
        continue;
      }
      const expiryMs = expiryOf(entry);
      // What is half said is finished, unless the channel is lost in the middle of it.
      const finishes = entry.flying > 0 || (entry.shown > 0 && this.#canSpeak(entry.key));
      if (expiryMs > nowMs || finishes) {
        const lookMs = expiryMs > nowMs ? expiryMs : nowMs + HALF_SAID_LOOK_MS;
        this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, lookMs);
        continue;
      }
      this.#remove(entry);
      this.#decide(entry, !entry.lost && this.#canSpeak(entry.key) ? "expired" : "away");
    }
  }

  /**
   * Decides that everything that waits is `away`. A message with a line in flight is decided when that has landed, and
   * is not finished: half of it is not shown.
   */
  drop(): void {
    for (const entry of this.#live) {
      this.#remove(entry);
      if (entry.flying === 0) this.#decide(entry, "away");
      else this.#dropped.add(entry);
    }
  }

  /** Decides that everything left is `away`. */
  abandon(): void {
    for (const entry of this.#live) this.#decide(entry, "away");
    this.#errors.clear();
    this.#others.clear();
  }

  /** Tells whoever offered what became of it. Not to be called from within {@linkcode Outbox.offer}'s caller. */
  settleAll(): void {
    const decided = this.#decided;
    this.#decided = [];
    for (const [entry, outcome] of decided) entry.message.settle(outcome);
  }

  #decide(entry: Entry, outcome: Outcome): void {
    if (!this.#live.delete(entry)) return;
    this.#dropped.delete(entry);
    this.#bytes -= entry.bytes;
    this.#decided.push([entry, outcome]);
  }

  #laneOf(entry: Entry): Lane {
    return entry.message.urgency === "error" ? this.#errors : this.#others;
  }

  #insert(entry: Entry): void {
    this.#laneOf(entry).insert(entry);
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, expiryOf(entry));
  }

  #remove(entry: Entry): void {
    this.#laneOf(entry).remove(entry);
  }

  /** The oldest message that gives way to one of this urgency: normal ones first, then summaries, never errors. */
  #leastUrgent(urgency: Message["urgency"]): Entry | undefined {
    if (urgency === "normal") return undefined;
    const waiting = this.#others.all().filter((entry) => !isBegun(entry));
    const oldest = (kind: Message["urgency"]) =>
      waiting.filter(({ message }) => message.urgency === kind)
        .reduce<Entry | undefined>((a, b) => a !== undefined && a.order < b.order ? a : b, undefined);
    return oldest("normal") ?? (urgency === "error" ? oldest("summary") : undefined);
  }
}
