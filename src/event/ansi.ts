/**
 * Terminal escape sequences: where they end, and text without them.
 *
 * @module
 */

/** ESC, the 7-bit start of a sequence. */
export const ESC = 0x1b;

/** First byte in UTF-8 of a C1 control, U+0080 to U+009F: the 8-bit start of a sequence. */
export const C1_LEAD = 0xc2;

const BEL = 0x07;
const BACKSLASH = 0x5c;

/** C1 controls are the 7-bit sequences' second byte plus 0x40 (ECMA-48 §5.3). */
const C1_OFFSET = 0x40;

/** `[`: control sequence (ECMA-48 §5.4). */
const CSI = 0x5b;

/** `P X ] ^ _`: control strings, which end at ST or, in practice, at BEL (ECMA-48 §5.6; xterm). */
const STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);

/**
 * CSI sequence | control string, or only its introducer when it never ends | any other escape. C1 controls cannot
 * stand inside a string, which keeps the search linear.
 */
const SEQUENCE =
  // deno-lint-ignore no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c))?|\x1b[ -/]*[0-~]?/g;

/**
 * Removes terminal escape sequences, 7-bit and 8-bit. A control string that never ends loses only its introducer, so
 * that no text goes missing with it.
 *
 * @param text Decoded text.
 */
export function stripAnsi(text: string): string {
  return text.includes("\x1b") || HAS_C1.test(text) ? text.replace(SEQUENCE, "") : text;
}

const HAS_C1 = /[\x90\x98\x9b\x9d-\x9f]/;

/**
 * Index behind the escape sequence that starts at `start`, on UTF-8 bytes; `start` when none starts there. Agrees with
 * {@linkcode stripAnsi}.
 *
 * @param bytes The line's buffer.
 * @param start Where {@linkcode ESC} or {@linkcode C1_LEAD} stands.
 * @param end End of the line.
 */
export function sequenceEnd(bytes: Uint8Array, start: number, end: number): number {
  const next = start + 1 < end ? bytes[start + 1] : 0;
  if (bytes[start] === C1_LEAD) {
    const kind = next - C1_OFFSET;
    if (kind === CSI) return controlSequenceEnd(bytes, start + 2, end);
    return STRINGS.has(kind) ? controlStringEnd(bytes, start + 2, end) : start;
  }
  if (bytes[start] !== ESC) return start;
  if (next === CSI) return controlSequenceEnd(bytes, start + 2, end);
  if (STRINGS.has(next)) return controlStringEnd(bytes, start + 2, end);
  let i = start + 1;
  while (i < end && bytes[i] >= 0x20 && bytes[i] <= 0x2f) i++;
  return i < end && bytes[i] >= 0x30 && bytes[i] <= 0x7e ? i + 1 : i;
}

/** Index behind all escape sequences that follow one another from `start`. */
export function skipSequences(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === ESC || bytes[i] === C1_LEAD)) {
    const behind = sequenceEnd(bytes, i, end);
    if (behind === i) break;
    i = behind;
  }
  return i;
}

/** Parameter bytes, intermediate bytes, one final byte (ECMA-48 §5.4). */
function controlSequenceEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] >= 0x30 && bytes[i] <= 0x3f) i++;
  while (i < end && bytes[i] >= 0x20 && bytes[i] <= 0x2f) i++;
  return i < end && bytes[i] >= 0x40 && bytes[i] <= 0x7e ? i + 1 : i;
}

function controlStringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === BEL) return i + 1;
    if (byte === ESC) return i + 1 < end && bytes[i + 1] === BACKSLASH ? i + 2 : start;
    if (byte === C1_LEAD && i + 1 < end && bytes[i + 1] >= 0x80 && bytes[i + 1] <= 0x9f) {
      return bytes[i + 1] === 0x9c ? i + 2 : start;
    }
  }
  return start;
}
