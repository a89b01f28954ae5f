/**
 * Which files hold packed bytes instead of lines: what rotation makes of old logs.
 *
 * @module
 */

/** Endings that gzip, bzip2, xz and zstd give. */
const COMPRESSED_ENDINGS: ReadonlySet<string> = new Set([".gz", ".bz2", ".xz", ".zst"]);

/** How packed files begin; `undefined` stands for any byte. */
const MAGIC: readonly (readonly (number | undefined)[])[] = [
  // RFC 1952 §2.3.1: ID1, ID2 and the only method there is.
  [0x1f, 0x8b, 0x08],
  // "BZh", the block size and the BCD digits of pi that begin a block.
  [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  // The .xz file format, §2.1.1.1.
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  // RFC 8878 §3.1.1, little endian.
  [0x28, 0xb5, 0x2f, 0xfd],
];

/** How many bytes of a file {@linkcode isCompressed} looks at. */
export const MAGIC_BYTES = 10;

/** Whether a file is packed, going by its name. */
export function isCompressedName(path: string): boolean {
  // Asked for every file with every sweep.
  const dot = path.lastIndexOf(".");
  return dot !== -1 && path.length - dot <= 4 && COMPRESSED_ENDINGS.has(path.slice(dot).toLowerCase());
}

/**
 * Whether a file is packed, going by how it begins.
 *
 * @param head Its first bytes; fewer than ten may not be enough to tell.
 */
export function isCompressed(head: Uint8Array): boolean {
  return MAGIC.some((magic) =>
    head.length >= magic.length && magic.every((byte, i) => byte === undefined || byte === head[i])
  );
}
