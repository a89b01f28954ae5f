import { programCommand } from "./agent.ts";

/** What a run of the program left. */
export interface Outcome {
  readonly code: number;
  /** Standard output, byte for byte. */
  readonly bytes: Uint8Array;
  /** Standard output as text. */
  readonly output: string;
  /** Standard error as text. */
  readonly errors: string;
}

/** What a run of the program gets. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Goes through a pipe that is closed behind it; `/dev/null` when left out. */
  readonly stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly cwd?: string;
}

/** How long a run may take before it is killed: longer than any drain. */
const LONGEST_RUN_MS = 60_000;

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  { env = {}, stdin, cwd }: Surroundings = {},
): Promise<Outcome> {
  const command = programCommand(args);
  const child = new Deno.Command(command.program, {
    args: command.args,
    env: { ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...cwd === undefined ? {} : { cwd },
  }).spawn();
  const killer = setTimeout(() => child.kill("SIGKILL"), LONGEST_RUN_MS);
  try {
    const [{ code, stdout, stderr }] = await Promise.all([
      child.output(),
      stdin === undefined ? undefined : feed(stdin, child.stdin),
    ]);
    const decoder = new TextDecoder();
    return { code, bytes: stdout, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  } finally {
    clearTimeout(killer);
  }
}

async function feed(
  stdin: string | Uint8Array | ReadableStream<Uint8Array>,
  into: WritableStream<Uint8Array>,
): Promise<void> {
  const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  const from = bytes instanceof Uint8Array ? ReadableStream.from([bytes]) : bytes;
  await from.pipeTo(into).catch((error: unknown) => {
    // The program may leave before it has read everything.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  });
}
