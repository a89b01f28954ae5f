/**
 * The frames in which a container's two outputs share one stream: 8 bytes of header, of which the first names the
 * output and the last four are the length (Docker Engine API, "Attach to a container").
 *
 * @module
 */

const HEADER_BYTES = 8;
const LENGTH_AT = 4;

/** What a frame belongs to. */
export const STDOUT = 1;
/** See {@linkcode STDOUT}. */
export const STDERR = 2;
/** The daemon's own words: it cannot read the log. */
export const SYSTEM_ERROR = 3;

/** Takes frames out of chunks that end anywhere; the parts of a frame stay where they were read. */
export class Frames {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #left = 0;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;

  /** Which output the part belongs to, 0 to 255. */
  output = 0;
  /** Index of the first byte of the part. */
  start = 0;
  /** Index behind its last byte. */
  end = 0;
  /** Whether it is the first part of its frame. */
  begins = false;
  /** Whether it is the last part of its frame. */
  ends = false;

  /** The chunk that is looked at. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes the next chunk; the one before it was looked at to its end. */
  feed(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** Goes to the next part of a frame; `false` when there is none in this chunk. */
  next(): boolean {
    const bytes = this.#bytes;
    this.begins = this.#left === 0;
    if (this.begins) {
      while (this.#headerBytes < HEADER_BYTES) {
        if (this.#at === bytes.length) return false;
        this.#header[this.#headerBytes++] = bytes[this.#at++] ?? 0;
      }
      this.#headerBytes = 0;
      this.output = this.#header[0] ?? 0;
      this.#left = 0;
      for (let i = LENGTH_AT; i < HEADER_BYTES; i++) this.#left = this.#left * 256 + (this.#header[i] ?? 0);
    } else if (this.#at === bytes.length) return false;
    this.start = this.#at;
    this.end = Math.min(this.#at + this.#left, bytes.length);
    this.#left -= this.end - this.start;
    this.#at = this.end;
    this.ends = this.#left === 0;
    return true;
  }
}
