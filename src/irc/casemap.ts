/**
 * Which channel names are the same name to a server.
 *
 * @module
 */

/** How a server folds case (ISUPPORT `CASEMAPPING`). */
export type Casemapping = "ascii" | "rfc1459" | "strict-rfc1459";

/** What a server folds that does not say: RFC 2812 §2.2. */
export const DEFAULT_CASEMAPPING: Casemapping = "rfc1459";

/** Upper and lower bounds of the folded characters; `{|}~` are the lower case of `[\]^` (RFC 2812 §2.2). */
const FOLDED: Readonly<Record<Casemapping, RegExp>> = {
  "ascii": /[A-Z]/g,
  "rfc1459": /[A-Z[\\\]^]/g,
  "strict-rfc1459": /[A-Z[\\\]]/g,
};

/** Distance from an upper-case ASCII letter to its lower case; the same for the four that RFC 2812 adds. */
const CASE_DISTANCE = 32;

/**
 * A name such that two names are the same to the server exactly when their foldings are equal.
 *
 * @param name Channel or nick.
 * @param casemapping What the server said.
 */
export function foldName(name: string, casemapping: Casemapping): string {
  return name.replace(
    FOLDED[casemapping],
    (letter) => String.fromCharCode(letter.charCodeAt(0) + CASE_DISTANCE),
  );
}

/**
 * Reads the value of ISUPPORT `CASEMAPPING`; what is unknown counts as `ascii`, which never takes two channels for one.
 *
 * @param value Text after the `=`.
 */
export function readCasemapping(value: string): Casemapping {
  return value === "rfc1459" || value === "strict-rfc1459" ? value : "ascii";
}
