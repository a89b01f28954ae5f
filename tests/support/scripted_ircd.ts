import { until } from "./until.ts";

/** One client as the scripted server sees it. */
export interface ScriptedClient {
  /** Empty until NICK. */
  readonly nick: string;
  /** What it sent, oldest first. */
  readonly received: readonly string[];
  /** Sends a line. */
  send(line: string): void;
  /** Sends bytes as they are: half lines, garbage. */
  sendRaw(bytes: string | Uint8Array<ArrayBuffer>): void;
  /** Lets it have a nick, as the server's own answer to NICK does. */
  rename(nick: string): void;
  /** Hangs up. */
  close(): void;
}

/** Answers one command instead of the server's own way; `label` is what the client labelled it with. */
export type Handler = (client: ScriptedClient, params: readonly string[], label: string | undefined) => void;

/** A real listener that behaves well until it is told not to. */
export interface ScriptedIrcd extends AsyncDisposable {
  readonly port: number;
  /** Every client there was, oldest first. */
  readonly clients: readonly ScriptedClient[];
  /** The newest client. */
  readonly client: ScriptedClient;
  /** Everything any client sent, oldest first. */
  readonly received: readonly string[];
  /** Replaces what happens on a command; returns what undoes it. */
  on(command: string, handler: Handler): () => void;
  /** The first line, past or to come, that matches. */
  next(pattern: RegExp): Promise<string>;
}

/** What the scripted server offers. */
export interface ScriptedOptions {
  /** Capabilities, such as `echo-message` and `sasl=PLAIN`. */
  readonly caps?: readonly string[];
  /** Version text of 004. */
  readonly version?: string;
  /** Tokens of 005. */
  readonly supports?: string;
}

const HOST = "irc.scripted.test";

interface Peer extends ScriptedClient {
  nick: string;
  registered: boolean;
  negotiating: boolean;
  hasUser: boolean;
  readonly caps: Set<string>;
  readonly received: string[];
}

export function startScriptedIrcd(options: ScriptedOptions = {}): ScriptedIrcd {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const handlers = new Map<string, Handler>();
  const clients: Peer[] = [];
  const received: string[] = [];
  const serving: Promise<void>[] = [];

  const welcome = (peer: Peer) => {
    if (peer.registered || peer.negotiating || peer.nick === "" || !peer.hasUser) return;
    peer.registered = true;
    const version = options.version ?? "scripted-1";
    for (
      const line of [
        "001 % :Welcome",
        `002 % :Your host is ${HOST}, running version ${version}`,
        `004 % ${HOST} ${version} a b`,
        `005 % ${options.supports ?? "CASEMAPPING=rfc1459"} :are supported by this server`,
        "376 % :End of MOTD",
      ]
    ) peer.send(`:${HOST} ${line.replace("%", peer.nick)}`);
  };

  const answers: Readonly<
    Record<string, (peer: Peer, params: readonly string[], label: string | undefined) => void>
  > = {
    CAP(peer, [verb, wanted = ""]) {
      if (verb === "LS") {
        peer.negotiating = true;
        peer.send(`:${HOST} CAP * LS :${(options.caps ?? []).join(" ")}`);
      } else if (verb === "REQ") {
        for (const cap of wanted.split(" ")) peer.caps.add(cap);
        peer.send(`:${HOST} CAP ${peer.nick || "*"} ACK :${wanted}`);
      } else if (verb === "END") {
        peer.negotiating = false;
        welcome(peer);
      }
    },
    AUTHENTICATE(peer, [text]) {
      if (text === "PLAIN") peer.send("AUTHENTICATE +");
      else peer.send(`:${HOST} 903 ${peer.nick} :SASL authentication successful`);
    },
    NICK: (peer, [nick = ""]) => peer.rename(nick),
    USER(peer) {
      peer.hasUser = true;
      welcome(peer);
    },
    JOIN(peer, [channels = ""]) {
      for (const channel of channels.split(",")) {
        peer.send(`:${peer.nick}!~u@host.test JOIN ${channel}`);
        peer.send(`:${HOST} 366 ${peer.nick} ${channel} :End of NAMES`);
      }
    },
    PART: (peer, [channel]) => peer.send(`:${peer.nick}!~u@host.test PART ${channel}`),
    PING: (peer, [token]) => peer.send(`:${HOST} PONG ${HOST} :${token}`),
    PRIVMSG(peer, [target, text], label) {
      const tags = label === undefined ? "" : `@label=${label} `;
      if (peer.caps.has("echo-message")) {
        peer.send(`${tags}:${peer.nick}!~u@host.test PRIVMSG ${target} :${text}`);
      }
    },
    QUIT(peer) {
      peer.send("ERROR :Closing link");
      peer.close();
    },
  };

  const serve = async (conn: Deno.TcpConn) => {
    conn.setNoDelay(true);
    const encoder = new TextEncoder();
    let writing: Promise<void> = Promise.resolve();
    let closed = false;
    const peer: Peer = {
      nick: "",
      registered: false,
      negotiating: false,
      hasUser: false,
      caps: new Set(),
      received: [],
      send: (line) => peer.sendRaw(`${line}\r\n`),
      sendRaw(bytes) {
        const data = typeof bytes === "string" ? encoder.encode(bytes) : bytes;
        writing = writing.then(async () => {
          for (let sent = 0; sent < data.length && !closed;) sent += await conn.write(data.subarray(sent));
        }).catch(() => {}); // the client is gone
      },
      rename(nick) {
        if (peer.registered) peer.send(`:${peer.nick}!~u@host.test NICK :${nick}`);
        peer.nick = nick;
        welcome(peer);
      },
      close() {
        writing = writing.then(() => {
          if (closed) return;
          closed = true;
          conn.close();
        });
      },
    };
    clients.push(peer);
    // Fatal: what is no UTF-8 ends the connection, as a server with UTF8ONLY may do.
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const buffer = new Uint8Array(65_536);
    let rest = "";
    try {
      for (;;) {
        const length = await conn.read(buffer);
        if (length === null) break;
        const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split("\r\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          received.push(line);
          peer.received.push(line);
          const [, label] = /^@label=(\S+) /.exec(line) ?? [];
          const [command = "", params] = parse(line.replace(/^@\S+ /, ""));
          (handlers.get(command) ?? answers[command])?.(peer, params, label);
        }
      }
    } catch {
      // reset by the client, or closed above
    }
    peer.close();
    await writing;
  };

  const accepting = (async () => {
    try {
      for await (const conn of listener) serving.push(serve(conn));
    } catch {
      // the listener was closed
    }
  })();

  return {
    port: listener.addr.port,
    clients,
    received,
    get client() {
      const newest = clients.at(-1);
      if (newest === undefined) throw new Error("No client has connected yet");
      return newest;
    },
    on(command, handler) {
      handlers.set(command, handler);
      return () => handlers.delete(command);
    },
    next: (pattern) =>
      until(`a line like ${pattern}`, () => received.find((line) => pattern.test(line)), {
        seen: () => received.slice(-10),
      }),
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const peer of clients) peer.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

function parse(line: string): readonly [string, readonly string[]] {
  const colon = line.indexOf(" :");
  const words = (colon === -1 ? line : line.slice(0, colon)).split(" ");
  const params = colon === -1 ? words.slice(1) : [...words.slice(1), line.slice(colon + 2)];
  return [words[0] ?? "", params];
}
