/**
 * From messages to the text of one PRIVMSG: cut for who we are now, told when it is from where it comes late, and shared
 * by several where that shows more.
 *
 * @module
 */

import { type Entry, isBegun, isFit } from "./lane.ts";
import { byteLength, packed, refit, toWire, type WireText } from "./wire.ts";

/** The text of a PRIVMSG and the messages that it shows a line of, in order. */
export interface Composed {
  readonly text: WireText;
  readonly entries: readonly Entry[];
}

/**
 * How many messages may share a line with the first: five in a line can still be read, and with a window of four lines
 * a crash repeats no more than twenty (invariant I9).
 */
const MOST_COMPANIONS = 4;

/**
 * The next line of a message, shared with as many of those behind it as fit: short ones, whole, of the same flow and
 * urgency. Summaries stay alone, because scripts read them, and so does what was refused for reasons nobody knows.
 *
 * @param entry The message whose turn it is.
 * @param behind What waits behind it in its flow.
 * @param options Bytes that fit into the line, and the monotonic time.
 */
export function compose(
  entry: Entry,
  behind: readonly Entry[],
  options: { readonly limitBytes: number; readonly nowMs: number },
): Composed {
  const { limitBytes, nowMs } = options;
  const first = nextLine(entry, limitBytes, nowMs);
  if (!mayShare(entry)) return { text: first, entries: [entry] };
  const lines = [first];
  let restBytes = limitBytes - byteLength(first);
  for (const companion of behind.slice(0, MOST_COMPANIONS)) {
    if (!isFit(companion, nowMs)) break;
    const line = nextLine(companion, limitBytes, nowMs);
    restBytes -= byteLength(line);
    if (restBytes < 0 || !mayShare(companion)) break;
    lines.push(line);
  }
  const { text, count } = packed(lines, limitBytes);
  return { text, entries: [entry, ...behind.slice(0, count - 1)] };
}

/**
 * The next line of a message, cut for who we are now; an error that is shown late begins with when it was written.
 *
 * @param entry The message; its lines are cut where they are not yet.
 * @param limitBytes Bytes that fit into the line.
 * @param nowMs Monotonic time.
 */
export function nextLine(entry: Entry, limitBytes: number, nowMs: number): WireText {
  const { text, long, urgency, readMs, maxAgeMs, timeMs } = entry.message;
  const isLate = urgency === "error" && timeMs !== undefined && nowMs - readMs > maxAgeMs;
  const isStale = isLate && !entry.stamped && !isBegun(entry);
  if (entry.lines !== undefined && !isStale) entry.lines = refit(entry.lines, limitBytes);
  else {
    entry.stamped = isLate;
    entry.lines = toWire(text, { limitBytes, long, timeMs: isLate ? timeMs : undefined });
  }
  return entry.lines[0] ?? packed([], limitBytes).text;
}

/** Whether a message may share its line: one that is whole, and one that says all it has to say in a line. */
function mayShare(entry: Entry): boolean {
  return !isBegun(entry) && !entry.alone && entry.lines?.length === 1 && entry.message.urgency !== "summary";
}
