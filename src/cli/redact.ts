/**
 * `irctail redact`: a filter that prints one redacted line for every line it reads.
 *
 * @module
 */

import { PemState } from "../redact/pem.ts";
import type { Explanation, Redactor } from "../redact/redactor.ts";

/** What the filter works with. */
export interface RedactStreamOptions {
  /** What every line goes through. */
  readonly redactor: Redactor;
  /** Whether lines are JSON strings, in and out. */
  readonly json: boolean;
  /** Told what was hidden in a line, numbered from 1; never the values. */
  readonly explain?: (line: number, found: readonly Explanation[]) => void;
  /** Bytes in. */
  readonly input: ReadableStream<Uint8Array>;
  /** Takes the lines made of one chunk of input, before the next is read. */
  readonly output: (bytes: Uint8Array) => void;
}

/** Longest line that is kept, in UTF-16 units: 1 MiB; redaction shows 8 KiB of it, JSON may escape all of them. */
const LONGEST_LINE = 1024 * 1024;

/** What stands for a line inside a private key, so that one line in is one line out. */
const SWALLOWED = "[...]";

/** What stands for a line that is not a JSON string. */
const NO_JSON = "[line withheld: not a JSON string]";

/**
 * Redacts a stream, line by line; a last line without a newline counts. Invalid UTF-8 becomes U+FFFD; of a line over
 * 1 MiB the rest is dropped.
 *
 * @param options Where from, where to.
 */
export async function redactStream(options: RedactStreamOptions): Promise<void> {
  const filter = new LineFilter(options);
  const decoder = new TextDecoder();
  for await (const chunk of options.input) {
    filter.push(decoder.decode(chunk, { stream: true }));
  }
  filter.push(decoder.decode());
  filter.end();
}

class LineFilter {
  readonly #options: RedactStreamOptions;
  readonly #pem = new PemState();
  readonly #encoder = new TextEncoder();
  #partial = "";
  /** Whether a line went over the limit: its rest is skipped. */
  #overlong = false;
  #number = 0;

  constructor(options: RedactStreamOptions) {
    this.#options = options;
  }

  push(text: string): void {
    let out = "";
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      this.#keep(text.slice(from, at));
      out += this.#take();
      from = at + 1;
    }
    this.#keep(text.slice(from));
    this.#write(out);
  }

  end(): void {
    if (this.#partial !== "") this.#write(this.#take());
  }

  #keep(piece: string): void {
    const room = LONGEST_LINE - this.#partial.length;
    this.#overlong ||= piece.length > room;
    if (room > 0) this.#partial += piece.slice(0, room);
  }

  #take(): string {
    const raw = this.#partial;
    const overlong = this.#overlong;
    this.#partial = "";
    this.#overlong = false;
    this.#number++;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    return `${this.#options.json ? this.#json(line, overlong) : this.#redact(line)}\n`;
  }

  #json(line: string, overlong: boolean): string {
    const text = overlong ? undefined : parseString(line);
    return JSON.stringify(text === undefined ? NO_JSON : this.#redact(text));
  }

  #redact(text: string): string {
    const { redactor, explain } = this.#options;
    if (this.#swallows(text)) return SWALLOWED;
    explain?.(this.#number, redactor.explain(text));
    return redactor.redact(text).text;
  }

  /** A JSON string may hold several lines: it is swallowed when its first one is, the state sees them all. */
  #swallows(text: string): boolean {
    let swallowed: boolean | undefined;
    for (let from = 0; from <= text.length;) {
      const newline = text.indexOf("\n", from);
      const end = newline < 0 ? text.length : newline;
      const one = this.#pem.swallows(text, from, end);
      swallowed ??= one;
      from = end + 1;
    }
    return swallowed === true;
  }

  #write(out: string): void {
    if (out !== "") this.#options.output(this.#encoder.encode(out));
  }
}

/** The string that a line of JSON holds, or `undefined` when it holds something else. */
function parseString(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    // Not JSON: a value like any other here. Anything else is a bug.
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
