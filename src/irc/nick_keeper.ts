/**
 * Getting the wanted nick back while we have another one: from whoever left, from a ghost of ours, or from services
 * that keep it for us.
 *
 * @module
 */

import { isUnknownCommand, type ReclaimCommand } from "./nickserv.ts";

/** How often the wanted nick is asked for: its holder is usually our own ghost, which pings out within minutes. */
const RETRY_MS = 60_000;

/** Numerics that say that nobody has the nick, and yet it is not to be had: services keep it, or it is no nick at all. */
const RESERVED: ReadonlySet<string> = new Set(["432", "437"]);

/** What can be done. */
export interface NickHelp {
  /** Whether we have the wanted nick. */
  readonly hasWanted: boolean;
  /** `NICK` for the wanted one. */
  readonly nickLine: string;
  /** Asks NickServ for it; `undefined` where we have no account there. */
  readonly reclaim: ((command: ReclaimCommand) => string) | undefined;
}

/** Knows when and how to ask for the wanted nick. */
export class NickKeeper {
  #dueMs = Infinity;
  /** Numeric with which the wanted nick was refused last; empty while it was not. */
  #refusal = "";
  /** What NickServ was asked and has not answered. */
  #asked: ReclaimCommand | undefined;
  #knowsRegain = true;
  #answer: string | undefined;

  /** When to look again, in monotonic milliseconds; `Infinity` while we have the nick. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Another nick is wanted: it is asked for at once. */
  hurry(): void {
    this.#refusal = "";
    this.#dueMs = 0;
  }

  /** The server refused the wanted nick with this numeric. */
  refused(numeric: string): void {
    this.#refusal = numeric;
  }

  /**
   * NickServ said something.
   *
   * @returns Whether it was asked for the nick, so that this is the answer.
   */
  answered(text: string): boolean {
    if (this.#asked === undefined || this.#answer !== undefined) return this.#asked !== undefined;
    this.#answer = text;
    this.#dueMs = 0;
    return true;
  }

  /**
   * Lines that are due now.
   *
   * @param help What can be done.
   * @param nowMs Monotonic time.
   */
  takeDue(help: NickHelp, nowMs: number): readonly string[] {
    if (help.hasWanted) {
      this.#asked = undefined;
      this.#answer = undefined;
      this.#dueMs = Infinity;
      return [];
    }
    // The account can be used at once; without one, whoever has the nick is given time to go.
    if (this.#dueMs === Infinity) this.#dueMs = this.#canReclaim(help) ? nowMs : nowMs + RETRY_MS;
    if (nowMs < this.#dueMs) return [];
    this.#dueMs = nowMs + RETRY_MS;
    return this.#answer === undefined ? this.#ask(help) : this.#follow(this.#answer, help);
  }

  /** Services are for a nick that was refused: asking them may end another session. */
  #canReclaim({ reclaim }: NickHelp): boolean {
    return reclaim !== undefined && this.#refusal !== "";
  }

  #ask(help: NickHelp): readonly string[] {
    const { nickLine, reclaim } = help;
    this.#asked = undefined;
    if (reclaim === undefined || !this.#canReclaim(help)) return [nickLine];
    this.#asked = this.#knowsRegain ? "REGAIN" : this.#otherCommand();
    // NICK goes along, because services may be away and the holder gone.
    return [reclaim(this.#asked), nickLine];
  }

  /** Goes on after an answer: with another command when that one is unknown, else with NICK, once. */
  #follow(answer: string, { nickLine, reclaim }: NickHelp): readonly string[] {
    const asked = this.#asked;
    this.#answer = undefined;
    this.#asked = undefined;
    if (asked !== "REGAIN" || !isUnknownCommand(answer)) return [nickLine];
    this.#knowsRegain = false;
    if (reclaim === undefined) return [nickLine];
    this.#asked = this.#otherCommand();
    return [reclaim(this.#asked)];
  }

  #otherCommand(): ReclaimCommand {
    return RESERVED.has(this.#refusal) ? "RELEASE" : "GHOST";
  }
}
