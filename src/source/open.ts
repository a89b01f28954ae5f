/**
 * Which code reads which kind of source.
 *
 * @module
 */

import type { SourceSpec } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { openDockerSource } from "./docker.ts";
import { openFileSource } from "./file.ts";
import { openJournaldSource } from "./journal.ts";
import type { Source } from "./source.ts";
import { openStdinSource, type Stdin, type Stdout } from "./stdin.ts";

/** What sources need. */
export interface SourceDeps {
  /** Measures waits and stamps batches. */
  readonly clock: Clock;
  /** Takes what an operator should know. */
  readonly log: Logger;
  /** Where a `stdin` source reads; the process's standard input by default. */
  readonly stdin?: Stdin;
  /** How a `journald` source calls journalctl; `journalctl` by default. */
  readonly journalctl?: readonly string[];
  /** Where a `stdin` source with `tee` writes; the process's standard output by default. */
  readonly stdout?: Stdout;
}

/**
 * Makes the source that a spec describes; opens nothing until it is read.
 *
 * @param id Config key.
 * @param spec From the config.
 * @param deps Time, log and standard streams.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function openSource(id: string, spec: SourceSpec, deps: SourceDeps): Source {
  switch (spec.type) {
    case "file":
      return openFileSource(id, spec, deps);
    case "stdin":
      return openStdinSource(id, spec, deps);
    case "docker":
      return openDockerSource(id, spec, deps);
    case "journald":
      return openJournaldSource(id, spec, deps);
  }
}
