/**
 * What is said to NickServ, and what its answers mean. Services differ in words, not in commands: atheme, Anope and
 * DALnet's own.
 *
 * @module
 */

import type { ServerIdentity } from "./flood_profile.ts";

/** The nick that services register nicks under, on every network that has them. */
export const NICKSERV = "nickserv";

/** Good answers to IDENTIFY. */
const IDENTIFIED = /identified|accepted|recogni[sz]ed|logged in/i;

/** Bad answers to IDENTIFY; the greeting, which only asks for it, has none of these words, nor of those above. */
const NOT_IDENTIFIED =
  /invalid|incorrect|wrong|denied|not (a )?registered|isn't registered|not (yet )?(identified|logged in)/i;

/** Answers to a command that these services do not have. */
const UNKNOWN_COMMAND = /unknown command|invalid command|no such command|not a valid command/i;

/**
 * What a notice of NickServ means after IDENTIFY.
 *
 * @param text What it said.
 * @returns `undefined` when it is no answer.
 */
export function readIdentifyAnswer(text: string): "identified" | "refused" | undefined {
  if (NOT_IDENTIFIED.test(text)) return "refused";
  return IDENTIFIED.test(text) ? "identified" : undefined;
}

/** Whether NickServ says that it does not know the command it was given. */
export function isUnknownCommand(text: string): boolean {
  return UNKNOWN_COMMAND.test(text);
}

/**
 * The line that tells NickServ who we are.
 *
 * @param wanted The configured nick, which is the account's name.
 * @param password Its password, in clear.
 * @param hasWanted Whether that is the nick we have.
 * @param server What runs there.
 */
export function identifyLine(
  wanted: string,
  password: string,
  hasWanted: boolean,
  server: ServerIdentity,
): string {
  return `${toNickServ(server)}IDENTIFY ${hasWanted ? "" : `${wanted} `}${password}`;
}

/** Commands that make a nick free: all in one, from another session of ours, from a reservation. */
export type ReclaimCommand = "REGAIN" | "GHOST" | "RELEASE";

/**
 * The line that asks NickServ for a nick of ours.
 *
 * @param command How.
 * @param nick Which.
 * @param password Its password, in clear; `undefined` when the account is logged in to.
 * @param server What runs there.
 */
export function reclaimLine(
  command: ReclaimCommand,
  nick: string,
  password: string | undefined,
  server: ServerIdentity,
): string {
  return `${toNickServ(server)}${command} ${nick}${password === undefined ? "" : ` ${password}`}`;
}

/** DALnet hands passwords to the full address only, so that nobody else can be called NickServ. */
function toNickServ({ network }: ServerIdentity): string {
  return `PRIVMSG ${/^dalnet/i.test(network) ? "NickServ@services.dal.net" : "NickServ"} :`;
}
