/**
 * Who has to know what the server said, and what follows for the session as a whole.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import type { AdaptivePace } from "./adaptive_pace.ts";
import type { Channels } from "./channels.ts";
import type { Client } from "./client.ts";
import { seedFor } from "./flood_profile.ts";
import type { Ghosts } from "./ghosts.ts";
import type { Identity } from "./identity.ts";
import type { Login } from "./login.ts";
import type { NickKeeper } from "./nick_keeper.ts";
import { readIdentifyAnswer } from "./nickserv.ts";
import { isPunishment, NICK_REFUSALS, shownText } from "./refusals.ts";
import type { ServerEvent } from "./server_event.ts";
import type { Speaker } from "./speaker.ts";

/** The parts of a session that listen. */
export interface Listeners {
  /** Who to be. */
  readonly spec: ConnectionSpec;
  readonly client: Client;
  readonly identity: Identity;
  readonly login: Login;
  readonly nickKeeper: NickKeeper;
  readonly channels: Channels;
  readonly speaker: Speaker;
  readonly pace: AdaptivePace;
  /** Host we are connected to. */
  readonly host: string;
  readonly ghosts: Ghosts;
}

/** What is left for the session to do. */
export type Consequence =
  /** Ask for this nick, without waiting for the pace: the registration stands still until then. */
  | { readonly kind: "nick"; readonly nick: string }
  /** Give up. */
  | { readonly kind: "failed"; readonly because: string }
  /** The server is about to close the connection. */
  | { readonly kind: "farewell"; readonly because: string; readonly punished: boolean };

/**
 * Tells the parts of a session what the server said.
 *
 * @param event What it said.
 * @param listeners Whom to tell.
 * @param nowMs Monotonic time.
 */
export function react(event: ServerEvent, listeners: Listeners, nowMs: number): Consequence | undefined {
  const { client, identity, login, nickKeeper, channels, speaker, ghosts } = listeners;
  const isSelf = (nick: string) => identity.isSelf(nick);
  switch (event.kind) {
    case "welcome":
      identity.renamed(event.nick);
      return withoutLogin(listeners);
    case "greeted":
      login.greeted(nowMs);
      if (client.hasCapability("echo-message")) {
        speaker.expectEchoes();
        if (client.hasCapability("labeled-response")) speaker.expectLabels();
      }
      if (identity.botMode !== undefined) speaker.command(`MODE ${identity.nick} +${identity.botMode}`);
      break;
    case "version":
      identity.runs(event.version);
      aimPace(listeners);
      break;
    case "supports":
      identity.supports(event.tokens);
      aimPace(listeners);
      break;
    case "logged-in":
      login.loggedIn();
      channels.loggedIn();
      break;
    case "identified":
      login.answered(false);
      channels.loggedIn();
      break;
    case "nickserv":
      if (!nickKeeper.answered(event.text)) hearNickServ(event.text, login);
      break;
    case "nick-refused":
      return refuseNick(event.numeric, listeners);
    case "nick":
      identity.renamed(event.nick);
      break;
    case "host":
      identity.seenAs(event.user, event.host);
      break;
    case "joined":
      if (!channels.joined(event.channel, nowMs)) speaker.command(`PART ${event.channel}`);
      break;
    case "joined-by-other":
      channels.joinedByOther(event.channel);
      break;
    case "names":
      channels.named(event.channel, event.names, isSelf, nowMs);
      ghosts.named(channels.keyOf(event.channel), event.names, isSelf, nowMs);
      break;
    case "modes":
      channels.modesTold(event.channel, event.modes, nowMs);
      break;
    case "modes-changed":
      channels.modesChanged(event.channel, event.modes, isSelf, nowMs);
      speaker.channelChanged(event.channel);
      break;
    case "spoken":
      speaker.overheard(event.nick, event.channel, event.text);
      break;
    case "left":
      ghosts.left(event.nick, event.channel === undefined ? undefined : channels.keyOf(event.channel));
      break;
    case "renamed":
      ghosts.renamed(event.from, event.to);
      break;
    case "names-end":
      channels.namesEnded(event.channel);
      ghosts.allNamed(channels.keyOf(event.channel));
      break;
    case "parted":
      channels.parted(event.channel, nowMs);
      break;
    case "kicked":
      channels.kicked(event.channel, shownText(event.by), nowMs);
      speaker.channelChanged(event.channel);
      if (/flood/i.test(event.text)) speaker.trouble("kicked for flooding", nowMs);
      break;
    case "invited":
      channels.invited(event.channel);
      break;
    case "forwarded":
      channels.forwarded(event.channel, shownText(event.to), nowMs);
      break;
    case "refused":
      if (channels.refused(event, nowMs) === "message") {
        if (event.numeric === "404") speaker.suspect(event.channel, nowMs);
        speaker.refused(event.channel, event.label, nowMs);
      } else if (event.label !== undefined) speaker.refusedLine(event.label, nowMs);
      break;
    case "line-refused":
      speaker.refusedLine(event.label, nowMs);
      break;
    case "nobody":
      channels.nobodyThere(event.nick);
      break;
    case "notice":
      channels.serviceSaid(event.nick, event.text);
      break;
    case "throttled":
      speaker.trouble(event.because, nowMs);
      channels.throttled(event.channel, "The server drops messages to this channel: too many", nowMs);
      speaker.refused(event.channel, event.label, nowMs);
      break;
    case "too-fast":
      speaker.trouble(event.because, nowMs);
      break;
    case "echo":
      speaker.echoed(event, nowMs);
      break;
    case "acknowledged":
      speaker.acknowledged(event.label);
      break;
    case "pong":
      speaker.ponged(event.token, nowMs);
      break;
    case "error":
      if (/flood|recvq/i.test(event.text)) speaker.trouble("disconnected for flooding", nowMs);
      return {
        kind: "farewell",
        because: `The server closed the connection: ${shownText(event.text)}`,
        punished: isPunishment(event.text),
      };
  }
  return undefined;
}

/** Never online without the login: the host would be uncloaked and half the channels closed. */
function withoutLogin({ spec, login }: Listeners): Consequence | undefined {
  if (spec.sasl === undefined || login.isLoggedIn) return undefined;
  return { kind: "failed", because: "The server let the bot in without the SASL login" };
}

function hearNickServ(text: string, login: Login): void {
  const answer = readIdentifyAnswer(text);
  if (answer !== undefined) login.answered(answer === "refused");
}

/** While registering, another nick has to be found; later it is the wanted one that is still not to be had. */
function refuseNick(
  numeric: string,
  { spec, login, nickKeeper, identity }: Listeners,
): Consequence | undefined {
  if (!login.isRegistering || identity.nick === spec.nick) nickKeeper.refused(numeric);
  if (!login.isRegistering) return undefined;
  const nick = login.nextNick(numeric);
  if (nick === undefined) {
    const why = NICK_REFUSALS.get(numeric) ?? "refused";
    return { kind: "failed", because: `No nick is to be had; the last answer was: ${why}` };
  }
  identity.renamed(nick);
  return { kind: "nick", nick };
}

/** Starts from what is known of the server now. */
export function aimPace(
  { spec, identity, pace, host }: Pick<Listeners, "spec" | "identity" | "pace" | "host">,
): void {
  const { server } = identity;
  pace.aim(seedFor(spec.flood, server), shownText(server.network) || host);
}
