/**
 * irctail shows production logs live in IRC channels. This module is the program; run it with `deno task start`.
 *
 * @module
 */

import { main } from "./src/cli/main.ts";

export { main };

if (import.meta.main) Deno.exit(await main(Deno.args));
