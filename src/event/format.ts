/**
 * Names of the log formats.
 *
 * @module
 */

/** Formats that a line itself can have; `auto` tells them apart line by line, and knows some that have no name. */
export const LINE_FORMATS = [
  "auto",
  "json",
  "logfmt",
  "tracing",
  "python",
  "syslog",
  "klog",
  "nginx",
  "plain",
] as const;

/** One of {@linkcode LINE_FORMATS}. */
export type LineFormat = (typeof LINE_FORMATS)[number];

/** Formats that container runtimes put around the lines of a program: inside is any other format. */
export const ENVELOPE_FORMATS = ["cri", "docker"] as const;

/** One of {@linkcode ENVELOPE_FORMATS}. */
export type EnvelopeFormat = (typeof ENVELOPE_FORMATS)[number];

/** How the lines of a source are read. `auto` looks into envelopes too. */
export type Format =
  | LineFormat
  | EnvelopeFormat
  | {
    /** re2 pattern; its groups `level`, `message` and `time` say what stands where, any other one is a field. */
    readonly regex: string;
  };

/** How the lines of a source are joined to records. */
export type Multiline =
  /** Stack traces, or nothing. */
  | "auto"
  | "off"
  | {
    /** re2 pattern that the first line of a record matches. */
    readonly start: string;
  };
