/** Debian packages behind the real parts that tests start, by the program's name. */
const PACKAGES: Readonly<Record<string, string>> = {
  ngircd: "ngircd",
  python3: "python3",
  dockerd: "docker.io",
  podman: "podman",
  "systemd-journald": "systemd",
};

/** Where programs are that are on no PATH. */
const PATHS: Readonly<Record<string, string>> = { "systemd-journald": "/usr/lib/systemd/systemd-journald" };

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
  if (findProgram(part) !== undefined || required(part)) return false;
  if (!said.has(part)) {
    said.add(part);
    // deno-lint-ignore no-console
    console.warn(
      `skipped: tests with ${part}, which is not installed (Debian: apt-get install ${
        PACKAGES[part] ?? part
      })`,
    );
  }
  return true;
}

const said = new Set<string>();
