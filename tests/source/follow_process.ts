import type { FileSourceSpec } from "../../src/config/config.ts";
import { until } from "../support/until.ts";

/** What a source in a process of its own said. */
export interface Said {
  readonly line?: string;
  readonly message?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly state?: { readonly phase: string; readonly because?: string };
}

/** A file source in a process of its own. */
export interface FollowProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything it said. */
  readonly said: readonly Said[];
  /** The lines it read. */
  readonly lines: readonly string[];
  /** Waits until so many lines were read. */
  count(lines: number): Promise<readonly string[]>;
}

/** Command line of the program that reads a file source; a shell may put limits before it. */
export function followCommand(spec: FileSourceSpec, ...flags: readonly string[]): readonly string[] {
  const program = new URL("./follow_program.ts", import.meta.url).pathname;
  return [Deno.execPath(), "run", "--quiet", "--no-check", "-A", program, ...flags, JSON.stringify(spec)];
}

/**
 * Starts a process that follows files until it is disposed of.
 *
 * @param spec Which files.
 * @param before Words before its command, such as those of `setpriv`.
 */
export function followProcess(spec: FileSourceSpec, before: readonly string[] = []): FollowProcess {
  const [command = "", ...args] = [...before, ...followCommand(spec)];
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const said: Said[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      said.push(...lines.map((line) => JSON.parse(line) as Said));
    }
  })();
  const lines = () => said.flatMap(({ line }) => line ?? []);
  return {
    pid: child.pid,
    said,
    get lines() {
      return lines();
    },
    async count(wanted) {
      await until(`${wanted} lines`, () => lines().length >= wanted, { seen: () => said.slice(-5) });
      return lines();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await Promise.all([child.status, reading]);
    },
  };
}
