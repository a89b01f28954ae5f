/**
 * Asks the running agent over its control socket.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { request } from "node:http";
import { CONTROL_SOCKET } from "../http/control_server.ts";

/** How long an answer may take: it is made from memory in a few milliseconds. */
const DEADLINE_MS = 5_000;

/** Largest answer: 10,000 routes and channels of a few hundred bytes. */
const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;

/** What the system says when a socket is not there, or nobody listens on it. */
const NOBODY: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "ENOTDIR"]);

/** An agent that could not be asked. */
export class ControlError extends Error {
  /** Says why. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ControlError";
  }
}

/**
 * Asks one question.
 *
 * @param stateDir The agent's state directory.
 * @param path What to ask for, such as `/status`.
 * @param signal Ends the wait early.
 * @returns The answer's text.
 * @throws {ControlError} When no agent runs there, or it gives no answer that can be used.
 * @throws {unknown} `signal.reason`, when `signal` aborts first.
 */
export function askAgent(stateDir: string, path: string, signal: AbortSignal): Promise<string> {
  return talk(stateDir, { method: "GET", path }, signal);
}

/**
 * Tells the agent to do something.
 *
 * @param stateDir The agent's state directory.
 * @param path What to do, such as `/panic`.
 * @param signal Ends the wait early.
 * @returns The answer's text.
 * @throws {ControlError} When no agent runs there, or it gives no answer that can be used.
 * @throws {unknown} `signal.reason`, when `signal` aborts first.
 */
export function tellAgent(stateDir: string, path: string, signal: AbortSignal): Promise<string> {
  return talk(stateDir, { method: "POST", path }, signal);
}

/** What is asked, or told. */
interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
}

async function talk(stateDir: string, wanted: Request, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await exchange(`${stateDir}/${CONTROL_SOCKET}`, wanted, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ControlError) throw error;
    if (deadline.aborted) {
      throw new ControlError(`The agent did not answer within ${DEADLINE_MS / 1_000} s`, { cause: error });
    }
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (NOBODY.has(code)) {
      throw new ControlError(`No irctail runs with the state directory "${stateDir}"`, { cause: error });
    }
    const because = code === "EACCES" ? "it belongs to another user" : code;
    throw new ControlError(`Cannot ask the irctail with the state directory "${stateDir}": ${because}`, {
      cause: error,
    });
  }
}

function exchange(socketPath: string, wanted: Request, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, ...wanted, agent: false, signal }, (response) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      response.on("data", (chunk: Uint8Array) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= LARGEST_ANSWER_BYTES) return;
        asking.destroy();
        reject(new ControlError("The agent's answer is too large"));
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
        else reject(new ControlError(`The agent refuses to answer (${response.statusCode})`));
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}
