/**
 * Messages of one urgency: in order within a channel, in turns between channels.
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
  /** How many of its lines are in flight. */
  flying: number;
  /** How many of its lines were shown. */
  shown: number;
  /** How often the server refused one of its lines. */
  refusals: number;
  /** Whether its lines fly alone, so that an error can only be about them: once it was not clear whose it was. */
  alone: boolean;
  /** Size of its text in bytes. */
  readonly bytes: number;
}

/** Messages that wait, by channel. */
export class Lane {
  /** By channel key, each in the order of offers; the first channel of the map is the next one. */
  readonly #channels = new Map<string, Entry[]>();

  /** The first message of the next channel that has one which may leave. */
  first(mayFly: (key: string, entry: Entry) => boolean): Entry | undefined {
    for (const [key, [first]] of this.#channels) if (first !== undefined && mayFly(key, first)) return first;
    return undefined;
  }

  /** Everything that waits. */
  all(): readonly Entry[] {
    return [...this.#channels.values()].flat();
  }

  /** Puts a message in its place. */
  insert(entry: Entry): void {
    const waiting = this.#channels.get(entry.key) ?? [];
    if (waiting.length === 0) this.#channels.set(entry.key, waiting);
    const place = waiting.findLastIndex(({ order }) => order < entry.order) + 1;
    waiting.splice(place, 0, entry);
  }

  /** Takes a message out, if it is there. */
  remove(entry: Entry): void {
    const waiting = this.#channels.get(entry.key);
    const place = waiting?.indexOf(entry) ?? -1;
    if (waiting === undefined || place === -1) return;
    waiting.splice(place, 1);
    if (waiting.length === 0) this.#channels.delete(entry.key);
  }

  /** Puts a channel at the end of the round. */
  passOn(key: string): void {
    const waiting = this.#channels.get(key);
    if (waiting !== undefined && this.#channels.delete(key)) this.#channels.set(key, waiting);
  }

  /** Takes everything out. */
  clear(): void {
    this.#channels.clear();
  }
}
