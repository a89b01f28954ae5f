/**
 * Which nicks are tried, and in which order.
 *
 * @module
 */

/** How many underscores are tried behind the nick; a network that holds all of them has another problem. */
const MOST_UNDERSCORES = 5;

/** Characters that every server grants (RFC 2812 §1.2.1); ngircd and ircd-irc2 grant no more by default. */
export const SHORTEST_NICKLEN = 9;

/**
 * Nicks to try in one attempt, the wanted one first; none is longer than the server grants, as far as that is known,
 * and the last ones are not longer than any server grants.
 *
 * @param nick The configured nick.
 * @param altNicks What the configuration names next.
 * @param longest Characters that the server grants (ISUPPORT NICKLEN); `undefined` when it has not said.
 */
export function nickCandidates(
  nick: string,
  altNicks: readonly string[],
  longest?: number,
): readonly string[] {
  const most = longest ?? Infinity;
  const least = Math.min(most, SHORTEST_NICKLEN);
  return [
    ...new Set([
      ...[nick, ...altNicks].map((candidate) => cutNick(candidate, most)),
      ...underscored(nick, most),
      cutNick(nick, least),
      ...underscored(nick, least),
    ]),
  ];
}

/** A nick as far as a server grants it. */
export function cutNick(nick: string, longest: number): string {
  return longest === Infinity ? nick : [...nick].slice(0, longest).join("");
}

function underscored(nick: string, longest: number): readonly string[] {
  return Array.from({ length: Math.min(MOST_UNDERSCORES, longest - 1) }, (_, index) => {
    const underscores = "_".repeat(index + 1);
    return cutNick(nick, longest - underscores.length) + underscores;
  });
}
