/**
 * A connection that prints what it would send: for `replay` and `run --dry-run`.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { PaceState } from "./adaptive_pace.ts";
import type { ChannelState, Connection, ConnectionState, Message } from "./connection.ts";
import { limitFor, toWire } from "./wire.ts";

/** Printing has no limits. */
const PACE: PaceState = { profile: "exempt", linesPerSecond: null, burstLines: null, change: undefined };

/** What would have been sent. */
export interface PrintedMessage {
  /** Config key of the connection. */
  readonly connection: string;
  readonly channel: string;
  /** One line as it would stand on the wire. */
  readonly text: string;
}

/**
 * Opens a connection that has every channel and no limits. Messages are settled as shown in the same turn, after
 * `offer` has returned.
 *
 * @param print Takes each line.
 */
export function openPrintedConnection(
  id: string,
  spec: ConnectionSpec,
  print: (message: PrintedMessage) => void,
): Connection {
  let nick = spec.nick;
  let channels: ReadonlyMap<string, ChannelState> = new Map();
  let isMuted = false;
  let unsettled: Message[] = [];
  const state = (): ConnectionState => ({ phase: "ready", nick });
  const settleAll = () => {
    const settling = unsettled;
    unsettled = [];
    for (const message of settling) message.settle("shown");
  };
  return {
    id,
    get state() {
      return state();
    },
    get channels() {
      return channels;
    },
    get pending() {
      return unsettled.length;
    },
    pace: PACE,
    canSpeak: (channel) => !isMuted && channel !== "",
    wantChannels: (names) => {
      channels = new Map(names.map((name) => [name.toLowerCase(), { phase: "joined" }]));
    },
    update: (changed) => {
      nick = changed.nick;
    },
    reloaded: () => {},
    report: () => undefined,
    offer: (message) => {
      if (isMuted) return false;
      const limitBytes = limitFor({ nick, user: nick, host: undefined }, message.channel);
      for (const text of toWire(message.text, { limitBytes, long: message.long })) {
        print({ connection: id, channel: message.channel, text });
      }
      if (unsettled.push(message) === 1) queueMicrotask(settleAll);
      return true;
    },
    mute: () => {
      isMuted = true;
    },
    unmute: () => {
      isMuted = false;
    },
    drained: async () => {
      while (unsettled.length > 0) await Promise.resolve();
    },
    close: () => {
      settleAll();
      return Promise.resolve();
    },
  };
}
