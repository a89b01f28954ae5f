/**
 * Where the body of an HTTP/1.1 answer begins and ends, told apart in the very buffer it was read into.
 *
 * @module
 */

const CR = 0x0d;
const LF = 0x0a;

/** Most hexadecimal digits of the size of a chunk: more would not be a whole number any more. */
const MOST_DIGITS = 12;

/** How the end of a body is known (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: "chunked" }
  | { readonly kind: "length"; readonly bytes: number }
  /** The body ends with the connection. */
  | { readonly kind: "close" };

/** Takes the body out of what is read from a connection; a log has one chunk a line, so this must cost little. */
export class Body {
  readonly #isChunked: boolean;
  readonly #endsWithConnection: boolean;
  /** Bytes still to come of the chunk or body. */
  #left: number;
  /** Size of the next chunk as far as it was read, and by how many digits. */
  #size = 0;
  #digits = 0;
  /** Whether the line with the size went on with something else than its digits. */
  #isPastSize = false;
  /** Length of a line of the trailer, as far as it was read. */
  #trailerBytes = 0;
  #isLast = false;
  #isDone = false;

  /**
   * Waits for the first byte behind the headers.
   *
   * @param framing What the headers say.
   */
  constructor(framing: Framing) {
    this.#isChunked = framing.kind === "chunked";
    this.#endsWithConnection = framing.kind === "close";
    this.#left = framing.kind === "length" ? framing.bytes : framing.kind === "close" ? Infinity : 0;
    this.#isDone = framing.kind === "length" && framing.bytes === 0;
  }

  /** Whether everything came; what ends with the connection is whole whenever that ends. */
  get isWhole(): boolean {
    return this.#isDone || this.#endsWithConnection;
  }

  /** Whether nothing will come any more. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Moves what belongs to the body to the front of the buffer.
   *
   * @param bytes What was read; overwritten.
   * @returns How many bytes of the body there are.
   * @throws {SyntaxError} When the size of a chunk is not a number.
   */
  take(bytes: Uint8Array): number {
    let written = 0;
    let at = 0;
    while (at < bytes.length && !this.#isDone) {
      if (this.#left > 0) {
        const length = Math.min(this.#left, bytes.length - at);
        if (written !== at) bytes.copyWithin(written, at, at + length);
        written += length;
        at += length;
        this.#left -= length;
        if (this.#left === 0 && !this.#isChunked) this.#isDone = true;
      } else if (this.#isLast) this.#readTrailer(bytes[at++] ?? 0);
      else this.#readSize(bytes[at++] ?? 0);
    }
    return written;
  }

  /** Reads on in the line that tells the size of the next chunk; it begins behind the line end of the one before. */
  #readSize(byte: number): void {
    if (byte === CR) return;
    if (byte === LF) {
      if (this.#digits === 0 && !this.#isPastSize) return;
      if (this.#digits === 0) throw badChunk();
      this.#left = this.#size;
      this.#isLast = this.#left === 0;
      this.#size = 0;
      this.#digits = 0;
      this.#isPastSize = false;
      return;
    }
    const digit = hexDigit(byte);
    if (digit === -1 || this.#isPastSize) this.#isPastSize = true;
    else if (++this.#digits > MOST_DIGITS) throw badChunk();
    else this.#size = this.#size * 16 + digit;
  }

  /** Reads on behind the last chunk, until an empty line. */
  #readTrailer(byte: number): void {
    if (byte === CR) return;
    if (byte !== LF) this.#trailerBytes++;
    else if (this.#trailerBytes === 0) this.#isDone = true;
    else this.#trailerBytes = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function badChunk(): SyntaxError {
  return new SyntaxError("Cannot read the size of a chunk");
}
