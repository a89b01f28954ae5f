/**
 * How the address of a container daemon is written.
 *
 * @module
 */

/** Where a container daemon listens. */
export type DockerSocket =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** Where Docker listens when nobody says otherwise. */
export const DEFAULT_DOCKER_SOCKET = "/var/run/docker.sock";

/** Docker's registered port for connections without TLS. */
const DEFAULT_PORT = 2375;

/**
 * Reads an address: an absolute path, also behind `unix://`, or `tcp://HOST:PORT`.
 *
 * @param text As the config has it.
 * @returns `undefined` when it is neither.
 */
export function parseDockerSocket(text: string): DockerSocket | undefined {
  const path = text.startsWith("unix://") ? text.slice("unix://".length) : text;
  if (path.startsWith("/")) return { kind: "unix", path };
  const tcp = /^tcp:\/\/(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const [, host, port] = tcp ?? [];
  if (host === undefined) return undefined;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  return { kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: number };
}
