/**
 * One connection from its first line to its last: puts together what logs in, joins, speaks and listens for signs of
 * life, and tells each what the server said.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import type { ConnectionSpec } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { AdaptivePace } from "./adaptive_pace.ts";
import type { Channels } from "./channels.ts";
import { type Client, openClient, type ServerLine } from "./client.ts";
import type { Ghosts } from "./ghosts.ts";
import { Identity } from "./identity.ts";
import { modesLine, requestLines, serverTraits } from "./requests.ts";
import { Liveness } from "./liveness.ts";
import { identifyAs, Login } from "./login.ts";
import { nickHelp } from "./nick_help.ts";
import { NickKeeper } from "./nick_keeper.ts";
import type { Outbox } from "./outbox.ts";
import { aimPace, react } from "./reactions.ts";
import { shownText } from "./refusals.ts";
import { readEvent } from "./server_event.ts";
import { Speaker } from "./speaker.ts";
import type { Transport } from "./transport.ts";

/** What a session needs. */
export interface SessionOptions {
  /** Who to be. */
  readonly spec: ConnectionSpec;
  /** An open socket. */
  readonly transport: Transport;
  /** Time. */
  readonly clock: Clock;
  /** The connection's channels, which outlive the session. */
  readonly channels: Channels;
  /** The connection's queue, which outlives the session. */
  readonly outbox: Outbox;
  /** Host it leads to, as configured. */
  readonly host: string;
  /** The connection's pace, which outlives the session. */
  readonly pace: AdaptivePace;
  /** What the connection's earlier sessions may still bring. */
  readonly ghosts: Ghosts;
  /** Whether the wanted nick is got back while another one has to do. */
  readonly reclaimsNick: boolean;
  /** Makes PING tokens unlike those of any other session. */
  readonly random: () => number;
  /** Characters of a nick that the server granted last time; `undefined` when that is not known. */
  readonly nicklen: number | undefined;
  /** Told what the server says of STS; returns why the connection has to end, if it has. */
  readonly onSts: (value: string) => string | undefined;
}

/** Why a session ended. */
export interface SessionEnd {
  /** In plain words. */
  readonly because: string;
  /** Whether the server punished us, so that coming back at once would make it worse. */
  readonly punished: boolean;
  /** Whether the same server is to be tried again at once. */
  readonly again: boolean;
  /** How long it was ready, in milliseconds. */
  readonly readyForMs: number;
}

/** A session. Everything happens in {@linkcode Session.receive} and {@linkcode Session.tick}; it owns no timer. */
export class Session {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #channels: Channels;
  readonly #ghosts: Ghosts;
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #login: Login;
  readonly #liveness: Liveness;
  readonly #nickKeeper = new NickKeeper();
  readonly #reclaimsNick: boolean;
  readonly #speaker: Speaker;
  readonly #pace: AdaptivePace;
  readonly #host: string;
  #spec: ConnectionSpec;
  #because: string | undefined;
  #punished = false;
  #again = false;

  /**
   * Sends the first lines.
   *
   * @param options What it works with.
   */
  constructor(options: SessionOptions) {
    const { spec, transport, clock } = options;
    const nowMs = clock.monotonic();
    this.#spec = spec;
    this.#transport = transport;
    this.#clock = clock;
    this.#channels = options.channels;
    this.#ghosts = options.ghosts;
    this.#reclaimsNick = options.reclaimsNick;
    this.#identity = new Identity(spec.nick);
    this.#login = new Login(spec, options.nicklen, nowMs);
    this.#liveness = new Liveness(nowMs);
    const identity = this.#identity;
    this.#pace = options.pace;
    this.#host = options.host;
    this.#aimPace();
    this.#speaker = new Speaker(
      { ...options, identity, isVoiced: (key) => options.channels.hasVoice(key) },
      nowMs,
    );
    this.#client = openClient({
      spec,
      transport,
      onLine: (line) => this.#onLine(line),
      onSts: (value) => {
        const because = options.onSts(value);
        if (because === undefined) return;
        this.#again = true;
        this.#fail(because);
      },
      onLoginFailed: (because) => this.#fail(because),
    });
  }

  /** Whether messages may be sent, as far as the server is concerned. */
  get isReady(): boolean {
    return this.#login.isDone && this.#because === undefined;
  }

  /** The nick we have. */
  get nick(): string {
    return this.#identity.nick;
  }

  /** What is wrong although it is ready; `undefined` when nothing is. */
  get trouble(): string | undefined {
    return this.#login.trouble;
  }

  /** Characters of a nick that the server grants; `undefined` when it has not said. */
  get nicklen(): number | undefined {
    return this.#identity.nicklen;
  }

  /** Takes a line from the socket. */
  receive(line: string): void {
    this.#liveness.heard(this.#clock.monotonic());
    this.#client.receive(line);
  }

  /**
   * Does what is due.
   *
   * @returns When it wants to be called again, in monotonic milliseconds.
   */
  tick(nowMs: number): number {
    if (this.#because !== undefined || this.#transport.closed) return Infinity;
    const loginMs = this.#logIn(nowMs);
    if (!this.#login.isDone) return loginMs;
    const due = this.#channels.takeDue(nowMs);
    this.#speaker.command(...requestLines(due, this.#spec, this.#identity));
    this.#speaker.whenIdle(due.modesWhenIdle.map(modesLine), nowMs);
    const lookMs = Math.min(
      this.#checkLife(nowMs),
      this.#channels.elapse(nowMs),
      this.#keepNick(nowMs),
    );
    return Math.min(lookMs, this.#speaker.speak(nowMs));
  }

  /** Takes over a changed configuration without reconnecting. */
  update(spec: ConnectionSpec): void {
    const before = this.#spec;
    this.#spec = spec;
    this.#aimPace();
    if (spec.nick !== before.nick) this.#nickKeeper.hurry();
    if (spec.realname !== before.realname && this.#client.hasCapability("setname")) {
      this.#speaker.command(`SETNAME :${spec.realname}`);
    }
    const { nickserv } = spec;
    if (nickserv !== undefined && nickserv.reveal() !== before.nickserv?.reveal() && this.isReady) {
      this.#speaker.command(identifyAs(spec.nick, nickserv, this.#identity));
      this.#login.identified();
    }
    this.#channels.retry(changedChannels(before, spec));
  }

  /** Leaves channels. */
  part(names: readonly string[]): void {
    this.#speaker.command(...names.map((name) => `PART ${name}`));
  }

  /** Puts back every message that is not on the wire yet; what keeps the session alive goes on. */
  takeBack(): void {
    this.#speaker.takeBack();
  }

  /** Says farewell; the server closes the connection. */
  quit(reason: string): void {
    this.#because = "The connection was closed";
    this.#transport.write(`QUIT :${shownText(reason)}`);
  }

  /** Puts back what was in flight, and says how it ended. */
  end(): SessionEnd {
    const nowMs = this.#clock.monotonic();
    this.#client.close();
    this.#speaker.giveUp(nowMs);
    this.#channels.offline();
    return {
      because: this.#because ?? "The server closed the connection without a word",
      punished: this.#punished,
      again: this.#again,
      readyForMs: this.#login.doneForMs(nowMs),
    };
  }

  #aimPace(): void {
    aimPace({ spec: this.#spec, identity: this.#identity, pace: this.#pace, host: this.#host });
  }

  #fail(because: string): void {
    this.#because ??= because;
    this.#transport.close();
  }

  /** Moves the login on; returns when to look again. */
  #logIn(nowMs: number): number {
    if (this.#login.isDone) return Infinity;
    this.#login.authenticating(this.#client.isAuthenticating, nowMs);
    for (;;) {
      const step = this.#login.advance(this.#spec, this.#identity, nowMs);
      switch (step.kind) {
        case "wait":
          return step.lookMs;
        case "identify":
          this.#speaker.send(step.line, nowMs);
          break;
        case "done":
          this.#channels.online(serverTraits(this.#identity, this.#login.isLoggedIn));
          return Infinity;
        case "failed":
          this.#fail(step.because);
          return Infinity;
      }
    }
  }

  /** Asks a silent server whether it is there, and gives up a dead one; returns when to look again. */
  #checkLife(nowMs: number): number {
    const vitality = this.#liveness.judge(this.#speaker.askedMs, nowMs);
    if (vitality.kind === "alive") return vitality.lookMs;
    if (vitality.kind === "dead") {
      this.#fail(`The server has not answered for ${Math.round(vitality.silentMs / 1_000)} s`);
      return Infinity;
    }
    this.#speaker.ask(nowMs);
    return this.#checkLife(nowMs);
  }

  #keepNick(nowMs: number): number {
    if (!this.#reclaimsNick) return Infinity;
    const help = nickHelp(this.#spec, this.#identity, this.#login);
    this.#speaker.command(...this.#nickKeeper.takeDue(help, nowMs));
    return this.#nickKeeper.dueMs;
  }

  #onLine(line: ServerLine): void {
    if (line.user !== "" && this.#identity.isSelf(line.nick)) this.#identity.seenAs(line.user, line.host);
    const event = readEvent(line, (nick) => this.#identity.isSelf(nick));
    if (event === undefined) return;
    const consequence = react(event, {
      spec: this.#spec,
      client: this.#client,
      identity: this.#identity,
      login: this.#login,
      nickKeeper: this.#nickKeeper,
      channels: this.#channels,
      speaker: this.#speaker,
      pace: this.#pace,
      host: this.#host,
      ghosts: this.#ghosts,
    }, this.#clock.monotonic());
    switch (consequence?.kind) {
      case "nick":
        this.#transport.write(`NICK ${consequence.nick}`);
        break;
      case "failed":
        this.#fail(consequence.because);
        break;
      case "farewell":
        this.#because ??= consequence.because;
        this.#punished ||= consequence.punished;
        break;
    }
  }
}

/** Channels about which the configuration says something else. */
function changedChannels(before: ConnectionSpec, after: ConnectionSpec): readonly string[] {
  return [...new Set([...before.channels.keys(), ...after.channels.keys()])]
    .filter((channel) => !isDeepStrictEqual(before.channels.get(channel), after.channels.get(channel)));
}
