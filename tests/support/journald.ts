import { findProgram } from "./parts.ts";
import { until } from "./until.ts";

const JOURNALD = findProgram("systemd-journald") ?? "systemd-journald";

/** Sends standard input as one datagram of the native protocol; Deno has no stable datagram sockets. */
const SENDER = `
import socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.sendto(sys.stdin.buffer.read(), sys.argv[1])
`;

/** Is a service whose standard output goes to journald: a process of its own, for journald looks at processes. */
const SERVICE = `
import os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.connect(sys.argv[1])
    while data := os.read(0, 65536):
        s.sendall(data)
`;

/** Runs a program that is told another boot of the machine; `$0` is the file that says which. */
const IN_ANOTHER_BOOT = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';

/** Whom the lines of a journal are from. */
export interface Speaker {
  readonly identifier?: string;
  /** journald believes root, as it believes systemd. */
  readonly unit?: string;
}

/** A service that writes: every line becomes an entry, `<3>` in front is its priority. */
export interface Service extends AsyncDisposable {
  write(text: string | Uint8Array): Promise<void>;
}

/** A journald with a namespace of its own: other journals of this machine are left alone. */
export interface Journald extends AsyncDisposable {
  /** How journalctl is called to see this journal. */
  readonly journalctl: readonly string[];
  /** Where its files are. */
  readonly directory: string;
  /** Starts a service. */
  open(speaker: Speaker): Promise<Service>;
  /** Starts a service that writes lines and ends, and waits until they are in the journal. */
  write(speaker: Speaker, text: string): Promise<void>;
  /** Sends an entry with these fields. */
  send(fields: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Waits until everything sent is in the journal. */
  sync(): Promise<void>;
  /** Begins a new journal file. */
  rotate(): Promise<void>;
  /** Deletes all journal files but the one that is written. */
  vacuum(): Promise<void>;
  /** Runs journalctl on this journal. */
  ask(...args: readonly string[]): Promise<string>;
  /** Kills every journalctl that reads this journal. */
  killReaders(): Promise<void>;
  /** Ends the daemon. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts a stopped daemon again, in another boot of the machine if one is given. */
  start(options?: { readonly bootId?: string }): Promise<void>;
}

export async function startJournald(): Promise<Journald> {
  const namespace = `irctail-test-${crypto.randomUUID().slice(0, 8)}`;
  const sockets = `/run/systemd/journal.${namespace}`;
  const settings = `/run/systemd/journald@${namespace}.conf.d`;
  const machine = (await Deno.readTextFile("/etc/machine-id")).trim();
  const directory = `/run/log/journal/${machine}.${namespace}`;
  await Deno.mkdir(settings, { recursive: true });
  await Deno.writeTextFile(`${settings}/test.conf`, "[Journal]\nStorage=volatile\nRateLimitBurst=0\n");
  const journalctl = ["journalctl", `--namespace=${namespace}`];
  let child: Deno.ChildProcess | undefined;

  const ask = async (...args: readonly string[]): Promise<string> => {
    const [program = "", ...first] = journalctl;
    const { success, stdout, stderr } = await new Deno.Command(program, { args: [...first, ...args] })
      .output();
    if (!success) throw new Error(`journalctl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  const open = async ({ identifier = "", unit = "" }: Speaker): Promise<Service> => {
    const service = python(SERVICE, `${sockets}/stdout`);
    const writer = service.stdin.getWriter();
    const write = async (text: string | Uint8Array) => {
      await writer.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
    };
    // Identifier, unit, priority, whether lines begin with one, and whether they go to syslog, kernel and console.
    await write(`${identifier}\n${unit}\n6\n1\n0\n0\n0\n`);
    let isOpen = true;
    return {
      write,
      async [Symbol.asyncDispose]() {
        if (isOpen) await writer.close();
        isOpen = false;
        await service.status;
      },
    };
  };
  const sync = async () => void await ask("--sync");
  const journald: Journald = {
    journalctl,
    directory,
    ask,
    open,
    sync,
    async write(speaker, text) {
      {
        await using service = await open(speaker);
        await service.write(text);
        // Of a process that is gone by the time it is asked about, journald may not know the unit.
        await sync();
      }
      await sync();
    },
    async send(fields) {
      const sender = python(SENDER, `${sockets}/socket`);
      const writer = sender.stdin.getWriter();
      await writer.write(nativeMessage(fields));
      await writer.close();
      if (!(await sender.status).success) throw new Error("The entry was not sent");
      await sync();
    },
    rotate: async () => void await ask("--rotate"),
    vacuum: async () => void await ask("--vacuum-files=1"),
    async killReaders() {
      for await (const { name } of Deno.readDir("/proc")) {
        if (/^\d+$/.test(name) && await isReader(name, journalctl)) Deno.kill(Number(name), "SIGKILL");
      }
    },
    async start({ bootId } = {}) {
      const command = [JOURNALD, namespace];
      if (bootId !== undefined) {
        await Deno.writeTextFile(`${settings}/boot_id`, `${bootId}\n`);
        command.unshift("unshare", "--mount", "sh", "-c", IN_ANOTHER_BOOT, `${settings}/boot_id`);
      }
      const [program = JOURNALD, ...args] = command;
      child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
      await until("journald to listen", () => accepts(`${sockets}/stdout`));
      await sync();
    },
    async stop(signal = "SIGTERM") {
      const ended = child;
      child = undefined;
      ended?.kill(signal);
      await ended?.status;
    },
    async [Symbol.asyncDispose]() {
      await journald.stop("SIGKILL");
      for (const path of [sockets, settings, directory]) {
        await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
      }
    },
  };
  try {
    await journald.start();
  } catch (error) {
    await journald[Symbol.asyncDispose]();
    throw error;
  }
  return journald;
}

function python(script: string, socket: string): Deno.ChildProcess {
  return new Deno.Command("python3", { args: ["-c", script, socket], stdin: "piped", stdout: "null" })
    .spawn();
}

function nativeMessage(fields: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const parts: number[] = [];
  const encoder = new TextEncoder();
  for (const [name, value] of Object.entries(fields)) {
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
    parts.push(...encoder.encode(name), 10, ...length, ...bytes, 10);
  }
  return Uint8Array.from(parts);
}

/** Whether a process was started with this command line, the namespace of which is nobody else's. */
async function isReader(pid: string, [program = "", ...args]: readonly string[]): Promise<boolean> {
  try {
    const words = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0");
    return (words[0] ?? "").endsWith(program) && args.every((arg) => words.includes(arg));
  } catch {
    return false; // it ended meanwhile
  }
}

async function accepts(path: string): Promise<boolean> {
  try {
    using _ = await Deno.connect({ transport: "unix", path });
    return true;
  } catch {
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
