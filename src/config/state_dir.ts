/**
 * Where the agent keeps its state.
 *
 * @module
 */

import { resolve } from "node:path";

/** Longest path of a unix socket, in bytes: `sun_path` has 108 with its NUL (unix(7)). */
const LONGEST_SOCKET_PATH_BYTES = 107;

/**
 * Finds the state directory.
 *
 * @param written `state_dir` as the config has it.
 * @param options The environment, and the directory that a relative path starts at.
 * @returns Absolute path; `undefined` when nothing says where it is.
 */
export function stateDirectory(
  written: string | undefined,
  options: { readonly env: (name: string) => string | undefined; readonly directory: string },
): string | undefined {
  const given = (name: string) => options.env(name) || undefined;
  if (written !== undefined) return resolve(options.directory, written);
  // systemd lists several, separated by colons (systemd.exec(5)).
  const systemd = given("STATE_DIRECTORY")?.split(":")[0];
  if (systemd !== undefined) return resolve(systemd);
  const xdg = given("XDG_STATE_HOME");
  // The XDG base directory specification says to ignore relative ones.
  if (xdg?.startsWith("/") === true) return resolve(xdg, "irctail");
  const home = given("HOME");
  return home === undefined ? undefined : resolve(home, ".local/state/irctail");
}

/**
 * Says whether the control socket would have too long a path.
 *
 * @param directory Absolute path of the state directory.
 * @returns What is wrong, or `undefined`.
 */
export function stateDirectoryProblem(directory: string): string | undefined {
  const bytes = new TextEncoder().encode(`${directory}/control.sock`).length;
  return bytes <= LONGEST_SOCKET_PATH_BYTES
    ? undefined
    : `The path of control.sock in the state directory is too long: ${bytes} bytes of at most ${LONGEST_SOCKET_PATH_BYTES}`;
}
