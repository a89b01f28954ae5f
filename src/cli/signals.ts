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
  onSignal("SIGHUP", reload, signal);
}

/** Calls `toggle` at every SIGUSR2, until `signal` aborts. Never SIGUSR1: under `deno run` it opens a debugger port. */
export function onPanic(toggle: () => void, signal: AbortSignal): void {
  onSignal("SIGUSR2", toggle, signal);
}

/**
 * Lets SIGHUP and SIGUSR2 do nothing for as long as it is not disposed: what comes while the agent starts or leaves must
 * not kill it.
 */
export function surviveSignals(): Disposable {
  const over = new AbortController();
  const ignore = () => {};
  onSignal("SIGHUP", ignore, over.signal);
  onSignal("SIGUSR2", ignore, over.signal);
  return { [Symbol.dispose]: () => over.abort() };
}

function onSignal(name: "SIGHUP" | "SIGUSR2", listener: () => void, signal: AbortSignal): void {
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener(name, listener);
  signal.addEventListener("abort", () => Deno.removeSignalListener(name, listener), { once: true });
}
