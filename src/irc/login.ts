/**
 * From the first line to the moment when channels can be joined: the registration, a nick that is free, and NickServ.
 * CAP and SASL in between are the client's; only how long they take is judged here.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { Secret } from "../runtime/secret.ts";
import type { Identity } from "./identity.ts";
import { nickCandidates, SHORTEST_NICKLEN } from "./nicks.ts";
import { identifyLine } from "./nickserv.ts";

/** How long the server may take from our first line to the end of its greeting. */
const REGISTRATION_DEADLINE_MS = 30_000;

/** How long the server may take from our asking for the SASL login to its last word on it. */
const SASL_DEADLINE_MS = 15_000;

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
  #candidates: readonly string[];
  #stage: "registering" | "greeted" | "identifying" | "done" = "registering";
  #sinceMs: number;
  #saslSinceMs: number | undefined;
  #loggedIn = false;
  /** What NickServ made of the last IDENTIFY. */
  #services: "unasked" | "asked" | "answered" | "refused" = "unasked";
  #invalidNicks = 0;

  /**
   * Starts when the first lines are sent.
   *
   * @param spec Who to be; its first nick is the one that is asked for already.
   * @param nicklen Characters of a nick that the server grants, as it said last time; `undefined` when it has not.
   * @param nowMs Monotonic time.
   */
  constructor(spec: ConnectionSpec, nicklen: number | undefined, nowMs: number) {
    this.#sinceMs = nowMs;
    const candidates = nickCandidates(spec.nick, spec.altNicks, nicklen);
    this.#candidates = candidates.filter((nick) => nick !== spec.nick);
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

  /** What went wrong with NickServ; `undefined` when nothing did. */
  get trouble(): string | undefined {
    return this.#services === "refused" ? "NickServ refuses the login" : undefined;
  }

  /**
   * The nick to try after the last one was refused.
   *
   * @param numeric How it was refused.
   * @returns `undefined` when there is none left.
   */
  nextNick(numeric: string): string | undefined {
    if (numeric === "432") this.#invalidNicks++;
    // One that is no nick may be reserved; of two the length is what they have in common.
    const isCut = this.#invalidNicks >= 2;
    const [next, ...rest] = this.#candidates.filter((nick) => !isCut || [...nick].length <= SHORTEST_NICKLEN);
    this.#candidates = rest;
    return next;
  }

  /** The server was asked for the SASL login, or has answered. */
  authenticating(isPending: boolean, nowMs: number): void {
    this.#saslSinceMs = isPending ? this.#saslSinceMs ?? nowMs : undefined;
  }

  /** The greeting is over. */
  greeted(nowMs: number): void {
    if (this.isRegistering) this.#enter("greeted", nowMs);
  }

  /** An account was logged in to, by SASL or services. */
  loggedIn(): void {
    this.#loggedIn = true;
    this.#services = "answered";
  }

  /** NickServ was told who we are. */
  identified(): void {
    this.#services = "asked";
  }

  /** NickServ answered, well or badly; it counts when it was asked. */
  answered(isRefusal: boolean): void {
    if (this.#services === "asked") this.#services = isRefusal ? "refused" : "answered";
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
        const [what, lookMs] = this.#saslSinceMs === undefined
          ? ["registration", this.#sinceMs + REGISTRATION_DEADLINE_MS]
          : ["SASL login", this.#saslSinceMs + SASL_DEADLINE_MS];
        if (nowMs < lookMs) return { kind: "wait", lookMs };
        const seconds = (this.#saslSinceMs === undefined ? REGISTRATION_DEADLINE_MS : SASL_DEADLINE_MS) /
          1_000;
        return { kind: "failed", because: `The server did not finish the ${what} within ${seconds} s` };
      }
      case "greeted":
        if (spec.nickserv === undefined || this.#loggedIn) return this.#finish(nowMs);
        this.identified();
        this.#enter("identifying", nowMs);
        return { kind: "identify", line: identifyAs(spec.nick, spec.nickserv, identity) };
      case "identifying": {
        const lookMs = this.#sinceMs + IDENTIFY_DEADLINE_MS;
        return this.#services === "asked" && nowMs < lookMs ? { kind: "wait", lookMs } : this.#finish(nowMs);
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
 * @param wanted The nick that is the account's name.
 * @param password Its password.
 * @param identity Who we are now, on which network.
 */
export function identifyAs(wanted: string, password: Secret, identity: Identity): string {
  return identifyLine(wanted, password.reveal(), identity.isSelf(wanted), identity.server);
}
