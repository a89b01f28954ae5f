/**
 * Plain words for what goes wrong before a server can be spoken to.
 *
 * @module
 */

/** A connection that did not come about; the message is for the operator and holds no secret. */
export class DialError extends Error {
  /**
   * Makes an error.
   *
   * @param message What was tried and what happened.
   * @param options The cause.
   */
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "DialError";
  }
}

/** Host and port as one text; an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function seatOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What `openssl req -x509` makes by default, and no TLS library of the runtime's takes, not even by name. */
const SELF_SIGNED_AUTHORITY =
  "its certificate is self-signed and an authority's at once; make one with basicConstraints CA:FALSE";

/** What the runtime's messages mean, first match wins; the words follow `Cannot connect to host:port: `. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/UnknownIssuer/, "its certificate is signed by an unknown authority; tls.ca_file can name it"],
  [/NotValidForName|not valid for/i, "its certificate is for another host name"],
  [/CaUsedAsEndEntity/, SELF_SIGNED_AUTHORITY],
  [/expired/i, "its certificate has expired"],
  [/not valid yet|NotValidYet/i, "its certificate is not valid yet"],
  [/Revoked/, "its certificate is revoked"],
  [/invalid peer certificate/i, "its certificate cannot be verified"],
  [/InvalidContentType|InvalidMessage|corrupt message/i, "it does not speak TLS on this port"],
  [/handshake eof|unexpected eof|close_notify/i, "it closed the connection during the TLS handshake"],
  [/HandshakeFailure|ProtocolVersion|no shared cipher/i, "it speaks no TLS version that is still safe"],
  [/AlertReceived|received fatal alert/i, "it refused the TLS handshake"],
  [/refused/i, "it refuses connections"],
  [/lookup|resolve|not known|name resolution/i, "its name cannot be resolved"],
  [/unreachable|no route/i, "it cannot be reached from this network"],
  [/reset/i, "it reset the connection"],
  [/timed out/i, "it does not answer"],
];

/**
 * Says what an error while connecting means.
 *
 * @param where Host and port.
 * @param cause What the runtime threw.
 */
export function dialError(where: string, cause: unknown): DialError {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? "the connection failed";
  return new DialError(`Cannot connect to ${where}: ${meaning}`, { cause });
}
