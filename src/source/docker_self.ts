/**
 * In which container irctail itself runs, so that it never reads its own log.
 *
 * @module
 */

/** Files that the runtime mounts into every container from the container's own directory. */
const OWN_MOUNTS: ReadonlySet<string> = new Set(["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]);

const FULL_ID = /(?<![\da-f])[\da-f]{64}(?![\da-f])/;

/** What a container's host name is when nobody chose another one: the beginning of its id. */
const SHORT_ID = /^[\da-f]{12}$/;

/** Where a process sees what it runs in. */
export interface Surroundings {
  /** Text of `/proc/self/mountinfo`. */
  readonly mounts: string;
  /** Text of `/proc/self/cgroup`. */
  readonly groups: string;
  readonly hostname: string;
}

/**
 * Finds the container of this process.
 *
 * @param surroundings What the process sees.
 * @returns Its id, or the first 12 digits of it; `undefined` outside of containers.
 */
export function ownContainer({ mounts, groups, hostname }: Surroundings): string | undefined {
  for (const line of mounts.split("\n")) {
    // Fields 4 and 5 are the root of the mount and where it is mounted (proc(5)).
    const [, , , root = "", target = ""] = line.split(" ");
    const id = OWN_MOUNTS.has(target) ? FULL_ID.exec(root)?.[0] : undefined;
    if (id !== undefined) return id;
  }
  return FULL_ID.exec(groups)?.[0] ?? SHORT_ID.exec(hostname)?.[0];
}

/** What this process sees; a file that cannot be read says nothing. */
export function readSurroundings(): Surroundings {
  return {
    mounts: readText("/proc/self/mountinfo"),
    groups: readText("/proc/self/cgroup"),
    hostname: Deno.hostname(),
  };
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    // There is no /proc on every system, and not everything in it may be read.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return "";
    throw error;
  }
}
