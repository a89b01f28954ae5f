/**
 * Which line of ours a line from the server answers: labeled-response, also where several lines are one answer.
 *
 * @module
 */

/** Answers of several lines that are open at once; a server has one open for each line in flight, at most. */
const MOST_BATCHES = 16;

/** Tags of a line, unescaped. */
export type Tags = Readonly<Record<string, string | undefined>>;

/** Follows the batches of one connection. */
export class Labels {
  /** Label of each open answer, by its reference. */
  readonly #batches = new Map<string, string>();

  /**
   * Reads the label of a line, be it its own or its batch's.
   *
   * @param command Upper case.
   * @param params What follows it.
   */
  read(command: string, params: readonly string[], tags: Tags): string | undefined {
    const label = tags["label"] ?? this.#batches.get(tags["batch"] ?? "");
    if (command !== "BATCH") return label;
    const [reference = ""] = params;
    if (reference.startsWith("-")) this.#batches.delete(reference.slice(1));
    else if (label !== undefined) this.#open(reference.slice(1), label);
    return label;
  }

  #open(reference: string, label: string): void {
    this.#batches.set(reference, label);
    for (const oldest of this.#batches.keys()) {
      if (this.#batches.size > MOST_BATCHES) this.#batches.delete(oldest);
    }
  }
}
