/** Takes the state directory it is given, says so, and holds it until it is killed; or says why not. */

import { openStateDir } from "../../src/pipeline/state_dir.ts";
import { systemClock } from "../../src/runtime/clock.ts";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
try {
  using _held = await openStateDir(Deno.args[0] ?? "", { clock: systemClock });
  say("held");
  // Ends with its standard input: with the test.
  await Deno.stdin.read(new Uint8Array(1));
} catch (error) {
  say(error instanceof Error ? `${error.name}: ${error.message}` : "unknown");
  Deno.exit(1);
}
