/**
 * Private keys over several lines: remembers, for one stream, that a key block has begun and not ended.
 *
 * It is fed every line that is read, before any is filtered, because the line that begins a block may be one that no
 * route shows.
 *
 * @module
 */

import { BASE64, runEnd } from "./chars.ts";

/** Most lines of a block: an RSA key of 16384 bits has 200 lines of 64 characters. */
const MOST_LINES = 200;

/** Longest line that is looked at, in bytes: a body line has at most 76 characters behind its log prefix. */
const LONGEST_LINE = 4096;

/** Shortest full line of a body, in characters: RFC 7468 says 64, a block of one line may have fewer. */
const FULL_LINE = 40;

/** Longest line of a body, in characters: RFC 1421 says 64, RFC 2045 says 76; some tools wrap at 128. */
const LONGEST_BODY = 128;

/** Block size of base64, in characters: the last line of a body is padded to it. */
const BASE64_BLOCK = 4;

const BEGIN = /-----?\s?BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY[A-Z ]{0,8}-?/;

const END = /-----?\s?END /;

/** Headers inside a block: RFC 1421 §4.6, RFC 9580 §6.2.2, RFC 4716 §3.3. */
const HEADER =
  /(?:Proc-Type|DEK-Info|Content-Domain|Key-Info|Version|Comment|Hash|Charset|Subject|MessageID): /;

/** Lines of a PuTTY key that hold no base64. */
const PUTTY_HEADER =
  /(?:Encryption|Comment|Public-Lines|Private-Lines|Private-MAC|Private-Hash|Key-Derivation|Argon2-(?:Memory|Passes|Parallelism|Salt)): /;

/** Terminal codes in a log prefix. */
// deno-lint-ignore no-control-regex
const TERMINAL = /\x1b\[[0-9;:]*[A-Za-z]/g;

/** A body line inside a JSON record: the value of its message. */
const JSON_BODY =
  /"(?:log|message|msg|MESSAGE|text|line)"\s?:\s?"(?:[^"\\]{0,200}\s)?([A-Za-z0-9+/]{1,128}={0,2})(?:\\[nr])*"/;

/**
 * Cheap pre-check over a whole chunk: whether any of its lines may begin a key block. While a state is active every
 * line must be fed to it, whatever this says.
 *
 * @param text Several lines.
 */
export function mayHoldPem(text: string): boolean {
  return text.includes("PRIVATE KEY") || text.includes("PuTTY-User-Key-File");
}

/** The state of one stream. */
export class PemState {
  #kind: "none" | "pem" | "putty" = "none";
  #lines = 0;
  /** What the last line was: a short one ends the body, and nothing but END comes behind it. */
  #last: "begin" | "full" | "short" = "begin";
  /** Words before `-----BEGIN`: the lines behind it have a log prefix of as many, with the same last one. */
  #prefix: readonly string[] = [];

  /** Whether the next line may belong to a block that has begun. */
  get active(): boolean {
    return this.#kind !== "none";
  }

  /**
   * Takes the next line of the stream.
   *
   * @param text Any number of lines, one character a byte.
   * @param start First unit of the line.
   * @param end One behind its last, without the newline.
   * @returns Whether the line belongs to a block that began on an earlier line: it is not shown. The line that begins
   *   a block is not swallowed: redaction hides what it holds.
   */
  swallows(text: string, start: number, end: number): boolean {
    // Most lines of most streams: no look beyond the search that `mayHoldPem` could not spare.
    const line = text.slice(start, Math.min(end, start + LONGEST_LINE)).replace(TERMINAL, "");
    const swallowed = this.#kind !== "none" && this.#continues(line);
    // A body line that ended the block, or was none, may begin the next.
    if (!swallowed) this.#begin(line);
    return swallowed;
  }

  #begin(line: string): void {
    this.#kind = "none";
    const putty = line.indexOf("PuTTY-User-Key-File-");
    const begin = BEGIN.exec(line);
    if (begin === null && putty < 0) return;
    const at = begin?.index ?? putty;
    // A block that ends on its own line, and one that goes on there with escaped line breaks, are redaction's.
    if (begin !== null && END.test(line.slice(at + begin[0].length))) return;
    this.#kind = begin === null ? "putty" : "pem";
    this.#lines = 0;
    this.#last = "begin";
    this.#prefix = words(line.slice(0, at));
  }

  /** Whether a line belongs to the block that has begun; ends the block when it does not, or is its last. */
  #continues(line: string): boolean {
    if (++this.#lines > MOST_LINES) return false;
    if (END.test(line)) {
      this.#kind = "none";
      return true;
    }
    if (this.#kind === "putty" && PUTTY_HEADER.test(line)) {
      // The MAC is the last line; the short last lines of the public half may be followed by the private half.
      if (line.includes("Private-MAC:")) this.#kind = "none";
      this.#last = "begin";
      return true;
    }
    if (this.#last !== "short" && HEADER.test(line)) return true;
    const body = bodyOf(line, this.#prefix);
    if (body === "") return true;
    if (body === undefined || !this.#isBody(body)) return false;
    this.#last = body.length >= FULL_LINE ? "full" : "short";
    return true;
  }

  #isBody(body: string): boolean {
    if (body.length > LONGEST_BODY) return false;
    // OpenPGP ends a body with a checksum: `=` and four characters.
    if (/^=[A-Za-z0-9+/]{4}$/.test(body)) return true;
    if (runEnd(body, 0, BASE64) !== body.length) return false;
    if (body.length >= FULL_LINE) return true;
    // A short line is the last of a body. A plain word is not, whatever its length.
    return this.#last === "full" && body.length % BASE64_BLOCK === 0 && !/^[A-Z]?[a-z]+$/.test(body);
  }
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/**
 * What a line holds behind its log prefix.
 *
 * @returns The one word behind the prefix; an empty text for none; `undefined` for several.
 */
function bodyOf(line: string, prefix: readonly string[]): string | undefined {
  const json = line.trimStart().startsWith("{") ? JSON_BODY.exec(line) : null;
  if (json !== null) return json[1];
  const all = words(line);
  const last = bare(all.at(-1) ?? "");
  if (all.length === 0 || (all.length === prefix.length && all.at(-1) === prefix.at(-1))) return "";
  if (all.length === prefix.length + 1) return last;
  // Another prefix than that of the first line: only what can be nothing else counts.
  return longBody(last);
}

function longBody(word: string): string | undefined {
  return word.length >= FULL_LINE && runEnd(word, 0, BASE64) === word.length ? word : undefined;
}

/** A word without quotes, brackets and escaped line breaks around it, as dumps of lists print them. */
function bare(word: string): string {
  return word.replace(/^["'`|>\[(]+/, "").replace(/(?:\\[nr]|["'`,)\]\\])+$/, "");
}
