/**
 * One client of the demo's IRC server from its first line on: capabilities, registration, and whom a line is for.
 *
 * @module
 */

import { type CutLine, parseIrcLine } from "./irc_line.ts";
import {
  CHANNEL_LENGTH,
  CHANNELS_PER_USER,
  isNick,
  maskOf,
  type Network,
  NICK_LENGTH,
  type User,
} from "./ircd_network.ts";
import { COMMANDS, type Context, lusers, motd, reply, TARGETS, USER_MODES } from "./ircd_commands.ts";
import type { Clock } from "../../runtime/clock.ts";

/** The capabilities offered: irctail takes the echo as the proof that a line was shown. */
const CAPABILITIES: readonly string[] = ["echo-message"];

/** Longest user name; further characters are cut, as USERLEN of most servers. */
const USERNAME_LENGTH = 10;

/** What a session needs. */
export interface SessionOptions {
  /** Everybody. */
  readonly network: Network;
  /** Name in front of what the server says. */
  readonly serverName: string;
  /** Address the client connected from. */
  readonly host: string;
  /** Stamps channels and topics. */
  readonly clock: Clock;
  /** Queues one line for the client. */
  readonly send: (line: string) => void;
  /** Closes the socket once what is queued is written. */
  readonly finish: () => void;
}

/** One client. */
export class Session {
  readonly #context: Context;
  readonly #user: User;
  readonly #finish: () => void;
  #negotiating = false;
  #ended = false;

  /**
   * Begins with a client that has not said anything.
   *
   * @param options Whom it is for.
   */
  constructor(options: SessionOptions) {
    const { network, serverName, host, clock, send } = options;
    this.#user = {
      nick: "*",
      username: "",
      realname: "",
      host,
      sinceMs: undefined,
      echo: false,
      away: undefined,
      modes: new Set(),
      send,
    };
    this.#context = { network, user: this.#user, serverName, clock };
    this.#finish = options.finish;
  }

  /** Whether the client has been greeted. */
  get registered(): boolean {
    return this.#user.sinceMs !== undefined;
  }

  /** Takes one line. */
  receive(cut: CutLine): void {
    if (this.#ended) return;
    if (cut.kind === "too-long") return reply(this.#context, "417", [], "Input line was too long");
    const { command, params } = parseIrcLine(cut.text);
    if (command === "" || command === "PONG") return;
    if (this.#early(command, params)) return;
    if (!this.registered) return reply(this.#context, "451", [], "You have not registered");
    const known = COMMANDS.get(command);
    if (known === undefined) {
      reply(this.#context, "421", [command], "Unknown command");
    } else if (params.length < known.needs) {
      reply(this.#context, "461", [command], "Not enough parameters");
    } else {
      known.run(this.#context, params);
    }
  }

  /**
   * Takes the client off the network and says good-bye; does nothing the second time.
   *
   * @param reason Shown to those who shared a channel.
   */
  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#context.network.quit(this.#user, reason);
    this.#user.send(`ERROR :Closing link: ${this.#user.nick} (${reason})`);
    this.#finish();
  }

  /** Commands that need no registration; `false` when it is another one. */
  #early(command: string, params: readonly string[]): boolean {
    switch (command) {
      case "CAP":
        this.#cap(params);
        return true;
      case "PASS":
        if (this.registered) reply(this.#context, "462", [], "You may not reregister");
        return true;
      case "NICK":
        this.#nick(params[0] ?? "");
        return true;
      case "USER":
        this.#userCommand(params);
        return true;
      case "PING":
        this.#ping(params[0] ?? "");
        return true;
      case "QUIT":
        this.end(`Quit: ${params[0] ?? ""}`.trimEnd());
        return true;
      default:
        return false;
    }
  }

  /** IRCv3 capability negotiation: LS and REQ hold the greeting back until END. */
  #cap([subcommand = "", argument = ""]: readonly string[]): void {
    const answer = (text: string) =>
      this.#user.send(`:${this.#context.serverName} CAP ${this.#user.nick} ${text}`);
    const name = subcommand.toUpperCase();
    if (name === "LS" || name === "REQ") this.#negotiating = !this.registered;
    if (name === "LS") {
      answer(`LS :${CAPABILITIES.join(" ")}`);
    } else if (name === "LIST") {
      answer(`LIST :${this.#user.echo ? "echo-message" : ""}`);
    } else if (name === "REQ") {
      const wanted = argument.split(" ").filter((word) => word !== "");
      const known = wanted.every((word) => CAPABILITIES.includes(word.replace(/^-/, "")));
      if (known) { for (const word of wanted) this.#user.echo = !word.startsWith("-"); }
      answer(`${known ? "ACK" : "NAK"} :${argument}`);
    } else if (name === "END") {
      this.#negotiating = false;
      this.#greet();
    } else {
      reply(this.#context, "410", [subcommand === "" ? "*" : subcommand], "Invalid CAP command");
    }
  }

  #nick(wanted: string): void {
    const { network } = this.#context;
    if (wanted === "") return reply(this.#context, "431", [], "No nickname given");
    if (!isNick(wanted)) {
      return reply(this.#context, "432", [wanted.replace(/[ :]/g, "_")], "Erroneous nickname");
    }
    const before = maskOf(this.#user);
    if (!network.rename(this.#user, wanted)) {
      return reply(this.#context, "433", [wanted], "Nickname is already in use");
    }
    if (this.registered) {
      const line = `:${before} NICK :${wanted}`;
      this.#user.send(line);
      network.tellPeers(this.#user, line);
    }
    this.#greet();
  }

  #userCommand([username = "", , , realname]: readonly string[]): void {
    if (this.registered) return reply(this.#context, "462", [], "You may not reregister");
    if (realname === undefined) return reply(this.#context, "461", ["USER"], "Not enough parameters");
    this.#user.username = username.replace(/[^A-Za-z0-9._-]/g, "").slice(0, USERNAME_LENGTH) || "user";
    this.#user.realname = realname;
    this.#greet();
  }

  #ping(token: string): void {
    if (token === "") return reply(this.#context, "409", [], "No origin specified");
    const { serverName } = this.#context;
    this.#user.send(`:${serverName} PONG ${serverName} :${token}`);
  }

  /** Greets once nick and user are known and nothing is being negotiated (RFC 2812 §5.1, ISUPPORT). */
  #greet(): void {
    const { serverName, clock } = this.#context;
    if (this.registered || this.#negotiating || this.#user.nick === "*" || this.#user.username === "") return;
    this.#user.sinceMs = clock.now();
    const say = (numeric: string, text: string) => reply(this.#context, numeric, [], text);
    say("001", `Welcome to the irctail demo, ${maskOf(this.#user)}`);
    say("002", `Your host is ${serverName}, running irctail demo`);
    say("003", "This server was created when the demo was started");
    reply(this.#context, "004", [serverName, "irctail-demo", USER_MODES, "n"]);
    reply(
      this.#context,
      "005",
      [
        "CASEMAPPING=ascii",
        "CHANTYPES=#",
        `CHANLIMIT=#:${CHANNELS_PER_USER}`,
        `CHANNELLEN=${CHANNEL_LENGTH}`,
        "CHANMODES=b,,,n",
        `NICKLEN=${NICK_LENGTH}`,
        "NETWORK=irctail-demo",
        "PREFIX=(ov)@+",
        `TARGMAX=PRIVMSG:${TARGETS},NOTICE:${TARGETS}`,
      ],
      "are supported by this server",
    );
    lusers(this.#context);
    motd(this.#context);
  }
}
