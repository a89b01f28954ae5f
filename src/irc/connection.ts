/**
 * One IRC server kept up, as the rest of the program sees it.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { RedactedText } from "../redact/redacted.ts";
import type { PaceState } from "./adaptive_pace.ts";
import type { ChannelReport } from "./channel_report.ts";

/** What a connection is doing. */
export type ConnectionState =
  | { readonly phase: "connecting"; readonly attempt: number }
  | { readonly phase: "registering"; readonly attempt: number }
  /** Logged in; `but` says what is wrong all the same. */
  | { readonly phase: "ready"; readonly nick: string; readonly but?: string }
  | { readonly phase: "waiting"; readonly untilMs: number; readonly because: string }
  | { readonly phase: "closed" };

/** What a channel is doing on a connection. */
export type ChannelState =
  | { readonly phase: "waiting"; readonly because: string }
  | { readonly phase: "joining" }
  | { readonly phase: "joined" };

/** What became of a message that was offered. Settles exactly once. */
export type Outcome =
  /** The server took it: echoed, or the PONG of a PING sent behind it came without an error in between. */
  | "shown"
  /** It waited longer than `maxAgeMs` while the channel could be spoken in. */
  | "expired"
  /**
   * It waited longer than `maxAgeMs`, or was pushed out by newer ones, while the server or channel was away; or it was
   * not on the wire yet when the connection was muted.
   */
  | "away";

/** One message on its way to a channel. */
export interface Message {
  /** Channel with its prefix. */
  readonly channel: string;
  /** What keeps its order and takes turns with the others in the channel: the name of a route. */
  readonly flow: string;
  /** What to say; becomes one to five lines on the wire. */
  readonly text: RedactedText;
  /** What happens when it does not fit into one line. */
  readonly long: "clip" | "split";
  /** `error` goes first, is never too old, and is dropped last; `summary` is never too old. */
  readonly urgency: "error" | "normal" | "summary";
  /** When the record was read, in `Clock.monotonic()` milliseconds. */
  readonly readMs: number;
  /**
   * When it was written, wall clock in milliseconds since the Unix epoch: put in front of an `error` that is shown later
   * than `maxAgeMs`. `undefined` where the text says it already.
   */
  readonly timeMs: number | undefined;
  /** How long it may wait, counted from `readMs`. */
  readonly maxAgeMs: number;
  /** Called exactly once, never from within `offer`. */
  readonly settle: (outcome: Outcome) => void;
}

/** One nick on one server, kept up for as long as it is open. */
export interface Connection {
  /** Config key. */
  readonly id: string;
  /** What is true now. */
  readonly state: ConnectionState;
  /** State of every wanted channel, by lower-cased name. */
  readonly channels: ReadonlyMap<string, ChannelState>;
  /** Messages queued and in flight. */
  readonly pending: number;
  /** How fast it may speak, and why. */
  readonly pace: PaceState;
  /** Whether a message for this channel could leave now or soon: registered, joined and not muted. */
  canSpeak(channel: string): boolean;
  /** Sets the channels to be in, with their keys; joins and parts only the difference. */
  wantChannels(channels: readonly string[]): void;
  /** Takes what can change without reconnecting: nick, realname, flood, keys, nickserv. */
  update(spec: ConnectionSpec): void;
  /** Says that the configuration was reloaded, changed for this connection or not: ends what lasts until then. */
  reloaded(): void;
  /** What is known of a wanted channel. */
  report(channel: string): ChannelReport | undefined;
  /** Queues a message without waiting; `false` when the queue is full and it was not taken (nothing is settled then). */
  offer(message: Message): boolean;
  /**
   * Says nothing in any channel from now on, and stays connected and joined. What is not on the wire yet is settled as
   * `away` before this returns; nothing is taken until {@linkcode Connection.unmute}.
   */
  mute(): void;
  /** Speaks again. */
  unmute(): void;
  /**
   * Resolves when nothing is queued or in flight.
   *
   * @param signal Ends the wait early, normally.
   */
  drained(signal: AbortSignal): Promise<void>;
  /** QUITs and closes; settles what is left as `away`. */
  close(reason: string): Promise<void>;
}

/** Whether there is nothing new to tell about any channel. */
export function sameStates(
  a: ReadonlyMap<string, ChannelState>,
  b: ReadonlyMap<string, ChannelState>,
): boolean {
  return a.size === b.size &&
    [...a].every(([name, state]) => {
      const other = b.get(name);
      return other?.phase === state.phase && becauseOf(other) === becauseOf(state);
    });
}

function becauseOf(state: ChannelState): string {
  return state.phase === "waiting" ? state.because : "";
}
