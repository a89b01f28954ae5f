/**
 * Who is on the demo's IRC network and in which channel; knows nothing of sockets.
 *
 * @module
 */

/** One client that has sent at least one byte. */
export interface User {
  /** Current nick; `*` until one was accepted. */
  nick: string;
  /** User name, from USER. */
  username: string;
  /** Real name, from USER. */
  realname: string;
  /** Address it connected from. */
  readonly host: string;
  /** When it registered, in milliseconds since the epoch; `undefined` before. */
  sinceMs: number | undefined;
  /** Whether it asked to see its own messages (IRCv3 echo-message). */
  echo: boolean;
  /** Away message, when it is away. */
  away: string | undefined;
  /** User modes, letters only. */
  readonly modes: Set<string>;
  /** Queues one line, without CR LF. */
  readonly send: (line: string) => void;
}

/** One channel with somebody in it. */
export interface Channel {
  /** Name as its first visitor wrote it. */
  readonly name: string;
  /** Who is in it, in the order of joining. */
  readonly members: Set<User>;
  /** When it came to be, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Topic and who set it when. */
  topic: { readonly text: string; readonly by: string; readonly atMs: number } | undefined;
}

/** Longest nick, as ISUPPORT NICKLEN says; Libera.Chat has 16, InspIRCd 30. */
export const NICK_LENGTH = 30;

/** Longest channel name, as ISUPPORT CHANNELLEN says (RFC 2812 §1.3). */
export const CHANNEL_LENGTH = 50;

/** Most channels one client is in, as ISUPPORT CHANLIMIT says. */
export const CHANNELS_PER_USER = 20;

/** RFC 2812 §2.3.1: a letter or special first, then digits and `-` too. */
const NICK = /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]*$/;

/** Whether a nick is one (432 otherwise). */
export function isNick(text: string): boolean {
  return text.length <= NICK_LENGTH && NICK.test(text);
}

/** Whether a channel name is one: `#`, then anything but blank, comma, colon, BEL and other controls. */
export function isChannelName(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return text.length <= CHANNEL_LENGTH && /^#[^\x00-\x20,:]+$/.test(text);
}

/** Names compare by this (ISUPPORT CASEMAPPING=ascii). */
export function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** `nick!user@host`, as it stands in front of what a user says. */
export function maskOf(user: User): string {
  return `${user.nick}!${user.username}@${user.host}`;
}

/** Users and channels. */
export class Network {
  /** Registered users, and those that hold a nick while they register, by folded nick. */
  readonly users: Map<string, User> = new Map();
  /** By folded name; a channel is gone when its last member is. */
  readonly channels: Map<string, Channel> = new Map();

  /** Channels a user is in. */
  channelsOf(user: User): readonly Channel[] {
    return [...this.channels.values()].filter((channel) => channel.members.has(user));
  }

  /** A channel by name. */
  channel(name: string): Channel | undefined {
    return this.channels.get(fold(name));
  }

  /** A registered user by nick. */
  user(nick: string): User | undefined {
    const user = this.users.get(fold(nick));
    return user?.sinceMs === undefined ? undefined : user;
  }

  /** Gives a user a nick; `false` when another has it. */
  rename(user: User, nick: string): boolean {
    const holder = this.users.get(fold(nick));
    if (holder !== undefined && holder !== user) return false;
    this.users.delete(fold(user.nick));
    user.nick = nick;
    this.users.set(fold(nick), user);
    return true;
  }

  /** Puts a user into a channel, which comes to be when it was not. */
  join(user: User, name: string, nowMs: number): Channel {
    const channel = this.channel(name) ?? { name, members: new Set(), sinceMs: nowMs, topic: undefined };
    this.channels.set(fold(name), channel);
    channel.members.add(user);
    return channel;
  }

  /** Takes a user out of a channel. */
  part(user: User, channel: Channel): void {
    channel.members.delete(user);
    if (channel.members.size === 0) this.channels.delete(fold(channel.name));
  }

  /** Takes a user out of everything, after telling everybody who shares a channel; does nothing the second time. */
  quit(user: User, reason: string): void {
    this.tellPeers(user, `:${maskOf(user)} QUIT :${reason}`);
    for (const channel of this.channelsOf(user)) this.part(user, channel);
    if (this.users.get(fold(user.nick)) === user) this.users.delete(fold(user.nick));
  }

  /** Sends a line to every member but one. */
  tell(channel: Channel, line: string, except?: User): void {
    for (const member of channel.members) if (member !== except) member.send(line);
  }

  /** Sends a line once to everybody who shares a channel with a user, not to the user. */
  tellPeers(user: User, line: string): void {
    const peers = new Set(this.channelsOf(user).flatMap((channel) => [...channel.members]));
    peers.delete(user);
    for (const peer of peers) peer.send(line);
  }
}
