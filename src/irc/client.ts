/**
 * The only importer of irc-framework: one object for one connection, of which the parser, the CAP and SASL dialogue
 * and the answers to PING are used, and nothing else.
 *
 * @module
 */

// @ts-types="./irc_framework.d.ts"
import library from "irc-framework";
import type { LibraryTransport } from "./irc_framework.d.ts";
import type { ConnectionSpec } from "../config/config.ts";
import { Labels } from "./labels.ts";
import type { Transport } from "./transport.ts";

/** One line from the server, parsed. */
export interface ServerLine {
  /** Upper case; numerics as three digits. */
  readonly command: string;
  /** Without the colon of the last one. */
  readonly params: readonly string[];
  /** Sender's nick; empty for a server. */
  readonly nick: string;
  /** Sender's user name. */
  readonly user: string;
  /** Sender's host. */
  readonly host: string;
  /** Label of the line of ours that it answers (labeled-response). */
  readonly label: string | undefined;
}

/** What a client is told. */
export interface ClientOptions {
  /** Who to be. */
  readonly spec: ConnectionSpec;
  /** An open socket; the client writes to it and never closes it but after a failed login. */
  readonly transport: Transport;
  /** Told of every line that could be parsed, after the library has seen it. */
  readonly onLine: (line: ServerLine) => void;
  /** Told that the login failed, with plain words; the socket is closed right after. */
  readonly onLoginFailed: (because: string) => void;
}

/** A registration in progress, and later the connection it led to. */
export interface Client {
  /**
   * Takes a line from the socket; one that the library cannot take is dropped.
   *
   * @returns Whether it was taken.
   */
  receive(line: string): boolean;
  /** Whether the server agreed to a capability. */
  hasCapability(name: string): boolean;
  /** Lets go of the library's timers and listeners. */
  close(): void;
}

/** Why a SASL login failed, by the library's reasons. */
const SASL_FAILURES: Readonly<Record<string, string>> = {
  "fail": "The server refuses the SASL account or password",
  "capability_missing": "The server offers no SASL",
  "unsupported_mechanism": "The server offers no SASL PLAIN",
  "nick_locked": "The account is locked",
  "too_long": "The SASL account or password is too long",
};

/** Longest user name every server takes: RFC 2812 §1.2.1 leaves it open, ircd 2.x cuts at 10 with the `~`. */
const LONGEST_USER = 9;

/**
 * User name of a nick: what servers take in USER without complaint.
 *
 * @param nick The configured nick.
 */
export function userName(nick: string): string {
  const letters = nick.toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, LONGEST_USER);
  return letters === "" ? "irctail" : letters;
}

/**
 * Starts the registration over an open socket.
 *
 * @param options Who to be, over what, and whom to tell.
 */
export function openClient(options: ClientOptions): Client {
  const { spec } = options;
  const socket = new LibrarySocket(options.transport);
  const client = new library.Client();
  let parsed: ServerLine | undefined;
  const labels = new Labels();
  client.connection.on("message", ({ command, params, nick, ident, hostname, tags }) => {
    const label = labels.read(command, params, tags);
    parsed = { command, params, nick, user: ident, host: hostname, label };
  });
  client.requestCap("labeled-response");
  client.on("sasl failed", ({ reason }) => {
    options.onLoginFailed(SASL_FAILURES[reason] ?? "The SASL login failed");
  });
  client.connect({
    nick: spec.nick,
    username: userName(spec.nick),
    gecos: spec.realname === "" ? spec.nick : spec.realname,
    ...(spec.password === undefined ? {} : { password: spec.password.reveal() }),
    // Never left out: without it the library sends the server password as a SASL password.
    account: spec.sasl === undefined
      ? {}
      : { account: spec.sasl.account, password: spec.sasl.password.reveal() },
    // Empty: no answer to CTCP VERSION.
    version: "",
    "auto_reconnect": false,
    "enable_chghost": true,
    "enable_setname": true,
    "enable_echomessage": true,
    "ping_interval": 0,
    "ping_timeout": 0,
    "sasl_disconnect_on_fail": true,
    transport: class {
      constructor() {
        return socket;
      }
    } as new () => LibraryTransport,
  });
  return {
    receive(line) {
      parsed = undefined;
      const taken = socket.receive(line);
      // Out here, because what fails in the agent itself is not the library's to swallow.
      if (taken && parsed !== undefined) options.onLine(parsed);
      return taken;
    },
    hasCapability: (name) => client.network.cap.isEnabled(name),
    close() {
      socket.end();
      client.removeAllListeners();
    },
  };
}

/** An open socket as the library wants to see one: it connects at once. */
class LibrarySocket implements LibraryTransport {
  readonly #transport: Transport;
  readonly #listeners = new Map<string, (...args: readonly unknown[]) => void>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  removeAllListeners(): void {
    this.#listeners.clear();
  }

  connect(): void {
    this.#listeners.get("open")?.();
  }

  receive(line: string): boolean {
    try {
      this.#listeners.get("line")?.(line);
      return true;
    } catch {
      // The library's handlers take parameters for granted that a broken server leaves out.
      return false;
    }
  }

  writeLine(line: string, done?: () => void): void {
    this.#transport.write(line);
    if (done !== undefined) queueMicrotask(done);
  }

  close(): void {
    this.#transport.close();
  }

  /** Tells the library that the socket is gone, which stops its timers. */
  end(): void {
    this.#listeners.get("close")?.(false);
  }

  disposeSocket(): void {
    this.#transport.close();
  }

  setEncoding(encoding: string): boolean {
    return encoding === "utf8";
  }
}
