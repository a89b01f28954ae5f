/**
 * Opening a socket to a server: TCP or TLS of the runtime's own, with a deadline, and always verified.
 *
 * @module
 */

import type { TlsSpec } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import { DialError, dialError, seatOf } from "./dial_error.ts";
import { Transport } from "./transport.ts";

/** Where to connect to. */
export interface Target {
  /** Host name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** `undefined` without TLS. */
  readonly tls: TlsSpec | undefined;
}

/** Longest time from the first packet to the end of the TLS handshake: two SYN repeats (1 s, 3 s, 7 s) and a margin. */
const CONNECT_DEADLINE_MS = 20_000;

/**
 * Connects, with TLS if wanted; the certificate is always verified.
 *
 * @param target Where to.
 * @param options The clock for the deadline of 20 s.
 * @param signal Ends the attempt.
 * @throws {DialError} When there is no connection, with plain words for why.
 * @throws {unknown} `signal.reason`, when `signal` aborts first.
 */
export async function dial(
  target: Target,
  options: { readonly clock: Clock },
  signal: AbortSignal,
): Promise<Transport> {
  const where = seatOf(target);
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const connecting = open(target, either);
  const deadline = options.clock.sleep(CONNECT_DEADLINE_MS, either).then(() => {
    throw new DialError(`Cannot connect to ${where}: no answer within ${CONNECT_DEADLINE_MS / 1_000} s`);
  });
  try {
    return new Transport(await Promise.race([connecting, deadline]));
  } catch (error) {
    ended.abort();
    // It may have come about in the very moment the deadline was over.
    (await connecting.catch(() => undefined))?.close();
    signal.throwIfAborted();
    throw error instanceof DialError ? error : dialError(where, error);
  } finally {
    ended.abort();
    await Promise.allSettled([deadline]);
  }
}

/** Opens the socket; when `signal` aborts first, closes what it has and rejects. */
async function open(target: Target, signal: AbortSignal): Promise<Deno.Conn> {
  const { host, port, tls } = target;
  if (tls === undefined) return await openPlain(host, port, signal);
  const conn = await openSecured(target, tls, signal);
  const onAbort = () => conn.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await conn.handshake();
  } catch (error) {
    if (!signal.aborted) conn.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return conn;
}

async function openPlain(host: string, port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: host, port, signal });
  conn.setNoDelay(true);
  conn.setKeepAlive(true);
  return conn;
}

async function openSecured(target: Target, tls: TlsSpec, signal: AbortSignal): Promise<Deno.TlsConn> {
  const { host, port } = target;
  const caCerts = tls.caFile === undefined ? [] : [await readPem(tls.caFile, signal)];
  if (tls.certFile !== undefined && tls.keyFile !== undefined) {
    // Only connectTls takes a client certificate; it takes no other name to verify.
    const cert = await readPem(tls.certFile, signal);
    const key = await readPem(tls.keyFile, signal);
    return await orAborted(Deno.connectTls({ hostname: host, port, caCerts, cert, key }), signal);
  }
  const conn = await openPlain(host, port, signal);
  try {
    return await Deno.startTls(conn, { hostname: tls.serverName ?? host, caCerts });
  } catch (error) {
    closeQuietly(conn);
    throw error;
  }
}

/** Gives up waiting for a connection when `signal` aborts, and closes it should it still come: it cannot be cancelled. */
async function orAborted(connecting: Promise<Deno.TlsConn>, signal: AbortSignal): Promise<Deno.TlsConn> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([connecting, aborted.promise]);
  } catch (error) {
    connecting.then(closeQuietly, () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The runtime closed it already, together with what was made of it.
  }
}

async function readPem(path: string, signal: AbortSignal): Promise<string> {
  try {
    return await Deno.readTextFile(path, { signal });
  } catch (cause) {
    throw new DialError(`Cannot read the TLS file ${path}`, { cause });
  }
}
