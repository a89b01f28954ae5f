/**
 * Which known name was probably meant.
 *
 * @module
 */

/** Longest name that is compared: the work grows with the square of the length. */
const LONGEST_COMPARED = 64;

/** Fewest letters that make one name the beginning of another. */
const SHORTEST_PREFIX = 4;

/**
 * Finds the known name nearest to a misspelt one.
 *
 * @param written What was written.
 * @param known What may be written.
 * @returns The nearest of `known`, or `undefined` when none is near: at most a third of the letters may differ, or one
 *   begins with the other (`warning` and `warn`).
 */
export function suggest(written: string, known: Iterable<string>): string | undefined {
  if (written.length === 0 || written.length > LONGEST_COMPARED) return undefined;
  const folded = fold(written);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const candidate = fold(name);
    const shorter = Math.min(candidate.length, folded.length);
    if (shorter >= SHORTEST_PREFIX && candidate.slice(0, shorter) === folded.slice(0, shorter)) return name;
    const allowed = Math.max(1, Math.floor(Math.max(name.length, written.length) / 3));
    if (Math.abs(name.length - written.length) > allowed) continue;
    const distance = editDistance(folded, candidate);
    if (distance <= allowed && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Makes `maxAge`, `max-age` and `MAX_AGE` the same word. */
function fold(name: string): string {
  return name.replace(/[-_ ]/g, "").toLowerCase();
}

/**
 * Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions, deletions, substitutions
 * and swaps of neighbours.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
