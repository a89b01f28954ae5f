/**
 * Where a config file is looked for.
 *
 * @module
 */

/** Places of the config file, in the order they are looked at; the first one is relative to the working directory. */
export const CONFIG_PLACES: readonly string[] = ["./irctail.yaml", "/etc/irctail/config.yaml"];

/**
 * Finds the config file.
 *
 * @param explicit What the user has named; wins whether it exists or not, so that a slip is an error.
 * @param places Where to look otherwise.
 * @returns Its path, or `undefined` when there is none in any place.
 */
export function findConfig(
  explicit: string | undefined,
  places: readonly string[] = CONFIG_PLACES,
): string | undefined {
  return explicit ?? places.find(exists);
}

/** Whether something stands there; a file that may not be read does, and is an error when it is loaded. */
function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}
