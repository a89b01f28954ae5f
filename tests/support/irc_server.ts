import { accepts } from "./port.ts";
import type { TempDir } from "./temp_dir.ts";
import type { Certificates } from "./tls.ts";
import { until } from "./until.ts";

/** A real IRC server on loopback, stopped when the test ends. */
export interface IrcServer extends AsyncDisposable {
  readonly port: number;
  /** Port for TLS; 0 where there is none. */
  readonly tlsPort: number;
  /** Who signed the certificate; only with TLS. */
  readonly certificates: Certificates | undefined;
  /** Ends the server: SIGTERM says goodbye to its clients, SIGKILL does not. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts a stopped server again on the same ports. */
  start(): Promise<void>;
  /** Sends any signal, such as SIGSTOP and SIGCONT. */
  signal(name: Deno.Signal): void;
}

/** A daemon in the foreground, and what belongs to it. */
export interface Foreground {
  /** How it is called when it does not start. */
  readonly name: string;
  /** Program and arguments; it has to stay the process that was started. */
  readonly command: readonly string[];
  /** Its own folder, removed with it; its output is in `log`. */
  readonly dir: TempDir;
  /** Whether it does its work by now. */
  ready(): boolean | Promise<boolean>;
}

/** The part of {@linkcode IrcServer} that is the same for every daemon. */
export type Running = Pick<IrcServer, "start" | "stop" | "signal" | keyof AsyncDisposable>;

/** Starts a daemon and waits until it is ready. */
export async function startForeground({ name, command, dir, ready }: Foreground): Promise<Running> {
  let child: Deno.ChildProcess | undefined;
  const running: Running = {
    async start() {
      child = new Deno.Command("sh", {
        args: ["-c", `exec "$@" > "$0" 2>&1`, dir.at("log"), ...command],
        cwd: dir.path,
        stdin: "null",
      }).spawn();
      let ended: number | undefined;
      child.status.then(({ code }) => ended = code);
      await until(`${name} to be ready`, () => {
        if (ended === undefined) return ready();
        throw new Error(`${name} ended with ${ended}: ${logOf(dir)}`);
      }, { seen: () => logOf(dir) });
    },
    async stop(signal = "SIGTERM") {
      if (child === undefined) return;
      const ended = child;
      child = undefined;
      try {
        ended.kill(signal);
      } catch {
        // it ended by itself
      }
      await ended.status;
    },
    signal: (name) => child?.kill(name),
    async [Symbol.asyncDispose]() {
      await running.stop("SIGKILL");
      await dir[Symbol.asyncDispose]();
    },
  };
  try {
    await running.start();
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
  return running;
}

/** Starts an IRC server and waits until it listens, and has printed `says` where that comes later. */
export async function startIrcServer(
  daemon: Omit<Foreground, "ready"> & { readonly says?: string },
  listens: Pick<IrcServer, "port" | "tlsPort" | "certificates">,
): Promise<IrcServer> {
  const { says = "", dir } = daemon;
  const ready = async () => textOf(dir.at("log")).includes(says) && await accepts(listens.port);
  return { ...listens, ...await startForeground({ ...daemon, ready }) };
}

/** The command as Debian's user for IRC daemons where the test is root, which they refuse. */
export function asIrcUser(command: readonly string[]): readonly string[] {
  return Deno.uid() === 0 ? ["setpriv", "--reuid=irc", "--regid=irc", "--clear-groups", ...command] : command;
}

/** What a file holds by now; nothing while it does not exist. */
export function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function logOf(dir: TempDir): string {
  return textOf(dir.at("log")).slice(-2_000);
}
