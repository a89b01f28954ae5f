/**
 * `irctail check`: everything that is wrong with a config, at once.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/diagnostic.ts";
import { configFromEnvironment, ircEnabled } from "../config/environment.ts";
import { CONFIG_PLACES, findConfig } from "../config/find.ts";
import { loadConfig } from "../config/load.ts";
import { printable } from "./config_error.ts";
import { EXIT_CONFIG, EXIT_DONE } from "./exit.ts";
import { rememberSecrets, scrubbed } from "./last_resort.ts";

/** What `check` looks at and where it says what it found. */
export interface CheckOptions {
  /** The file named with `-c`; `undefined` looks in the usual places. */
  readonly config: string | undefined;
  /** Reads an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Takes a line for standard output. */
  readonly write: (line: string) => void;
  /** Takes a line for standard error. */
  readonly writeError: (line: string) => void;
  /** Whether to colour what is found. */
  readonly color: boolean;
}

/**
 * Checks a config and says what it is, or what is wrong with it.
 *
 * @param options Which config, and where to write.
 * @returns The exit code: 0 for a config that can be used, 78 for one that cannot or that is nowhere.
 */
export function check(options: CheckOptions): number {
  try {
    return options.config === undefined && ircEnabled(options.env) !== undefined
      ? checkEnvironment(options)
      : checkFile(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const diagnostic of error.diagnostics) {
      options.writeError(printable(error.file, diagnostic, { color: options.color }));
    }
    return EXIT_CONFIG;
  }
}

function checkFile({ config: named, env, write, writeError, color }: CheckOptions): number {
  const path = findConfig(named);
  if (path === undefined) {
    writeError(
      `irctail: There is no config: looked for ${CONFIG_PLACES.join(" and ")}, and IRC_ENABLED is not set`,
    );
    return EXIT_CONFIG;
  }
  const { config, warnings } = loadConfig(path, { env, hide: scrubbed });
  rememberSecrets(config.secrets);
  for (const warning of warnings) writeError(printable(path, warning, { color }));
  write(`${scrubbed(path)}: ok (${summaryOf(config)})`);
  return EXIT_DONE;
}

function checkEnvironment({ env, write }: CheckOptions): number {
  const config = configFromEnvironment(env);
  write(`environment: ok (${config === undefined ? "IRC_ENABLED turns IRC off" : summaryOf(config)})`);
  return EXIT_DONE;
}

function summaryOf({ connections, sources, routes }: Config): string {
  return [
    counted(connections.size, "connection"),
    counted(sources.size, "source"),
    counted(routes.length, "route"),
  ].join(", ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
