/**
 * Where a command's config comes from: a file, the environment, or nowhere.
 *
 * @module
 */

import { configFromEnvironment, ircEnabled } from "../config/environment.ts";
import { CONFIG_PLACES, findConfig } from "../config/find.ts";
import type { Desired } from "../reconcile/reconciler.ts";
import { readConfig, readStateDir } from "./config_file.ts";
import { rememberSecrets } from "./last_resort.ts";
import { env } from "./process.ts";

/** Where a config was found. */
export type Found =
  | {
    readonly kind: "found";
    /** Reads it, anew every time. @throws {ConfigError} When it cannot be used. */
    readonly load: () => Desired;
    /** File to watch; `undefined` when it is made from the environment. */
    readonly path: string | undefined;
  }
  /** `IRC_ENABLED` says no. */
  | { readonly kind: "disabled" }
  | { readonly kind: "nowhere" };

/** Stands for the hash of a config that is no file. */
const ENVIRONMENT_DIGEST = "environment";

/** What a user is told who has no config anywhere. */
export const NO_CONFIG = `There is no config: looked for ${
  CONFIG_PLACES.join(" and ")
}, and IRC_ENABLED is not set`;

/**
 * Finds the config.
 *
 * @param explicit The file named with `--config`; without it, `IRC_ENABLED` decides before any file is searched.
 * @throws {ConfigError} When the environment turns IRC on and cannot be used.
 */
export function findDesired(explicit: string | undefined): Found {
  if (explicit === undefined && ircEnabled(env) !== undefined) {
    const config = configFromEnvironment(env);
    if (config === undefined) return { kind: "disabled" };
    rememberSecrets(config.secrets);
    return {
      kind: "found",
      load: () => ({ config, digest: ENVIRONMENT_DIGEST, warnings: [] }),
      path: undefined,
    };
  }
  const path = findConfig(explicit);
  if (path === undefined) return { kind: "nowhere" };
  return { kind: "found", load: () => readConfig(path), path };
}

/**
 * Finds the state directory of the agent that runs with a config.
 *
 * @param explicit The file named with `--config`; without it the config is looked for as `run` does.
 * @returns `undefined` where there is no config.
 * @throws {ConfigError} When the config does not say where it is.
 */
export function findStateDir(explicit: string | undefined): string | undefined {
  const found = findDesired(explicit);
  if (found.kind !== "found") return undefined;
  return found.path === undefined ? found.load().config.stateDir : readStateDir(found.path);
}
