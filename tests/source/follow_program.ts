import { systemClock } from "../../src/runtime/clock.ts";
import { openFileSource } from "../../src/source/file.ts";

/**
 * Reads a file source in a process of its own, whose limits, rights and output a test can choose. Its argument is the
 * spec as JSON; `once` before it ends at the end of what is there. Every event is a line of JSON on standard output,
 * or, with `raw`, every line as it is.
 */
const [spec, ...flags] = Deno.args.toReversed();
const isRaw = flags.includes("raw");
const decoder = new TextDecoder();

function say(event: unknown): void {
  // deno-lint-ignore no-console
  if (!isRaw) console.log(JSON.stringify(event));
}

const log = {
  info: (message: string, fields: unknown) => say({ message, fields }),
  warn: (message: string, fields: unknown) => say({ message, fields }),
  error: (message: string, fields: unknown) => say({ message, fields }),
};
const source = openFileSource("app", JSON.parse(spec ?? ""), { clock: systemClock, log });
const batches = source.read({
  resume: undefined,
  once: flags.includes("once"),
  lost: () => {},
  ended: ({ key }) => say({ ended: key }),
  state: (state) => say({ state }),
}, new AbortController().signal);
for await (const { bytes } of batches) {
  if (isRaw) await Deno.stdout.write(bytes);
  else for (const line of decoder.decode(bytes).split("\n").slice(0, -1)) say({ line });
}
