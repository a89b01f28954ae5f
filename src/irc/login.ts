/**
 * From the first line to the moment when channels can be joined: the registration, a nick that is free, and NickServ.
 * CAP and SASL in between are the client's.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { Identity } from "./identity.ts";
import { nickCandidates } from "./nicks.ts";

/** How long the server may take from our first line to the end of its greeting. */
const REGISTRATION_DEADLINE_MS = 30_000;

/** How long NickServ may take to answer; without an answer we go on, for the channels may be open all the same. */
const IDENTIFY_DEADLINE_MS = 5_000;

/** What a login wants. */
export type LoginStep =
  /** Nothing before `lookMs`, in monotonic milliseconds, unless something comes. */
  | { readonly kind: "wait"; readonly lookMs: number }
  /** This is to be said to NickServ. */
  | { readonly kind: "identify"; readonly line: string }
  /** It is over: channels can be joined. */
  | { readonly kind: "done" }
  /** It has failed. */
  | { readonly kind: "failed"; readonly because: string };

/** One login. */
export class Login {
  readonly #candidates: Iterator<string>;
  #stage: "registering" | "greeted" | "identifying" | "done" = "registering";
  #sinceMs: number;
  #loggedIn = false;
  #answered = false;

  /**
   * Starts when the first lines are sent.
   *
   * @param spec Who to be; its first nick is the one that is asked for already.
   * @param nowMs Monotonic time.
   */
  constructor(spec: ConnectionSpec, nowMs: number) {
    this.#sinceMs = nowMs;
    this.#candidates = nickCandidates(spec.nick, spec.altNicks).slice(1)[Symbol.iterator]();
  }

  /** Whether the server has not taken us yet. */
  get isRegistering(): boolean {
    return this.#stage === "registering";
  }

  /** Whether channels can be joined. */
  get isDone(): boolean {
    return this.#stage === "done";
  }

  /** Whether an account was logged in to. */
  get isLoggedIn(): boolean {
    return this.#loggedIn;
  }

  /** How long it has been done, in milliseconds. */
  doneForMs(nowMs: number): number {
    return this.isDone ? nowMs - this.#sinceMs : 0;
  }

  /** The nick to try after the last one was refused; `undefined` when there is none left. */
  nextNick(): string | undefined {
    const next = this.#candidates.next();
    return next.done ? undefined : next.value;
  }

  /** The greeting is over. */
  greeted(nowMs: number): void {
    if (this.isRegistering) this.#enter("greeted", nowMs);
  }

  /** An account was logged in to, by SASL or services. */
  loggedIn(): void {
    this.#loggedIn = true;
    this.#answered = true;
  }

  /** NickServ answered, well or badly. */
  answered(): void {
    this.#answered = true;
  }

  /**
   * Moves on as far as it can.
   *
   * @param spec What the configuration says now.
   * @param identity Who we are.
   * @param nowMs Monotonic time.
   */
  advance(spec: ConnectionSpec, identity: Identity, nowMs: number): LoginStep {
    switch (this.#stage) {
      case "registering": {
        const lookMs = this.#sinceMs + REGISTRATION_DEADLINE_MS;
        if (nowMs < lookMs) return { kind: "wait", lookMs };
        const seconds = REGISTRATION_DEADLINE_MS / 1_000;
        return {
          kind: "failed",
          because: `The server did not finish the registration within ${seconds} s`,
        };
      }
      case "greeted":
        if (spec.nickserv === undefined || this.#loggedIn) return this.#finish(nowMs);
        this.#answered = false;
        this.#enter("identifying", nowMs);
        return { kind: "identify", line: identifyLine(spec.nick, spec.nickserv.reveal(), identity) };
      case "identifying": {
        const lookMs = this.#sinceMs + IDENTIFY_DEADLINE_MS;
        return !this.#answered && nowMs < lookMs ? { kind: "wait", lookMs } : this.#finish(nowMs);
      }
      case "done":
        return { kind: "done" };
    }
  }

  #finish(nowMs: number): LoginStep {
    this.#enter("done", nowMs);
    return { kind: "done" };
  }

  #enter(stage: "greeted" | "identifying" | "done", nowMs: number): void {
    this.#stage = stage;
    this.#sinceMs = nowMs;
  }
}

/**
 * The line that tells NickServ who we are.
 *
 * @param wanted The configured nick, which is the account's name.
 * @param password Its password, in clear.
 * @param identity Who we are now, on which network.
 */
export function identifyLine(wanted: string, password: string, identity: Identity): string {
  // DALnet hands passwords to the full address only, so that nobody else can be called NickServ.
  const services = /^dalnet/i.test(identity.server.network) ? "NickServ@services.dal.net" : "NickServ";
  const account = identity.isSelf(wanted) ? "" : `${wanted} `;
  return `PRIVMSG ${services} :IDENTIFY ${account}${password}`;
}
