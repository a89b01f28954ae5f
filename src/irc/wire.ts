/**
 * The only place where text becomes sendable: one line of valid UTF-8 without control characters, short enough that
 * no server cuts it (invariant I3).
 *
 * @module
 */

import type { RedactedText } from "../redact/redacted.ts";
import { timeOfDay } from "../route/summary.ts";

/** Text that may stand behind `PRIVMSG #channel :` on the wire. Only this module makes one. */
export type WireText = string & { readonly __brand: "WireText" };

/** Stands between messages that share a line (design §5); in log text the redactor replaces it. */
const BETWEEN = " ⏐ ";

/** Who we are to others: what the server puts before a line when it relays it. */
export interface Prefix {
  /** Our nick. */
  readonly nick: string;
  /** User name, with the `~` of servers that could not ask ident. */
  readonly user: string;
  /** Host as others see it; `undefined` until the server showed it. */
  readonly host: string | undefined;
}

/** Longest line with its CR LF and the relayed prefix: RFC 1459 §2.3. */
export const LINE_BYTES = 512;

/** Longest host name a server shows: RFC 2812 §2.3.1 (`63 octets`). */
const LONGEST_HOST_BYTES = 63;

/** Room that is always used, even where prefix and channel leave less: no server takes a channel name that long. */
const LEAST_TEXT_BYTES = 32;

/** Most lines one message becomes; more than this at once is what flood protections punish. */
const MOST_PIECES = 5;

/** A line is broken at a blank when there is one in this last part of it. */
const BLANK_SEARCH_PART = 0.15;

/** How far a cut moves back to keep a character and its combining marks together; bounds text made of marks only. */
const LONGEST_CLUSTER = 16;

/** The longest tail that {@linkcode cutTail} makes: rounding may turn 999.96 kB into four digits. */
const LONGEST_TAIL_BYTES = byteLength("… +1000.0 kB");

/** What an empty text is shown as: servers refuse an empty PRIVMSG (412). */
const NOTHING = "…";

/** C0 and C1 controls and DEL: line ends, CTCP, formatting codes, escape sequences. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/;
const BLANK_CONTROLS = /[\t\n\v\f\r\x85]+/g;
// deno-lint-ignore no-control-regex
const OTHER_CONTROLS = /[\x00-\x1f\x7f-\x9f]/g;

/** What belongs to the character before it: marks, emoji modifiers, joiners. */
const EXTENDS = /^[\p{M}\p{Emoji_Modifier}\u200d]/u;
const ZERO_WIDTH_JOINER = "\u200d";

/**
 * Bytes of text that fit into one relayed line.
 *
 * @param prefix Who we are; an unknown host counts as the longest one.
 * @param channel Channel the text goes to.
 * @param lineBytes Longest line the server takes; longer than 512 is not used, because other servers relay too.
 */
export function limitFor(prefix: Prefix, channel: string, lineBytes: number = LINE_BYTES): number {
  const host = prefix.host === undefined ? LONGEST_HOST_BYTES : byteLength(prefix.host);
  const frame = byteLength(`:${prefix.nick}!${prefix.user}@ PRIVMSG ${channel} :\r\n`) + host;
  return Math.max(LEAST_TEXT_BYTES, Math.min(lineBytes, LINE_BYTES) - frame);
}

/**
 * Makes the lines of one message. Total: whatever the text, there is at least one line, none is empty, and none is
 * longer than the limit.
 *
 * @param text What to say.
 * @param options `limitBytes` from {@linkcode limitFor}, less than 32 counts as 32; `long`: one line that says how much was cut, or
 * up to five.
 */
export function toWire(
  text: RedactedText,
  options: {
    readonly limitBytes: number;
    readonly long: "clip" | "split";
    /** Wall clock in milliseconds since the Unix epoch, to begin with as `HH:MM:SS`. */
    readonly timeMs?: number | undefined;
  },
): readonly WireText[] {
  const clean = withoutControls(text);
  const shown = clean.trim() === "" ? NOTHING : clean;
  const stamped = options.timeMs === undefined ? shown : `${timeOfDay(options.timeMs)} ${shown}`;
  return pieces(stamped, options.limitBytes, options.long === "split" ? MOST_PIECES : 1);
}

/**
 * Puts short lines side by side in one: as many of them, from the first on, as fit.
 *
 * @param lines Lines of their own; the first is always taken.
 * @param limitBytes From {@linkcode limitFor}.
 */
export function packed(
  lines: readonly WireText[],
  limitBytes: number,
): { readonly text: WireText; readonly count: number } {
  const [first, ...others] = lines;
  let text: string = first ?? NOTHING;
  let bytes = byteLength(text);
  let count = 1;
  for (const line of others) {
    bytes += byteLength(BETWEEN) + byteLength(line);
    if (bytes > limitBytes) break;
    text += BETWEEN + line;
    count++;
  }
  return { text: text as WireText, count };
}

/**
 * Makes lines fit that were cut for a larger limit: the nick or the host has grown since.
 *
 * @param lines Lines made earlier.
 * @param limitBytes The limit that holds now.
 */
export function refit(lines: readonly WireText[], limitBytes: number): readonly WireText[] {
  return lines.flatMap((line) => pieces(line, limitBytes, MOST_PIECES));
}

function pieces(text: string, wantedBytes: number, most: number): readonly WireText[] {
  const limitBytes = Math.max(wantedBytes, LEAST_TEXT_BYTES);
  const made: WireText[] = [];
  let rest = text;
  while (!fits(rest, limitBytes)) {
    if (made.length + 1 === most) {
      const shown = takeFront(rest, limitBytes - LONGEST_TAIL_BYTES);
      const tail = cutTail(byteLength(rest) - byteLength(shown));
      return [...made, (shown.trimEnd() + tail) as WireText];
    }
    const front = takeFront(rest, limitBytes);
    // A line of nothing but blanks is refused by some servers and helps nobody.
    if (front.trim() !== "") made.push(front as WireText);
    rest = rest.slice(front.length);
    if (rest.startsWith(" ")) rest = rest.slice(1);
  }
  if (rest.trim() !== "") made.push(rest as WireText);
  return made;
}

/** The longest beginning of at most `limitBytes` bytes that ends well: at a blank near its end, or between characters. */
function takeFront(text: string, limitBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const point of text) {
    bytes += utf8Length(point);
    if (bytes > limitBytes) break;
    end += point.length;
  }
  if (end === text.length || text[end] === " ") return text.slice(0, end);
  const blank = text.lastIndexOf(" ", end - 1);
  if (blank > end * (1 - BLANK_SEARCH_PART)) return text.slice(0, blank);
  return text.slice(0, clusterStart(text, end));
}

/** The nearest place at or before `end` where no combining character is torn off; `end` when there is none close by. */
function clusterStart(text: string, end: number): number {
  let at = end;
  for (let steps = 0; steps < LONGEST_CLUSTER && at > 0; steps++) {
    const following = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!EXTENDS.test(following) && text[at - 1] !== ZERO_WIDTH_JOINER) return at;
    at -= isLowSurrogate(text.charCodeAt(at - 1)) ? 2 : 1;
  }
  return end;
}

/** `… +340 B`, `… +1.2 kB`, `… +3.4 MB`. */
function cutTail(cutBytes: number): string {
  if (cutBytes < 1_000) return `… +${cutBytes} B`;
  if (cutBytes < 1_000_000) return `… +${(cutBytes / 1_000).toFixed(1)} kB`;
  return `… +${(cutBytes / 1_000_000).toFixed(1)} MB`;
}

/** Blanks for what separates words, nothing for the rest; lone surrogates become U+FFFD, as the encoder would do. */
function withoutControls(text: string): string {
  const wellFormed = text.toWellFormed();
  if (!CONTROLS.test(wellFormed)) return wellFormed;
  return wellFormed.replace(BLANK_CONTROLS, " ").replace(OTHER_CONTROLS, "");
}

/** Most UTF-8 bytes of one UTF-16 unit. */
const MOST_BYTES_PER_UNIT = 3;

function fits(text: string, limitBytes: number): boolean {
  if (text.length * MOST_BYTES_PER_UNIT <= limitBytes) return true;
  return text.length <= limitBytes && byteLength(text) <= limitBytes;
}

/** Length in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function utf8Length(point: string): number {
  if (point.length === 2) return 4;
  const unit = point.charCodeAt(0);
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
