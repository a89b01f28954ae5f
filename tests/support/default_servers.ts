import { startHybrid } from "./hybrid.ts";
import { startInspircd } from "./inspircd.ts";
import { startIrc2 } from "./irc2.ts";
import type { IrcServer } from "./irc_server.ts";
import { startNgircd } from "./ngircd.ts";

/** A server as its packager or its author limits clients. */
export interface DefaultServer {
  readonly name: string;
  /** Name for `missing`. */
  readonly part: string;
  readonly start: () => Promise<IrcServer>;
}

/** The servers that irctail must never be thrown off (invariant I4), as far as Debian has them. */
export const DEFAULT_SERVERS: readonly DefaultServer[] = [
  { name: "ngircd", part: "ngircd", start: () => startNgircd() },
  { name: "InspIRCd (Debian)", part: "inspircd", start: () => startInspircd({ limits: "debian" }) },
  { name: "InspIRCd (upstream)", part: "inspircd", start: () => startInspircd({ limits: "upstream" }) },
  { name: "ircd-hybrid", part: "ircd-hybrid", start: () => startHybrid() },
  { name: "ircd-irc2", part: "ircd-irc2", start: () => startIrc2() },
];
