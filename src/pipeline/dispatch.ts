/**
 * From one record to the lanes that take it: every route that wants it, in order, as cheaply as its conditions allow.
 *
 * @module
 */

import type { LevelMask } from "../event/level.ts";
import { LEVELS } from "../event/level.ts";
import type { AckWindow } from "./ack_window.ts";
import type { SourceAccount } from "./accounts.ts";
import type { Lane } from "./lane.ts";
import type { RecordView } from "./record.ts";
import type { PlannedRoute, StreamPlan } from "./stream_plan.ts";

/** What a dispatch needs. */
export interface DispatchDeps {
  readonly account: SourceAccount;
  readonly window: AckWindow;
  /** Told when a record on its way was settled. */
  readonly acknowledged: () => void;
}

const NO_LANES: readonly Lane[] = [];

/** The routes of one stream at work. */
export class Dispatch {
  readonly #plan: StreamPlan;
  readonly #deps: DispatchDeps;
  /** Levels that any route wants: a record of another one is counted and forgotten. */
  readonly #levels: LevelMask;

  /**
   * Takes a plan.
   *
   * @param plan The routes that concern the stream.
   * @param deps Where records are counted.
   */
  constructor(plan: StreamPlan, deps: DispatchDeps) {
    this.#plan = plan;
    this.#deps = deps;
    this.#levels = plan.reduce((levels, { route }) => levels | route.matcher.levels, 0);
  }

  /**
   * Routes, counts and sends a record.
   *
   * @param record The record.
   * @param only Keys of the lanes it may go to: it was read again, and the others have had it.
   * @returns The lanes it is on its way to, so that a continuation may follow.
   */
  take(record: RecordView, only?: ReadonlySet<string>): readonly Lane[] {
    const { account } = this.#deps;
    const levelBit = 1 << record.levelIndex;
    account.read++;
    if ((this.#levels & levelBit) === 0) {
      account.unrouted++;
      return NO_LANES;
    }
    let outcome: "unrouted" | "dropped" | "routed" = "unrouted";
    let admitted: Lane[] | undefined;
    for (const planned of this.#plan) {
      const { route } = planned;
      if ((route.matcher.levels & levelBit) === 0 || !wants(planned, record)) continue;
      if (route.kind === "drop") {
        if (outcome === "unrouted") outcome = "dropped";
        break;
      }
      outcome = "routed";
      const lane = planned.laneFor(record.line);
      if (only === undefined || only.has(lane.key)) {
        if (lane.admit(record.levelIndex, record.readMs)) (admitted ??= []).push(lane);
        else if (lane.wantsSample(record.readMs)) lane.addSample(record.line());
      }
      if (!route.spec.continue) break;
    }
    account[outcome]++;
    return admitted === undefined ? NO_LANES : this.#send(record, admitted);
  }

  #send(record: RecordView, lanes: readonly Lane[]): readonly Lane[] {
    const { window, acknowledged } = this.#deps;
    const { batch } = record.chunk;
    const pending = window.add({
      from: batch.cursorAt(record.start),
      to: batch.cursorAt(record.next),
      level: LEVELS[record.levelIndex],
      lanes: lanes.map((lane) => lane.key),
    });
    const line = record.line();
    return lanes.filter((lane) =>
      lane.deliver(line, () => {
        pending.settle(lane.key);
        acknowledged();
      })
    );
  }
}

/** Whether a route's conditions other than the level hold. */
function wants({ route, hits }: PlannedRoute, { chunk, start, end, line }: RecordView): boolean {
  const torn = hits !== undefined && chunk.hasEscape(start, end);
  if (hits !== undefined && !torn && !hits.within(chunk, start, end)) return false;
  const condition = torn ? route.matcher.exact : route.matcher.rest;
  return condition === undefined || condition(line());
}
