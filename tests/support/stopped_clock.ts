import type { Clock } from "../../src/runtime/clock.ts";

/** A clock that moves only when told. */
export interface StoppedClock extends Clock {
  /** Moves time forward, waking sleepers in order, and lets what they do run before it returns. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

export function stoppedClock(startMs: number = Date.UTC(2026, 0, 2, 3, 4, 5)): StoppedClock {
  let nowMs = 0;
  const sleeping = new Set<Sleeper>();
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return {
    now: () => startMs + nowMs,
    monotonic: () => nowMs,
    get sleepers() {
      return sleeping.size;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          atMs: nowMs + ms,
          wake: () => {
            sleeping.delete(sleeper);
            signal.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal.addEventListener("abort", onAbort, { once: true });
      });
    },
    async advance(ms) {
      const end = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...sleeping].sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined || next.atMs > end) break;
        nowMs = next.atMs;
        next.wake();
        await settle();
      }
      nowMs = end;
      await settle();
    },
  };
}
