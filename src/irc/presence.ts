/**
 * Being in a channel: whether what is said there now would be shown, and to no one it is not for.
 *
 * @module
 */

import { backoffMs, type BackoffSpec } from "../runtime/backoff.ts";
import { type Flavour, isPrivate, type Obstacle, obstacleOf } from "./channel_modes.ts";
import type { ChannelRules } from "./channel_rules.ts";
import { type Favour, Stay } from "./stay.ts";

/** A refused message is tried again soon: +m may be over in a moment, and the throttle of Solanum is within 10 s. */
const MUTED: BackoffSpec = { firstMs: 10_000, longestMs: 60_000 };

/** How long the question for the modes may go unanswered before it is asked again; the pace may hold it back. */
const MODES_DEADLINE_MS = 30_000;

/** What the server is to all its channels. */
export interface Surroundings {
  readonly rules: ChannelRules;
  readonly flavour: Flavour;
  /** Whether it knows us under an account. */
  readonly isLoggedIn: boolean;
}

/** What a presence needs to know from outside. */
export interface PresenceOptions {
  /** A number from 0 to 1, for the back-off. */
  readonly random: () => number;
  /** Whether the channel must be closed to those who do not belong to it. */
  readonly mustBePrivate: () => boolean;
  readonly surroundings: () => Surroundings;
}

/** What the server's answers to our messages say. */
type Voice =
  | { readonly kind: "open" }
  /** Until then nothing is sent. */
  | { readonly kind: "muted"; readonly untilMs: number; readonly because: string }
  /** One line is sent, to see. */
  | { readonly kind: "probing"; readonly because: string };

/** The question for the modes. */
type Question =
  | { readonly kind: "due" | "late" | "answered" }
  | { readonly kind: "asked"; readonly untilMs: number };

const OPEN: Voice = { kind: "open" };

/** One presence in one channel, from our own JOIN on. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #stay = new Stay();
  #voice: Voice = OPEN;
  #question: Question = { kind: "due" };
  /** Whether the answer ever failed to come in time. */
  #wasLate = false;
  /** Messages refused in a row. */
  #mutes = 0;
  /** Whether the server has let us speak against what the modes say. */
  #isExempt = false;

  /**
   * Starts without knowing anything of the channel.
   *
   * @param options What it needs to know from outside.
   */
  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** What is known of the channel. */
  get stay(): Stay {
    return this.#stay;
  }

  /** Whether the last message was refused: the next one is sent alone, to see. */
  get isProbing(): boolean {
    return this.#mutes > 0;
  }

  /** Whether the modes should be asked for. */
  get asksForModes(): boolean {
    return this.#question.kind === "due" || (this.#question.kind === "late" && this.#options.mustBePrivate());
  }

  /** Whether nothing is wrong but that the server has not had the time yet to tell the modes. */
  get isSettling(): boolean {
    return this.#isUnknown() && !this.#wasLate;
  }

  /** Whether a message may be sent now. */
  canSpeak(nowMs: number): boolean {
    return this.#isVoiced(nowMs) && this.#prohibition() === undefined;
  }

  /** Why nothing would be shown now, in plain words. */
  silence(nowMs: number): string | undefined {
    const prohibition = this.#prohibition();
    if (prohibition !== undefined) return prohibition;
    const voice = this.#voice;
    if (voice.kind === "open") return undefined;
    return this.#obstacle() !== undefined || !this.#isVoiced(nowMs) ? voice.because : undefined;
  }

  /** 353: some who are in the channel. */
  named(names: readonly string[], isSelf: (nick: string) => boolean, nowMs: number): void {
    this.#reconsider(() => this.#stay.named(names, this.#options.surroundings().rules, isSelf), nowMs);
  }

  /** The question for the modes is being sent. */
  modesAsked(nowMs: number): void {
    this.#question = { kind: "asked", untilMs: nowMs + MODES_DEADLINE_MS };
  }

  /** 324: all modes. */
  modesTold(letters: string, parameters: readonly string[], nowMs: number): void {
    this.#question = { kind: "answered" };
    this.#reconsider(() => this.#stay.told(letters, parameters, this.#options.surroundings().rules), nowMs);
  }

  /** The modes changed, or what we are. */
  modesChanged(
    letters: string,
    parameters: readonly string[],
    isSelf: (nick: string) => boolean,
    nowMs: number,
  ): void {
    const { rules } = this.#options.surroundings();
    this.#reconsider(() => this.#stay.changed(letters, parameters, rules, isSelf), nowMs);
    if (this.#stay.isUnsure) this.#ask();
  }

  /** 366: everybody was named. */
  namesEnded(): void {
    this.#stay.namesEnded();
  }

  /** The server knows us under an account now: what stood in our way was judged without it. */
  loggedIn(): void {
    if (this.#obstacle() === undefined) this.#speakFreely();
  }

  /** A message was refused or dropped. */
  throttled(because: string, nowMs: number): void {
    // Several lines in flight are refused for one reason.
    if (!this.#isVoiced(nowMs)) return;
    this.#isExempt = false;
    // The modes may say why, and a change of them when it is over.
    if (!this.#stay.modesKnown) this.#ask();
    this.#mute(this.#obstacle()?.because ?? because, nowMs);
  }

  /** A message was shown: whatever was wrong is over. */
  spoke(): void {
    if (this.#mutes === 0) return;
    if (this.#obstacle() === undefined) return this.#speakFreely();
    // Of a line that left before the channel was closed to us, this says nothing.
    if (this.#voice.kind === "muted") return;
    this.#speakFreely();
    this.#isExempt = true;
  }

  /** Handles what is over; returns when to look again, in monotonic milliseconds. */
  elapse(nowMs: number): number {
    const voice = this.#voice;
    if (voice.kind === "muted" && voice.untilMs <= nowMs) {
      this.#voice = { kind: "probing", because: voice.because };
    }
    const question = this.#question;
    if (question.kind === "asked" && question.untilMs <= nowMs) {
      this.#question = { kind: "late" };
      this.#wasLate = true;
    }
    return Math.min(
      this.#voice.kind === "muted" ? this.#voice.untilMs : Infinity,
      this.#question.kind === "asked" ? this.#question.untilMs : Infinity,
    );
  }

  /** Draws the conclusions from a change of what is known. */
  #reconsider(change: () => Favour, nowMs: number): void {
    const before = this.#obstacle();
    const favour = change();
    this.#isExempt = false;
    const after = this.#obstacle();
    const voice = this.#voice;
    if (after !== undefined) {
      if (voice.kind === "open") this.#mute(after.because, nowMs);
      else this.#voice = { ...voice, because: after.because };
    } else if (before !== undefined) {
      this.#speakFreely();
    } else if (favour === "better" && voice.kind === "muted") {
      // It may have been what kept us silent.
      this.#voice = { kind: "probing", because: voice.because };
    }
  }

  /** What the modes have against us, if no message was shown in spite of it. */
  #obstacle(): Obstacle | undefined {
    if (this.#isExempt) return undefined;
    const { rules, flavour, isLoggedIn } = this.#options.surroundings();
    const { modes } = this.#stay;
    return obstacleOf({ modes, hasVoice: this.#stay.hasVoice(rules), isLoggedIn, flavour });
  }

  /** Why nothing may be sent, not even to see. */
  #prohibition(): string | undefined {
    const obstacle = this.#obstacle();
    if (obstacle?.isSilent === true) return obstacle.because;
    if (this.#isUnknown()) return "The channel is to be private, and the server has not said whether it is";
    if (!this.#mustBePrivate() || isPrivate(this.#stay.modes)) return undefined;
    return "The channel is to be private, and is open to everybody: set +i, +k, +s or +p";
  }

  #isUnknown(): boolean {
    return this.#mustBePrivate() && !this.#stay.modesKnown;
  }

  /** Alone in a channel that we have just created, nobody reads what is not for everybody. */
  #mustBePrivate(): boolean {
    return this.#options.mustBePrivate() && !this.#stay.isOurs;
  }

  #isVoiced(nowMs: number): boolean {
    return this.#voice.kind !== "muted" || this.#voice.untilMs <= nowMs;
  }

  #ask(): void {
    if (this.#question.kind !== "asked") this.#question = { kind: "due" };
  }

  #mute(because: string, nowMs: number): void {
    this.#mutes++;
    const untilMs = nowMs + backoffMs(this.#mutes, MUTED, this.#options.random);
    this.#voice = { kind: "muted", untilMs, because };
  }

  #speakFreely(): void {
    this.#mutes = 0;
    this.#voice = OPEN;
    this.#isExempt = false;
  }
}
