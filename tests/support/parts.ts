/** Where `tests/support/unpack_servers.sh` puts the servers whose packages Debian allows only alone on a machine. */
export const UNPACKED_DIR: string = Deno.env.get("IRCTAIL_UNPACKED") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.cache`}/irctail-servers`;

/** What installs the real parts that tests start, by the program's name; the name itself when left out. */
const INSTALLED_BY: Readonly<Record<string, string>> = {
  dockerd: "Debian: apt-get install docker.io",
  docker: "Debian: apt-get install docker.io",
  journalctl: "Debian: apt-get install systemd",
  "systemd-journald": "Debian: apt-get install systemd",
  ip: "Debian: apt-get install iproute2",
  unshare: "Debian: apt-get install util-linux",
  "ircd-hybrid": "Debian, as root: tests/support/unpack_servers.sh",
  "ircd-irc2": "Debian, as root: tests/support/unpack_servers.sh",
};

/** Where programs are that are on no PATH. */
const PATHS: Readonly<Record<string, string>> = {
  "systemd-journald": "/usr/lib/systemd/systemd-journald",
  "ircd-hybrid": `${UNPACKED_DIR}/ircd-hybrid/usr/sbin/ircd-hybrid`,
  "ircd-irc2": `${UNPACKED_DIR}/ircd-irc2/usr/sbin/ircd`,
};

/** What only root can start, as these tests do: it mounts, makes namespaces, or writes in directories of the system. */
const NEED_ROOT: ReadonlySet<string> = new Set([
  "ircd-hybrid",
  "ircd-irc2",
  "dockerd",
  "podman",
  "systemd-journald",
  "unshare",
]);

/** What else has to be there for a part: images are made of busybox, entries of the journal are written in Python. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  dockerd: ["docker", "containerd", "busybox"],
  podman: ["busybox"],
  "systemd-journald": ["journalctl", "python3"],
};

/** Whether `IRCTAIL_REQUIRE` (a comma-separated list, or `all`) says that a missing part is a failure. */
function required(part: string): boolean {
  const names = (Deno.env.get("IRCTAIL_REQUIRE") ?? "").split(",").map((name) => name.trim());
  return names.includes(part) || names.includes("all");
}

/** Absolute path of a program, or `undefined`. */
export function findProgram(name: string): string | undefined {
  if (PATHS[name] !== undefined) return isFile(PATHS[name]) ? PATHS[name] : undefined;
  for (const dir of [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/sbin"]) {
    const path = `${dir}/${name}`;
    if (isFile(path)) return path;
  }
  return undefined;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Says whether tests that need a real part must be left out, and prints that once. Where `IRCTAIL_REQUIRE` names the
 * part they are not left out: they run, and fail on the missing program.
 */
export function missing(part: string): boolean {
  const because = required(part) ? undefined : whyMissing(part);
  if (because === undefined) return false;
  if (!said.has(part)) {
    said.add(part);
    // deno-lint-ignore no-console
    console.warn(`skipped: tests with ${part}, ${because}`);
  }
  return true;
}

function whyMissing(part: string): string | undefined {
  const absent = [part, ...NEEDS[part] ?? []].find((name) => findProgram(name) === undefined);
  if (absent !== undefined) {
    const how = INSTALLED_BY[absent] ?? `Debian: apt-get install ${absent}`;
    return absent === part ? `which is not installed (${how})` : `which needs ${absent} (${how})`;
  }
  return NEED_ROOT.has(part) && Deno.uid() !== 0 ? "which only root can start" : undefined;
}

const said = new Set<string>();
