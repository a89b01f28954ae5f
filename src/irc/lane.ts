/**
 * Messages of one urgency: in turns between channels, within a channel in turns between flows, within a flow in order.
 *
 * @module
 */

import type { Message } from "./connection.ts";
import type { WireText } from "./wire.ts";

/** A message in the outbox or in flight. */
export interface Entry {
  /** What was offered. */
  readonly message: Message;
  /** The channel's lower-cased name. */
  readonly key: string;
  /** Place in the order of offers. */
  readonly order: number;
  /** Its lines not sent yet; `undefined` until they are cut, which needs to know who we are on the server. */
  lines: readonly WireText[] | undefined;
  /** Whether its lines begin with when it was written. */
  stamped: boolean;
  /** How many of its lines are in flight. */
  flying: number;
  /** How many of its lines were shown. */
  shown: number;
  /** How often the server refused one of its lines. */
  refusals: number;
  /** Whether its lines fly alone, so that an error can only be about them: once it was not clear whose it was. */
  alone: boolean;
  /** Whether a connection died with a line of it in flight. */
  lost: boolean;
  /** How many of its lines an earlier connection may still bring: until that is known it does not leave. */
  doubts: number;
  /** Size of its text in bytes. */
  readonly bytes: number;
}

/** A line in flight and the message it is of. */
export interface Part {
  /** The message. */
  readonly entry: Entry;
  /** Its line. */
  readonly line: WireText;
}

/** Whether a line of it is in flight or shown. */
export function isBegun(entry: Entry): boolean {
  return entry.flying + entry.shown > 0;
}

/** When a message is too old to be begun, in monotonic milliseconds; errors and summaries never are. */
export function expiryOf({ message }: Entry): number {
  return message.urgency === "normal" ? message.readMs + message.maxAgeMs : Infinity;
}

/** Whether a message may leave as far as it alone is concerned: it is not too old, and nobody may have said it already. */
export function isFit(entry: Entry, nowMs: number): boolean {
  return entry.doubts === 0 && (isBegun(entry) || nowMs < expiryOf(entry));
}

/** Messages that wait, by channel and flow. */
export class Lane {
  /** By channel key and flow, each flow in the order of offers; the first of either map is the next one. */
  readonly #channels = new Map<string, Map<string, Entry[]>>();

  /** The first message of the next channel and flow that has one which may leave. */
  first(mayFly: (key: string, entry: Entry) => boolean): Entry | undefined {
    for (const [key, flows] of this.#channels) {
      for (const [first] of flows.values()) if (first !== undefined && mayFly(key, first)) return first;
    }
    return undefined;
  }

  /** What waits behind a message in its flow, in order. */
  behind(entry: Entry): readonly Entry[] {
    const flow = this.#channels.get(entry.key)?.get(entry.message.flow) ?? [];
    return flow.slice(flow.indexOf(entry) + 1);
  }

  /** Everything that waits. */
  all(): readonly Entry[] {
    return [...this.#channels.values()].flatMap((flows) => [...flows.values()].flat());
  }

  /** Puts a message in its place. */
  insert(entry: Entry): void {
    const flows = this.#channels.get(entry.key) ?? new Map<string, Entry[]>();
    const waiting = flows.get(entry.message.flow) ?? [];
    this.#channels.set(entry.key, flows);
    flows.set(entry.message.flow, waiting);
    const place = waiting.findLastIndex(({ order }) => order < entry.order) + 1;
    waiting.splice(place, 0, entry);
  }

  /** Takes a message out, if it is there. */
  remove(entry: Entry): void {
    const flows = this.#channels.get(entry.key);
    const waiting = flows?.get(entry.message.flow);
    const place = waiting?.indexOf(entry) ?? -1;
    if (flows === undefined || waiting === undefined || place === -1) return;
    waiting.splice(place, 1);
    if (waiting.length === 0) flows.delete(entry.message.flow);
    if (flows.size === 0) this.#channels.delete(entry.key);
  }

  /** It was this message's turn: puts its channel at the end of the round, and its flow at the end of the channel's. */
  passOn(entry: Entry): void {
    const flows = this.#channels.get(entry.key);
    if (flows === undefined) return;
    toEnd(flows, entry.message.flow);
    toEnd(this.#channels, entry.key);
  }

  /** Takes everything out. */
  clear(): void {
    this.#channels.clear();
  }
}

function toEnd<Value>(round: Map<string, Value>, key: string): void {
  const value = round.get(key);
  if (value !== undefined && round.delete(key)) round.set(key, value);
}
