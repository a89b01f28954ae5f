/** Where `tests/support/unpack_servers.sh` puts the servers whose packages Debian allows only alone on a machine. */
export const UNPACKED_DIR: string = Deno.env.get("IRCTAIL_UNPACKED") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.cache`}/irctail-servers`;

/** What installs the real parts that tests start, by the program's name; the name itself when left out. */
const INSTALLED_BY: Readonly<Record<string, string>> = {
  dockerd: "Debian: apt-get install docker.io",
  "systemd-journald": "Debian: apt-get install systemd",
  "ircd-hybrid": "Debian, as root: tests/support/unpack_servers.sh",
  "ircd-irc2": "Debian, as root: tests/support/unpack_servers.sh",
};

/** Where programs are that are on no PATH. */
const PATHS: Readonly<Record<string, string>> = {
  "systemd-journald": "/usr/lib/systemd/systemd-journald",
  "ircd-hybrid": `${UNPACKED_DIR}/ircd-hybrid/usr/sbin/ircd-hybrid`,
  "ircd-irc2": `${UNPACKED_DIR}/ircd-irc2/usr/sbin/ircd`,
};

/** What only root can start: it needs a mount namespace of its own. */
const NEED_ROOT: ReadonlySet<string> = new Set(["ircd-hybrid", "ircd-irc2"]);

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
  const needsRoot = NEED_ROOT.has(part) && Deno.uid() !== 0;
  if ((findProgram(part) !== undefined && !needsRoot) || required(part)) return false;
  if (!said.has(part)) {
    said.add(part);
    const because = needsRoot
      ? "which only root can start"
      : `which is not installed (${INSTALLED_BY[part] ?? `Debian: apt-get install ${part}`})`;
    // deno-lint-ignore no-console
    console.warn(`skipped: tests with ${part}, ${because}`);
  }
  return true;
}

const said = new Set<string>();
