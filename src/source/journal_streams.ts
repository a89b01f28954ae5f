/**
 * The streams of a journal: one for each unit, and one for each identifier outside of units.
 *
 * @module
 */

import type { Stream } from "../event/event.ts";
import { isKnownByUnit, type Origin, serviceOf } from "./journal_entry.ts";

/** How many streams are kept: more than a machine has units that speak, and any program may make up identifiers. */
const MOST_STREAMS = 512;

/** Streams by origin; those that were silent for longest are given up when there are too many. */
export class JournalStreams {
  readonly #service: string | undefined;
  readonly #ended: (stream: Stream) => void;
  readonly #streams = new Map<string, Stream>();

  /**
   * Starts with none.
   *
   * @param service The service of all of them; `undefined`: each its own.
   * @param ended Told of every stream that is given up.
   */
  constructor(service: string | undefined, ended: (stream: Stream) => void) {
    this.#service = service;
    this.#ended = ended;
  }

  /** The stream that entries of an origin belong to. */
  of(origin: Origin): Stream {
    const key = keyOf(origin);
    const known = this.#streams.get(key);
    // The order of a map is that of its insertions: the last one spoke last.
    if (known !== undefined) this.#streams.delete(key);
    const stream = known ?? { key, service: this.#service ?? serviceOf(origin), labels: labelsOf(origin) };
    this.#streams.set(key, stream);
    if (this.#streams.size > MOST_STREAMS) this.#giveUpOldest();
    return stream;
  }

  /** Whether a stream is kept. */
  has(key: string): boolean {
    return this.#streams.has(key);
  }

  #giveUpOldest(): void {
    for (const [key, stream] of this.#streams) {
      this.#streams.delete(key);
      return this.#ended(stream);
    }
  }
}

/**
 * Key of the stream of an origin: a scope's entries are one stream for each program, as they are one service.
 *
 * @param origin Whose an entry is.
 */
export function keyOf(origin: Origin): string {
  return isKnownByUnit(origin)
    ? `unit:${origin.unit}`
    : `identifier:${origin.identifier ?? origin.unit ?? ""}`;
}

function labelsOf(origin: Origin): ReadonlyMap<string, string> {
  const { unit, identifier } = origin;
  if (unit !== undefined && isKnownByUnit(origin)) return new Map([["unit", unit]]);
  return new Map(identifier === undefined ? [] : [["identifier", identifier]]);
}
