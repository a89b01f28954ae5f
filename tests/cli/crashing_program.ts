import { endAtCrashes, rememberSecrets } from "../../src/cli/last_resort.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { CONFIGURED, MARKS } from "../support/marked.ts";

/** Fails where nobody catches it: `rejection` or `exception`. */
endAtCrashes();
rememberSecrets([new Secret(CONFIGURED)]);
const error = new Error(`Cannot go on with ${MARKS.join(" and ")}`);
if (Deno.args[0] === "rejection") Promise.reject(error);
else {
  setTimeout(() => {
    throw error;
  });
}
setTimeout(() => {}, 60_000);
