/**
 * Strict transport security (IRCv3 sts): a server that asks for TLS gets it, and nothing less again.
 *
 * @module
 */

import type { TlsSpec } from "../config/config.ts";
import type { Server } from "./attempts.ts";

/** What a server asks for. */
export interface StsPolicy {
  /** Port for TLS; `undefined` when none was named. */
  readonly port: number | undefined;
  /** How long to remember it, in milliseconds; `undefined` when nothing was said. */
  readonly durationMs: number | undefined;
}

/** Longest time that is remembered: no process of ours lives for ten years, and no number overflows. */
const LONGEST_SECONDS = 10 * 366 * 24 * 3_600;

/**
 * Reads the value of the capability, such as `port=6697,duration=2592000`. Total: what cannot be read was not said.
 *
 * @param value What stands behind `sts=`.
 */
export function readSts(value: string): StsPolicy {
  const numberOf = (key: string, most: number) => {
    const text = value.split(",").find((token) => token.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
    return /^\d{1,15}$/.test(text) ? Math.min(Number(text), most) : undefined;
  };
  const port = numberOf("port", 65_536);
  const seconds = numberOf("duration", LONGEST_SECONDS);
  return {
    port: port === 0 || port === 65_536 ? undefined : port,
    durationMs: seconds === undefined ? undefined : seconds * 1_000,
  };
}

/** Where a connection goes, and with which TLS. */
export interface Destination extends Server {
  /** `undefined` without TLS. */
  readonly tls: TlsSpec | undefined;
}

/** One connection, as far as these policies are concerned. */
export interface StsVisit {
  /** Where it really goes. */
  readonly destination: Destination;
  /**
   * Takes a value of the capability.
   *
   * @returns Why the connection has to end at once; `undefined` when it may go on.
   */
  hear(value: string, nowMs: number): string | undefined;
  /** The connection is over: what was asked for over TLS counts from now. */
  leave(nowMs: number): void;
}

/** What the servers of this process asked for, by host; kept in memory only. */
export class StsPolicies {
  readonly #policies = new Map<string, { readonly port: number; readonly untilMs: number }>();

  /**
   * Begins a connection.
   *
   * @param server Where to, as it is configured.
   * @param tls With which TLS, as it is configured; where there is one, nothing changes.
   * @param nowMs Monotonic time.
   */
  visit(server: Server, tls: TlsSpec | undefined, nowMs: number): StsVisit {
    const host = server.host.toLowerCase();
    const policy = this.#policies.get(host);
    const isBound = tls === undefined && policy !== undefined && nowMs < policy.untilMs;
    const destination = isBound ? { host: server.host, port: policy.port, tls: {} } : { ...server, tls };
    let durationMs: number | undefined;
    const confirm = (fromMs: number) => {
      if (durationMs === undefined) return;
      if (durationMs === 0) this.#policies.delete(host);
      else this.#policies.set(host, { port: destination.port, untilMs: fromMs + durationMs });
    };
    return {
      destination,
      leave: confirm,
      hear: (value, heardMs) => {
        const said = readSts(value);
        if (destination.tls !== undefined) {
          durationMs = said.durationMs ?? durationMs;
          confirm(heardMs);
          return undefined;
        }
        // How long is only believed over TLS. Until then it is for good: whoever can cut the connections to that port
        // must not get us back to this one.
        if (said.port === undefined) return undefined;
        this.#policies.set(host, { port: said.port, untilMs: Infinity });
        return `The server wants TLS on port ${said.port} (STS); set tls and this port in the config`;
      },
    };
  }
}
