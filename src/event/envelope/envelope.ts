/**
 * What container runtimes put around the lines of a program.
 *
 * @module
 */

import type { EnvelopeFormat } from "../format.ts";
import { CriEnvelope } from "./cri.ts";
import { DockerEnvelope } from "./docker.ts";

/** Which of a program's outputs a line came from: 1 and 2, as their descriptors are numbered; 0 when it does not say. */
export type Output = 0 | 1 | 2;

/** One kind of envelope. Its fields tell of the line that was opened last, so that a line costs no object. */
export interface Envelope {
  /** Where the line came from. */
  readonly output: Output;
  /** Whether the text ends a line of the program; otherwise the rest follows in a further envelope of that output. */
  readonly ends: boolean;
  /**
   * Takes the text out of an envelope. It is never longer than the envelope, and never holds `\n`.
   *
   * @param bytes Buffer that holds the envelope.
   * @param start Index of its first byte.
   * @param end Index behind its last, without the newline.
   * @param into Where the text is written.
   * @param at Index of its first byte there.
   * @returns Index behind its last byte; -1 when the line is no envelope.
   */
  open(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number;
  /**
   * When the runtime took the line, in milliseconds since the Unix epoch.
   *
   * @param bytes Buffer that holds an envelope that could be opened.
   * @param start Index of its first byte.
   * @param end Index behind its last, without the newline.
   */
  writtenMs(bytes: Uint8Array, start: number, end: number): number | undefined;
}

const ENVELOPES: Readonly<Record<EnvelopeFormat, () => Envelope>> = {
  cri: () => new CriEnvelope(),
  docker: () => new DockerEnvelope(),
};

/** Makes what opens envelopes of a format. */
export function envelopeOf(format: EnvelopeFormat): Envelope {
  return ENVELOPES[format]();
}

/** What opens envelopes like this line, if it is one. */
export function detectEnvelope(bytes: Uint8Array, start: number, end: number): Envelope | undefined {
  const into = new Uint8Array(end - start);
  return Object.values(ENVELOPES).map((make) => make())
    .find((envelope) => envelope.open(bytes, start, end, into, 0) >= 0 && envelope.output !== 0);
}
