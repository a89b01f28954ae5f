/**
 * One route in one channel: its budget, what it holds back, and what it still owes the channel.
 *
 * @module
 */

import { ERROR_INDEX, type LevelIndex } from "../event/level.ts";
import type { Connection, Outcome } from "../irc/connection.ts";
import type { RedactedText } from "../redact/redacted.ts";
import type { Clock } from "../runtime/clock.ts";
import { ErrorFirstBudget, type Token } from "../route/budget.ts";
import { Repeats } from "../route/repeats.ts";
import { Sample } from "../route/sample.ts";
import { gapText, overflowText, repeatText } from "../route/summary.ts";
import { emptyLaneAccount, type LaneAccount } from "./accounts.ts";
import { Backlog, type BacklogCounters, type Moment, type Owed, type OwedKind } from "./backlog.ts";
import { laneKey, NO_CHANNEL } from "./lane_key.ts";
import type { Line } from "./line.ts";
import type { SendRoute } from "./program.ts";

/** What a lane needs from the world. */
export interface LaneDeps {
  readonly clock: Clock;
  /** The connection of the route as it runs now; `undefined` while there is none. */
  readonly connection: (id: string) => Connection | undefined;
  /** Told when the lane has something due earlier than it said before. */
  readonly wake: () => void;
  /** Told when a summary was shown. */
  readonly acknowledged: () => void;
  /** Told the rule because of which a line was withheld. */
  readonly withheld: (rule: string) => void;
}

/** How many repeats a second may give their budget token back: beyond that, repeats count as overflow undecoded. */
const REFUNDS_PER_SECOND = 200;

/** A repeated text and what its summary needs. */
interface Repeated {
  readonly text: RedactedText;
  readonly levelIndex: LevelIndex;
}

/** One route in one channel. */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #budget: ErrorFirstBudget;
  readonly #repeats: Repeats<Repeated>;
  readonly #backlog = new Backlog();
  readonly #sample = new Sample();
  #route: SendRoute;
  #queued = 0;
  /** Where the token of the record came from that was admitted last. */
  #token: Token | undefined;
  /** As what the record was counted that was refused last. */
  #refusedAs: OwedKind = "overflow";
  #refunds = { startMs: -Infinity, count: 0 };
  #retired = false;

  /** Identity across reloads and restarts: route, connection and channel. */
  readonly key: string;
  /** Channel with its prefix. */
  readonly channel: string;
  /** What became of the records. */
  readonly account: LaneAccount = emptyLaneAccount();

  /**
   * Opens a lane with a full bucket.
   *
   * @param route The route as compiled.
   * @param channel The channel, templates expanded.
   * @param deps The world.
   */
  constructor(route: SendRoute, channel: string, deps: LaneDeps) {
    this.#route = route;
    this.channel = channel;
    this.key = laneKeyOf(route, channel);
    this.#deps = deps;
    this.#budget = new ErrorFirstBudget(route.send.budget, deps.clock.monotonic());
    this.#repeats = new Repeats(() => this.#route.send.budget.digestMs);
  }

  /** The route as it runs now. */
  get route(): SendRoute {
    return this.#route;
  }

  /** Records that were taken and whose end is not known yet. */
  get pending(): number {
    return this.#queued + this.#backlog.total + this.#repeats.pending;
  }

  /** Whether nothing is owed any more. */
  get idle(): boolean {
    return this.pending === 0;
  }

  /** Whether its route left the config: it says what it still owes, and takes nothing new. */
  get retired(): boolean {
    return this.#retired;
  }

  /** Goes on with a changed route; tokens and counts stay. */
  adopt(route: SendRoute): void {
    this.#route = route;
    this.#retired = false;
    this.#budget.update(route.send.budget, this.#deps.clock.monotonic());
  }

  /** Says at once what is owed, because the route is gone. */
  retire(): void {
    this.#retired = true;
    this.#deps.wake();
  }

  /**
   * Takes a record without looking at its text.
   *
   * @returns Whether there is budget for it. When not, it was counted and is settled.
   */
  admit(levelIndex: LevelIndex, nowMs: number): boolean {
    this.account.matched++;
    this.#token = this.channel === NO_CHANNEL
      ? undefined
      : this.#budget.take(nowMs, levelIndex >= ERROR_INDEX);
    if (this.#token !== undefined) return true;
    this.#refusedAs = this.#canSpeak() ? "overflow" : "gap";
    this.#count(levelIndex, this.#refusedAs);
    return false;
  }

  /** Whether the text of a record that {@linkcode admit} refused is wanted for the summary's templates; a gap has none. */
  wantsSample(nowMs: number): boolean {
    return this.#refusedAs === "overflow" && this.#sample.wants(nowMs);
  }

  /** Takes the text of a record that was refused: redacted first, because masking would tear secrets apart. */
  addSample(line: Line): void {
    const redaction = this.#route.redactor.redact(line.message);
    if (!redaction.withheld) this.#sample.add(redaction.text);
  }

  /**
   * Sends the record that was admitted last, or counts it as a repeat.
   *
   * @param line The record.
   * @param settled Called exactly once, when the checkpoint need not hold it any longer.
   * @returns Whether it is on its way, so that a continuation may follow it.
   */
  deliver(line: Line, settled: () => void): boolean {
    // Whoever reads the channel hears of the gap before the first line behind it.
    if (this.#backlog.waiting.gap !== undefined) this.tick();
    const { redactor, template, send } = this.#route;
    const redaction = redactor.redact(template.render(line));
    if (redaction.withheld) {
      this.account.withheld++;
      this.#deps.withheld(redaction.rule);
      settled();
      this.#offer({ text: redaction.text, line, settle: () => {} });
      return false;
    }
    if (send.repeats === "collapse" && this.#isRepeat(line, redaction.text)) {
      settled();
      return false;
    }
    const token = this.#token;
    const unshown = (kind: OwedKind) => {
      if (token !== undefined) this.#budget.refund(token);
      this.#count(line.levelIndex, kind);
    };
    const taken = this.#offer({
      text: redaction.text,
      line,
      settle: (outcome) => {
        this.#queued--;
        if (outcome === "shown") this.account.shown++;
        else unshown(outcome === "expired" ? "overflow" : "gap");
        settled();
        if (this.#retired) this.#deps.wake();
      },
    });
    if (taken) {
      this.#queued++;
    } else {
      unshown(this.#canSpeak() ? "overflow" : "gap");
      settled();
    }
    return taken;
  }

  /**
   * Sends lines that followed a record this lane has shown, as one message. They are part of that record and counted
   * with it; what is not shown is counted in `continuationsCut`.
   *
   * @param line The joined continuation lines.
   * @param settled Called exactly once.
   */
  deliverContinuation(line: Line, settled: () => void): void {
    const token = this.#budget.take(line.readMs, line.levelIndex >= ERROR_INDEX);
    const cut = () => {
      if (token !== undefined) this.#budget.refund(token);
      this.account.continuationsCut++;
      settled();
    };
    if (token === undefined) return cut();
    const redaction = this.#route.redactor.redact(`⏎ ${line.message.trimStart()}`);
    if (redaction.withheld) this.#deps.withheld(redaction.rule);
    const settle = (outcome: Outcome) => outcome === "shown" ? settled() : cut();
    if (!this.#offer({ text: redaction.text, line, settle })) cut();
  }

  /** Counts a record of an earlier run that can no longer be read. */
  countLost(levelIndex: LevelIndex): void {
    this.account.matched++;
    this.#count(levelIndex, "gap");
  }

  /** When something is due next, in monotonic milliseconds; `Infinity` when nothing is, or nobody could hear it. */
  nextDueMs(): number {
    if (this.idle || this.#backlog.saying || !this.#canSpeak()) return Infinity;
    const { overflow, gap } = this.#backlog.waiting;
    if (gap !== undefined || this.#retired) return 0;
    const digestMs = this.#route.send.budget.digestMs;
    return Math.min(overflow === undefined ? Infinity : overflow.sinceMs + digestMs, this.#repeats.nextDueMs);
  }

  /**
   * Says what is due, when the channel can be spoken in and the last summary was shown.
   *
   * @param options `all` says everything owed, due or not: the agent is about to leave.
   */
  tick(options: { readonly all: boolean } = { all: false }): void {
    if (this.#backlog.saying || !this.#canSpeak()) return;
    const moment = this.#now();
    const { nowMs } = moment;
    const all = options.all || this.#retired;
    const gap = this.#backlog.take("gap");
    if (gap !== undefined) this.#summarise("⋯ ", gapText(gap.tally, gap.fromMs, gap.toMs), gap);
    const waiting = this.#backlog.waiting.overflow;
    if (waiting !== undefined && (all || nowMs >= waiting.sinceMs + this.#route.send.budget.digestMs)) {
      const owed = this.#backlog.take("overflow") ?? waiting;
      this.#summarise(
        "⋯ ",
        overflowText(owed.tally, nowMs - owed.sinceMs, this.#sample.take(owed.tally.total)),
        owed,
      );
    }
    for (const run of all ? this.#repeats.drain() : this.#repeats.due(nowMs)) {
      const since = { nowMs: run.sinceMs, wallMs: moment.wallMs - (nowMs - run.sinceMs) };
      const owed = this.#backlog.lend(run.value.levelIndex, run.count, since);
      this.#summarise("↻ ", repeatText(run.count, nowMs - run.sinceMs, run.value.text), owed);
    }
  }

  /** Everything owed as plain data, for the checkpoint; `undefined` when nothing is. */
  counters(): BacklogCounters | undefined {
    const repeats = this.#repeats.counts().map(({ value, count }) => [value.levelIndex, count] as const);
    return this.#backlog.counters(repeats, this.#now());
  }

  /** Takes over what an earlier run still owed. */
  restore(counters: BacklogCounters): void {
    this.account.matched += this.#backlog.restore(counters, this.#now());
    this.#deps.wake();
  }

  #now(): Moment {
    return { nowMs: this.#deps.clock.monotonic(), wallMs: this.#deps.clock.now() };
  }

  #canSpeak(): boolean {
    return this.#deps.connection(this.#route.send.connection)?.canSpeak(this.channel) ?? false;
  }

  #count(levelIndex: LevelIndex, kind: OwedKind): void {
    if (this.#backlog.count(kind, levelIndex, this.#now())) this.#deps.wake();
  }

  #isRepeat(line: Line, text: RedactedText): boolean {
    const before = this.#repeats.pending;
    const seen = this.#repeats.seen(`${line.levelIndex}${line.message}`, line.readMs, {
      text,
      levelIndex: line.levelIndex,
    });
    if (seen === "first") return false;
    this.#refund(line.readMs);
    if (before === 0) this.#deps.wake();
    return true;
  }

  /** A repeat costs no budget, as long as there are not so many that decoding them would cost more than they tell. */
  #refund(nowMs: number): void {
    if (nowMs - this.#refunds.startMs >= 1_000) this.#refunds = { startMs: nowMs, count: 0 };
    if (this.#token === undefined || this.#refunds.count++ >= REFUNDS_PER_SECOND) return;
    this.#budget.refund(this.#token);
    this.#token = undefined;
  }

  #offer(
    message: {
      readonly text: RedactedText;
      readonly line: Line;
      readonly settle: (outcome: Outcome) => void;
    },
  ): boolean {
    const { send, template } = this.#route;
    const isError = message.line.levelIndex >= ERROR_INDEX;
    return this.#deps.connection(send.connection)?.offer({
      channel: this.channel,
      flow: this.#route.spec.name,
      text: message.text,
      long: send.long,
      urgency: isError ? "error" : "normal",
      readMs: message.line.readMs,
      timeMs: isError && !template.saysTime ? message.line.timeMs : undefined,
      maxAgeMs: send.budget.maxAgeMs,
      settle: message.settle,
    }) ?? false;
  }

  #summarise(mark: "⋯ " | "↻ ", body: string, owed: Owed): void {
    const { send, redactor } = this.#route;
    const settle = (outcome: Outcome) => {
      const shown = outcome === "shown";
      this.#backlog.release(owed, shown);
      if (shown) this.account.summarised += owed.tally.total;
      this.#deps.acknowledged();
      this.#deps.wake();
    };
    const taken = this.#deps.connection(send.connection)?.offer({
      channel: this.channel,
      flow: this.#route.spec.name,
      text: redactor.redact(body, mark).text,
      long: "clip",
      urgency: "summary",
      readMs: this.#deps.clock.monotonic(),
      timeMs: undefined,
      maxAgeMs: send.budget.maxAgeMs,
      settle,
    }) ?? false;
    if (!taken) this.#backlog.release(owed, false);
  }
}

/** Key of the lane of a route in a channel. */
export function laneKeyOf(route: SendRoute, channel: string): string {
  return laneKey({ route: route.spec.name, connection: route.send.connection, channel });
}
