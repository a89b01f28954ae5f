/**
 * The terminal's view of the channel: a client of its own, which prints what it is told by the server and nothing else.
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import { nickColor, paint, printable, SGR } from "./paint.ts";
import { type IrcLine, isGone, LineCutter, nickOf, parseIrcLine } from "./irc_line.ts";

/** How to watch. */
export interface ViewOptions {
  /** Server's address. */
  readonly hostname: string;
  /** Server's port. */
  readonly port: number;
  /** Channel to join. */
  readonly channel: string;
  /** Nick to watch under. */
  readonly nick: string;
  /** Nicks whose messages are counted: the agent's, not those of other visitors. */
  readonly counted: readonly string[];
  /** Stamps the printed lines. */
  readonly clock: Clock;
  /** Whether to print colours. */
  readonly color: boolean;
  /** Takes one printed line, without its newline. */
  readonly print: (line: string) => void;
}

/** What was seen in the channel. */
export interface Seen {
  /** Log lines that were shown. */
  readonly shown: number;
  /** Log lines that were counted in a summary. */
  readonly summarised: number;
}

/** A client that watches a channel. Disposing of it quits. */
export interface View extends AsyncDisposable {
  /** What has been seen so far. */
  readonly seen: Seen;
  /** Settles when the server has closed the connection, or it was disposed of. */
  readonly ended: Promise<void>;
  /**
   * Waits until all these nicks, which may include its own, have joined.
   *
   * @param nicks Whom to wait for.
   * @param signal Ends the wait early, normally.
   */
  joined(nicks: readonly string[], signal: AbortSignal): Promise<void>;
}

/**
 * Joins a channel and prints it until disposed of, or until the server closes the connection.
 *
 * @param options What to watch.
 * @throws {Deno.errors.ConnectionRefused} When no server listens there.
 */
export async function openView(options: ViewOptions): Promise<View> {
  const conn = await Deno.connect({ hostname: options.hostname, port: options.port });
  return new OpenView(conn, options);
}

const READ_BYTES = 4096;

/** Widest nick that is padded to, in columns; as wide as `facilitator-prod`. */
const NICK_COLUMNS = 16;

class OpenView implements View {
  readonly ended: Promise<void>;
  readonly #nicks = new Set<string>();
  readonly #conn: Deno.Conn;
  readonly #options: ViewOptions;
  readonly #waiting = new Set<() => void>();
  #shown = 0;
  #summarised = 0;
  #disposed = false;

  constructor(conn: Deno.Conn, options: ViewOptions) {
    this.#conn = conn;
    this.#options = options;
    this.ended = this.#watch();
  }

  get seen(): Seen {
    return { shown: this.#shown, summarised: this.#summarised };
  }

  async joined(nicks: readonly string[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !nicks.every((nick) => this.#nicks.has(nick))) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const onAbort = () => resolve();
      signal.addEventListener("abort", onAbort, { once: true });
      await promise;
      signal.removeEventListener("abort", onAbort);
      this.#waiting.delete(resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) this.#conn.close();
    this.#disposed = true;
    await this.ended;
  }

  async #watch(): Promise<void> {
    const { nick, channel } = this.#options;
    const cutter = new LineCutter();
    const buffer = new Uint8Array(READ_BYTES);
    try {
      await this.#send(`NICK ${nick}`, `USER ${nick} 0 * :watches for the terminal`, `JOIN ${channel}`);
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) return;
        for (const cut of cutter.push(buffer.subarray(0, length))) {
          if (cut.kind === "line") await this.#take(parseIrcLine(cut.text));
        }
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #send(...lines: readonly string[]): Promise<void> {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(""));
    for (let from = 0; from < bytes.length;) from += await this.#conn.write(bytes.subarray(from));
  }

  async #take(line: IrcLine): Promise<void> {
    const nick = nickOf(line.from);
    const [first = "", second = ""] = line.params;
    switch (line.command) {
      case "PING":
        return await this.#send(`PONG :${first}`);
      case "PRIVMSG":
      case "NOTICE":
        if (first === this.#options.channel) this.#say(nick, second);
        return;
      case "JOIN":
        this.#arrive(nick);
        return this.#event("-->", `${nick} joined ${first}`);
      case "PART":
        this.#nicks.delete(nick);
        return this.#event("<--", `${nick} left ${first}`);
      case "QUIT":
        this.#nicks.delete(nick);
        return this.#event("<--", `${nick} quit: ${first}`);
      case "NICK":
        this.#nicks.delete(nick);
        this.#arrive(first);
        return this.#event("--", `${nick} is now ${first}`);
      case "TOPIC":
        return this.#event("--", `${nick} set the topic: ${second}`);
    }
  }

  #arrive(nick: string): void {
    this.#nicks.add(nick);
    for (const look of this.#waiting) look();
  }

  #say(nick: string, text: string): void {
    const { color, counted } = this.#options;
    if (counted.includes(nick)) {
      const records = countRecords(text);
      this.#shown += records.shown;
      this.#summarised += records.summarised;
    }
    const padding = " ".repeat(Math.max(0, NICK_COLUMNS - nick.length));
    this.#print(
      `${padding}<${color ? paint(nickColor(nick), nick) : nick}> ${colorLevel(printable(text), color)}`,
    );
  }

  #event(arrow: string, text: string): void {
    const line = `${" ".repeat(NICK_COLUMNS + 2 - arrow.length)}${arrow} ${printable(text)}`;
    this.#print(this.#options.color ? paint(SGR.dim, line) : line);
  }

  #print(text: string): void {
    const { clock, color, print } = this.#options;
    const time = timeOfDay(clock.now());
    print(`${color ? paint(SGR.dim, time) : time} ${text}`);
  }
}

/** What one message in the channel stands for. */
export function countRecords(text: string): Seen {
  // The marks are irctail's own: it replaces them in log text (design, invariant I3).
  const more = /^⋯ (\d+) more in /u.exec(text) ?? /^⋯ gap [^ ]+ (\d+) lines/u.exec(text) ??
    /^↻ ×(\d+) in /u.exec(text);
  if (more !== null) return { shown: 0, summarised: Number(more[1]) };
  return { shown: text.split(" ⏐ ").length, summarised: 0 };
}

/** HH:MM:SS in the local time zone. */
function timeOfDay(ms: number): string {
  const time = new Date(ms);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Colours what the default template puts in front of an error or a warning, and dims summaries. */
function colorLevel(text: string, color: boolean): string {
  if (!color) return text;
  if (/^[⋯↻]/u.test(text)) return paint(SGR.dim, text);
  return text.replace(/^\[(?:ERROR|FATAL)\]/, (level) => paint(SGR.red, level))
    .replace(/^\[WARN\]/, (level) => paint(SGR.yellow, level));
}
