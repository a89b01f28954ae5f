/**
 * The configuration as the agent runs it: references expanded, defaults merged, numbers in units, names checked.
 * Plain frozen data, compared by value; `schema.ts` has the shape as it is written.
 *
 * @module
 */

import type { Format, Multiline } from "../event/format.ts";
import type { Level } from "../event/level.ts";
import type { Secret } from "../runtime/secret.ts";
import type { DockerSocket } from "./docker_socket.ts";

/** A whole configuration. */
export interface Config {
  /** Directory for checkpoints, lock and control socket; absolute. */
  readonly stateDir: string;
  /** Where irctail says its own news; left out: log and status only. */
  readonly notices?: NoticesSpec;
  /** By config key. */
  readonly connections: ReadonlyMap<string, ConnectionSpec>;
  /** By config key. */
  readonly sources: ReadonlyMap<string, SourceSpec>;
  /** User rules and profiles. */
  readonly redaction: RedactionSpec;
  /** In matching order. */
  readonly routes: readonly RouteSpec[];
  /** Every secret of the config, wherever it stands; those of 8 characters or more are redaction literals. */
  readonly secrets: readonly Secret[];
}

/** One channel for irctail's own news. */
export interface NoticesSpec {
  /** Config key of the connection. */
  readonly connection: string;
  /** Channel with its `#`. */
  readonly channel: string;
}

/** One nick on one server. */
export interface ConnectionSpec {
  /** Tried in turn; at least one. */
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  /** `undefined` without TLS. Paths are read when connecting. */
  readonly tls: TlsSpec | undefined;
  /** Wanted nick. */
  readonly nick: string;
  /** Tried in this order when the nick is taken; afterwards `nick_`, `nick__` and so on. */
  readonly altNicks: readonly string[];
  /** Shown by WHOIS. */
  readonly realname: string;
  /** Server password (PASS). */
  readonly password: Secret | undefined;
  /** SASL login. */
  readonly sasl: SaslSpec | undefined;
  /** Password for `IDENTIFY` where there is no SASL. */
  readonly nickserv: Secret | undefined;
  /** How fast the server may be spoken to. */
  readonly flood: FloodSpec;
  /** Options of single channels, by lower-cased name. */
  readonly channels: ReadonlyMap<string, ChannelSpec>;
}

/** TLS options; verification is always on. */
export interface TlsSpec {
  /** PEM of further certificate authorities, besides the public ones that the runtime trusts. */
  readonly caFile?: string;
  /** PEM of the client certificate. */
  readonly certFile?: string;
  /** PEM of its private key. */
  readonly keyFile?: string;
  /** Name to verify instead of the host's. */
  readonly serverName?: string;
}

/** SASL credentials. */
export type SaslSpec =
  | {
    /** `plain` shows the password to the server, `scram-sha-256` only proves that we know it. */
    readonly mechanism: "plain" | "scram-sha-256";
    /** Account name. */
    readonly account: string;
    /** Its password. */
    readonly password: Secret;
  }
  | {
    /** The client certificate says who we are. */
    readonly mechanism: "external";
  };

/** Options of one channel. */
export interface ChannelSpec {
  /** Key (+k). */
  readonly key: Secret | undefined;
  /** Whether nothing may be said there while everybody can come in or find it; left out: no. */
  readonly private?: boolean;
  /** Nick of the service to ask for an invitation where the channel is invite-only; left out: nobody. */
  readonly invite?: string;
}

/** Names of the built-in flood profiles. */
export const FLOOD_PROFILES = [
  "public",
  "solanum",
  "hybrid",
  "dalnet",
  "unreal",
  "inspircd",
  "ngircd",
  "ergo",
  "exempt",
] as const;

/** One of {@linkcode FLOOD_PROFILES}. */
export type FloodProfile = (typeof FLOOD_PROFILES)[number];

/** How fast a server may be spoken to. */
export type FloodSpec =
  | { readonly kind: "auto" }
  | { readonly kind: "profile"; readonly profile: FloodProfile }
  | {
    readonly kind: "custom";
    /** Messages a second, above 0. */
    readonly messagesPerSecond: number;
    /** Messages at once, 1 or more. */
    readonly burstMessages: number;
    /** Bytes a second, `undefined` for no limit. */
    readonly bytesPerSecond: number | undefined;
  };

/** Somewhere lines come from. */
export type SourceSpec = FileSourceSpec | StdinSourceSpec | DockerSourceSpec | JournaldSourceSpec;

/** What sources of every kind have. */
export interface WatchedSource {
  /** How long it may yield nothing, once it has yielded something, before that is said; milliseconds; left out: off. */
  readonly quietAfterMs?: number;
}

/** Files by glob. */
export interface FileSourceSpec extends WatchedSource {
  readonly type: "file";
  /** Globs, absolute; at least one. */
  readonly paths: readonly string[];
  /** Globs of what to leave out. */
  readonly exclude: readonly string[];
  /** Service name, or a template over the path: `{dir}` (name of the file's directory), `{stem}` (file name up to the first dot), `{label.NAME}`. */
  readonly service: string;
  /** Where to start with files found when the source runs for the first time. */
  readonly startAt: "end" | "beginning";
  /** How to read a line. */
  readonly format: Format;
  /** How lines are joined to records. */
  readonly multiline: Multiline;
  /** Longest line in bytes; the rest is cut off and said so. */
  readonly maxLineBytes: number;
}

/** Standard input. */
export interface StdinSourceSpec extends WatchedSource {
  readonly type: "stdin";
  /** Service name. */
  readonly service: string;
  /** Copies stdin to stdout untouched. */
  readonly tee: boolean;
  /** How to read a line. */
  readonly format: Format;
  /** How lines are joined to records. */
  readonly multiline: Multiline;
  /** Longest line in bytes; the rest is cut off and said so. */
  readonly maxLineBytes: number;
}

/** The systemd journal. Entries of `units` and entries of `identifiers` are read; without both, all but irctail's own. */
export interface JournaldSourceSpec extends WatchedSource {
  readonly type: "journald";
  /** Globs over units; a name without a suffix means a `.service`. */
  readonly units: readonly string[];
  /** Globs over syslog identifiers. */
  readonly identifiers: readonly string[];
  /** Least severe priority, as a level; `undefined` reads entries without a priority as well. */
  readonly minLevel: Level | undefined;
  /** Service name; `undefined`: the unit without `.service`, else the identifier. */
  readonly service: string | undefined;
  /** How to read a line. */
  readonly format: Format;
  /** Whether stack traces are joined that were written line by line. */
  readonly multiline: Multiline;
  /** Longest message in bytes; the rest is cut off and said so. */
  readonly maxLineBytes: number;
}

/** Which containers: a list that is empty says nothing. */
export interface ContainerFilter {
  /** Globs over container names. */
  readonly names: readonly string[];
  /** Globs over labels, as `NAME` or `NAME=VALUE`. */
  readonly labels: readonly string[];
  /** Globs over image names, with or without the tag. */
  readonly images: readonly string[];
}

/** Containers behind a Docker or Podman socket. */
export interface DockerSourceSpec extends WatchedSource {
  readonly type: "docker";
  /** Where the daemon listens. */
  readonly socket: DockerSocket;
  /** Which containers: every list that is not empty must name them. */
  readonly include: ContainerFilter;
  /** Which containers not: one list suffices. */
  readonly exclude: ContainerFilter;
  /**
   * Service name, or a template with `{label.NAME}`; `undefined`, or where nothing is left of it: label
   * `irctail.service`, else the Compose service, else the container's name.
   */
  readonly service: string | undefined;
  /** Whether the end of a container and changes of its health are lines too. */
  readonly lifecycle: boolean;
  /** How to read a line. */
  readonly format: Format;
  /** Whether stack traces are joined. */
  readonly multiline: Multiline;
  /** Longest line in bytes; the rest is cut off and said so. */
  readonly maxLineBytes: number;
}

/** Names of the built-in redaction rules; `redact/` has a `Record` over them, so that the compiler finds a missing one. */
export const REDACTION_RULES = [
  "eth-key",
  "eth-address",
  "hex-hash",
  "sk-key",
  "jwt",
  "pem",
  "base64-line",
  "url-cred",
  "webhook-url",
  "cloud-key",
  "vendor-token",
  "prefix-token",
  "auth-header",
  "key-value",
  "cli-secret",
  "irc-secret",
  "mnemonic",
  "wallet-key",
  "hash",
  "email",
  "card",
  "iban",
  "us-ssn",
  "phone",
  "ip",
  "btc-address",
  "home-path",
  "uuid-key",
  "encoded",
  "high-entropy",
] as const;

/** One of {@linkcode REDACTION_RULES}. */
export type RedactionRule = (typeof REDACTION_RULES)[number];

/** Names of the built-in redaction profiles. */
export const REDACTION_PROFILES = ["standard", "strict", "minimal"] as const;

/** One of {@linkcode REDACTION_PROFILES}. */
export type RedactionProfile = (typeof REDACTION_PROFILES)[number];

/** What stands where a profile would, on a route whose lines are shown with the secrets in them. */
export const REDACTION_OFF = "off";

/** User rules and profiles. */
export interface RedactionSpec {
  /** By name; patterns are re2 syntax and were compiled once when the config was checked. */
  readonly rules: ReadonlyMap<string, { readonly pattern: string; readonly replace: string }>;
  /** By name; never one of the built-in names. */
  readonly profiles: ReadonlyMap<string, ProfileSpec>;
}

/** A profile made from a built-in one. */
export interface ProfileSpec {
  /** What it starts from. */
  readonly builtin: RedactionProfile;
  /** Built-in rules left out. */
  readonly except: readonly RedactionRule[];
  /** Names of user rules added. */
  readonly rules: readonly string[];
}

/** One routing rule. */
export interface RouteSpec {
  /** Unique; `route-1` and so on where the config gives none. */
  readonly name: string;
  /** Which records. */
  readonly match: MatchSpec;
  /** Whether routes below see the record too. */
  readonly continue: boolean;
  /** What happens to them. */
  readonly action: { readonly kind: "drop" } | SendSpec;
}

/** Conditions of a route: all must hold; of a list one suffices; an empty list is no condition. */
export interface MatchSpec {
  /** Globs over the service. */
  readonly service: readonly string[];
  /** Globs over the source's config key. */
  readonly source: readonly string[];
  /** Least severe level. */
  readonly minLevel: Level;
  /** Substrings of the line without ANSI codes. */
  readonly contains: readonly string[];
  /** re2 patterns over the line without ANSI codes, unanchored, case-sensitive. */
  readonly regex: readonly string[];
  /** Parsed fields that must have one of these values. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Where and how records are sent. */
export interface SendSpec {
  readonly kind: "send";
  /** Config key of the connection. */
  readonly connection: string;
  /** Channel with its `#`; may hold `{…}` templates. */
  readonly channel: string;
  /** Name of a redaction profile, or {@linkcode REDACTION_OFF}. */
  readonly redact: string;
  /** Message template. */
  readonly template: string;
  /** How much is shown. */
  readonly budget: BudgetSpec;
  /** Whether identical lines are counted instead of shown. */
  readonly repeats: "collapse" | "show";
  /** What happens to a message that does not fit. */
  readonly long: "clip" | "split";
  /** How long a line waits before it is offered to the connection, counted from when it was read; milliseconds. */
  readonly delayMs: number;
}

/** How much one route may show in one channel. */
export interface BudgetSpec {
  /** Refill, in lines a second, above 0. */
  readonly linesPerSecond: number;
  /** Lines at once, 1 or more. */
  readonly burstLines: number;
  /** A line older than this is summarised, not sent; milliseconds. */
  readonly maxAgeMs: number;
  /** How often an overflow is summarised; milliseconds. */
  readonly digestMs: number;
}
