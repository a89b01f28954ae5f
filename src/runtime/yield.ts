/**
 * Letting others run in the middle of synchronous work.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Resolves after the event loop has served sockets and timers once; about 5 µs when nothing is due. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
