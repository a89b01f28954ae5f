import { findProgram } from "./parts.ts";
import { tempDir } from "./temp_dir.ts";
import { until } from "./until.ts";

/** Image of every container: busybox and nothing else. */
const IMAGE = "localhost/bb:1";

/** What the image has. */
const APPLETS = ["sh", "echo", "printf", "cat", "seq", "sleep", "head", "tr", "yes", "true", "usleep"];

/** A daemon of the test's own, with its data, its socket and its containers. */
export interface ContainerDaemon extends AsyncDisposable {
  /** Path of its socket. */
  readonly socket: string;
  /** A directory that containers started with `run` see as `/shared`. */
  readonly shared: string;
  /** Starts a container that runs a shell script; returns its id. */
  run(name: string, script: string, options?: readonly string[]): Promise<string>;
  /** Runs the command line tool; returns what it prints. */
  cli(...args: readonly string[]): Promise<string>;
  /** The lines that the daemon itself tells of a container, without time stamps. */
  logs(name: string): Promise<readonly string[]>;
  /** Removes every container. */
  clear(): Promise<void>;
  /** Ends the daemon. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts a stopped daemon again. */
  start(): Promise<void>;
}

/** A real dockerd without a network. Containers go on while it is down. */
export function startDockerd(): Promise<ContainerDaemon> {
  return startDaemon(
    "dockerd",
    (dir) =>
      [
        ["dockerd", "--live-restore", "--storage-driver=vfs", "--data-root", `${dir}/data`],
        ["--exec-root", `${dir}/exec`, "--pidfile", `${dir}/pid`, "-H", `unix://${dir}/socket`],
        ["--iptables=false", "--ip6tables=false", "--bridge=none", "--containerd", `${dir}/containerd.sock`],
      ].flat(),
    (dir) => ["docker", "-H", `unix://${dir}/socket`],
    (dir) =>
      [
        // A process of its own, as under systemd: dockerd would take one that it started along when it is killed.
        ["containerd", "--root", `${dir}/containerd`, "--state", `${dir}/state`],
        ["--address", `${dir}/containerd.sock`, "--log-level=error"],
      ].flat(),
  );
}

/** A real Podman service. */
export function startPodman(): Promise<ContainerDaemon> {
  return startDaemon("podman", (dir) =>
    [
      ["podman", "--root", `${dir}/data`, "--runroot", `${dir}/run`, "--storage-driver=vfs"],
      ["--cgroup-manager=cgroupfs", "--events-backend=file", "--tmpdir", `${dir}/tmp`],
      ["system", "service", "--time=0", `unix://${dir}/socket`],
    ].flat(), (dir) => ["podman", "--url", `unix://${dir}/socket`]);
}

async function startDaemon(
  part: string,
  command: (dir: string) => readonly string[],
  client: (dir: string) => readonly string[],
  helper?: (dir: string) => readonly string[],
): Promise<ContainerDaemon> {
  const dir = await tempDir();
  const socket = dir.at("socket");
  const shared = dir.at("shared");
  await Deno.mkdir(shared);
  const spawn = ([program = "", ...args]: readonly string[], log: string) =>
    new Deno.Command("sh", {
      args: ["-c", `exec "$0" "$@" > ${dir.at(log)} 2>&1`, findProgram(program) ?? program, ...args],
      stdin: "null",
    }).spawn();
  const helping = helper === undefined ? undefined : spawn(helper(dir.path), "helper.log");
  let child: Deno.ChildProcess | undefined;
  const cli = (...args: readonly string[]) => execute([...client(dir.path), ...args]);
  const daemon: ContainerDaemon = {
    socket,
    shared,
    cli,
    run: async (name, script, options = []) =>
      (await cli(
        ...[
          "run",
          "-d",
          "--name",
          name,
          "--network=none",
          "-v",
          `${shared}:/shared`,
          "--stop-signal=SIGKILL",
        ],
        // What the service may set, where it runs with less than root has.
        ...(part === "podman" ? ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"] : []),
        ...options,
        ...[IMAGE, "sh", "-c", script],
      )).trim(),
    logs: async (name) => {
      const text = await execute([...client(dir.path), "logs", name], { merged: true });
      return text.split("\n").slice(0, -1);
    },
    async clear() {
      const ids = (await cli("ps", "-aq")).split("\n").filter((id) => id !== "");
      if (ids.length > 0) await cli("rm", "-f", ...ids);
    },
    async start() {
      child = spawn(command(dir.path), "log");
      await until(`${part} to answer`, () => cli("version").catch(() => undefined), {
        seen: () => Deno.readTextFileSync(dir.at("log")).slice(-2_000),
      });
    },
    async stop(signal = "SIGTERM") {
      if (child === undefined) return;
      const ended = child;
      child = undefined;
      ended.kill(signal);
      await ended.status;
      // dockerd believes in it, whoever has that number by then.
      await Deno.remove(dir.at("pid")).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      if (child === undefined) await daemon.start();
      await daemon.clear();
      await daemon.stop();
      helping?.kill();
      await helping?.status;
      await removed(dir.path);
    },
  };
  try {
    await daemon.start();
    await execute(["sh", "-c", importScript(client(dir.path)), dir.at("rootfs")]);
  } catch (error) {
    await daemon[Symbol.asyncDispose]();
    throw error;
  }
  return daemon;
}

/** Makes the image out of this machine's busybox; `$0` is where. */
function importScript(client: readonly string[]): string {
  return `set -e; mkdir -p "$0/bin"; cp "$(command -v busybox)" "$0/bin/"; cd "$0/bin"; ` +
    `for name in ${APPLETS.join(" ")}; do ln -s busybox "$name"; done; ` +
    `tar -C "$0" -c . | ${client.join(" ")} import - ${IMAGE}`;
}

async function execute(
  command: readonly string[],
  options: { readonly merged?: boolean } = {},
): Promise<string> {
  const [program = "", ...args] = options.merged === true
    ? ["sh", "-c", `"$0" "$@" 2>&1`, ...command]
    : command;
  const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** Removes a directory in which a daemon that ended may still have something mounted. */
async function removed(path: string): Promise<void> {
  await until(`${path} to be removed`, async () => {
    const { success } = await new Deno.Command("sh", {
      args: [
        "-c",
        `grep -F " $0/" /proc/self/mounts | cut -d " " -f 2 | sort -r | while read -r at; do umount -l "$at"; done; rm -rf "$0"`,
        path,
      ],
      stderr: "null",
    }).output();
    return success;
  });
}
