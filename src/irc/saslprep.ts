/**
 * SASLprep (RFC 4013): the one spelling of a name or password that client and server compute with. Whether a text mixes
 * directions of writing is not looked at: that could only refuse what works.
 *
 * @module
 */

/** Commonly mapped to nothing (RFC 3454 table B.1). */
const MAPPED_TO_NOTHING = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/gu;

/** Blanks other than the usual one (RFC 3454 table C.1.2). */
const OTHER_BLANKS = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/** Control, private use, surrogate and unassigned characters, and those that change the direction (tables C.2 to C.9). */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\u06dd\u070f\u200e\u200f\u2028-\u202e\u206a-\u206f\ufff9-\ufffd]/u;

/**
 * Prepares a name or password; ASCII stays as it is.
 *
 * @param text As it is configured.
 * @returns `undefined` when it holds characters that no name or password may have.
 */
export function saslprep(text: string): string | undefined {
  const prepared = text.replace(MAPPED_TO_NOTHING, "").replace(OTHER_BLANKS, " ").normalize("NFKC");
  return PROHIBITED.test(prepared) ? undefined : prepared;
}
