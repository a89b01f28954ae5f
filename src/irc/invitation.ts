/**
 * Asking a service to let us into an invite-only channel.
 *
 * @module
 */

import { shownText } from "./refusals.ts";
import { serviceName } from "./services.ts";

/** The request for one channel; asks once after each refused JOIN. */
export class Invitation {
  #stage: "none" | "due" | "asked" = "none";

  /** Whether the service is to be asked now. */
  get isDue(): boolean {
    return this.#stage === "due";
  }

  /** Whether its answer is awaited. */
  get isAwaited(): boolean {
    return this.#stage === "asked";
  }

  /**
   * The JOIN was refused.
   *
   * @param service Whom to ask; `undefined`: nobody.
   * @returns What that means, in plain words.
   */
  needed(service: string | undefined): string {
    this.#stage = service === undefined ? "none" : "due";
    return service === undefined ? "invite the bot" : `${serviceName(service)} is asked for an invitation`;
  }

  /** The request is being sent. */
  asked(): void {
    this.#stage = "asked";
  }

  /**
   * The service answered otherwise than with an INVITE.
   *
   * @returns What that means, in plain words.
   */
  denied(service: string, words: string): string {
    this.#stage = "none";
    const said = shownText(words).replaceAll(/ +/g, " ").replace(/[.!]$/, "");
    return `${serviceName(service)} says: ${said}`;
  }

  /**
   * There is no such service.
   *
   * @returns What that means, in plain words.
   */
  impossible(service: string): string {
    this.#stage = "none";
    return `there is no ${serviceName(service)} on this server to ask`;
  }

  /** It is of no use any more. */
  over(): void {
    this.#stage = "none";
  }
}
