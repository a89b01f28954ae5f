import type {
  DockerSourceSpec,
  FileSourceSpec,
  JournaldSourceSpec,
  StdinSourceSpec,
} from "../../src/config/config.ts";
import type { Cursor, Stream, StreamCheckpoint, Unsettled } from "../../src/event/event.ts";
import { type Level, LEVELS } from "../../src/event/level.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { LogFields, Logger } from "../../src/runtime/log.ts";
import type { Source, SourceState } from "../../src/source/source.ts";
import { until } from "../support/until.ts";

/** A line as it came out of a source. */
export interface ReadLine {
  readonly text: string;
  readonly stream: Stream;
  readonly from: Cursor;
  readonly to: Cursor;
  readonly again: Unsettled | undefined;
  /** As the source says, where the text does not. */
  readonly level: Level | undefined;
  /** Whether the source says that it belongs to the record before. */
  readonly continues: boolean;
}

/** A source that is being read, and everything it said. */
export class Reading implements AsyncDisposable {
  readonly lines: ReadLine[] = [];
  readonly lost: Unsettled[] = [];
  readonly ended: Stream[] = [];
  readonly states: SourceState[] = [];
  readonly checkpoints: Map<string, StreamCheckpoint>;
  batches = 0;
  /** Held by a test that wants a busy consumer. */
  busy: Promise<void> = Promise.resolve();
  readonly done: Promise<void>;
  readonly #controller = new AbortController();

  constructor(
    source: Source,
    options: { readonly resume?: ReadonlyMap<string, StreamCheckpoint>; readonly once?: boolean } = {},
  ) {
    this.checkpoints = new Map(options.resume);
    this.done = this.#read(source, options);
    this.done.catch(() => {}); // Whoever awaits `done` or disposes sees it.
  }

  get texts(): readonly string[] {
    return this.lines.map(({ text }) => text);
  }

  /** Waits until so many lines were read. */
  async count(lines: number): Promise<readonly string[]> {
    await until(`${lines} lines`, () => this.lines.length >= lines, { seen: () => this.texts.slice(-20) });
    return this.texts;
  }

  /** Waits for the first batch, with or without lines. */
  async begun(): Promise<void> {
    await until("the first batch", () => this.batches > 0);
  }

  abort(): void {
    this.#controller.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.done;
  }

  async #read(
    source: Source,
    options: { readonly resume?: ReadonlyMap<string, StreamCheckpoint>; readonly once?: boolean },
  ): Promise<void> {
    const batches = source.read({
      resume: options.resume,
      once: options.once ?? false,
      lost: (_, record) => this.lost.push(record),
      ended: (stream) => {
        this.ended.push(stream);
        this.checkpoints.delete(stream.key);
      },
      state: (state) => this.states.push(state),
    }, this.#controller.signal);
    for await (const batch of batches) {
      const { stream, bytes, cursorAt, again } = batch;
      this.batches++;
      if (bytes.length > 0 && bytes.at(-1) !== 10) throw new Error("A batch ends in the middle of a line");
      for (let start = 0; start < bytes.length;) {
        const next = bytes.indexOf(10, start) + 1;
        const level = batch.levelAt?.(start);
        this.lines.push({
          text: decode(bytes.subarray(start, next - 1)),
          stream,
          from: cursorAt(start),
          to: cursorAt(next),
          again,
          level: level === undefined ? undefined : LEVELS[level],
          continues: batch.continuesAt?.(start) ?? false,
        });
        start = next;
      }
      if (again === undefined) {
        this.checkpoints.set(stream.key, { position: cursorAt(bytes.length), unsettled: [] });
      }
      if (bytes.length > 0) await this.busy;
    }
  }
}

/** Offset of a resume point in a source of bytes. */
export function offsetOf(cursor: Cursor | undefined): number | undefined {
  return cursor !== undefined && "offsetBytes" in cursor ? cursor.offsetBytes : undefined;
}

/** Bytes above 127 that are no UTF-8 stay visible as `\xNN`. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return [...bytes].map((byte) =>
      byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`
    ).join("");
  }
}

export function fileSpec(spec: Partial<FileSourceSpec> & Pick<FileSourceSpec, "paths">): FileSourceSpec {
  return {
    type: "file",
    exclude: [],
    service: "app",
    startAt: "beginning",
    format: "auto",
    multiline: "off",
    maxLineBytes: 64 * 1024,
    ...spec,
  };
}

export function stdinSpec(spec: Partial<StdinSourceSpec> = {}): StdinSourceSpec {
  return {
    type: "stdin",
    service: "app",
    tee: false,
    format: "auto",
    multiline: "off",
    maxLineBytes: 64 * 1024,
    ...spec,
  };
}

export function journaldSpec(spec: Partial<JournaldSourceSpec> = {}): JournaldSourceSpec {
  return {
    type: "journald",
    units: [],
    identifiers: [],
    minLevel: undefined,
    service: undefined,
    format: "auto",
    multiline: "off",
    maxLineBytes: 64 * 1024,
    ...spec,
  };
}

export function dockerSpec(
  socket: string,
  spec: Partial<DockerSourceSpec> = {},
): DockerSourceSpec {
  const all = { names: [], labels: [], images: [] };
  return {
    type: "docker",
    socket: { kind: "unix", path: socket },
    include: all,
    exclude: all,
    service: undefined,
    lifecycle: false,
    format: "auto",
    multiline: "off",
    maxLineBytes: 64 * 1024,
    ...spec,
  };
}

/** A log that keeps what was said. */
export interface KeptLog extends Logger {
  readonly said: { readonly message: string; readonly fields: LogFields }[];
}

export function keptLog(): KeptLog {
  const said: KeptLog["said"] = [];
  const keep = (message: string, fields: LogFields = {}) => void said.push({ message, fields });
  return { said, info: keep, warn: keep, error: keep };
}

export function append(path: string, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  using file = Deno.openSync(path, { append: true, create: true });
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

/** What every kind of source is made with in tests. */
export interface Deps {
  readonly clock: Clock;
  readonly log: KeptLog;
}
