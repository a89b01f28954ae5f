/**
 * What waits out its route's `delay` before it is offered, in the order in which it came.
 *
 * @module
 */

import type { BudgetSpec } from "../config/config.ts";
import type { Line } from "./line.ts";

/**
 * How many times the route's own burst and refill can be admitted within the delay: once by the route's bucket, and half
 * as often again by that of errors (invariant I5).
 */
const WITH_ERRORS = 1.5;

/** How many characters one lane holds: lines of many KiB are held in smaller numbers (I7). */
const MOST_CHARACTERS = 262_144;

/** Something that waits. */
export interface Holdable {
  /** The line that it is made of; its wait began when that was read. */
  readonly line: Line;
  /** What is to be said. */
  readonly text: string;
  /** Whether it is a record, which is counted, and not an addition to one. */
  readonly isRecord: boolean;
}

/** How much may wait. */
export interface HoldLimits {
  readonly budget: BudgetSpec;
  readonly delayMs: number;
}

/**
 * The lines of one lane that wait. Each has taken a token of the budget, so that there are no more than its burst and
 * what it refills within the delay; this is enforced as well, because tokens are given back for what was not shown.
 */
export class Hold<Item extends Holdable> {
  #items: Item[] = [];
  #characters = 0;
  #records = 0;

  /** How many records wait. */
  get records(): number {
    return this.#records;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Takes something, unless as much waits as may. */
  add(item: Item, { budget, delayMs }: HoldLimits): boolean {
    const most = 1 + WITH_ERRORS * (budget.burstLines + budget.linesPerSecond * delayMs / 1_000);
    const characters = charactersOf(item);
    const fits = this.#items.length < most && this.#characters + characters <= MOST_CHARACTERS;
    if (!fits && !this.isEmpty) return false;
    this.#items.push(item);
    this.#characters += characters;
    if (item.isRecord) this.#records++;
    return true;
  }

  /** When the first of it is due, in monotonic milliseconds; `Infinity` when nothing waits. */
  dueMs(delayMs: number): number {
    const [first] = this.#items;
    return first === undefined ? Infinity : first.line.readMs + delayMs;
  }

  /** Takes out what has waited long enough; nothing overtakes what came before it. */
  takeDue(nowMs: number, delayMs: number): readonly Item[] {
    const place = this.#items.findIndex(({ line }) => line.readMs + delayMs > nowMs);
    return this.#take(place === -1 ? this.#items.length : place);
  }

  /** Takes out everything. */
  takeAll(): readonly Item[] {
    return this.#take(this.#items.length);
  }

  #take(count: number): readonly Item[] {
    const taken = this.#items.splice(0, count);
    for (const item of taken) {
      this.#characters -= charactersOf(item);
      if (item.isRecord) this.#records--;
    }
    return taken;
  }
}

/** The line is kept too: it is rendered again when the route has changed meanwhile. */
function charactersOf({ line, text }: Holdable): number {
  return line.text.length + text.length;
}
