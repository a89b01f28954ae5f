/**
 * What became of every record (invariant I1), as counters that only grow.
 *
 * @module
 */

/** Counters of one source: `read = unrouted + dropped + routed` at every moment. */
export interface SourceAccount {
  /** Records read: a line together with those joined to it; blank lines are none. */
  read: number;
  /** Records no route wanted. */
  unrouted: number;
  /** Records a `drop` route took before any other route did. */
  dropped: number;
  /** Records at least one route took. */
  routed: number;
}

/** Counters of one lane: `matched = shown + summarised + withheld + pending` at every moment. */
export interface LaneAccount {
  /** Records the route took for this channel, and those a restart carried over. */
  matched: number;
  /** Records the server took, one message each. */
  shown: number;
  /** Records counted in a summary that was itself shown. */
  summarised: number;
  /** Records redaction could not vouch for. */
  withheld: number;
  /** Continuation messages that were not shown; their records are counted above. */
  continuationsCut: number;
}

/** An account with nothing in it. */
export function emptySourceAccount(): SourceAccount {
  return { read: 0, unrouted: 0, dropped: 0, routed: 0 };
}

/** An account with nothing in it. */
export function emptyLaneAccount(): LaneAccount {
  return { matched: 0, shown: 0, summarised: 0, withheld: 0, continuationsCut: 0 };
}
