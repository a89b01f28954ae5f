/**
 * What a server says about its channels in general (ISUPPORT): which modes take a parameter, who ranks above whom, and
 * how many channels one client may have.
 *
 * @module
 */

/** How a mode is written, by its letter: RFC 2812 §4 has no names for these, ISUPPORT calls them A, B, C and D. */
export type ModeKind =
  /** A list such as +b: always with a parameter, and no mode of the channel itself. */
  | "list"
  /** Always with a parameter, such as +k. */
  | "valued"
  /** With a parameter only when it is set, such as +l. */
  | "set-valued"
  /** Never with a parameter, such as +m. */
  | "plain"
  /** Given to a member, such as +v. */
  | "status";

/** What one server says. */
export interface ChannelRules {
  /** Kind of every mode the server knows, by letter. */
  readonly kinds: ReadonlyMap<string, ModeKind>;
  /** Letters of what a member can be, the highest first, with the sign before the nick in NAMES. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Most channels for one client, together for all that begin with one of `prefixes`. */
  readonly limits: readonly { readonly prefixes: string; readonly most: number }[];
  /** Most channels in one JOIN. */
  readonly mostPerJoin: number;
}

/** ISUPPORT where a server says none: the modes of RFC 1459 §4.2.3. */
const DEFAULT_TOKENS: ReadonlyMap<string, string> = new Map([
  ["CHANMODES", "b,k,l,imnpst"],
  ["PREFIX", "(ov)@+"],
]);

const KINDS: readonly ModeKind[] = ["list", "valued", "set-valued", "plain"];

/**
 * Reads what ISUPPORT says about channels. Total: what cannot be read is as if it were not there.
 *
 * @param tokens Everything the server has said, by name.
 */
export function readChannelRules(tokens: ReadonlyMap<string, string>): ChannelRules {
  const text = (token: string) => tokens.get(token) ?? DEFAULT_TOKENS.get(token) ?? "";
  const statuses = readStatuses(text("PREFIX"));
  const kinds = new Map<string, ModeKind>();
  for (const [index, letters] of text("CHANMODES").split(",").entries()) {
    // What follows the four known kinds is for later times; it takes no parameter that we know of.
    for (const letter of letters) kinds.set(letter, KINDS[index] ?? "plain");
  }
  for (const letter of statuses.keys()) kinds.set(letter, "status");
  return { kinds, statuses, limits: readLimits(tokens), mostPerJoin: readMostPerJoin(tokens) };
}

/** The rules of a server that has said nothing yet. */
export const DEFAULT_RULES: ChannelRules = readChannelRules(new Map());

/** `(ov)@+`; empty where a server has no such modes. */
function readStatuses(text: string): ReadonlyMap<string, string> {
  const [, letters = "", signs = ""] = /^\((\w*)\)(.*)$/.exec(text) ?? [];
  return new Map([...letters].map((letter, index) => [letter, signs[index] ?? ""]));
}

/** `#:20,&:10`, `#&:20`, no number for no limit; older servers say MAXCHANNELS. */
function readLimits(tokens: ReadonlyMap<string, string>): ChannelRules["limits"] {
  const chanlimit = tokens.get("CHANLIMIT");
  if (chanlimit === undefined) {
    const most = readCount(tokens.get("MAXCHANNELS"));
    return most === undefined ? [] : [{ prefixes: tokens.get("CHANTYPES") ?? "#&", most }];
  }
  return chanlimit.split(",").flatMap((group) => {
    const [prefixes = "", count] = group.split(":");
    const most = readCount(count);
    return most === undefined ? [] : [{ prefixes, most }];
  });
}

/** `TARGMAX=JOIN:4,PRIVMSG:4`, no number for no limit; older servers say MAXTARGETS for everything. */
function readMostPerJoin(tokens: ReadonlyMap<string, string>): number {
  const targmax = tokens.get("TARGMAX");
  if (targmax === undefined) return readCount(tokens.get("MAXTARGETS")) ?? Infinity;
  const join = targmax.split(",").find((entry) => /^join:/i.test(entry));
  return readCount(join?.slice("JOIN:".length)) ?? Infinity;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
