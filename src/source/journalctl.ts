/**
 * journalctl as a child process: how it is asked, what it says when it cannot, and how it ends.
 *
 * @module
 */

import { JOURNAL_FIELDS } from "./journal_export.ts";
import type { JournalCursor } from "./journal_run.ts";
import { SourceError } from "./source.ts";

/** How journalctl is called. */
export interface JournalctlOptions {
  /** Program and first arguments. */
  readonly command: readonly string[];
  /** The other arguments. */
  readonly args: readonly string[];
}

/** What is read. */
export interface Span {
  /** Where it begins, the entry named included. */
  readonly from: JournalCursor;
  /** Whether it goes on with what is written later. */
  readonly follow: boolean;
}

/** Arguments to see what journalctl has to say of the journal: with `--output=export` it keeps that to itself. */
export const PROBE: readonly string[] = ["--lines=0"];

/** Arguments to read entries. */
export function readingArgs({ from, follow }: Span): readonly string[] {
  return [
    "--output=export",
    `--output-fields=${JOURNAL_FIELDS.filter((name) => !name.startsWith("__")).join(",")}`,
    ...follow ? ["--follow", "--no-tail"] : [],
    beginning(from),
  ];
}

/** Why journalctl ended, in words for an operator; `undefined` when it came to the end. */
export type Ending = {
  readonly because: string;
  /** Where more than trying again helps: the position is nonsense, or there is nothing to read. */
  readonly fault?: Fault;
} | undefined;

type Fault = "no such cursor" | "nothing";

/** What journalctl 252 says that matters, and what an operator can do about it. */
interface Complaint {
  readonly said: RegExp;
  readonly because: string;
  readonly fault?: Fault;
  /** Whether it shows something all the same. */
  readonly isPartial?: true;
}

const COMPLAINTS: readonly Complaint[] = [
  {
    said: /insufficient permissions/,
    because: "journalctl may not read the journal; add irctail's user to the group systemd-journal",
  },
  {
    said: /not seeing messages from other users/,
    because:
      "journalctl shows only messages of irctail's own user; add it to the group systemd-journal to read all",
    isPartial: true,
  },
  { said: /No journal files were found/, because: "there is no journal yet", fault: "nothing" },
  { said: /specified boot .* is not available/, because: "the journal has nothing of this boot yet" },
  {
    said: /Failed to seek to cursor/,
    because: "the journal does not know the position",
    fault: "no such cursor",
  },
];

/** How much of standard error is looked at, in characters: a complaint is one line. */
const LOOKED_AT = 4096;

/** A running journalctl. */
export class Journalctl implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #complaints: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #kill = () => this.#stop();
  #complaint: Complaint | undefined;
  #partial: string | undefined;
  #isOver = false;

  /**
   * Starts it.
   *
   * @param options How to call it.
   * @param signal Ends it.
   * @throws {SourceError} When it cannot be started; not retryable when irctail itself may not.
   */
  constructor(options: JournalctlOptions, signal: AbortSignal) {
    this.#child = spawn(options);
    this.#reader = this.#child.stdout.getReader();
    this.#complaints = this.#listen();
    this.#signal = signal;
    signal.addEventListener("abort", this.#kill, { once: true });
    if (signal.aborted) this.#stop();
  }

  /** Next bytes; `undefined` when it ended. */
  async read(): Promise<Uint8Array | undefined> {
    const { value } = await this.#reader.read();
    return value;
  }

  /** Why it shows a part of the journal only, once it has ended. */
  get partial(): string | undefined {
    return this.#partial;
  }

  /** Waits for the end that {@linkcode Journalctl.read} has seen, and says why. */
  async ending(): Promise<Ending> {
    const { success, code, signal } = await this.#child.status;
    this.#isOver = true;
    await this.#complaints;
    if (this.#complaint !== undefined) return this.#complaint;
    if (success) return undefined;
    return { because: `journalctl ended ${signal === null ? `with code ${code}` : `by ${signal}`}` };
  }

  /** Ends it; it only reads, so it need not be asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener("abort", this.#kill);
    this.#stop();
    await this.#reader.cancel();
    await this.#child.status;
    await this.#complaints;
  }

  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself, which nobody has waited for yet.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #listen(): Promise<void> {
    let said = "";
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      said = (said + text).slice(-LOOKED_AT);
      const lines = said.split("\n");
      said = lines.pop() ?? "";
      for (const line of lines) {
        const complaint = COMPLAINTS.find((each) => each.said.test(line));
        if (complaint?.isPartial) this.#partial = complaint.because;
        else this.#complaint ??= complaint;
      }
    }
  }
}

function spawn({ command: [program = "journalctl", ...first], args }: JournalctlOptions): Deno.ChildProcess {
  const command = new Deno.Command(program, {
    args: [...first, ...args],
    env: { LC_ALL: "C" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  try {
    return command.spawn();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new SourceError("journalctl is not installed", { retryable: true, cause });
    }
    if (cause instanceof Deno.errors.NotCapable) {
      throw new SourceError("irctail may not start journalctl; it needs --allow-run=/usr/bin/journalctl", {
        retryable: false,
        cause,
      });
    }
    throw new SourceError("journalctl cannot be started", { retryable: true, cause });
  }
}

/**
 * `--after-cursor` is not used: up to 252 it leaves out the next entry where the one it names is gone or not selected
 * (tested). With `--cursor` the reader sees which it is.
 */
function beginning({ entry, timeUs }: JournalCursor): string {
  if (entry !== "") return `--cursor=${entry}`;
  const seconds = Math.floor(timeUs / 1e6);
  return `--since=@${seconds}.${String(timeUs % 1e6).padStart(6, "0")}`;
}
