/**
 * What the modes of a channel mean for somebody who wants to be read there. The same letter means different things on
 * different servers; sources: the servers' own help texts and the table of irctail's reference notes.
 *
 * @module
 */

import type { FloodProfile } from "../config/config.ts";
import { recogniseProfile, type ServerIdentity } from "./flood_profile.ts";

/** Which server's letters are meant; `public` where it is not known. */
export type Flavour = FloodProfile;

/** What decides whether we are read in a channel. */
export interface Standing {
  /** Letters that are set. */
  readonly modes: ReadonlySet<string>;
  /** Whether we have voice or more. */
  readonly hasVoice: boolean;
  /** Whether the server knows us under an account. */
  readonly isLoggedIn: boolean;
  readonly flavour: Flavour;
}

/** Why a message would not be shown. */
export interface Obstacle {
  /** In plain words. */
  readonly because: string;
  /**
   * Whether the server would take the message all the same and show it to nobody, so that trying tells nothing. Of the
   * others an exemption may let us through, so that they are tried now and then.
   */
  readonly isSilent: boolean;
}

/** Modes that keep a channel from those who do not belong to it: invite-only, key, secret, private (RFC 1459 §4.2.3.1). */
const PRIVATE_MODES = ["i", "k", "s", "p"] as const;

/** Letter of "only logged-in nicks may speak"; on Solanum +M means nothing and +R is this, elsewhere +R is about joining. */
const SPEAK_LOGGED_IN: Readonly<Partial<Record<Flavour, string>>> = {
  solanum: "R",
  hybrid: "M",
  inspircd: "M",
  unreal: "M",
  ngircd: "M",
  dalnet: "M",
  ergo: "M",
};

/** Letter of "what may not be said is shown to the operators only". */
const OPERATORS_ONLY: Readonly<Partial<Record<Flavour, string>>> = { solanum: "z", ergo: "U" };

/** What other letters do to a message, by flavour. irctail sends neither NOTICE nor CTCP, so +T and +C do nothing to it. */
const MANGLERS: Readonly<Partial<Record<Flavour, Readonly<Record<string, string>>>>> = {
  solanum: { c: "colours are taken out" },
  hybrid: { c: "lines with colours are refused" },
  dalnet: { c: "lines with colours are refused" },
  unreal: {
    c: "lines with colours are refused",
    S: "colours are taken out",
    G: "words that the server calls bad are replaced",
  },
  inspircd: {
    c: "lines with colours are refused",
    S: "colours are taken out",
    G: "words that the server calls bad are replaced or refused",
    B: "lines in capitals may be refused",
    E: "repeated lines are refused, or get the bot kicked",
    f: "many lines at once get the bot kicked",
  },
};

/** Whose letters a server uses. */
export function flavourOf({ version }: ServerIdentity): Flavour {
  // Without the network: what the letters mean is a matter of the software.
  return recogniseProfile({ version, network: "" });
}

/** Whether a channel is closed to those who do not belong to it. */
export function isPrivate(modes: ReadonlySet<string>): boolean {
  return PRIVATE_MODES.some((letter) => modes.has(letter));
}

/** Why a message would not be shown, as far as the modes tell; bans and quiets are not among them. */
export function obstacleOf({ modes, hasVoice, isLoggedIn, flavour }: Standing): Obstacle | undefined {
  if (hasVoice) return undefined;
  const operatorsOnly = OPERATORS_ONLY[flavour];
  if (flavour === "ergo" && operatorsOnly !== undefined && modes.has(operatorsOnly)) {
    return {
      because: `Only operators would see it (+${operatorsOnly}): give the bot voice (+v)`,
      isSilent: true,
    };
  }
  if (modes.has("m")) {
    const isSilent = operatorsOnly !== undefined && modes.has(operatorsOnly);
    const letters = isSilent ? `+m, and +${operatorsOnly} shows it to operators only` : "+m";
    return { because: `The channel is moderated (${letters}): give the bot voice (+v)`, isSilent };
  }
  const loggedIn = SPEAK_LOGGED_IN[flavour];
  if (loggedIn === undefined || !modes.has(loggedIn) || isLoggedIn) return undefined;
  const because = `The channel lets only logged-in nicks speak (+${loggedIn}): set sasl or nickserv`;
  return { because, isSilent: operatorsOnly !== undefined && modes.has(operatorsOnly) };
}

/** What the modes do to messages that are shown, each as `+c: colours are taken out`. */
export function manglersOf(modes: ReadonlySet<string>, flavour: Flavour): readonly string[] {
  return Object.entries(MANGLERS[flavour] ?? {})
    .filter(([letter]) => modes.has(letter))
    .map(([letter, effect]) => `+${letter}: ${effect}`);
}
