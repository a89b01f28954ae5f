/**
 * What is not text in a log line: terminal and IRC codes, invisible characters, our own marks. Removed before
 * matching, so that nothing hides a secret from the rules, and not put back, so that nothing of it reaches a channel.
 *
 * @module
 */

/** A line as the rules see it. */
export interface Stripped {
  /** Well-formed text on one line, without control, formatting and invisible characters. */
  readonly text: string;
  /**
   * Where in `text` a blank stands for a line break between two characters: a token may go on behind it. Ascending.
   */
  readonly breaks: readonly number[];
}

const NO_BREAKS: readonly number[] = [];

/** Everything that needs a second look: all but printable ASCII, and `\` for escape codes that a logger escaped. */
const SUSPICIOUS = /[^\x20-\x7e]|\\(?:u001[bB]|x1[bB]|033|e)\[/;

/**
 * ECMA-48 sequences, 7-bit and 8-bit: CSI, then OSC, DCS, SOS, PM and APC with their terminator (BEL, ST), then other
 * escapes. An unterminated string loses its introducer alone: what follows is shown, not swallowed.
 */
const TERMINAL =
  // deno-lint-ignore no-control-regex
  /(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])(?:[^\x07\x1b\x9c\x0a\x0d]{0,4096}(?:\x07|\x1b\\|\x9c))?|\x1b[\x20-\x2f]*[\x30-\x7e]?/g;

/** The same codes, written out by a logger that escapes: `\u001b[31m`, `\x1b[0m`, `\033[1m`, `\e[0m`. */
const ESCAPED_TERMINAL = /\\{1,4}(?:u001[bB]|x1[bB]|033|e)\[[0-9;:]{0,32}[mK]/g;

/** mIRC colour: up to two digits, a comma and up to two more; and hex colour (0x04) with its six digits. */
const COLOUR =
  // deno-lint-ignore no-control-regex
  /\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?/g;

/**
 * How many hex digits before a colour code say that it stands inside a hex number. Nobody colours the middle of a
 * number, and removing the digits behind it would make a key too short to be known as one: they are kept.
 */
const INSIDE_HEX = /[0-9A-Fa-f]{6}$/;

/** Line breaks of any kind, and tabs: what separates, so what a blank stands for. */
// deno-lint-ignore no-control-regex
const BREAKS = /\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]/g;

/** Blanks other than the ASCII one: they separate words, so that rules must see them as blanks. */
const BLANKS = /[\t\p{Zs}]/gu;

/**
 * Invisible and formatting characters: C0 and C1 controls, format characters (zero-width, bidi, tags, soft hyphen),
 * default-ignorable ones (fillers, variation selectors), and private-use ones, which some clients use for icons.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}]/gu;

/** Full-width digits and letters, which NFKC would map to those of ASCII. */
const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g;

/**
 * Full-width punctuation beside ASCII: `password：x` assigns. Between characters of Chinese and Japanese it is their own
 * punctuation, and stays.
 */
const FULL_WIDTH_MARKS = /[\uff01-\uff5e](?:[ \n]?[\uff01-\uff5e])*/g;

/** Distance between a full-width form and its ASCII character. */
const FULL_WIDTH_OFFSET = 0xfee0;

/** Our own marks and what stands for them in log text (invariant I3). */
const MARKS = /[⋯↻⏐]/g;

const FOR_MARK: Readonly<Record<string, string>> = { "⋯": "...", "↻": "~", "⏐": "|" };

/**
 * Strips a line.
 *
 * @param text Any text, several lines and lone surrogates included.
 */
export function strip(text: string): Stripped {
  if (!SUSPICIOUS.test(text)) return { text, breaks: NO_BREAKS };
  const wellFormed = text.toWellFormed();
  // Codes first: what is left of them is removed one by one as invisible, in this order, so that none hides another.
  const visible = wellFormed
    .replace(TERMINAL, "")
    .replace(ESCAPED_TERMINAL, "")
    .replace(
      COLOUR,
      (code, at: number, whole: string) =>
        INSIDE_HEX.test(whole.slice(Math.max(0, at - 6), at)) ? code.replace(/[^0-9A-Fa-f]/g, "") : "",
    )
    .replace(BREAKS, "\n")
    .replace(BLANKS, " ")
    .replace(INVISIBLE, (character) => character === "\n" ? character : "")
    .replace(MARKS, (mark) => FOR_MARK[mark] ?? "")
    .replace(FULL_WIDTH, narrowed)
    .replace(FULL_WIDTH_MARKS, narrowedMarks);
  // A full-width letter or an invisible one may have stood inside an escaped code.
  return splitBreaks(visible.replace(ESCAPED_TERMINAL, ""));
}

function narrowed(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET);
}

/** A run of full-width punctuation, if there is ASCII on either side of it; brackets may be those of a replacement. */
function narrowedMarks(marks: string, at: number, whole: string): string {
  const end = at + marks.length;
  const isBeside = /[!-Z^-~][ \n]?$/.test(whole.slice(Math.max(0, at - 2), at)) ||
    /^[ \n]?[!-Z^-~]/.test(whole.slice(end, end + 2));
  return isBeside ? marks.replace(/[\uff01-\uff5e]/g, narrowed) : marks;
}

/** Puts a blank for every line break and says where one may cut a token in two. */
function splitBreaks(text: string): Stripped {
  if (!text.includes("\n")) return { text, breaks: NO_BREAKS };
  const breaks: number[] = [];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (isInk(text.charCodeAt(at - 1)) && isInk(text.charCodeAt(at + 1))) breaks.push(at);
  }
  return { text: text.replaceAll("\n", " "), breaks };
}

/** Whether a character is printed: neither a blank, nor a break, nor the end of the text. */
function isInk(code: number): boolean {
  return code > 0x20;
}
