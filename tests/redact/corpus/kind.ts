/**
 * What a kind of secret is, for the corpus: how to make one, where it stands, what must stand there instead.
 *
 * @module
 */

import type { Dice } from "./dice.ts";

/** A line with something secret in it. */
export interface Sample {
  /** The line. */
  readonly line: string;
  /** What must not survive, whole or by its last eight characters. */
  readonly secrets: readonly string[];
  /** Every output that has the right format. */
  readonly shown: readonly string[];
  /** Where the secret stands in it. */
  readonly frame: string;
}

/** A kind of secret. */
export interface Kind {
  /** Unique name. */
  readonly name: string;
  /** Rule of the catalogue that answers for it. */
  readonly rule: string;
  /** Makes `count` samples. */
  readonly samples: (dice: Dice, count: number) => readonly Sample[];
}

/** A place in which a secret may stand. */
export interface Frame {
  readonly name: string;
  /** Puts a text in its place. */
  readonly around: (text: string) => string;
  /** How the place writes the secret; as it is by default. */
  readonly encode?: (secret: string) => string;
}

/** A kind known by its form: it goes into any frame. */
export function formKind(
  name: string,
  rule: string,
  shown: string,
  make: (dice: Dice) => string,
  frames: readonly Frame[],
): Kind {
  return {
    name,
    rule,
    samples: (dice, count) => {
      const offset = dice.below(frames.length);
      return Array.from({ length: count }, (_, index) => {
        const frame = frames[(index + offset) % frames.length];
        if (frame === undefined) throw new RangeError("There are no frames");
        const secret = make(dice);
        const written = frame.encode?.(secret) ?? secret;
        const wanted = [frame.around(shown)];
        if (written !== secret) wanted.push(frame.around("[REDACTED_ENCODED]"));
        return { line: frame.around(written), secrets: [secret, written], shown: wanted, frame: frame.name };
      });
    },
  };
}

/** A kind whose lines are its own: each `{}` is a new secret, and what stands for it in the output. */
export function lineKind(
  name: string,
  rule: string,
  shown: string,
  make: (dice: Dice) => string,
  lines: readonly string[],
): Kind {
  return formKind(
    name,
    rule,
    shown,
    make,
    lines.map((line) => ({ name: line, around: (text) => line.replaceAll("{}", () => text) })),
  );
}

/** Values of which a part stays: `make` gives the value, the part that must vanish, and what is shown of the value. */
export function partKind(
  name: string,
  rule: string,
  make: (dice: Dice) => { readonly text: string; readonly secret: string; readonly shown: string },
  frames: readonly Frame[],
): Kind {
  return {
    name,
    rule,
    samples: (dice, count) =>
      Array.from({ length: count }, (_, index) => {
        const frame = frames[index % frames.length];
        if (frame === undefined) throw new RangeError("There are no frames");
        const { text, secret, shown } = make(dice);
        return {
          line: frame.around(text),
          secrets: [secret],
          shown: [frame.around(shown)],
          frame: frame.name,
        };
      }),
  };
}
