/**
 * What a check found, by path: before it has a line and a column.
 *
 * @module
 */

/** One thing wrong at a path of the config. */
export interface Finding {
  /** Errors stop the load; warnings do not. */
  readonly severity: "error" | "warning";
  /** Keys and list indexes from the top. */
  readonly path: readonly PropertyKey[];
  /** Whether the key is wrong or what stands behind it; default: the value. */
  readonly at?: "key" | "value";
  /** Index in the value's text where the trouble begins, in UTF-16 units. */
  readonly offset?: number;
  /**
   * What is wrong: sentence case, active voice, no final period. Names and values of the file stand in double quotes, so
   * that whoever must not repeat the file's text can leave them out.
   */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/**
 * Says that something must be mended.
 *
 * @param path Keys and list indexes from the top.
 * @param message What is wrong.
 * @param more Where exactly, and what to write instead.
 */
export function failure(
  path: readonly PropertyKey[],
  message: string,
  more: Pick<Finding, "at" | "offset" | "hint"> = {},
): Finding {
  return { severity: "error", path, message, ...more };
}

/**
 * Says that something works but is probably not meant.
 *
 * @param path Keys and list indexes from the top.
 * @param message What is odd.
 * @param more Where exactly, and what to write instead.
 */
export function warning(
  path: readonly PropertyKey[],
  message: string,
  more: Pick<Finding, "at" | "offset" | "hint"> = {},
): Finding {
  return { severity: "warning", path, message, ...more };
}

/** A hint, or nothing where there is none: for `exactOptionalPropertyTypes`. */
export function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** `did you mean "x"?`, or nothing where there is no `x`. */
export function didYouMean(meant: string | undefined): { readonly hint?: string } {
  return meant === undefined ? {} : { hint: `did you mean "${meant}"?` };
}
