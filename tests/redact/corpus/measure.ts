/**
 * What redaction makes of the corpus: recall, false positives, formats, time.
 *
 * @module
 */

import { BENIGN_LINES, shortened } from "../benign.ts";
import { redactorOf } from "../standard.ts";
import { diceOf } from "./dice.ts";
import type { Kind, Sample } from "./kind.ts";
import { NAMED_KINDS } from "./named_kinds.ts";
import { SHAPE_KINDS } from "./shape_kinds.ts";
import { TOKEN_KINDS } from "./token_kinds.ts";

/** Every kind of the corpus. */
export const KINDS: readonly Kind[] = [...TOKEN_KINDS, ...NAMED_KINDS, ...SHAPE_KINDS];

/** A sample that came out wrong. */
export interface Miss {
  readonly kind: string;
  readonly line: string;
  readonly output: string;
  /** The first output that would have been right. */
  readonly wanted: string;
}

/** The numbers. */
export interface Measurement {
  readonly kinds: number;
  readonly positives: number;
  /** Share of positives without a surviving secret. */
  readonly recall: number;
  /** The same, averaged over kinds. */
  readonly meanOverKinds: number;
  /** Share of benign lines that were changed beyond shortening. */
  readonly falsePositives: number;
  /** Share of hidden positives that look as the catalogue says. */
  readonly formats: number;
  readonly survived: readonly Miss[];
  readonly misformatted: readonly Miss[];
  readonly changed: readonly Miss[];
}

/** How much of a secret's end must not be seen. */
const TAIL = 8;

/**
 * Measures the standard profile.
 *
 * @param seed What the secrets are made from.
 * @param perKind Positives of each kind.
 */
export function measure(seed: number, perKind: number): Measurement {
  const redactor = redactorOf();
  const survived: Miss[] = [];
  const misformatted: Miss[] = [];
  const recalls: number[] = [];
  let positives = 0;
  for (const [index, kind] of KINDS.entries()) {
    const samples = kind.samples(diceOf(seed * 1000 + index), perKind);
    let hidden = 0;
    for (const sample of samples) {
      const output = redactor.redact(sample.line).text;
      const miss = { kind: kind.name, line: sample.line, output, wanted: sample.shown[0] ?? "" };
      if (survives(sample, output)) survived.push(miss);
      else if (!sample.shown.includes(output)) misformatted.push(miss);
      if (!survives(sample, output)) hidden++;
    }
    positives += samples.length;
    recalls.push(hidden / samples.length);
  }
  const changed = BENIGN_LINES
    .map((line) => ({ kind: "benign", line, output: redactor.redact(line).text, wanted: shortened(line) }))
    .filter(({ output, wanted }) => output !== wanted);
  const hidden = positives - survived.length;
  return {
    kinds: KINDS.length,
    positives,
    recall: hidden / positives,
    meanOverKinds: recalls.reduce((sum, one) => sum + one, 0) / recalls.length,
    falsePositives: changed.length / BENIGN_LINES.length,
    formats: (hidden - misformatted.length) / hidden,
    survived,
    misformatted,
    changed,
  };
}

function survives(sample: Sample, output: string): boolean {
  return sample.secrets.some((secret) => output.includes(secret) || output.includes(secret.slice(-TAIL)));
}
