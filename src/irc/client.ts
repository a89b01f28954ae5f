/**
 * The only importer of irc-framework: one object for one connection, of which the parser, the CAP dialogue and the
 * answers to PING are used, and nothing else.
 *
 * @module
 */

// @ts-types="./irc_framework.d.ts"
import library from "irc-framework";
import type { LibraryTransport } from "./irc_framework.d.ts";
import type { ConnectionSpec } from "../config/config.ts";
import { Labels } from "./labels.ts";
import { SaslLogin, type SaslVerdict } from "./sasl.ts";
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
  /** Told of every value of the capability `sts`, before anything is said in answer. */
  readonly onSts: (value: string) => void;
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
  /** Whether the server was asked for the SASL login and has not answered for good. */
  readonly isAuthenticating: boolean;
  /** Whether the server agreed to a capability. */
  hasCapability(name: string): boolean;
  /** Lets go of the library's timers and listeners. */
  close(): void;
}

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
  const { spec, transport, onLoginFailed } = options;
  const sasl = spec.sasl === undefined ? undefined : new SaslLogin(spec.sasl, freshNonce());
  /** Whether a line goes on its way; what ends here is dealt with. */
  const passes = (verdict: SaslVerdict | undefined) => {
    if (verdict?.kind === "failed") onLoginFailed(verdict.because);
    if (verdict?.kind === "answer") { for (const line of verdict.lines) transport.write(line); }
    return verdict === undefined || verdict.kind === "pass";
  };
  const socket = new LibrarySocket(transport, (line) => passes(sasl?.judgeOutgoing(line)));
  const client = new library.Client();
  const { cap } = client.network;
  let parsed: ServerLine | undefined;
  const labels = new Labels();
  client.connection.on("message", ({ command, params, nick, ident, hostname, tags }) => {
    const label = labels.read(command, params, tags);
    parsed = { command, params, nick, user: ident, host: hostname, label };
  });
  client.requestCap("labeled-response");
  if (sasl !== undefined) {
    client.requestCap("sasl");
    // Of the library's reasons only this one is left, the others are judged before it sees them.
    client.on("sasl failed", () => onLoginFailed(sasl.unsupported(cap.available.get("sasl"))));
  }
  client.connect({
    nick: spec.nick,
    username: userName(spec.nick),
    gecos: spec.realname === "" ? spec.nick : spec.realname,
    ...(spec.password === undefined ? {} : { password: spec.password.reveal() }),
    account: {},
    ...(sasl === undefined ? {} : { "sasl_mechanism": sasl.mechanism }),
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
      if (!passes(sasl?.judgeIncoming(line))) return true;
      parsed = undefined;
      const taken = socket.receive(line);
      if (!taken || parsed === undefined) return taken;
      // Out here, because what fails in the agent itself is not the library's to swallow.
      if (offersSts(parsed)) options.onSts(cap.available.get("sts") ?? "");
      options.onLine(parsed);
      return taken;
    },
    get isAuthenticating() {
      return sasl?.isPending === true;
    },
    hasCapability: (name) => cap.isEnabled(name),
    close() {
      socket.end();
      client.removeAllListeners();
    },
  };
}

/** 18 random bytes as base64, as RFC 5802's examples have it: unlike any other, and none of it a comma. */
function freshNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
}

/** `CAP * LS :…`, `CAP * LS * :…` or `CAP nick NEW :…` with the capability among others. */
function offersSts({ command, params }: ServerLine): boolean {
  return command === "CAP" && /^(?:LS|NEW)$/.test(params[1] ?? "") &&
    /(?:^| )sts(?:=| |$)/.test(params.at(-1) ?? "");
}

/** An open socket as the library wants to see one: it connects at once. */
class LibrarySocket implements LibraryTransport {
  readonly #transport: Transport;
  readonly #mayLeave: (line: string) => boolean;
  readonly #listeners = new Map<string, (...args: readonly unknown[]) => void>();

  constructor(transport: Transport, mayLeave: (line: string) => boolean) {
    this.#transport = transport;
    this.#mayLeave = mayLeave;
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
    if (this.#mayLeave(line)) this.#transport.write(line);
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
