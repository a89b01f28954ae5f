import { until } from "./until.ts";

/** One line as the witness saw it. */
export interface WitnessLine {
  /** Who said it; empty for the server. */
  readonly nick: string;
  /** `PRIVMSG`, `JOIN`, `PART`, a numeric and so on. */
  readonly command: string;
  /** First parameter, usually the channel. */
  readonly target: string;
  /** Last parameter. */
  readonly text: string;
  /** The whole line without CR LF. */
  readonly raw: string;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
}

/** An independent client in the channel, which says what really arrived. Shares no code with the agent. */
export interface Witness extends AsyncDisposable {
  readonly nick: string;
  /** Everything that came, oldest first. */
  readonly all: readonly WitnessLine[];
  /** What was said in a channel, oldest first. */
  lines(channel: string): readonly WitnessLine[];
  /** The texts of {@linkcode Witness.lines}. */
  texts(channel: string): readonly string[];
  /** The same, with messages that share a line taken apart. */
  messages(channel: string): readonly string[];
  /** The first line, past or to come, for which `matches` holds. */
  next(matches: (line: WitnessLine) => boolean): Promise<WitnessLine>;
  /** Sends a line of IRC. */
  send(line: string): Promise<void>;
}

/** The messages that share a line, without the time that a late error begins with. */
export function messagesOf(line: string): readonly string[] {
  return line.split(" ⏐ ").map((text) => text.replace(/^\d\d:\d\d:\d\d /, ""));
}

/** How the witness connects. */
export interface WitnessOptions {
  readonly nick?: string;
  /** Joined before the witness is handed out. */
  readonly channels: readonly string[];
  /** PEM of the authority; connects with TLS to `localhost`. */
  readonly tls?: string | undefined;
  readonly password?: string | undefined;
}

export async function openWitness(port: number, options: WitnessOptions): Promise<Witness> {
  const conn = options.tls === undefined
    ? await Deno.connect({ hostname: "127.0.0.1", port })
    : await Deno.connectTls({ hostname: "localhost", port, caCerts: [options.tls] });
  const nick = options.nick ?? "witness";
  const all: WitnessLine[] = [];
  const encoder = new TextEncoder();
  const send = async (line: string) => {
    const bytes = encoder.encode(`${line}\r\n`);
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  };

  const reading = (async () => {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    let rest = "";
    try {
      for (;;) {
        const length = await conn.read(buffer);
        if (length === null) return;
        const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split("\r\n");
        rest = lines.pop() ?? "";
        for (const raw of lines) {
          const line = parse(raw);
          all.push(line);
          if (line.command === "PING") await send(`PONG :${line.text}`);
        }
      }
    } catch {
      return; // the test ended, or the server did
    }
  })();

  const said = (channel: string) =>
    all.filter((line) =>
      (line.command === "PRIVMSG" || line.command === "NOTICE") &&
      line.target.toLowerCase() === channel.toLowerCase()
    );
  const witness: Witness = {
    nick,
    all,
    lines: said,
    texts: (channel) => said(channel).map((line) => line.text),
    messages: (channel) => said(channel).flatMap(({ text }) => messagesOf(text)),
    next: (matches) =>
      until("a line at the witness", () => all.find(matches), { seen: () => all.slice(-10) }),
    send,
    async [Symbol.asyncDispose]() {
      conn.close();
      await reading;
    },
  };
  try {
    if (options.password !== undefined) await send(`PASS :${options.password}`);
    await send(`NICK ${nick}`);
    await send(`USER ${nick} 0 * :witness`);
    await witness.next((line) => line.command === "376" || line.command === "422");
    for (const channel of options.channels) {
      await send(`JOIN ${channel}`);
      await witness.next((line) => line.command === "366" && line.raw.split(" ")[3] === channel);
    }
  } catch (error) {
    await witness[Symbol.asyncDispose]();
    throw error;
  }
  return witness;
}

/** `:nick!user@host COMMAND target :text`, each part optional. */
function parse(raw: string): WitnessLine {
  const match = /^(?:@\S+ )?(?::(\S+) )?(\S+)(?: (.*))?$/.exec(raw);
  const [, prefix = "", command = "", rest = ""] = match ?? [];
  const colon = rest.startsWith(":") ? 0 : rest.indexOf(" :") + 1;
  const trailing = rest.startsWith(":") || rest.includes(" :");
  const words = (trailing ? rest.slice(0, colon) : rest).split(" ").filter((word) => word !== "");
  const text = trailing ? rest.slice(colon + 1) : words.at(-1) ?? "";
  const nick = prefix.includes("!") ? prefix.slice(0, prefix.indexOf("!")) : "";
  return { nick, command, target: words[0] ?? text, text, raw, atMs: performance.now() };
}
