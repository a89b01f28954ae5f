/**
 * What this program is.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };

/** Variable that `deno task compile` bakes into the binary. */
const COMMIT = "IRCTAIL_COMMIT";

/** Version, commit and Deno version in one line. */
export function versionText(env: (name: string) => string | undefined): string {
  const commit = env(COMMIT) ?? "";
  return `irctail ${manifest.version} (${commit === "" ? "from source" : commit}, Deno ${Deno.version.deno})`;
}
