/**
 * What a redaction rule is: something that looks at a line and reports which parts of it to hide.
 *
 * @module
 */

import type { Assignment } from "./assignments.ts";

/** What a rule says about a part of a line. */
export interface Found {
  /** First UTF-16 unit. */
  readonly start: number;
  /** One behind the last. */
  readonly end: number;
  /** What stands there instead, literally. */
  readonly replacement: string;
  /**
   * Whether the replacement shows a part of the value on purpose (an address, a hash). Such a value is no secret: it
   * yields to whatever hides it, and it is not looked for in the rest of the line.
   */
  readonly shortens?: boolean;
  /** Whether a secret that overlaps it stands instead: what ends in `@host` may be a password and not an address. */
  readonly yields?: boolean;
}

/** A line under redaction: one line, stripped, at most 8 KiB. */
export interface Line {
  /** The text. */
  readonly text: string;
  /** Which of {@linkcode FEATURES} it has. */
  readonly features: number;
  /** Every `name = value` whose name may be a secret's; found once, for all rules. */
  assignments(): readonly Assignment[];
  /** Whether the other rules would hide a part of a text that this line holds in encoded form. */
  hides(text: string): boolean;
}

/** One rule of the catalogue. */
export interface Rule {
  /** Features a line must have, any of them, for the rule to run. */
  readonly needs: number;
  /** Whether the rule sees a line once only, because its own replacement may be something that it finds. */
  readonly once?: boolean;
  /** Whether the rule sees a line only when the others have nothing left to hide in it: it hides more than they do. */
  readonly late?: boolean;
  /** Whether the rule judges a line as a whole, so that it has nothing to say about a part of one. */
  readonly whole?: boolean;
  /**
   * Reports what to hide, in any order, overlapping or not. Work must stay linear in the line's length.
   *
   * @param line What to look at.
   * @param report Takes one finding.
   */
  find(line: Line, report: (found: Found) => void): void;
}
