/**
 * Prints how well redaction does on the corpus of `tests/redact`: `deno task redaction [--seed N] [--misses N]`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { KINDS, measure } from "../tests/redact/corpus/measure.ts";
import type { Miss } from "../tests/redact/corpus/measure.ts";

/** Positives of each kind. */
const PER_KIND = 26;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    misses: { type: "string", default: "0" },
    kind: { type: "string" },
  },
});

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

const result = measure(Number(values.seed), PER_KIND);
const text = [
  `kinds            ${result.kinds} of ${new Set(KINDS.map(({ rule }) => rule)).size} rules`,
  `positives        ${result.positives}`,
  `recall           ${percent(result.recall)}`,
  `mean over kinds  ${percent(result.meanOverKinds)}`,
  `formats right    ${percent(result.formats)}`,
  `false positives  ${percent(result.falsePositives)}`,
  ...listed("survived", result.survived),
  ...listed("misformatted", result.misformatted),
  ...listed("changed", result.changed),
];
Deno.stdout.writeSync(new TextEncoder().encode(`${text.join("\n")}\n`));

function listed(title: string, misses: readonly Miss[]): readonly string[] {
  const most = Number(values.misses);
  const wanted = misses.filter(({ kind }) => values.kind === undefined || kind.includes(values.kind));
  if (most === 0) return [];
  const perKind = new Map<string, Miss[]>();
  for (const miss of wanted) perKind.set(miss.kind, [...perKind.get(miss.kind) ?? [], miss]);
  return [...perKind].flatMap(([kind, all]) => [
    `${title}: ${kind} (${all.length})`,
    ...all.slice(0, most).flatMap((
      { line, output, wanted },
    ) => [`  < ${line}`, `  > ${output}`, `  = ${wanted}`]),
  ]);
}
