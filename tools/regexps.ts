/**
 * Asks recheck about every regular expression of `src/redact`: `deno task regexps`. Fails when one is exponential.
 * Polynomial ones are listed: they are bounded by the counts in them, or by the slice that they look at.
 *
 * recheck is no dependency of the project, because its native part weighs 50 MB: it is fetched when it is wanted. It has
 * no install script; a run takes some minutes.
 *
 * @module
 */

/** recheck's answer about one expression. */
interface Verdict {
  readonly status: "safe" | "vulnerable" | "unknown";
  readonly complexity?: { readonly type: string; readonly summary: string };
}

/** What this tool uses of recheck. */
interface Recheck {
  check(
    source: string,
    flags: string,
    options: { readonly timeout: number },
  ): Promise<Verdict>;
}

/** How long one expression is looked at, in milliseconds. */
const TIMEOUT_MS = 5_000;

const ROOT = new URL("../src/redact/", import.meta.url);

/** A literal, where this code base has them: behind an operator, a bracket, a comma, a line's start. */
const LITERAL =
  /(?<=[=(,[:?!&|]\s*|return\s|\n\s*)\/((?:[^/\\\n[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/([dgimsuvy]*)(?=[\s,;).\]])/g;

function* sources(folder: URL): Iterable<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
    if (entry.isDirectory) yield* sources(url);
    else if (entry.name.endsWith(".ts")) yield url;
  }
}

/** Every expression as `source` and `flags`: literals from the files, composed ones from the constructor. */
async function expressions(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const url of sources(ROOT)) {
    const code = Deno.readTextFileSync(url).replace(/\/\*[\s\S]*?\*\//g, "");
    for (const [, source = "", flags = ""] of code.matchAll(LITERAL)) found.set(source, flags);
  }
  const Original = RegExp;
  globalThis.RegExp = class extends Original {
    constructor(pattern: RegExp | string, flags?: string) {
      super(pattern, flags);
      found.set(this.source, this.flags);
    }
  } as RegExpConstructor;
  await import("../src/redact/redactor.ts");
  globalThis.RegExp = Original;
  return found;
}

const all = await expressions();
const specifier = "npm:recheck@4.5.0";
const { check }: Recheck = await import(specifier);
const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
let exponential = 0;
for (const [source, flags] of all) {
  const verdict = await check(source, flags.replace(/[gyd]/g, ""), { timeout: TIMEOUT_MS });
  if (verdict.status === "safe") continue;
  if (verdict.complexity?.type === "exponential") exponential++;
  write(`${verdict.complexity?.summary ?? verdict.status}: ${source}`);
}
write(`${all.size} expressions, ${exponential} exponential`);
Deno.exitCode = exponential > 0 ? 1 : 0;
