/**
 * What the connections learnt of their servers' pace, kept over restarts.
 *
 * @module
 */

import { z } from "zod";
import { type LearntPace, type PaceMemory, shortMemory } from "../irc/learnt_pace.ts";
import { type Clock, pause } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { replaceFile } from "../runtime/replace_file.ts";

/** Format of the file; a file of another version is not read. */
const VERSION = 1;

const FILE = "pace.json";

/** Pace changes with every few lines; what a crash loses of it is learnt again. */
const BETWEEN_WRITES_MS = 60_000;

/** Longest text that is taken from the file; ours are shorter, and network names are cut. */
const LONGEST_TEXT = 200;

const LearntShape = z.object({
  profile: z.string().max(LONGEST_TEXT),
  seedPerSecond: z.number().nonnegative(),
  factor: z.number().positive(),
  change: z.object({
    verb: z.enum(["lowered", "raised"]),
    because: z.string().max(LONGEST_TEXT),
    atMs: z.number(),
  }),
});

const FileShape = z.object({
  version: z.literal(VERSION),
  connections: z.record(z.string(), z.array(z.tuple([z.string().max(LONGEST_TEXT), LearntShape]))),
});

/** By connection, then by server. */
type Paces = ReadonlyMap<string, ReadonlyMap<string, LearntPace>>;

/** What the file needs. */
export interface PaceFileOptions {
  /** Directory of the file; `undefined` keeps nothing. */
  readonly stateDir: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The paces of all connections; disposing it writes what is not written yet. */
export class PaceFile implements AsyncDisposable {
  readonly #options: PaceFileOptions;
  /** What an earlier run left. */
  readonly #left: Paces;
  /** What is written: of connections that this run has; by server, in the order in which they were learnt. */
  readonly #connections = new Map<string, Map<string, LearntPace>>();
  readonly #closing = new AbortController();
  #writing: Promise<void> | undefined;
  #changed = false;
  #failing = false;

  /** Reads the file; one that is missing or damaged means starting from the profiles. */
  constructor(options: PaceFileOptions) {
    this.#options = options;
    this.#left = read(options);
  }

  /**
   * The memory of one connection.
   *
   * @param id Config key.
   */
  of(id: string): PaceMemory {
    const paces = this.#connections.get(id) ?? new Map(this.#left.get(id));
    this.#connections.set(id, paces);
    return shortMemory(paces, () => this.#writeSoon());
  }

  /** Writes what is not written yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    await this.#write();
  }

  #writeSoon(): void {
    this.#changed = true;
    this.#writing ??= this.#writeLater().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeLater(): Promise<void> {
    await pause(this.#options.clock, BETWEEN_WRITES_MS, this.#closing.signal);
    await this.#write();
  }

  async #write(): Promise<void> {
    const { stateDir, log } = this.#options;
    if (!this.#changed || stateDir === undefined) return;
    this.#changed = false;
    const connections = Object.fromEntries(
      [...this.#connections].map(([id, paces]) => [id, [...paces]] as const)
        .filter(([, paces]) => paces.length > 0),
    );
    try {
      await replaceFile(stateDir, FILE, JSON.stringify({ version: VERSION, connections }));
      this.#failing = false;
    } catch (error) {
      this.#changed = true;
      if (!this.#failing) log.warn("Learnt paces cannot be written", { because: messageOf(error) });
      this.#failing = true;
    }
  }
}

function read({ stateDir, log }: PaceFileOptions): Paces {
  if (stateDir === undefined) return new Map();
  try {
    const { connections } = FileShape.parse(JSON.parse(Deno.readTextFileSync(`${stateDir}/${FILE}`)));
    return new Map(Object.entries(connections).map(([id, paces]) => [id, new Map(paces)]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    // No text of the file: nobody knows what is in it.
    log.warn("Learnt paces cannot be read; starting from the profiles");
    return new Map();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
