/**
 * How what the rules found becomes one text: overlaps are decided here, and only here.
 *
 * @module
 */

import type { Found } from "./rule.ts";

/** A finding and who made it. */
export interface Span extends Found {
  /** Name of the rule. */
  readonly rule: string;
  /** Position of the rule in its profile, from 0; a lower one is more specific. */
  readonly rank: number;
}

/**
 * How much of a cluster the most specific rule must cover for its replacement to stand for the whole: a JSON value
 * that is a key block and a line break is still a key block, a header with one hash in it is still a header.
 */
const ENOUGH = 0.75;

/**
 * Merges overlapping spans into clusters that do not overlap, in order.
 *
 * A cluster is replaced as a whole, so that no overlap ever shows a part of what some rule wanted hidden. What hides
 * comes before what shortens; of several, the most specific rule that covers three quarters of the cluster gives the
 * replacement, or else the one that covers most.
 */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  const sorted = unyielding(spans).toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Span[] = [];
  let cluster: Span[] = [];
  let end = -1;
  for (const span of sorted) {
    if (span.start >= end && cluster.length > 0) {
      merged.push(decide(cluster, end));
      cluster = [];
    }
    cluster.push(span);
    end = Math.max(end, span.end);
  }
  if (cluster.length > 0) merged.push(decide(cluster, end));
  return merged;
}

/** Spans without those that yield to another one that they overlap. */
function unyielding(spans: readonly Span[]): readonly Span[] {
  if (!spans.some((span) => span.yields === true)) return spans;
  const strong = spans.filter((span) => span.yields !== true && span.shortens !== true);
  return spans.filter((span) =>
    span.yields !== true || !strong.some((other) => other.start < span.end && other.end > span.start)
  );
}

function decide(cluster: readonly Span[], end: number): Span {
  const [first] = cluster;
  if (first === undefined) throw new RangeError("A cluster has at least one span");
  if (cluster.length === 1) return first;
  const start = first.start;
  const hiding = cluster.filter((span) => span.shortens !== true);
  let best: Span | undefined;
  for (const span of hiding.length > 0 ? hiding : cluster) {
    if (best === undefined || isBetter(span, best, end - start)) best = span;
  }
  return { ...best ?? first, start, end };
}

function isBetter(a: Span, b: Span, whole: number): boolean {
  const coversA = a.end - a.start;
  const coversB = b.end - b.start;
  const enoughA = coversA >= whole * ENOUGH;
  if (enoughA !== coversB >= whole * ENOUGH) return enoughA;
  return enoughA ? a.rank < b.rank : coversA > coversB || (coversA === coversB && a.rank < b.rank);
}

/** Puts the replacements of spans that do not overlap, in order, into the text. */
export function replaceSpans(text: string, spans: readonly Span[]): string {
  let out = "";
  let from = 0;
  for (const span of spans) {
    out += text.slice(from, span.start) + span.replacement;
    from = span.end;
  }
  return out + text.slice(from);
}
