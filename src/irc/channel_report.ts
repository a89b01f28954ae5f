/**
 * What is known of one channel, as plain data for whoever asks: status, `check --live`.
 *
 * @module
 */

/** One channel as it is now. */
export interface ChannelReport {
  /** As configured. */
  readonly name: string;
  /** Why a message would not be shown now; `undefined`: it would be shown, as far as is known. */
  readonly obstacle: string | undefined;
  /** Modes that are set, such as `+nt`, without their parameters; `undefined` while the server has not told them. */
  readonly modes: string | undefined;
  /** Letters of what the bot is there, the highest first, such as `v`; empty: an ordinary member. */
  readonly statuses: string;
  /** What the modes do to messages that are shown, such as `+c: colours are taken out`. */
  readonly mangles: readonly string[];
}
