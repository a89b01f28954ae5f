/**
 * How much a route may show in a channel: token buckets, with one of their own for errors (invariant I5).
 *
 * @module
 */

/** Size and refill of a bucket. */
export interface BucketSpec {
  /** Refill, in lines a second, above 0. */
  readonly linesPerSecond: number;
  /** Lines at once, 1 or more. */
  readonly burstLines: number;
}

/** A token bucket: in any time t it gives at most `linesPerSecond * t + burstLines` tokens. */
export class TokenBucket {
  #spec: BucketSpec;
  #tokens: number;
  #atMs: number;

  /** Starts full. */
  constructor(spec: BucketSpec, nowMs: number) {
    this.#spec = spec;
    this.#tokens = spec.burstLines;
    this.#atMs = nowMs;
  }

  /** Takes a token, if there is one besides those to keep. */
  take(nowMs: number, keep: number = 0): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1 + keep) return false;
    this.#tokens--;
    return true;
  }

  /** Whether no token was taken for long enough. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#spec.burstLines;
  }

  /** Gives a token back that was taken for nothing. */
  refund(): void {
    this.#tokens = Math.min(this.#spec.burstLines, this.#tokens + 1);
  }

  /** Goes on with another size and refill; tokens stay, as far as they fit. */
  update(spec: BucketSpec, nowMs: number): void {
    this.#refill(nowMs);
    this.#spec = spec;
    this.#tokens = Math.min(this.#tokens, spec.burstLines);
  }

  #refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tokens = Math.min(
      this.#spec.burstLines,
      this.#tokens + elapsedMs / 1_000 * this.#spec.linesPerSecond,
    );
  }
}

/** What the errors' own bucket has of the route's rate and burst, on top of it (invariant I5). */
const ERROR_SHARE = 0.5;

/** What the route keeps of its burst for the next errors while there are errors: they come several at a time. */
const KEPT_SHARE = 0.25;

/** After so many of the route's tokens in a row for errors the next one may go to anything. */
const ERRORS_IN_A_ROW = 3;

/** Which bucket a token came from. */
export type Token = "errors" | "route";

/**
 * A route's bucket, and the errors' own, which errors draw from first. While there are errors the route keeps tokens
 * for the next ones: else whatever comes by the thousand takes each token the moment it is there, and errors never get
 * what is theirs after it.
 */
export class ErrorFirstBudget {
  readonly #route: TokenBucket;
  readonly #errors: TokenBucket;
  #keptTokens: number;
  #errorsInARow = 0;

  /** Starts with both buckets full. */
  constructor(spec: BucketSpec, nowMs: number) {
    this.#route = new TokenBucket(spec, nowMs);
    this.#errors = new TokenBucket(errorShare(spec), nowMs);
    this.#keptTokens = keptTokens(spec);
  }

  /**
   * Takes a token.
   *
   * @param isError Whether the record is of level `error` or above.
   * @returns Where it came from; `undefined` when there is none.
   */
  take(nowMs: number, isError: boolean): Token | undefined {
    if (isError && this.#errors.take(nowMs)) return "errors";
    const anybody = isError || this.#errorsInARow >= ERRORS_IN_A_ROW || this.#errors.isFull(nowMs);
    if (!this.#route.take(nowMs, anybody ? 0 : this.#keptTokens)) return undefined;
    this.#errorsInARow = isError ? this.#errorsInARow + 1 : 0;
    return "route";
  }

  /** Gives a token back that was taken for nothing. */
  refund(token: Token): void {
    (token === "errors" ? this.#errors : this.#route).refund();
  }

  /** Goes on with another budget; tokens stay, as far as they fit. */
  update(spec: BucketSpec, nowMs: number): void {
    this.#route.update(spec, nowMs);
    this.#errors.update(errorShare(spec), nowMs);
    this.#keptTokens = keptTokens(spec);
  }
}

/** A bucket that holds one token only cannot keep one. */
function keptTokens({ burstLines }: BucketSpec): number {
  return Math.min(burstLines - 1, Math.ceil(burstLines * KEPT_SHARE));
}

function errorShare({ linesPerSecond, burstLines }: BucketSpec): BucketSpec {
  return {
    linesPerSecond: linesPerSecond * ERROR_SHARE,
    burstLines: Math.max(1, Math.ceil(burstLines * ERROR_SHARE)),
  };
}
