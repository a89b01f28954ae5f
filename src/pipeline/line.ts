/**
 * A record that passed the byte scan, decoded and parsed at most once however many routes look at it.
 *
 * @module
 */

import { stripAnsi } from "../event/ansi.ts";
import type { Stream } from "../event/event.ts";
import { type LevelIndex, LEVELS } from "../event/level.ts";
import type { ParsedLine } from "../event/parse.ts";
import { foldTrace } from "../event/stack.ts";
import type { LineView } from "../route/match.ts";
import type { LineValues } from "../route/template.ts";
import type { Reading } from "./reading.ts";

/** What a line needs to know about its surroundings. */
export interface LineOrigin {
  /** Config key of the source. */
  readonly source: string;
  /** How the source's lines are read. */
  readonly reading: Reading;
  /** Name of this machine, for `{host}`. */
  readonly host: string;
  /** Stream it was read from. */
  readonly stream: Stream;
}

/** One decoded record; serves route conditions and templates alike. */
export class Line implements LineView, LineValues {
  readonly #origin: LineOrigin;
  readonly #nowMs: number;
  #parsed: ParsedLine | undefined;
  #message: string | undefined;

  /** The text as read, without ANSI codes; joined lines are separated by `\n`. */
  readonly text: string;
  /** Severity as the byte scan saw it. */
  readonly levelIndex: LevelIndex;
  /** When it was read, in `Clock.monotonic()` milliseconds. */
  readonly readMs: number;

  /**
   * Decodes nothing yet but the text it is given.
   *
   * @param text The record, decoded from UTF-8 with U+FFFD for what was not.
   * @param read Its severity, when it was read (monotonic), and the time of lines without a time stamp.
   * @param origin Where it comes from.
   */
  constructor(
    text: string,
    read: { readonly levelIndex: LevelIndex; readonly readMs: number; readonly nowMs: number },
    origin: LineOrigin,
  ) {
    this.text = stripAnsi(text);
    this.levelIndex = read.levelIndex;
    this.readMs = read.readMs;
    this.#nowMs = read.nowMs;
    this.#origin = origin;
  }

  /** Severity by name. */
  get level(): (typeof LEVELS)[number] {
    return LEVELS[this.levelIndex];
  }

  /** Config key of the source. */
  get source(): string {
    return this.#origin.source;
  }

  /** Service of the stream. */
  get service(): string {
    return this.#origin.stream.service;
  }

  /** Name of this machine. */
  get host(): string {
    return this.#origin.host;
  }

  /** What the line says, stack traces folded. */
  get message(): string {
    return this.#message ??= foldTrace(this.#parse().message);
  }

  /** When its writer wrote it, else when it was read; wall clock, milliseconds since the Unix epoch. */
  get timeMs(): number {
    return this.#parse().timeMs ?? this.#nowMs;
  }

  /** Value of a parsed field. */
  field(name: string): string | undefined {
    return this.#parse().fields.get(name);
  }

  /** Value of a label of the stream. */
  label(name: string): string | undefined {
    return this.#origin.stream.labels.get(name);
  }

  #parse(): ParsedLine {
    return this.#parsed ??= this.#origin.reading.parse(this.text);
  }
}
