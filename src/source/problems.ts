/**
 * What keeps a source from reading some of its files: said once in the log, and as a state while it lasts.
 *
 * @module
 */

import type { Logger } from "../runtime/log.ts";
import type { Refusal } from "./discover.ts";
import type { SourceState } from "./source.ts";

/** Says what is not read and why, each thing when it begins. */
export class Problems {
  readonly #log: Logger;
  readonly #source: string;
  readonly #tell: (state: SourceState) => void;
  #said: ReadonlyMap<string, string> = new Map();
  #told: string | undefined;
  #saidCompressed = false;

  /**
   * Knows of no problem.
   *
   * @param options The source for the log, and who is told of the state.
   */
  constructor(
    options: { readonly source: string; readonly log: Logger; readonly state: (state: SourceState) => void },
  ) {
    this.#source = options.source;
    this.#log = options.log;
    this.#tell = options.state;
  }

  /**
   * Compares with what was said before.
   *
   * @param refused By path, everything that is not read now.
   * @param options How many files are.
   */
  report(refused: ReadonlyMap<string, Refusal>, options: { readonly files: number }): void {
    const said = new Map<string, string>();
    const unreadable: string[] = [];
    for (const [path, refusal] of refused) {
      const because = refusal.kind === "unreadable" ? refusal.because : refusal.kind;
      if (refusal.kind === "unreadable") unreadable.push(because);
      said.set(path, because);
      if (this.#said.get(path) !== because) this.#say(path, refusal);
    }
    this.#said = said;
    this.#report(stateOf(unreadable, options.files));
  }

  #say(path: string, refusal: Refusal): void {
    const source = this.#source;
    if (refusal.kind === "not a file") {
      this.#log.warn("Cannot follow what is not a regular file", { source, path });
    } else if (refusal.kind === "own output") {
      this.#log.info("Skipping a file that irctail writes itself", { source, path });
    } else if (refusal.kind === "compressed") {
      // Rotation makes one after the other: the first says it for all of them.
      if (!this.#saidCompressed) this.#log.info("Leaving out compressed files", { source, path });
      this.#saidCompressed = true;
    } else {
      const { because } = refusal;
      this.#log.warn("Cannot read a file; trying again every second", { source, path, because });
    }
  }

  #report(state: SourceState): void {
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.#tell(state);
  }
}

/** Paths are left out: whoever prints a state need not know what is in it. */
function stateOf(unreadable: readonly string[], files: number): SourceState {
  const [because] = unreadable;
  if (because !== undefined) {
    const count = unreadable.length === 1 ? "1 file" : `${unreadable.length} files`;
    return { phase: "waiting", because: `cannot read ${count}: ${because}` };
  }
  return files === 0 ? { phase: "waiting", because: "no file is there yet" } : { phase: "reading" };
}
