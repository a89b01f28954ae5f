import { until } from "./until.ts";

/** The real program in a process of its own: from source, or the binary that `IRCTAIL_BINARY` names. */
export interface Agent extends AsyncDisposable {
  readonly pid: number;
  /** Its log, one line each, as far as it came. */
  readonly log: readonly string[];
  /** What it wrote to standard output so far. */
  readonly output: () => string;
  /** Waits for a log line with this message. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Sends a signal. */
  kill(signal: Deno.Signal): void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Asks it to leave and waits until it did. */
  stop(): Promise<number>;
}

/** Command line of the program. */
export function programCommand(
  args: readonly string[],
): { readonly program: string; readonly args: string[] } {
  const binary = Deno.env.get("IRCTAIL_BINARY");
  if (binary !== undefined && binary !== "") return { program: binary, args: [...args] };
  const mod = new URL("../../mod.ts", import.meta.url).pathname;
  const flags = ["--quiet", "--no-prompt", "--v8-flags=--max-semi-space-size=4", "--allow-all"];
  return { program: Deno.execPath(), args: ["run", ...flags, mod, ...args] };
}

export function startAgent(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: "null" | "piped";
    readonly cwd?: string;
  } = {},
): Agent & { readonly stdin: WritableStream<Uint8Array> | undefined } {
  const command = programCommand(args);
  const child = new Deno.Command(command.program, {
    args: command.args,
    env: { ...options.env },
    stdin: options.stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
    ...options.cwd === undefined ? {} : { cwd: options.cwd },
  }).spawn();
  const log: string[] = [];
  let output = "";
  const reading = Promise.all([
    (async () => {
      let rest = "";
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        log.push(...lines);
      }
      if (rest !== "") log.push(rest);
    })(),
    (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) output += text;
    })(),
  ]);
  let over = false;
  const ended = (async () => {
    const { code } = await child.status;
    await reading;
    over = true;
    return code;
  })();
  const kill = (signal: Deno.Signal) => {
    if (!over) child.kill(signal);
  };
  return {
    pid: child.pid,
    stdin: options.stdin === "piped" ? child.stdin : undefined,
    log,
    output: () => output,
    ended,
    kill,
    logged: (message) =>
      until(`the log line "${message}"`, () => {
        for (const line of log) {
          const entry = parse(line);
          if (entry?.message === message) return entry;
        }
        if (over) throw new Error(`The agent ended without the log line "${message}":\n${log.join("\n")}`);
        return undefined;
      }, { seen: () => log.slice(-10) }),
    stop: async () => {
      kill("SIGTERM");
      return await ended;
    },
    [Symbol.asyncDispose]: async () => {
      kill("SIGKILL");
      await ended;
    },
  };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as Record<string, unknown>;
}
