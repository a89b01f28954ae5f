/**
 * The `connections:` section as it is written.
 *
 * @module
 */

import { z } from "zod";
import { FLOOD_PROFILES } from "../config.ts";
import { channelProblem } from "../target.ts";
import { addIssue, count, flag, name, named, rate, secret, text } from "./leaf.ts";

/** Longest nick anyone grants, in characters; the server's own NICKLEN is respected when connecting. */
const LONGEST_NICK = 64;

/** RFC 2812 §2.3.1, plus what UTF-8 servers allow: no blanks, no prefixes, no masks, no digit or dash first. */
const NICK_SYNTAX = /^[^\s\p{Cc},.*?!@:#&$+~%0-9-][^\s\p{Cc},.*?!@:]*$/u;

/** A host name, an IPv4 or an IPv6 address. */
const HOST_SYNTAX = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/u;

/** A host with or without a port; IPv6 addresses stand in brackets. */
const SERVER_SYNTAX = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]@]+))(?::(\d{1,5}))?$/u;

const port = count("TCP port; default 6697, or 6667 with tls: false", { least: 1, most: 65_535 });

function nick(description: string) {
  return z.string()
    .regex(NICK_SYNTAX, { error: "Must be a nick: no blanks, no , . * ? ! @ : and no digit or dash first" })
    .max(LONGEST_NICK)
    .describe(description);
}

const host = z.string().superRefine((value, context) => {
  if (HOST_SYNTAX.test(value)) return;
  const server = parseServer(value);
  if (server?.port !== undefined) {
    addIssue(context, "Must be a host without a port", { hint: "write the port below it, as port:" });
  } else {
    addIssue(context, "Must be a host name or an IP address", {
      ...value.includes("://") ? { hint: "leave out the part up to ://" } : {},
    });
  }
}).describe("Host name or IP address of the server; or use servers");

const server = z.string().superRefine((value, context) => {
  if (parseServer(value) === undefined) {
    addIssue(context, "Must be HOST or HOST:PORT, with an IPv6 address in brackets");
  }
}).describe("HOST or HOST:PORT; an IPv6 address stands in brackets");

/**
 * Reads `HOST`, `HOST:PORT` or `[ADDRESS]:PORT`.
 *
 * @param written As the config has it.
 * @returns `undefined` when it is none of these.
 */
export function parseServer(
  written: string,
): { readonly host: string; readonly port: number | undefined } | undefined {
  const [, address, hostName, portText] = SERVER_SYNTAX.exec(written) ?? [];
  const found = address ?? hostName;
  const portNumber = portText === undefined ? undefined : Number(portText);
  if (found === undefined || !HOST_SYNTAX.test(found)) return undefined;
  return portNumber === 0 || (portNumber ?? 1) > 65_535 ? undefined : { host: found, port: portNumber };
}

const tls = z.union([
  flag("Whether to use TLS"),
  z.strictObject({
    ca_file: text("PEM file of further authorities to trust, besides the public ones").optional(),
    cert_file: text("PEM file of the client certificate").optional(),
    key_file: text("PEM file of the client certificate's private key").optional(),
    server_name: text("Name to verify instead of the host's; not together with cert_file").optional(),
  }),
]).describe("TLS, with the server's certificate always verified; default true");

const sasl = z.strictObject({
  mechanism: z.enum(["plain", "external", "scram-sha-256"])
    .describe(
      "plain shows the server the password, scram-sha-256 does not; external: by tls.cert_file; default plain",
    )
    .optional(),
  account: text("Account name; none with external").optional(),
  password: secret("Password of the account; none with external").optional(),
}).describe("Login with SASL");

const flood = z.union([
  z.enum(["auto", ...FLOOD_PROFILES]).describe("auto learns from the server; a profile seeds the pace"),
  z.strictObject({
    rate: rate("Messages", { least: "1/h", most: "1000/s" }),
    burst: count("Messages at once; default 1", { least: 1, most: 1000 }).optional(),
    bytes_per_second: count("Bytes a second; default: no limit", { least: 16, most: 10_000_000 }).optional(),
  }),
]).describe("How fast the server may be spoken to; default auto");

const channelName = z.string().superRefine((value, context) => {
  const problem = channelProblem(value);
  if (problem !== undefined) {
    addIssue(context, problem, /^[#&]/.test(value) ? {} : { hint: `write "#${value}"` });
  }
}).describe("Channel with its #, in quotes");

const channel = z.strictObject({
  key: secret("Key of the channel (+k)").optional(),
  private: flag("Whether to say nothing while the channel is open to everybody; default false").optional(),
  invite: name("Service to ask for an invitation where the channel is invite-only, such as chanserv")
    .optional(),
}).describe("Options of one channel");

const connection = z.strictObject({
  host: host.optional(),
  servers: z.array(server).min(1).describe("Servers of one network, tried in turn; instead of host")
    .optional(),
  port: port.optional(),
  tls: tls.optional(),
  nick: nick("Wanted nick"),
  alt_nicks: z.array(nick("Another nick"))
    .describe("Nicks to try in this order when the nick is taken; then nick_, nick__ and so on").optional(),
  realname: text("Shown by WHOIS; default irctail").optional(),
  password: secret("Server password (PASS)").optional(),
  sasl: sasl.optional(),
  nickserv: z.strictObject({ password: secret("Password of the nick").optional() })
    .describe("Login with NickServ, for networks without SASL").optional(),
  flood: flood.optional(),
  standby: z.enum(["warm", "cold"])
    .describe("What a fleet gateway does that does not hold the lease; default warm").optional(),
  channels: z.record(channelName, channel).describe("Options of single channels, by name").optional(),
}).describe("One nick on one server");

/** Shape of the `connections:` section. */
export const connectionsSchema = named(connection, "One entry for each nick on a server");

/** Shape of the section when a bad nick was left out: the only key that a connection must have. */
export const draftConnectionsSchema = z.record(z.string(), connection.partial());

/** One connection in which only the parts that fit are left. */
export type DraftConnection = z.infer<typeof draftConnectionsSchema>[string];

/** One connection as it is written. */
export type WrittenConnection = z.infer<typeof connection>;
