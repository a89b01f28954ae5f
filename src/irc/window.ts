/**
 * Lines in flight: how many there may be, and how it becomes known that a server took one.
 *
 * @module
 */

import type { Entry, Part } from "./lane.ts";
import type { WireText } from "./wire.ts";

/** A line that was sent. */
export interface Flight {
  /** The message it belongs to, or the first of several. */
  readonly entry: Entry;
  /** The messages it shows, each with its own line; one unless several travel together. */
  readonly parts: readonly Part[];
  /** The line. */
  readonly text: WireText;
}

/** What became of lines. */
export interface Landing {
  /** The server took them. */
  readonly shown: readonly Flight[];
  /** The server did not and said so, in the order they were sent. */
  readonly refused: readonly Flight[];
  /**
   * Some were refused and some were not, and nothing says which: errors name the channel, not the line. In the order
   * they were sent.
   */
  readonly doubtful: readonly Flight[];
  /** The server did not, without a word: where echoes are due, none came. In the order they were sent. */
  readonly dropped: readonly Flight[];
}

/** Most lines in flight: measured without a loss or a kill on ngircd, InspIRCd, ircd-hybrid and ircd-irc2. */
const WINDOW = 4;

/** Under backlog one PING stands for several lines, but no line waits longer than this for it, in milliseconds. */
const FENCE_AGE_MS = 10_000;

/** An echo comes within a round trip; after this long a PING asks whether it is ever coming. */
const ECHO_PATIENCE_MS = 5_000;

interface Sent extends Flight {
  readonly sentMs: number;
  /** Number of the PING behind it. */
  fence: number | undefined;
}

const NOTHING: Landing = { shown: [], refused: [], doubtful: [], dropped: [] };

/**
 * The window of one session. With echo-message each line is acknowledged by its echo, otherwise by the PONG of a PING
 * behind it without an error in between: a server handles one client's lines in order.
 */
export class AckWindow {
  readonly #nonce: string;
  #echo = false;
  #flights: Sent[] = [];
  #fences = 0;
  /** When each PING was sent that is not answered yet, by number. */
  readonly #open = new Map<number, number>();
  /** Errors since the last fence by channel key; only without echoes. */
  readonly #errors = new Map<string, number>();

  /**
   * Starts empty.
   *
   * @param nonce Makes tokens different from those of an earlier session; letters and digits.
   */
  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Says that the server echoes what we say. */
  expectEchoes(): void {
    this.#echo = true;
  }

  /** Whether one more line may leave. */
  get hasRoom(): boolean {
    return this.#flights.length < WINDOW;
  }

  /** Whether a line for the channel is in flight. */
  isFlying(key: string): boolean {
    return this.#flights.some(({ entry }) => entry.key === key);
  }

  /** Whether a line of a message that must fly alone is in flight to the channel. */
  isFlyingAlone(key: string): boolean {
    return this.#flights.some(({ entry }) => entry.key === key && entry.alone);
  }

  /** When the oldest PING without an answer was sent; `undefined` when all are answered. */
  get oldestFenceMs(): number | undefined {
    return this.#open.values().next().value;
  }

  /** A line was sent. */
  sent(flight: Flight, nowMs: number): void {
    this.#flights.push({ ...flight, sentMs: nowMs, fence: undefined });
  }

  /**
   * When a PING is due, in monotonic milliseconds; `Infinity` when none is.
   *
   * @param more Whether further lines wait for the pace: then one PING can stand for all of them.
   */
  fenceDueMs(more: boolean): number {
    const bare = this.#flights.filter(({ fence }) => fence === undefined);
    const [oldest] = bare;
    if (oldest === undefined) return Infinity;
    if (this.#echo) return oldest.sentMs + ECHO_PATIENCE_MS;
    return more && this.hasRoom ? oldest.sentMs + FENCE_AGE_MS : oldest.sentMs;
  }

  /** Token for a PING, which then stands behind everything in flight. */
  fence(nowMs: number): string {
    const number = ++this.#fences;
    this.#open.set(number, nowMs);
    for (const flight of this.#flights) flight.fence ??= number;
    return `${this.#nonce}.${number}`;
  }

  /** A PONG came; tokens that are not ours are nothing. */
  pong(token: string): Landing {
    const [nonce, number] = token.split(".");
    const answered = Number(number);
    if (nonce !== this.#nonce || !this.#open.has(answered)) return NOTHING;
    // In order: what was asked before is answered too, or never will be.
    for (const open of this.#open.keys()) if (open <= answered) this.#open.delete(open);
    const covered = this.#takeOut(({ fence }) => fence !== undefined && fence <= answered);
    return this.#echo ? { ...NOTHING, dropped: covered } : this.#judge(covered);
  }

  /** A line of ours came back. */
  echoed(key: string, text: string): Landing {
    const ofChannel = this.#flights.filter(({ entry }) => entry.key === key);
    // A server that alters text (colours stripped, words replaced) still keeps the order.
    const echoed = ofChannel.find((flight) => flight.text.trimEnd() === text.trimEnd()) ?? ofChannel[0];
    if (echoed === undefined || !this.#echo) return NOTHING;
    return { ...NOTHING, shown: this.#takeOut((flight) => flight === echoed) };
  }

  /** A message to the channel was refused: with echoes it is the oldest one, otherwise the next PONG will tell. */
  error(key: string): Landing {
    if (!this.#echo) {
      if (this.isFlying(key)) this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
      return NOTHING;
    }
    const oldest = this.#flights.find(({ entry }) => entry.key === key);
    return { ...NOTHING, refused: this.#takeOut((flight) => flight === oldest) };
  }

  /** The connection is gone: everything in flight, in the order it was sent; its fate is unknown. */
  drain(): readonly Flight[] {
    this.#open.clear();
    this.#errors.clear();
    return this.#takeOut(() => true);
  }

  /** By the errors of each channel: every error that came by now belongs to a covered line. */
  #judge(covered: readonly Sent[]): Landing {
    const shown: Flight[] = [];
    const refused: Flight[] = [];
    const doubtful: Flight[] = [];
    for (const flight of covered) {
      const { key } = flight.entry;
      const lines = covered.filter(({ entry }) => entry.key === key).length;
      const errors = this.#errors.get(key) ?? 0;
      (errors === 0 ? shown : errors < lines ? doubtful : refused).push(flight);
    }
    this.#errors.clear();
    return { ...NOTHING, shown, refused, doubtful };
  }

  #takeOut(matches: (flight: Sent) => boolean): readonly Sent[] {
    const taken = this.#flights.filter(matches);
    this.#flights = this.#flights.filter((flight) => !taken.includes(flight));
    return taken;
  }
}
