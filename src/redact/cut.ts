/**
 * Bounds the length of what is matched, without ever leaving half a secret at the end.
 *
 * @module
 */

/** Longest text that rules see and that they make, in UTF-16 units: 8 KiB; IRC shows half a kilobyte of it. */
export const LONGEST_TEXT = 8192;

/** How far back a blank is looked for; without one this much is dropped. */
const LOOK_BACK = 1024;

/** Says that the end is missing. */
const CUT = "…";

/**
 * Cuts a text at a blank: the token that the limit stands in is dropped, because half a key is a key that no rule
 * knows. The cut is marked with `…`.
 *
 * @param limit Longest result, in UTF-16 units, above 1 KiB.
 */
export function cut(text: string, limit: number = LONGEST_TEXT): string {
  if (text.length <= limit) return text;
  const longest = limit - CUT.length;
  const floor = longest - LOOK_BACK;
  for (let at = longest; at > floor; at--) {
    if (isBlank(text.charCodeAt(at))) return text.slice(0, at) + CUT;
  }
  // No half of a surrogate pair stays behind.
  return text.slice(0, floor).toWellFormed() + CUT;
}

/** A blank of ASCII, line breaks included: a cut may come before they are stripped. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
