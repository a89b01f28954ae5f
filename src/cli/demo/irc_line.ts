/**
 * IRC lines as the demo's server and its visitor read them: taken apart, and cut out of a stream of bytes. Written
 * apart from `irc/`, so that the demo is a second opinion about what the agent sends.
 *
 * @module
 */

/** Longest line without its CR LF, in bytes (RFC 1459 §2.3: 512 with them). */
export const LINE_BYTES = 510;

/** One message, taken apart. */
export interface IrcLine {
  /** Who sent it, without the colon; empty when the line does not say. */
  readonly from: string;
  /** Command in upper case, or a three-digit numeric; empty for a blank line. */
  readonly command: string;
  /** Parameters; the last may hold blanks. */
  readonly params: readonly string[];
}

/**
 * Takes a line apart (RFC 1459 §2.3.1). Total: what is not IRC comes out as a command nobody knows.
 *
 * @param line One line without its CR LF.
 */
export function parseIrcLine(line: string): IrcLine {
  let rest = line.trimStart();
  let from = "";
  if (rest.startsWith("@")) rest = afterWord(rest).rest;
  if (rest.startsWith(":")) {
    const split = afterWord(rest);
    from = split.word.slice(1);
    rest = split.rest;
  }
  const params: string[] = [];
  const command = afterWord(rest);
  rest = command.rest;
  while (rest !== "") {
    if (rest.startsWith(":")) {
      params.push(rest.slice(1));
      break;
    }
    const split = afterWord(rest);
    params.push(split.word);
    rest = split.rest;
  }
  return { from, command: command.word.toUpperCase(), params };
}

/** Nick of a `nick!user@host`; a server's name is returned as it is. */
export function nickOf(from: string): string {
  return from.split("!", 1)[0] ?? from;
}

function afterWord(text: string): { readonly word: string; readonly rest: string } {
  const end = text.indexOf(" ");
  if (end < 0) return { word: text, rest: "" };
  return { word: text.slice(0, end), rest: text.slice(end).trimStart() };
}

/** What {@linkcode LineCutter.push} found: a line, or one that was longer than allowed and was thrown away. */
export type CutLine = { readonly kind: "line"; readonly text: string } | { readonly kind: "too-long" };

/**
 * Cuts a stream of bytes into lines at CR or LF; blank lines are skipped. Holds at most one line, however much comes in
 * without an end of line. Bytes that are not UTF-8 are replaced.
 */
export class LineCutter {
  readonly #held: Uint8Array;
  #length = 0;
  #overlong = false;
  readonly #decoder = new TextDecoder();

  /**
   * Makes a cutter.
   *
   * @param longestBytes Longest line without its end; a longer one is reported instead of returned.
   */
  constructor(longestBytes: number = LINE_BYTES) {
    this.#held = new Uint8Array(longestBytes);
  }

  /** Takes bytes; yields every line that they complete. */
  *push(bytes: Uint8Array): Generator<CutLine> {
    for (const byte of bytes) {
      if (byte === CR || byte === LF) {
        if (this.#overlong) yield { kind: "too-long" };
        else if (this.#length > 0) yield { kind: "line", text: this.#take() };
        this.#length = 0;
        this.#overlong = false;
      } else if (this.#length === this.#held.length) {
        this.#overlong = true;
      } else {
        this.#held[this.#length++] = byte;
      }
    }
  }

  #take(): string {
    return this.#decoder.decode(this.#held.subarray(0, this.#length));
  }
}

const CR = 0x0d;
const LF = 0x0a;

/** Errors by which a socket says that the other side, or this one, has closed it. */
const GONE = [
  Deno.errors.BadResource,
  Deno.errors.BrokenPipe,
  Deno.errors.ConnectionAborted,
  Deno.errors.ConnectionReset,
  Deno.errors.Interrupted,
  Deno.errors.NotConnected,
  Deno.errors.TimedOut,
  Deno.errors.UnexpectedEof,
];

/** Whether an error only says that the connection is over, which is how every connection ends. */
export function isGone(error: unknown): boolean {
  return GONE.some((kind) => error instanceof kind);
}
