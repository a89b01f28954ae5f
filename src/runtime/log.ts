/**
 * irctail's own log: a constant message and fields, on standard error.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** What a field may hold. Text passes through the logger's scrubber; numbers and booleans cannot hold a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Says what the agent does. */
export interface Logger {
  /** Something an operator may want to know. */
  info(message: string, fields?: LogFields): void;
  /** Something that works less well than it should. */
  warn(message: string, fields?: LogFields): void;
  /** Something that does not work. */
  error(message: string, fields?: LogFields): void;
}

/** How a logger writes. */
export interface LoggerOptions {
  /** Stamps the lines. */
  readonly clock: Clock;
  /** `json` for machines, `text` for a terminal. */
  readonly format: "json" | "text";
  /** Removes secrets from every text field (invariant I2); a function, because redaction lives above this folder. */
  readonly scrub: (text: string) => string;
  /** Takes one finished line, without its newline. */
  readonly write: (line: string) => void;
}

/**
 * Makes a logger.
 *
 * @param options Where and how to write.
 */
export function openLogger(options: LoggerOptions): Logger {
  const write = (level: string, message: string, fields: LogFields = {}) => {
    const time = new Date(options.clock.now()).toISOString();
    const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === "string" ? options.scrub(value) : value] as const);
    if (options.format === "json") {
      options.write(JSON.stringify({ time, level, message, ...Object.fromEntries(kept) }));
    } else {
      const tail = kept.map(([name, value]) => ` ${name}=${typeof value === "string" ? quote(value) : value}`)
        .join("");
      options.write(`${time.slice(11, 19)} ${level.padEnd(5)} ${message}${tail}`);
    }
  };
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

/** Quotes a value only where a blank, a quote or a control character would make the line ambiguous. */
function quote(value: string): string {
  // deno-lint-ignore no-control-regex
  return /[\s"=\x00-\x1f]/.test(value) || value === "" ? JSON.stringify(value) : value;
}
