/**
 * What is made of a line.
 *
 * @module
 */

import { readPairs } from "./pairs.ts";

/** A line taken apart. */
export interface ParsedLine {
  /** What it says, without time stamp, level and logger; joined lines follow behind `\n`. */
  readonly message: string;
  /** When it was written, in milliseconds since the Unix epoch; `undefined` when the line does not say. */
  readonly timeMs: number | undefined;
  /** Its fields; nested ones by dotted name. Read when first asked for. */
  readonly fields: ReadonlyMap<string, string>;
}

/** A parsed line whose fields are read only when somebody asks: most routes never do. */
export class LazyLine implements ParsedLine {
  readonly #read: () => ReadonlyMap<string, string>;
  #fields: ReadonlyMap<string, string> | undefined;

  /** What it says. */
  readonly message: string;
  /** When it was written. */
  readonly timeMs: number | undefined;

  /**
   * Keeps what is known.
   *
   * @param known Message and time.
   * @param read Reads the fields; called at most once.
   */
  constructor(
    known: { readonly message: string; readonly timeMs: number | undefined },
    read: () => ReadonlyMap<string, string>,
  ) {
    this.message = known.message;
    this.timeMs = known.timeMs;
    this.#read = read;
  }

  /** Its fields. */
  get fields(): ReadonlyMap<string, string> {
    return this.#fields ??= this.#read();
  }
}

/** Parts of a text line. */
export interface TextParts {
  readonly message: string;
  readonly timeMs: number | undefined;
  /** Text in front of the message that may hold `key=value` too, such as spans. */
  readonly context?: string;
  /** Name of the logger, which becomes the field `logger`. */
  readonly logger?: string | undefined;
  /** Further fields that stand at fixed places; those without a value are none. */
  readonly known?: readonly (readonly [string, string | undefined])[];
}

/** A line of a text format: its fields are the `key=value` pairs of message and context, and the logger's name. */
export function textLine(parts: TextParts): ParsedLine {
  return new LazyLine(parts, () => {
    const fields = new Map<string, string>();
    for (const [name, value] of [["logger", parts.logger] as const, ...parts.known ?? []]) {
      if (value !== undefined) fields.set(name, value);
    }
    for (const text of [parts.context ?? "", parts.message]) {
      for (const [key, value] of readPairs(text)) fields.set(key, value);
    }
    return fields;
  });
}
