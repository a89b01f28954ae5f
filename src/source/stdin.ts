/**
 * Standard input, and its copy on standard output.
 *
 * @module
 */

import type { StdinSourceSpec } from "../config/config.ts";
import type { Batch, Stream } from "../event/event.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { makeRoom } from "./lines.ts";
import { Splitter } from "./splitter.ts";
import { type ReadOptions, type Source, SourceError } from "./source.ts";

/** Where bytes come from. */
export type Stdin = ReadableStream<Uint8Array>;

/** Where the copy goes. */
export interface Stdout {
  /** Writes some of the bytes, at least one; rejects when nobody reads them any more. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What a stdin source needs. */
export interface StdinSourceDeps {
  /** Stamps batches. */
  readonly clock: Clock;
  /** Takes what an operator should know. */
  readonly log: Logger;
  /** The process's standard input by default. */
  readonly stdin?: Stdin;
  /** The process's standard output by default. */
  readonly stdout?: Stdout;
}

/**
 * Makes a source of standard input. It can be read once: what it read is gone, so nothing is resumed, and unsettled
 * records of an earlier run are lost.
 *
 * @param id Config key.
 * @param spec Service and whether it is copied.
 * @param deps Time, log and streams.
 */
export function openStdinSource(id: string, spec: StdinSourceSpec, deps: StdinSourceDeps): Source {
  return { id, read: (options, signal) => readStdin({ id, spec, deps }, options, signal) };
}

interface StdinSource {
  readonly id: string;
  readonly spec: StdinSourceSpec;
  readonly deps: StdinSourceDeps;
}

async function* readStdin(
  source: StdinSource,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const { spec, deps: { clock } } = source;
  for (const [key, { unsettled }] of options.resume ?? []) {
    for (const record of unsettled) options.lost(key, record);
  }
  if (signal.aborted) return;
  const stream: Stream = { key: "stdin", service: spec.service, labels: new Map() };
  const splitter = new Splitter(makeRoom(spec.maxLineBytes));
  const reader = (source.deps.stdin ?? Deno.stdin.readable).getReader();
  const aborted = Promise.withResolvers<void>();
  const tee = spec.tee ? openTee(source, aborted.promise) : undefined;
  let cancelled: Promise<void> | undefined;
  // Cancelling ends a read that is pending; nothing else does. (In Deno 2.4.2 a thread goes on reading the pipe, which
  // keeps the process until it exits explicitly.) A stream that has failed cannot be cancelled: `read` has seen that.
  const cancel = () => cancelled ??= reader.cancel().catch(() => {});
  const onAbort = () => {
    aborted.resolve();
    cancel();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  options.state({ phase: "reading" });
  try {
    while (!signal.aborted) {
      const { done, value } = await read(reader);
      if (signal.aborted) return;
      const readMs = clock.monotonic();
      await tee?.(value);
      const pieces = done ? splitter.end() : splitter.split(value);
      for (const { bytes, startBytes, isExact, endBytes } of pieces) {
        yield {
          stream,
          bytes,
          readMs,
          cursorAt(index) {
            if (index === 0) return { kind: "stdin", offsetBytes: startBytes };
            return { kind: "stdin", offsetBytes: isExact ? startBytes + index : endBytes };
          },
        };
        if (signal.aborted) return;
      }
      if (done) return options.ended(stream);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    await cancel();
    reader.releaseLock();
  }
}

const NOTHING = new Uint8Array();

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ readonly done: boolean; readonly value: Uint8Array }> {
  try {
    const { done, value } = await reader.read();
    return { done, value: value ?? NOTHING };
  } catch (cause) {
    throw new SourceError("Cannot read standard input", { retryable: false, cause });
  }
}

/**
 * Copies every byte, until nobody takes them any more: then says so and reads on.
 *
 * @param source Where to write.
 * @param aborted Ends the wait for a reader who is stuck.
 */
function openTee({ id, deps }: StdinSource, aborted: Promise<void>): (bytes: Uint8Array) => Promise<void> {
  const stdout = deps.stdout ?? Deno.stdout;
  let isOpen = true;
  const copy = async (bytes: Uint8Array) => {
    try {
      for (let written = 0; written < bytes.length;) written += await stdout.write(bytes.subarray(written));
    } catch (error) {
      isOpen = false;
      const because = error instanceof Error ? error.name : typeof error;
      deps.log.warn("Cannot copy to standard output any more; reading on", { source: id, because });
    }
  };
  return async (bytes) => {
    if (isOpen) await Promise.race([copy(bytes), aborted]);
  };
}
