/**
 * A config file as every command reads it: what is said about it is redacted, and what it keeps secret is remembered.
 *
 * @module
 */

import { loadConfig, type LoadedConfig, type LoadOptions, locateStateDir } from "../config/load.ts";
import { rememberSecrets, scrubbed } from "./last_resort.ts";
import { env } from "./process.ts";

const OPTIONS: LoadOptions = { env, hide: scrubbed };

/**
 * Reads a config.
 *
 * @param path The file.
 * @throws {ConfigError} When it cannot be used.
 */
export function readConfig(path: string): LoadedConfig {
  const loaded = loadConfig(path, OPTIONS);
  rememberSecrets(loaded.config.secrets);
  return loaded;
}

/**
 * Finds the state directory of a config, and reads no more of it than that takes.
 *
 * @param path The file.
 * @throws {ConfigError} When it does not say where it is.
 */
export function readStateDir(path: string): string {
  const located = locateStateDir(path, OPTIONS);
  rememberSecrets(located.secrets);
  return located.path;
}
