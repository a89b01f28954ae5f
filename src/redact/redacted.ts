/**
 * The type that says redaction was here.
 *
 * @module
 */

/** Text a redactor has been over. Only this folder makes one; only `irc/wire.ts` makes something sendable of it. */
export type RedactedText = string & { readonly __brand: "RedactedText" };
