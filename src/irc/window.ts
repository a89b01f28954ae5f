/**
 * Lines in flight: how many there may be, and how it becomes known that a server took one.
 *
 * @module
 */

import type { RoundTrip } from "./adaptive_pace.ts";
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
  /** What it takes on the wire, with everything before and behind it. */
  readonly bytes: number;
  /** What the answers to it are labelled with (labeled-response); `undefined` where the server labels nothing. */
  readonly label: string | undefined;
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
  /** How long the answer took; `undefined` when it answers nothing that was measured. */
  readonly trip: RoundTrip | undefined;
}

/** A line that came back. */
export interface Echo {
  /** Lower-cased name of its channel. */
  readonly key: string;
  readonly text: string;
  /** What it is labelled with, if anything. */
  readonly label: string | undefined;
}

/** Most lines in flight: measured without a loss or a kill on ngircd, InspIRCd, ircd-hybrid and ircd-irc2. */
export const WINDOW = 4;

/** Under backlog one PING stands for several lines, but no line waits longer than this for it, in milliseconds. */
const FENCE_AGE_MS = 10_000;

/** An echo comes within a round trip; after this long a PING asks whether it is ever coming. */
const ECHO_PATIENCE_MS = 5_000;

/** When something was sent, and what was in flight then. */
interface Departure extends Omit<RoundTrip, "ms"> {
  readonly sentMs: number;
}

interface Sent extends Flight {
  readonly departure: Departure;
  /** Number of the PING behind it. */
  fence: number | undefined;
  /** Whether the server is done with it (ACK) and has not echoed it. */
  unechoed: boolean;
}

const NOTHING: Landing = { shown: [], refused: [], doubtful: [], dropped: [], trip: undefined };

/**
 * The window of one session. With echo-message each line is acknowledged by its echo, told apart by label where there
 * are labels and by text and order where not; otherwise by the PONG of a PING behind it without an error in between: a
 * server handles one client's lines in order.
 */
export class AckWindow {
  readonly #nonce: string;
  #echo = false;
  #flights: Sent[] = [];
  #fences = 0;
  /** What each PING that is not answered yet stands behind, by number. */
  readonly #open = new Map<number, Departure>();
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

  /** Whether a line may leave without more bytes in flight than this; one line always may. */
  fits(bytes: number, mostBytes: number): boolean {
    return this.#flights.length === 0 || this.#bytes() + bytes <= mostBytes;
  }

  /** Messages in flight: a line may show several. */
  get messages(): number {
    return this.#flights.reduce((sum, { parts }) => sum + parts.length, 0);
  }

  /** Whether a line for the channel is in flight. */
  isFlying(key: string): boolean {
    return this.#flights.some(({ entry }) => entry.key === key);
  }

  /** Whether a line of a message that must fly alone is in flight to the channel. */
  isFlyingAlone(key: string): boolean {
    return this.#flights.some(({ entry }) => entry.key === key && entry.alone);
  }

  /** Channel key of the line with the label, while it is in flight. */
  keyOf(label: string): string | undefined {
    return this.#flights.find((flight) => flight.label === label)?.entry.key;
  }

  /** When the oldest PING without an answer was sent; `undefined` when all are answered. */
  get oldestFenceMs(): number | undefined {
    return this.#open.values().next().value?.sentMs;
  }

  /** A line was sent. */
  sent(flight: Flight, nowMs: number): void {
    const sent: Sent = {
      ...flight,
      departure: {
        sentMs: nowMs,
        lines: this.#flights.length + 1,
        bytes: this.#bytes() + flight.bytes,
      },
      fence: undefined,
      unechoed: false,
    };
    this.#flights.push(sent);
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
    const { sentMs } = oldest.departure;
    if (this.#echo) return bare.some(({ unechoed }) => unechoed) ? sentMs : sentMs + ECHO_PATIENCE_MS;
    return more && this.hasRoom ? sentMs + FENCE_AGE_MS : sentMs;
  }

  /** Token for a PING, which then stands behind everything in flight. */
  fence(nowMs: number): string {
    const number = ++this.#fences;
    this.#open.set(number, { sentMs: nowMs, lines: this.#flights.length, bytes: this.#bytes() });
    for (const flight of this.#flights) flight.fence ??= number;
    return `${this.#nonce}.${number}`;
  }

  /** A PONG came; tokens that are not ours are nothing. */
  pong(token: string, nowMs: number): Landing {
    const [nonce, number] = token.split(".");
    const answered = Number(number);
    const departure = this.#open.get(answered);
    if (nonce !== this.#nonce || departure === undefined) return NOTHING;
    // In order: what was asked before is answered too, or never will be.
    for (const open of this.#open.keys()) if (open <= answered) this.#open.delete(open);
    const covered = this.#takeOut(({ fence }) => fence !== undefined && fence <= answered);
    const trip = tripOf(departure, nowMs);
    return this.#echo ? { ...NOTHING, dropped: covered, trip } : { ...this.#judge(covered), trip };
  }

  /** A line of ours came back: the one with the label, where there is one; else the likeliest. */
  echoed({ key, text, label }: Echo, nowMs: number): Landing {
    if (!this.#echo) return NOTHING;
    const echoed = label === undefined ? this.#likeliest(key, text) : this.#labelled(label);
    if (echoed === undefined) return NOTHING;
    const shown = this.#takeOut((flight) => flight === echoed);
    return { ...NOTHING, shown, trip: tripOf(echoed.departure, nowMs) };
  }

  /**
   * The server is done with a line and did not echo it. A server that echoes has dropped it then, unless the echo is
   * still to come: a PING behind it tells, and is due at once.
   */
  acknowledged(label: string): void {
    const flight = this.#labelled(label);
    if (flight !== undefined) flight.unechoed = true;
  }

  /**
   * A message to the channel was refused: with a label it is that one, with echoes the oldest one, otherwise the next
   * PONG will tell.
   */
  error(key: string, label: string | undefined): Landing {
    if (label === undefined && !this.#echo) {
      if (this.isFlying(key)) this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
      return NOTHING;
    }
    const refused = label === undefined
      ? this.#flights.find(({ entry }) => entry.key === key)
      : this.#labelled(label);
    return { ...NOTHING, refused: this.#takeOut((flight) => flight === refused) };
  }

  /** Lines that never left after all, the newest first. */
  withdraw(isUnsent: (flight: Flight) => boolean): readonly Flight[] {
    const unsent = new Set<Flight>(this.#flights.toReversed().filter(isUnsent));
    return this.#takeOut((flight) => unsent.has(flight)).toReversed();
  }

  /** The connection is gone: everything in flight, in the order it was sent; its fate is unknown. */
  drain(): readonly Flight[] {
    this.#open.clear();
    this.#errors.clear();
    return this.#takeOut(() => true);
  }

  #bytes(): number {
    return this.#flights.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #labelled(label: string): Sent | undefined {
    return this.#flights.find((flight) => flight.label === label);
  }

  #likeliest(key: string, text: string): Sent | undefined {
    const ofChannel = this.#flights.filter(({ entry }) => entry.key === key);
    // A server that alters text (colours stripped, words replaced) still keeps the order.
    return ofChannel.find((flight) => flight.text.trimEnd() === text.trimEnd()) ?? ofChannel[0];
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

function tripOf({ sentMs, lines, bytes }: Departure, nowMs: number): RoundTrip {
  return { ms: nowMs - sentMs, lines, bytes };
}
