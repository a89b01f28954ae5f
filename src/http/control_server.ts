/**
 * The control socket: HTTP over a unix socket that only the agent's user can open. What can be asked of it is what
 * `irctail status` and its siblings ask.
 *
 * @module
 */

import type { PanicAnswer } from "../reconcile/panic.ts";
import type { Logger } from "../runtime/log.ts";

/** Name of the socket in the state directory. */
export const CONTROL_SOCKET = "control.sock";

/** Bits that are taken from everybody but the owner, so that the socket is 0600 from its first moment. */
const OWNER_ONLY_UMASK = 0o177;

/** What can be asked of the running agent; every answer is free of secrets. */
export interface Control {
  /** The agent's status as JSON. */
  status(): string;
  /** Mutes every channel. */
  panic(): PanicAnswer;
  /** Ends a panic. */
  resume(): PanicAnswer;
}

/** What the server needs. */
export interface ControlServerOptions {
  /** The state directory; whoever calls holds its lock. */
  readonly stateDir: string;
  readonly log: Logger;
}

/**
 * Answers until `signal` aborts; then nothing is left of the socket. A socket that cannot be opened is said in the log
 * and costs the agent nothing else.
 *
 * @param control Gives the answers.
 * @param options Where, and a log.
 */
export async function serveControl(
  control: Control,
  { stateDir, log }: ControlServerOptions,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const path = `${stateDir}/${CONTROL_SOCKET}`;
  let server: Deno.HttpServer<Deno.UnixAddr>;
  try {
    removeSocket(path);
    server = listen(path, control, log, signal);
  } catch (error) {
    log.error("Control socket cannot be opened; irctail status, panic and resume will not work", {
      because: reasonOf(error),
    });
    return;
  }
  await server.finished;
  try {
    // Deno 2.4 leaves it behind.
    removeSocket(path);
  } catch (error) {
    log.warn("Control socket cannot be removed", { because: reasonOf(error) });
  }
}

function listen(
  path: string,
  control: Control,
  log: Logger,
  signal: AbortSignal,
): Deno.HttpServer<Deno.UnixAddr> {
  // The socket is bound before Deno.serve returns, so nobody else's file is created under this mask.
  const before = Deno.umask(OWNER_ONLY_UMASK);
  try {
    return Deno.serve({
      path,
      signal,
      onListen: () => {},
      onError: (error) => {
        log.error("Control socket cannot answer", { because: reasonOf(error) });
        return refusal(500, "The agent cannot answer; its log says why");
      },
    }, (request) => answer(request, control));
  } finally {
    Deno.umask(before);
  }
}

function answer(request: Request, control: Control): Response {
  const { method } = request;
  switch (new URL(request.url).pathname) {
    case "/status":
      if (method !== "GET") return refusal(405, "The status is only read");
      return new Response(control.status(), { headers: { "content-type": "application/json" } });
    case "/panic":
      return method === "POST" ? Response.json(control.panic()) : refusal(405, "A panic is told by POST");
    case "/resume":
      return method === "POST" ? Response.json(control.resume()) : refusal(405, "A resume is told by POST");
    default:
      return refusal(404, "There is nothing here that this agent knows");
  }
}

function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

/** Removes the socket of an agent that ended without a goodbye; anything else of that name stays and is an error. */
function removeSocket(path: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (info.isSocket !== true) throw new Error(`"${CONTROL_SOCKET}" in the state directory is no socket`);
  Deno.removeSync(path);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
