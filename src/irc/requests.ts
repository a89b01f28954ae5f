/**
 * What the channels of a connection want of the server, as lines.
 *
 * @module
 */

import type { ConnectionSpec } from "../config/config.ts";
import { flavourOf } from "./channel_modes.ts";
import type { Due, ServerTraits } from "./channels.ts";
import type { Identity } from "./identity.ts";
import { joinLines } from "./join.ts";
import { serviceAddress } from "./services.ts";

/**
 * The lines for what is due.
 *
 * @param due What the channels want.
 * @param spec Where the keys are.
 * @param identity What the server says about itself.
 */
export function requestLines(due: Due, spec: ConnectionSpec, identity: Identity): readonly string[] {
  const { mostPerJoin } = identity.channelRules;
  const request = (channel: string) => ({
    channel,
    key: spec.channels.get(channel.toLowerCase())?.key?.reveal(),
  });
  return [
    ...joinLines(due.together.map(request), mostPerJoin),
    ...due.alone.flatMap((channel) => joinLines([request(channel)], mostPerJoin)),
    ...due.modes.map((channel) => `MODE ${channel}`),
    ...due.invitations.map(({ channel, service }) =>
      `PRIVMSG ${serviceAddress(service, identity.server.network)} :INVITE ${channel}`
    ),
  ];
}

/** What the channels have to know of the server. */
export function serverTraits(identity: Identity, isLoggedIn: boolean): ServerTraits {
  return {
    casemapping: identity.casemapping,
    rules: identity.channelRules,
    flavour: flavourOf(identity.server),
    isLoggedIn,
  };
}
