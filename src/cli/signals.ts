/**
 * What the operating system asks of the process.
 *
 * @module
 */

/** Signals that end the program: the first asks, the second insists. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** Two stages of being told to leave. */
export interface StopSignals extends Disposable {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
  /** Aborts at the second. */
  readonly force: AbortSignal;
}

/** Listens until it is disposed. */
export function untilToldToStop(): StopSignals {
  const stop = new AbortController();
  const force = new AbortController();
  const listener = () => {
    if (stop.signal.aborted) force.abort();
    else stop.abort();
  };
  for (const signal of ENDING) Deno.addSignalListener(signal, listener);
  return {
    stop: stop.signal,
    force: force.signal,
    [Symbol.dispose]() {
      for (const signal of ENDING) Deno.removeSignalListener(signal, listener);
    },
  };
}

/** Calls `reload` at every SIGHUP, until `signal` aborts. */
export function onReload(reload: () => void, signal: AbortSignal): void {
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGHUP", reload);
  signal.addEventListener("abort", () => Deno.removeSignalListener("SIGHUP", reload), { once: true });
}

/** Lets SIGHUP do nothing for as long as it is not disposed: a reload that comes while the agent leaves must not kill it. */
export function surviveHangup(): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  const listener = () => {};
  Deno.addSignalListener("SIGHUP", listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", listener) };
}
