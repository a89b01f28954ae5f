/**
 * What a registered client of the demo's IRC server can ask for (RFC 1459 §4 and what today's clients send on their own).
 *
 * @module
 */

import type { Clock } from "../../runtime/clock.ts";
import {
  type Channel,
  CHANNELS_PER_USER,
  fold,
  isChannelName,
  maskOf,
  type Network,
  type User,
} from "./ircd_network.ts";

/** Who asks, and whom. */
export interface Context {
  /** Everybody. */
  readonly network: Network;
  /** Who asks. */
  readonly user: User;
  /** Name in front of what the server says. */
  readonly serverName: string;
  /** Stamps topics and channels. */
  readonly clock: Clock;
}

/** One command. */
export interface Command {
  /** Parameters it cannot do without (461 otherwise). */
  readonly needs: number;
  /** Does it, and answers. */
  readonly run: (context: Context, params: readonly string[]) => void;
}

/** Answers with a numeric. */
export function reply(context: Context, numeric: string, params: readonly string[], text?: string): void {
  const middle = [numeric, context.user.nick, ...params].join(" ");
  context.user.send(`:${context.serverName} ${middle}${text === undefined ? "" : ` :${text}`}`);
}

/** Modes of every channel here: only members speak. Nobody is an operator, so nobody changes them. */
export const CHANNEL_MODES = "+n";

/** User modes that can be set: invisible and wallops, which change nothing here; clients set `+i` on their own. */
export const USER_MODES = "iw";

/** Receivers of one PRIVMSG or NOTICE, as ISUPPORT TARGMAX says. */
export const TARGETS = 4;

/** Nicks in one line of NAMES: 12 of the longest fit into 512 bytes. */
const NAMES_PER_LINE = 12;

const MOTD = [
  "This server is part of `irctail demo` and ends with it.",
  "Two sample services write log files; irctail shows them in a channel:",
  "/join #irctail-demo",
];

/** Sends the message of the day. */
export function motd(context: Context): void {
  reply(context, "375", [], `- ${context.serverName} Message of the day -`);
  for (const line of MOTD) reply(context, "372", [], `- ${line}`);
  reply(context, "376", [], "End of /MOTD command");
}

/** Says how many are here; part of the greeting. */
export function lusers(context: Context): void {
  const { users, channels } = context.network;
  reply(context, "251", [], `There are ${users.size} users and 0 invisible on 1 server`);
  reply(context, "254", [String(channels.size)], "channels formed");
  reply(context, "255", [], `I have ${users.size} clients and 0 servers`);
}

/** Commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["JOIN", { needs: 1, run: join }],
  ["PART", { needs: 1, run: part }],
  ["NAMES", { needs: 0, run: names }],
  ["PRIVMSG", { needs: 0, run: (context, params) => speak(context, "PRIVMSG", params) }],
  ["NOTICE", { needs: 0, run: (context, params) => speak(context, "NOTICE", params) }],
  ["TOPIC", { needs: 1, run: topic }],
  ["MODE", { needs: 1, run: mode }],
  ["WHO", { needs: 0, run: who }],
  ["WHOIS", { needs: 1, run: whois }],
  ["LIST", { needs: 0, run: list }],
  ["AWAY", { needs: 0, run: away }],
  ["USERHOST", { needs: 1, run: userhost }],
  ["ISON", { needs: 1, run: ison }],
  ["MOTD", { needs: 0, run: motd }],
  ["LUSERS", { needs: 0, run: lusers }],
]);

function join(context: Context, [wanted = ""]: readonly string[]): void {
  const { network, user, clock } = context;
  if (wanted === "0") {
    for (const channel of network.channelsOf(user)) leave(context, channel, "Left all channels");
    return;
  }
  for (const name of wanted.split(",")) {
    if (!isChannelName(name)) {
      reply(context, "403", [printable(name)], "No such channel");
      continue;
    }
    if (network.channel(name)?.members.has(user)) continue;
    if (network.channelsOf(user).length >= CHANNELS_PER_USER) {
      reply(context, "405", [name], "You have joined too many channels");
      continue;
    }
    const channel = network.join(user, name, clock.now());
    network.tell(channel, `:${maskOf(user)} JOIN ${channel.name}`);
    if (channel.topic !== undefined) sayTopic(context, channel);
    sayNames(context, channel);
  }
}

function part(context: Context, [wanted = "", reason = context.user.nick]: readonly string[]): void {
  for (const name of wanted.split(",")) {
    const channel = memberOf(context, name);
    if (channel !== undefined) leave(context, channel, reason);
  }
}

function leave(context: Context, channel: Channel, reason: string): void {
  context.network.tell(channel, `:${maskOf(context.user)} PART ${channel.name} :${reason}`);
  context.network.part(context.user, channel);
}

/** The channel, when it exists and the user is in it; answers 403 or 442 otherwise. */
function memberOf(context: Context, name: string): Channel | undefined {
  const channel = context.network.channel(name);
  if (channel === undefined) reply(context, "403", [printable(name)], "No such channel");
  else if (!channel.members.has(context.user)) {
    reply(context, "442", [channel.name], "You are not on that channel");
  } else return channel;
  return undefined;
}

function names(context: Context, [wanted]: readonly string[]): void {
  if (wanted === undefined) return reply(context, "366", ["*"], "End of /NAMES list");
  for (const name of wanted.split(",")) {
    const channel = context.network.channel(name);
    if (channel === undefined) reply(context, "366", [printable(name)], "End of /NAMES list");
    else sayNames(context, channel);
  }
}

function sayNames(context: Context, channel: Channel): void {
  const nicks = [...channel.members].map((member) => member.nick);
  for (let i = 0; i < nicks.length; i += NAMES_PER_LINE) {
    reply(context, "353", ["=", channel.name], nicks.slice(i, i + NAMES_PER_LINE).join(" "));
  }
  reply(context, "366", [channel.name], "End of /NAMES list");
}

/** RFC 1459 §4.4.2: a NOTICE is never answered, so that two programs cannot answer each other for ever. */
function speak(context: Context, command: "PRIVMSG" | "NOTICE", params: readonly string[]): void {
  const { network, user } = context;
  const refuse = (numeric: string, about: readonly string[], text: string) => {
    if (command === "PRIVMSG") reply(context, numeric, about, text);
  };
  const [targets = "", text = ""] = params;
  if (targets === "") return refuse("411", [], `No recipient given (${command})`);
  if (text === "") return refuse("412", [], "No text to send");
  const wanted = targets.split(",");
  if (wanted.length > TARGETS) return refuse("407", [printable(targets)], "Too many recipients");
  for (const target of wanted) {
    if (target.startsWith("#")) {
      const channel = network.channel(target);
      if (channel === undefined) refuse("403", [printable(target)], "No such channel");
      else if (!channel.members.has(user)) refuse("404", [channel.name], "Cannot send to channel");
      else {
        const line = `:${maskOf(user)} ${command} ${channel.name} :${text}`;
        network.tell(channel, line, user);
        if (user.echo) user.send(line);
      }
      continue;
    }
    const peer = network.user(target);
    if (peer === undefined) {
      refuse("401", [printable(target)], "No such nick");
      continue;
    }
    const line = `:${maskOf(user)} ${command} ${peer.nick} :${text}`;
    peer.send(line);
    if (user.echo && peer !== user) user.send(line);
    if (peer.away !== undefined) refuse("301", [peer.nick], peer.away);
  }
}

function topic(context: Context, [name = "", text]: readonly string[]): void {
  const channel = memberOf(context, name);
  if (channel === undefined) return;
  if (text === undefined) {
    if (channel.topic === undefined) reply(context, "331", [channel.name], "No topic is set");
    else sayTopic(context, channel);
    return;
  }
  const by = maskOf(context.user);
  channel.topic = text === "" ? undefined : { text, by, atMs: context.clock.now() };
  context.network.tell(channel, `:${by} TOPIC ${channel.name} :${text}`);
}

function sayTopic(context: Context, channel: Channel): void {
  if (channel.topic === undefined) return;
  const { text, by, atMs } = channel.topic;
  reply(context, "332", [channel.name], text);
  reply(context, "333", [channel.name, by, unixTime(atMs)]);
}

function mode(context: Context, [target = "", change, ...rest]: readonly string[]): void {
  const { network, user } = context;
  if (!target.startsWith("#")) {
    if (network.user(target) === undefined) return reply(context, "401", [printable(target)], "No such nick");
    if (fold(target) !== fold(user.nick)) {
      return reply(context, "502", [], "Cannot change mode for other users");
    }
    if (change === undefined) return reply(context, "221", [`+${[...user.modes].join("")}`]);
    return changeUserModes(context, change);
  }
  const channel = network.channel(target);
  if (channel === undefined) return reply(context, "403", [printable(target)], "No such channel");
  if (change === undefined) {
    reply(context, "324", [channel.name, CHANNEL_MODES]);
    reply(context, "329", [channel.name, unixTime(channel.sinceMs)]);
  } else if (/^\+?b$/.test(change) && rest.length === 0) {
    reply(context, "368", [channel.name], "End of channel ban list");
  } else {
    reply(context, "482", [channel.name], "You are not a channel operator");
  }
}

function changeUserModes(context: Context, change: string): void {
  const { user } = context;
  let on = true;
  const changed: string[] = [];
  for (const letter of change) {
    if (letter === "+" || letter === "-") {
      on = letter === "+";
    } else if (!USER_MODES.includes(letter)) {
      reply(context, "501", [], "Unknown MODE flag");
    } else if (user.modes.has(letter) !== on) {
      if (on) user.modes.add(letter);
      else user.modes.delete(letter);
      changed.push(`${on ? "+" : "-"}${letter}`);
    }
  }
  if (changed.length > 0) user.send(`:${user.nick} MODE ${user.nick} :${changed.join("")}`);
}

function who(context: Context, [wanted = "*"]: readonly string[]): void {
  const { network, serverName } = context;
  const channel = network.channel(wanted);
  const everybody = [...network.users.values()].filter((user) => user.sinceMs !== undefined);
  const found = channel !== undefined
    ? [...channel.members]
    : everybody.filter((user) => wanted === "*" || fold(user.nick) === fold(wanted));
  for (const user of found) {
    const where = channel?.name ?? "*";
    const here = user.away === undefined ? "H" : "G";
    reply(
      context,
      "352",
      [where, user.username, user.host, serverName, user.nick, here],
      `0 ${user.realname}`,
    );
  }
  reply(context, "315", [printable(wanted)], "End of /WHO list");
}

function whois(context: Context, params: readonly string[]): void {
  const { network, serverName, clock } = context;
  const wanted = params[1] ?? params[0] ?? "";
  const user = network.user(wanted);
  if (user === undefined) {
    reply(context, "401", [printable(wanted)], "No such nick");
  } else {
    reply(context, "311", [user.nick, user.username, user.host, "*"], user.realname);
    const channels = network.channelsOf(user).map((channel) => channel.name);
    if (channels.length > 0) reply(context, "319", [user.nick], channels.join(" "));
    reply(context, "312", [user.nick, serverName], "irctail demo");
    if (user.away !== undefined) reply(context, "301", [user.nick], user.away);
    const since = user.sinceMs ?? clock.now();
    reply(context, "317", [user.nick, "0", unixTime(since)], "seconds idle, signon time");
  }
  reply(context, "318", [printable(wanted)], "End of /WHOIS list");
}

function list(context: Context, [wanted]: readonly string[]): void {
  const only = wanted?.split(",").map(fold);
  reply(context, "321", ["Channel"], "Users  Name");
  for (const [folded, channel] of context.network.channels) {
    if (only !== undefined && !only.includes(folded)) continue;
    reply(context, "322", [channel.name, String(channel.members.size)], channel.topic?.text ?? "");
  }
  reply(context, "323", [], "End of /LIST");
}

function away(context: Context, [message]: readonly string[]): void {
  context.user.away = message === "" ? undefined : message;
  if (context.user.away === undefined) reply(context, "305", [], "You are no longer marked as being away");
  else reply(context, "306", [], "You have been marked as being away");
}

function userhost(context: Context, nicks: readonly string[]): void {
  const found = nicks.map((nick) => context.network.user(nick)).filter((user) => user !== undefined);
  const hosts = found.map((user) =>
    `${user.nick}=${user.away === undefined ? "+" : "-"}${user.username}@${user.host}`
  );
  reply(context, "302", [], hosts.join(" "));
}

function ison(context: Context, params: readonly string[]): void {
  const nicks = params.flatMap((param) => param.split(" ")).map((nick) => context.network.user(nick)?.nick);
  reply(context, "303", [], nicks.filter((nick) => nick !== undefined).join(" "));
}

/** A parameter of the client's own, as it can stand in the middle of an answer. */
function printable(text: string): string {
  return text === "" || text.startsWith(":") || text.includes(" ") ? "*" : text;
}

/** Seconds since the epoch. */
function unixTime(ms: number): string {
  return String(Math.floor(ms / 1000));
}
