/**
 * Which nicks are tried, and in which order.
 *
 * @module
 */

/** How many underscores are tried behind the nick; a network that holds all of them has another problem. */
const MOST_UNDERSCORES = 5;

/**
 * Nicks to try in one attempt, the wanted one first.
 *
 * @param nick The configured nick.
 * @param altNicks What the configuration names next.
 */
export function nickCandidates(nick: string, altNicks: readonly string[]): readonly string[] {
  const underscored = Array.from({ length: MOST_UNDERSCORES }, (_, index) => nick + "_".repeat(index + 1));
  return [...new Set([nick, ...altNicks, ...underscored])];
}
