/**
 * Exit codes (design §4).
 *
 * @module
 */

/** Done, or asked to stop. */
export const EXIT_DONE = 0;

/** Failed while running. */
export const EXIT_FAILED = 1;

/** Wrong arguments. */
export const EXIT_USAGE = 2;

/** Unusable config: `EX_CONFIG` of BSD's sysexits.h. */
export const EXIT_CONFIG = 78;
