/**
 * One route in one channel: its budget, what it holds back, and what it still owes the channel.
 *
 * @module
 */

import { ERROR_INDEX, type LevelIndex } from "../event/level.ts";
import type { Connection, Outcome } from "../irc/connection.ts";
import type { RedactedText } from "../redact/redacted.ts";
import type { Redaction } from "../redact/redactor.ts";
import type { Clock } from "../runtime/clock.ts";
import { ErrorFirstBudget, type Token } from "../route/budget.ts";
import { Repeats } from "../route/repeats.ts";
import { Sample } from "../route/sample.ts";
import { gapText, overflowText, repeatText } from "../route/summary.ts";
import { emptyLaneAccount, type LaneAccount } from "./accounts.ts";
import { Backlog, type BacklogCounters, type Moment, type Owed, type OwedKind } from "./backlog.ts";
import { Hold } from "./hold.ts";
import { laneKey, NO_CHANNEL } from "./lane_key.ts";
import type { Line } from "./line.ts";
import type { SendRoute } from "./program.ts";
import { textOf, type Utterance } from "./utterance.ts";

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
  readonly #hold = new Hold<Utterance>();
  #route: SendRoute;
  #queued = 0;
  /** Where the token of the record came from that was admitted last. */
  #token: Token | undefined;
  /** As what the record was counted that was refused last. */
  #refusedAs: OwedKind = "overflow";
  #refunds = { startMs: -Infinity, count: 0 };
  #retired = false;
  #muted = false;

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
    // Counted from when they were read, and the first of them waits too: it is shown before its count.
    this.#repeats = new Repeats(() => this.#route.send.budget.digestMs + this.#route.send.delayMs);
  }

  /** The route as it runs now. */
  get route(): SendRoute {
    return this.#route;
  }

  /** Records that were taken and whose end is not known yet. */
  get pending(): number {
    return this.#hold.records + this.#queued + this.#backlog.total + this.#repeats.pending;
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
    if (!this.#hold.isEmpty) this.#deps.wake();
  }

  /** Says at once what is owed, because the route is gone; lines that wait are counted, because no redaction is theirs. */
  retire(): void {
    this.#retired = true;
    if (!this.#hold.isEmpty) this.#forgetTexts("overflow");
    this.#deps.wake();
  }

  /** Says nothing from now on: what waits is counted, and whatever comes is counted without a look at its text. */
  mute(): void {
    this.#muted = true;
    this.#forgetTexts("gap");
    this.#backlog.foldIntoGap();
  }

  /** Speaks again: first of all, in one gap, of everything that was not said. */
  unmute(): void {
    this.#muted = false;
    // What was on the wire when the lane was muted may have come back since.
    this.#backlog.foldIntoGap();
    this.#deps.wake();
  }

  /**
   * Takes a record without looking at its text.
   *
   * @returns Whether there is budget for it. When not, it was counted and is settled.
   */
  admit(levelIndex: LevelIndex, nowMs: number): boolean {
    this.account.matched++;
    this.#token = this.#muted || this.channel === NO_CHANNEL
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
   * Sends the record that was admitted last, or counts it as a repeat; where the route has a delay it waits first, and
   * holds its checkpoint back for so long.
   *
   * @param line The record.
   * @param settled Called exactly once, when the checkpoint need not hold it any longer.
   * @returns Whether it is on its way, so that a continuation may follow it.
   */
  deliver(line: Line, settled: () => void): boolean {
    // Whoever reads the channel hears of the gap before the first line behind it.
    if (this.#backlog.waiting.gap !== undefined) this.tick();
    const route = this.#route;
    const token = this.#token;
    const redaction = textOf("record", line, route);
    const { text } = redaction;
    const record: Utterance = { kind: "record", line, text, route, token, settled, isRecord: true };
    if (redaction.withheld) {
      this.#sayOrHold(this.#withheld(record, redaction));
      return false;
    }
    if (route.send.repeats === "collapse" && this.#isRepeat(line, text)) {
      settled();
      return false;
    }
    return this.#sayOrHold(record);
  }

  /**
   * Sends lines that followed a record this lane has shown, as one message. They are part of that record and counted
   * with it; what is not shown is counted in `continuationsCut`.
   *
   * @param line The joined continuation lines.
   * @param settled Called exactly once.
   */
  deliverContinuation(line: Line, settled: () => void): void {
    const token = this.#muted ? undefined : this.#budget.take(line.readMs, line.levelIndex >= ERROR_INDEX);
    const route = this.#route;
    const kind = "continuation";
    if (token === undefined) {
      this.account.continuationsCut++;
      return settled();
    }
    const redaction = textOf(kind, line, route);
    if (redaction.withheld) this.#deps.withheld(redaction.rule);
    this.#sayOrHold({ kind, line, text: redaction.text, route, token, settled, isRecord: false });
  }

  /** Counts a record of an earlier run that can no longer be read. */
  countLost(levelIndex: LevelIndex): void {
    this.account.matched++;
    this.#count(levelIndex, "gap");
  }

  /** When something is due next, in monotonic milliseconds; `Infinity` when nothing is, or nobody could hear it. */
  nextDueMs(): number {
    const heldMs = this.#hold.dueMs(this.#route.send.delayMs);
    if (this.idle || this.#backlog.saying || !this.#canSpeak()) return heldMs;
    const { overflow, gap } = this.#backlog.waiting;
    if (gap !== undefined || this.#retired) return 0;
    const digestMs = this.#route.send.budget.digestMs;
    return Math.min(
      heldMs,
      overflow === undefined ? Infinity : overflow.sinceMs + digestMs,
      this.#repeats.nextDueMs,
    );
  }

  /**
   * Says what is due: lines that have waited long enough, and what is owed when the channel can be spoken in and the last
   * summary was shown.
   *
   * @param options `all` says everything, due or not: the agent is about to leave.
   */
  tick(options: { readonly all: boolean } = { all: false }): void {
    const moment = this.#now();
    const mayOwe = !this.#backlog.saying && this.#canSpeak();
    if (mayOwe) this.#sayGap();
    const { delayMs } = this.#route.send;
    const due = options.all ? this.#hold.takeAll() : this.#hold.takeDue(moment.nowMs, delayMs);
    for (const held of due) this.#say(this.#renewed(held));
    if (mayOwe) this.#sayCounts(moment, options.all || this.#retired);
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

  /** Says it, or lets it wait; whatever does not fit is counted like what is over budget. */
  #sayOrHold(utterance: Utterance): boolean {
    const { delayMs } = this.#route.send;
    if (delayMs === 0) {
      // A reload has ended the delay: what waits came before this.
      if (!this.#hold.isEmpty) this.tick();
      return this.#say(utterance);
    }
    const isFirst = this.#hold.isEmpty;
    if (!this.#hold.add(utterance, this.#route.send)) {
      this.#drop(utterance, "overflow");
      return false;
    }
    if (isFirst) this.#deps.wake();
    return true;
  }

  /** The same by the route as it is now: a reload may have changed what must not be shown. */
  #renewed(held: Utterance): Utterance {
    const route = this.#route;
    if (held.route === route || held.kind === "notice") return held;
    const redaction = textOf(held.kind, held.line, route);
    if (redaction.withheld && held.kind === "record") return this.#withheld(held, redaction);
    if (redaction.withheld) this.#deps.withheld(redaction.rule);
    return { ...held, text: redaction.text, route };
  }

  /** Counts a record as withheld; what stands for it is left to be said. */
  #withheld(record: Utterance, { rule, text }: Extract<Redaction, { readonly withheld: true }>): Utterance {
    this.account.withheld++;
    this.#deps.withheld(rule);
    record.settled();
    return { ...record, kind: "notice", text, isRecord: false };
  }

  /** Offers it; returns whether it is on its way. */
  #say(utterance: Utterance): boolean {
    const { kind, line, text, settled } = utterance;
    if (kind === "notice") return this.#offer({ text, line, settle: () => {} });
    const isRecord = kind === "record";
    const taken = this.#offer({
      text,
      line,
      settle: (outcome) => {
        if (isRecord) this.#queued--;
        if (outcome !== "shown") this.#drop(utterance, outcome === "expired" ? "overflow" : "gap");
        else {
          if (isRecord) this.account.shown++;
          settled();
        }
        if (this.#retired) this.#deps.wake();
      },
    });
    if (!taken) this.#drop(utterance, this.#canSpeak() ? "overflow" : "gap");
    else if (isRecord) this.#queued++;
    return taken;
  }

  /** Counts what is not shown. */
  #drop({ kind, line, token, settled }: Utterance, as: OwedKind): void {
    if (kind === "notice") return;
    if (token !== undefined) this.#budget.refund(token);
    if (kind === "record") this.#count(line.levelIndex, as);
    else this.account.continuationsCut++;
    settled();
  }

  /** Counts what waits, and forgets every text that was not shown yet. */
  #forgetTexts(as: OwedKind): void {
    for (const held of this.#hold.takeAll()) this.#drop(held, as);
    const { nowMs, wallMs } = this.#now();
    for (const { value, count, sinceMs } of this.#repeats.forget()) {
      const since = { nowMs: sinceMs, wallMs: wallMs - (nowMs - sinceMs) };
      this.#backlog.release(this.#backlog.lend(value.levelIndex, count, since), false);
    }
    this.#sample.clear();
  }

  #now(): Moment {
    return { nowMs: this.#deps.clock.monotonic(), wallMs: this.#deps.clock.now() };
  }

  #canSpeak(): boolean {
    if (this.#muted) return false;
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

  #sayGap(): void {
    const gap = this.#backlog.take("gap");
    if (gap !== undefined) this.#summarise("⋯ ", gapText(gap.tally, gap.fromMs, gap.toMs), gap);
  }

  #sayCounts(moment: Moment, all: boolean): void {
    const { nowMs } = moment;
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
