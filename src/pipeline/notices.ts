/**
 * irctail's own news in a channel: few, bounded and redacted, so that they can stand beside the lines of services.
 *
 * @module
 */

import type { NoticesSpec } from "../config/config.ts";
import type { Connection, Outcome } from "../irc/connection.ts";
import type { RedactedText } from "../redact/redacted.ts";
import { TokenBucket } from "../route/budget.ts";
import type { Clock } from "../runtime/clock.ts";
import { Poke } from "../runtime/poke.ts";

/** Something that happened to irctail itself. */
export interface Notice {
  /** What it is about; of what waits to be said about it only the newest is. */
  readonly subject: string;
  /** Whether it says that all is well again: trouble and its end each have their own minute. */
  readonly back: boolean;
  /** What happened, without a name in front. */
  readonly text: string;
  /** Config key of the connection that it is about; that connection is not told. */
  readonly connection?: string;
}

/** What notices need from the world. */
export interface NoticesDeps {
  readonly clock: Clock;
  /** Where they go; `undefined` while the config names no channel. */
  readonly target: () => NoticesSpec | undefined;
  /** A connection that runs, by config key. */
  readonly connection: (id: string) => Connection | undefined;
  /** Makes a text fit to be shown, by the standard rules. */
  readonly redact: (text: string) => RedactedText;
}

/** How often one subject may be in trouble, and how often back, in news. */
const SUBJECT_MS = 60_000;

/** How many notices all subjects have together: a reader follows ten a minute, a flood control too. */
const TOGETHER = { linesPerSecond: 10 / 60, burstLines: 10 } as const;

/** How many subjects wait or rest at a time; further ones are counted. */
const MOST_SUBJECTS = 100;

/** How soon a full queue, or an empty bucket, is tried again. */
const RETRY_MS = 1_000;

/** What is known of one subject. */
interface Subject {
  /** To be said. */
  waiting: News | undefined;
  /** Text in the outbox, or said last. */
  said: string | undefined;
  flying: boolean;
  /** When trouble may be said again, and when its end, in monotonic milliseconds. */
  readonly againMs: { trouble: number; back: number };
}

/** Takes turns with routes in the same channel; a blank is in no route's name. */
const NOTICES_FLOW = "irctail notices";

/** A channel that can be spoken in. */
interface Place {
  readonly speaker: Connection;
  readonly channel: string;
}

/** What is said about a subject. */
interface News {
  readonly text: string;
  readonly kind: "trouble" | "back";
}

/** News on their way to the channel. */
export class Notices {
  readonly #deps: NoticesDeps;
  readonly #subjects = new Map<string, Subject>();
  readonly #bucket: TokenBucket;
  readonly #due = new Poke();
  #uncounted = 0;

  /** Starts without news. */
  constructor(deps: NoticesDeps) {
    this.#deps = deps;
    this.#bucket = new TokenBucket(TOGETHER, deps.clock.monotonic());
  }

  /** Takes a piece of news. Forgets it where the config names no channel. */
  tell({ subject, text, back, connection }: Notice): void {
    const target = this.#deps.target();
    if (target === undefined || connection === target.connection) return;
    const known = this.#subjects.get(subject);
    if (known === undefined && this.#subjects.size >= MOST_SUBJECTS) {
      this.#uncounted++;
      return;
    }
    const entry = known ?? newSubject();
    this.#subjects.set(subject, entry);
    // What was said last holds again: there is nothing to add.
    entry.waiting = text === entry.said ? undefined : { text, kind: back ? "back" : "trouble" };
    this.#due.poke();
  }

  /** Forgets what waits. */
  forget(): void {
    this.#subjects.clear();
    this.#uncounted = 0;
  }

  /** Looks again: a connection or channel changed its state. */
  poke(): void {
    this.#due.poke();
  }

  /** Says what is due, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const waitMs = this.tick() - clock.monotonic();
      await this.#due.waitAtMost(Math.max(0, waitMs), { clock }, signal);
    }
  }

  /**
   * Says what may be said now.
   *
   * @returns When to look again, in monotonic milliseconds; `Infinity` when only something that happens changes anything.
   */
  tick(): number {
    const nowMs = this.#deps.clock.monotonic();
    const place = this.#place();
    let nextMs = Infinity;
    for (const [subject, entry] of this.#subjects) {
      const { waiting, againMs, flying } = entry;
      const dueMs = waiting === undefined ? Math.max(againMs.trouble, againMs.back) : againMs[waiting.kind];
      if (flying) continue;
      if (waiting === undefined) {
        if (dueMs <= nowMs) this.#subjects.delete(subject);
        else nextMs = Math.min(nextMs, dueMs);
      } else if (place === undefined) {
        continue;
      } else if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
      } else if (!this.#bucket.take(nowMs)) {
        nextMs = Math.min(nextMs, nowMs + RETRY_MS);
      } else if (!this.#offer(place, entry, waiting)) {
        this.#bucket.refund();
        nextMs = Math.min(nextMs, nowMs + RETRY_MS);
      }
    }
    if (this.#uncounted > 0 && this.#subjects.size < MOST_SUBJECTS) {
      const count = this.#uncounted;
      this.#uncounted = 0;
      this.tell({ subject: "", text: `${count} more news: irctail status has them`, back: false });
    }
    return nextMs;
  }

  /** Where notices can be said now. */
  #place(): Place | undefined {
    const { target, connection } = this.#deps;
    const spec = target();
    const speaker = spec === undefined ? undefined : connection(spec.connection);
    if (spec === undefined || speaker?.canSpeak(spec.channel) !== true) return undefined;
    return { speaker, channel: spec.channel };
  }

  #offer({ speaker, channel }: Place, entry: Subject, news: News): boolean {
    const { clock, redact } = this.#deps;
    const nowMs = clock.monotonic();
    const settle = (outcome: Outcome) => {
      entry.flying = false;
      if (outcome !== "shown") {
        // Said again, unless there is something newer.
        entry.waiting ??= news;
        entry.said = undefined;
      }
      this.#due.poke();
    };
    const taken = speaker.offer({
      channel,
      flow: NOTICES_FLOW,
      text: redact(`irctail: ${news.text}`),
      long: "clip",
      // Never too old, gives way to errors, and does not push lines of services out.
      urgency: "summary",
      readMs: nowMs,
      timeMs: undefined,
      maxAgeMs: SUBJECT_MS,
      settle,
    });
    if (taken) {
      entry.waiting = undefined;
      entry.said = news.text;
      entry.flying = true;
      entry.againMs[news.kind] = nowMs + SUBJECT_MS;
    }
    return taken;
  }
}

function newSubject(): Subject {
  return {
    waiting: undefined,
    said: undefined,
    flying: false,
    againMs: { trouble: -Infinity, back: -Infinity },
  };
}
