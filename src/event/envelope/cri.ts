/**
 * Lines as containerd, CRI-O and Podman's k8s-file driver write them: `2026-01-02T03:04:05.123456789Z stdout F text`.
 *
 * @module
 */

import { startsWith } from "../byte_words.ts";
import { readStamp } from "../format/time.ts";
import type { Envelope, Output } from "./envelope.ts";

/** Length of `2026-01-02T03:04:05`. */
const STAMP_BYTES = 19;

/** Longest fraction and zone: `.123456789+01:00`. */
const LONGEST_FRACTION_AND_ZONE_BYTES = 16;

const OUTPUTS = [" stdout ", " stderr "] as const;

const SPACE = 0x20;
const DASH = 0x2d;
const COLON = 0x3a;
const LETTER_F = 0x46;
const LETTER_P = 0x50;
const LETTER_T = 0x54;

/** Kubernetes' format (`pkg/kubelet/kuberuntime/logs`): time, output, tags separated by colons, text. */
export class CriEnvelope implements Envelope {
  output: Output = 0;
  ends = true;

  open(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
    const stampEnd = timeEnd(bytes, start, end);
    const output = stampEnd < 0 ? -1 : OUTPUTS.findIndex((text) => startsWith(bytes, stampEnd, end, text));
    if (output < 0) return -1;
    const tag = stampEnd + OUTPUTS[0].length;
    // The first tag tells whether the line is whole; none other is defined.
    if (tag >= end || (bytes[tag] !== LETTER_F && bytes[tag] !== LETTER_P)) return -1;
    let text = tag + 1;
    if (text < end && bytes[text] !== SPACE && bytes[text] !== COLON) return -1;
    while (text < end && bytes[text] !== SPACE) text++;
    text = Math.min(end, text + 1);
    this.output = output === 0 ? 1 : 2;
    this.ends = bytes[tag] === LETTER_F;
    into.set(bytes.subarray(text, end), at);
    return at + end - text;
  }

  writtenMs(bytes: Uint8Array, start: number, end: number): number | undefined {
    return readStamp(
      new TextDecoder().decode(bytes.subarray(start, Math.max(start, timeEnd(bytes, start, end)))),
    );
  }
}

/** Index of the blank behind the time stamp that a line starts with, or -1. */
function timeEnd(bytes: Uint8Array, start: number, end: number): number {
  if (
    end - start <= STAMP_BYTES || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH ||
    bytes[start + 10] !== LETTER_T || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON
  ) {
    return -1;
  }
  const limit = Math.min(end, start + STAMP_BYTES + LONGEST_FRACTION_AND_ZONE_BYTES + 1);
  for (let i = start + STAMP_BYTES; i < limit; i++) {
    if (bytes[i] === SPACE) return i;
  }
  return -1;
}
