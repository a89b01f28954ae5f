/**
 * What held-back lines were about: the commonest templates of a sample, with their numbers masked.
 *
 * @module
 */

import type { RedactedText } from "../redact/redacted.ts";

/** How many lines a second are decoded for the sample (design §5). */
const SAMPLES_PER_SECOND = 50;

/** How many different templates are counted; a further one is left out. */
const MOST_TEMPLATES = 64;

/** Longest template, in characters; a summary holds three of them. */
const LONGEST_TEMPLATE = 80;

/** Longest text that is masked, in characters: what lies beyond would not be in the template. */
const LONGEST_MASKED = 4 * LONGEST_TEMPLATE;

/** What differs from line to line, the more specific first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/\b0x[0-9a-f]+\b/gi, "<hex>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "<ip>"],
  [/\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, "<hex>"],
];

/** A number, but not within names such as x402 and v2. */
const NUMBER = /(?<![A-Za-z_\d])\d+(?:\.\d+)?/g;

/** A request is told by its method. */
const REQUEST = /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S/;

/** Statuses that servers answer requests with (RFC 9110 §15, RFC 6585; 499 is nginx's): they say what happened. */
const STATUSES: ReadonlySet<string> = new Set(
  ("200 201 202 204 206 301 302 303 304 307 308 400 401 402 403 404 405 406 408 409 410 411 412 413 414 415 422 " +
    "425 426 428 429 431 451 499 500 501 502 503 504").split(" "),
);

/** One template and how often it occurred, scaled up from the sample. */
export interface TemplateCount {
  readonly template: string;
  /** An estimate. */
  readonly count: number;
}

/** The sample of one lane, since its last summary. */
export class Sample {
  readonly #counts = new Map<string, number>();
  #taken = 0;
  #window = { startMs: -Infinity, count: 0 };

  /** Whether one more line may be decoded now. */
  wants(nowMs: number): boolean {
    if (nowMs - this.#window.startMs >= 1_000) this.#window = { startMs: nowMs, count: 0 };
    return this.#window.count < SAMPLES_PER_SECOND;
  }

  /**
   * Adds a line that {@linkcode Sample.wants} asked for.
   *
   * @param message Already redacted: a secret whose digits were masked, or whose end was cut off, is none that a
   *   redactor would recognise afterwards (invariant I2).
   */
  add(message: RedactedText): void {
    this.#window.count++;
    this.#taken++;
    const template = maskNumbers(message);
    const known = this.#counts.get(template);
    if (known !== undefined || this.#counts.size < MOST_TEMPLATES) {
      this.#counts.set(template, (known ?? 0) + 1);
    }
  }

  /** Forgets what it has seen. */
  clear(): void {
    this.#counts.clear();
    this.#taken = 0;
  }

  /**
   * Takes the templates, commonest first, and starts anew.
   *
   * @param total How many lines the sample stands for.
   */
  take(total: number): readonly TemplateCount[] {
    const scale = this.#taken === 0 ? 0 : total / this.#taken;
    const templates = [...this.#counts]
      .map(([template, count]) => ({ template, count: Math.round(count * scale) }))
      .sort((a, b) => b.count - a.count);
    this.clear();
    return templates;
  }
}

/**
 * A message with everything masked that differs from line to line: its first line, shortened. The status of a request
 * is kept.
 *
 * @param message Already redacted.
 */
export function maskNumbers(message: RedactedText): string {
  let text = (message.split("\n", 1)[0] ?? "").slice(0, LONGEST_MASKED);
  for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask);
  const request = REQUEST.test(text);
  text = text.replace(NUMBER, (number, at: number, whole: string) => {
    const alone = whole[at - 1] === " " && (whole[at + number.length] ?? " ") === " ";
    return request && alone && STATUSES.has(number) ? number : "<n>";
  });
  return text.length > LONGEST_TEMPLATE ? `${text.slice(0, LONGEST_TEMPLATE)}…` : text;
}
