/**
 * What can be done for the wanted nick, as things are now.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { Identity } from "./identity.ts";
import type { Login } from "./login.ts";
import type { NickHelp } from "./nick_keeper.ts";
import { cutNick } from "./nicks.ts";
import { type ReclaimCommand, reclaimLine } from "./nickserv.ts";

/**
 * Says how the wanted nick, as far as the server grants it, can be had.
 *
 * @param spec What the configuration says now.
 * @param identity Who we are.
 * @param login Whether an account is logged in to; then no password has to be shown.
 */
export function nickHelp(spec: ConnectionSpec, identity: Identity, login: Login): NickHelp {
  const wanted = cutNick(spec.nick, identity.nicklen ?? Infinity);
  const password = login.isLoggedIn ? undefined : spec.nickserv?.reveal();
  const reclaim = (command: ReclaimCommand) => reclaimLine(command, wanted, password, identity.server);
  return {
    hasWanted: identity.nick === wanted,
    nickLine: `NICK ${wanted}`,
    reclaim: login.isLoggedIn || password !== undefined ? reclaim : undefined,
  };
}
