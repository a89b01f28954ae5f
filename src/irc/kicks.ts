/**
 * Patience after kicks: operators kick when something leaks, and a bot that comes straight back is banned.
 *
 * @module
 */

/** What to do after a kick. */
export interface KickSentence {
  /** How long to stay away, in milliseconds; `Infinity`: until somebody reloads the configuration. */
  readonly awayMs: number;
  /** In plain words. */
  readonly because: string;
}

/** After the first, the second, and every further kick. */
const SENTENCES: readonly { readonly awayMs: number; readonly words: string }[] = [
  { awayMs: 60_000, words: "The bot was kicked from the channel%, and comes back a minute later" },
  {
    awayMs: 600_000,
    words: "The bot was kicked from the channel% a second time, and comes back ten minutes later",
  },
  {
    awayMs: Infinity,
    words:
      "The bot was kicked from the channel% again and again, and stays away until the configuration is reloaded",
  },
];

/** Whoever is suffered for so long is forgiven: the next kick counts as the first. */
const FORGIVEN_MS = 3_600_000;

/** The kicks from one channel. */
export class Kicks {
  #count = 0;
  #enteredMs = -Infinity;

  /** We are in the channel. */
  entered(nowMs: number): void {
    this.#enteredMs = nowMs;
  }

  /**
   * We were kicked.
   *
   * @param by Nick of who did it; empty when it is not known.
   * @param nowMs Monotonic time.
   */
  kicked(by: string, nowMs: number): KickSentence {
    this.#count = nowMs - this.#enteredMs >= FORGIVEN_MS ? 1 : this.#count + 1;
    const sentence = SENTENCES[Math.min(this.#count, SENTENCES.length) - 1];
    const { awayMs = Infinity, words = "" } = sentence ?? {};
    return { awayMs, because: words.replace("%", by === "" ? "" : ` by ${by}`) };
  }
}
