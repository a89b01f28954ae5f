/**
 * What the known servers take, and which of them one speaks to.
 *
 * @module
 */

import type { FloodProfile, FloodSpec } from "../config/config.ts";
import { type Pace, perLine } from "./pace.ts";

/** Where a pace starts, and how far it may be taken. */
export interface Seed {
  /** The profile it comes from; `custom` for numbers from the config. */
  readonly profile: FloodProfile | "custom";
  /** What to keep to until more is known. */
  readonly pace: Pace;
  /** Highest multiple of the pace that success may lead to; 1 where more would be dropped or punished. */
  readonly ceiling: number;
  /** Most bytes of messages that may be in flight, so that a server that is slow to read never has too many unread. */
  readonly mostBytesInFlight: number;
  /** What one channel takes besides, while we have no voice there; `undefined` where channels do not count. */
  readonly perChannel: Pace | undefined;
}

type ProfileSeed = Omit<Seed, "profile" | "perChannel">;

/**
 * What each kind of server takes. The ceiling of those that kill or drop without a word is 1: nothing that can be seen
 * says how much more they would take, before it is too much.
 */
const PROFILES: Readonly<Record<FloodProfile, ProfileSeed>> = {
  // Libera.Chat's FAQ: one message every two seconds. Also what the slowest server takes (ircd-irc2: 0.51/s, measured;
  // more than 8,000 unread bytes kill).
  public: { pace: perLine(4, 0.5), ceiling: 1, mostBytesInFlight: 1_500 },
  // client_flood_burst_max 5, then 2/s; 20 unread lines kill. Measured with voice: 2.0/s. Channels count besides.
  solanum: { pace: perLine(4, 1.9), ceiling: 1, mostBytesInFlight: 2_048 },
  // Measured: 5 at once, then 1/s; more than 2,560 unread bytes kill, and commands need some of them.
  hybrid: { pace: perLine(4, 0.9), ceiling: 1, mostBytesInFlight: 1_500 },
  // Bahamut's fake lag: 2 s and 1 s for every 120 bytes, up to 10 s ahead of the clock; one second is left as margin.
  // More than 2,560 unread bytes kill.
  dalnet: {
    pace: { burstMs: 9_000, costMs: (bytes) => 2_000 + (bytes * 1_000) / 120 },
    ceiling: 1,
    mostBytesInFlight: 2_000,
  },
  // UnrealIRCd's fake lag for unknown users: 1 s and 1 s for every 90 bytes, up to 10 s ahead; margin as above. Known
  // users pay 0.75 s and 1 s for every 240 bytes, of which the ceiling stays short.
  unreal: {
    pace: { burstMs: 9_000, costMs: (bytes) => 1_000 + (bytes * 1_000) / 90 },
    ceiling: 1.5,
    mostBytesInFlight: 6_000,
  },
  // Upstream's example class: threshold 10, commandrate 1000, one line a second; kills without fakelag.
  inspircd: { pace: perLine(9, 0.95), ceiling: 1, mostBytesInFlight: 6_000 },
  // Never kills for a rate: it stops reading. Measured with 4 lines and a PING in flight: 4.0 lines/s, that is 5 commands.
  ngircd: { pace: perLine(5, 5), ceiling: 4, mostBytesInFlight: 2_048 },
  // Default fakelag: burst 5, then 2/s; it only delays, and roles without it are common on servers of one's own.
  ergo: { pace: perLine(5, 2), ceiling: 4, mostBytesInFlight: 16_384 },
  exempt: { pace: { burstMs: Infinity, costMs: () => 0 }, ceiling: 1, mostBytesInFlight: Infinity },
};

/** Numbers from the config say nothing of this; nobody kills for less than 2,560 unread bytes. */
const CUSTOM_BYTES_IN_FLIGHT = 2_048;

/**
 * Solanum's default_floodcount drops silently above 10 lines in a channel, forgets one a second, and then lets nothing
 * through until all are forgotten; who has voice is spared.
 */
const SOLANUM_CHANNEL = perLine(8, 0.9);

/**
 * ircd-irc2 counts like bahamut, in whole seconds. Measured: 0.51/s for lines of 60 bytes, 0.16/s for lines of 400; at
 * a line in two seconds each of the long ones would be answered later than the one before.
 */
const IRC2: Pace = { burstMs: 8_000, costMs: (bytes) => 2_000 + Math.floor(bytes / 120) * 1_000 };

/** 2.10 and 2.11 are all there is of it. */
const IRC2_VERSION = /^2\.1[01]\./;

/** What a server says about itself while it greets. */
export interface ServerIdentity {
  /** Version from 002 or 004; empty when it said none. */
  readonly version: string;
  /** ISUPPORT `NETWORK`; empty when it said none. */
  readonly network: string;
}

/** Kin that counts lines by channel. */
const SOLANUM = /solanum|charybdis|ratbox/i;

/** Version text → profile, first match wins. */
const RECOGNISED: readonly (readonly [RegExp, FloodProfile])[] = [
  [/ngircd/i, "ngircd"],
  [/inspircd/i, "inspircd"],
  [SOLANUM, "solanum"],
  [/hybrid/i, "hybrid"],
  [/bahamut/i, "dalnet"],
  [/unreal/i, "unreal"],
  [/ergo|oragono/i, "ergo"],
];

/**
 * The profile of a server, `public` when it is not known.
 *
 * @param server What it said.
 */
export function recogniseProfile(server: ServerIdentity): FloodProfile {
  // It runs Solanum, with a policy that is stricter than Solanum's defaults.
  if (/^libera/i.test(server.network)) return "public";
  return RECOGNISED.find(([pattern]) => pattern.test(server.version))?.[1] ?? "public";
}

/**
 * Where the pace starts for a configured flood setting on a server.
 *
 * @param flood What the configuration says; what it names is never exceeded.
 * @param server What the server said, for `auto`.
 */
export function seedFor(flood: FloodSpec, server: ServerIdentity): Seed {
  switch (flood.kind) {
    case "auto": {
      const profile = recogniseProfile(server);
      const pace = IRC2_VERSION.test(server.version) ? IRC2 : PROFILES[profile].pace;
      return { profile, ...PROFILES[profile], pace, perChannel: perChannel(profile, server) };
    }
    case "profile": {
      const { profile } = flood;
      return { profile, ...PROFILES[profile], ceiling: 1, perChannel: perChannel(profile, server) };
    }
    case "custom": {
      const lineMs = 1_000 / flood.messagesPerSecond;
      const byteMs = flood.bytesPerSecond === undefined ? 0 : 1_000 / flood.bytesPerSecond;
      const pace: Pace = {
        burstMs: flood.burstMessages * lineMs,
        costMs: (bytes) => Math.max(lineMs, bytes * byteMs),
      };
      return {
        profile: "custom",
        pace,
        ceiling: 1,
        mostBytesInFlight: CUSTOM_BYTES_IN_FLIGHT,
        perChannel: perChannel("custom", server),
      };
    }
  }
}

/** Channels count on such a server whatever else is configured, but for those whom nothing counts. */
function perChannel(profile: Seed["profile"], { version }: ServerIdentity): Pace | undefined {
  if (profile === "exempt") return undefined;
  return profile === "solanum" || SOLANUM.test(version) ? SOLANUM_CHANNEL : undefined;
}
