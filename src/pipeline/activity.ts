/**
 * When a source spoke last, and how much in the last minute.
 *
 * @module
 */

/** Over how many seconds the rate is taken. */
const SPAN_SECONDS = 60;

/** What is known of one source's liveliness. Costs a few operations a batch, and no timer. */
export class Activity {
  /** Records of each of the last seconds; the index is the second modulo the span. */
  readonly #seconds = new Float64Array(SPAN_SECONDS);
  #second = 0;
  #total = 0;
  #lastMs: number | undefined;
  #wake: (() => void) | undefined;

  /** Whether an earlier run had read from it. */
  readonly spokeBefore: boolean;

  /**
   * Starts silent.
   *
   * @param options Whether an earlier run had read from it.
   */
  constructor(options: { readonly spokeBefore: boolean }) {
    this.spokeBefore = options.spokeBefore;
  }

  /** When lines came last in this run, in monotonic milliseconds; `undefined` while none did. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /**
   * Notes that lines came.
   *
   * @param total Records read so far; what is counted late counts for the next second that has lines.
   * @param nowMs Monotonic milliseconds.
   */
  saw(total: number, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#elapse(nowMs);
    const index = this.#second % SPAN_SECONDS;
    this.#seconds[index] = (this.#seconds[index] ?? 0) + total - this.#total;
    this.#total = total;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Calls back at the next lines, once; the last one who asks is called. */
  whenHeard(wake: () => void): void {
    this.#wake = wake;
  }

  /** Records a second, over the last minute. */
  perSecond(nowMs: number): number {
    this.#elapse(nowMs);
    return this.#seconds.reduce((sum, count) => sum + count, 0) / SPAN_SECONDS;
  }

  #elapse(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const passed = Math.min(SPAN_SECONDS, second - this.#second);
    for (let i = 1; i <= passed; i++) this.#seconds[(this.#second + i) % SPAN_SECONDS] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
