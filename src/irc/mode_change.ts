/**
 * Reading what MODE and 324 say: `+mo-v alice bob` letter by letter, each with the parameter that belongs to it.
 *
 * @module
 */

import type { ChannelRules, ModeKind } from "./channel_rules.ts";

/** One letter of a change. */
export interface ModeChange {
  /** Set, or taken away. */
  readonly isSet: boolean;
  readonly letter: string;
  /** `undefined` for a letter the server has not announced. */
  readonly kind: ModeKind | undefined;
  /** Empty where there is none. */
  readonly parameter: string;
}

/**
 * Reads a change. Total; a letter that the server has not announced is taken for one without a parameter.
 *
 * @param letters Signs and letters.
 * @param parameters What follows them.
 * @param rules Which letters take a parameter.
 */
export function readModeChange(
  letters: string,
  parameters: readonly string[],
  { kinds }: ChannelRules,
): readonly ModeChange[] {
  const changes: ModeChange[] = [];
  let isSet = true;
  let next = 0;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") {
      isSet = letter === "+";
      continue;
    }
    const kind = kinds.get(letter);
    const takesOne = kind === "set-valued" ? isSet : kind !== undefined && kind !== "plain";
    changes.push({ isSet, letter, kind, parameter: takesOne ? parameters[next++] ?? "" : "" });
  }
  return changes;
}
