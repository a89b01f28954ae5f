/**
 * What must fit together in `connections:`.
 *
 * @module
 */

import { failure, type Finding, warning } from "./finding.ts";
import type { Draft } from "./rules.ts";
import { type DraftConnection, parseServer } from "./schema/connection.ts";

/** Port of IRC over TLS (RFC 7194 §2.1). */
const TLS_PORT = 6697;

/** Port of IRC without TLS, by custom. */
const PLAIN_PORT = 6667;

/** What a JOIN would take for the end of a key: RFC 2812 §2.3.1 (`key`), and the colon that a last word may begin with. */
const NO_CHANNEL_KEY = /^:|[\s,]/;

/**
 * Checks the connections of a config.
 *
 * @param draft The parts that fit the schema.
 */
export function checkConnections(draft: Draft): Finding[] {
  const findings: Finding[] = [];
  const nicks = new Map<string, string>();
  for (const [key, connection] of Object.entries(draft.written.connections ?? {})) {
    const path = ["connections", key];
    findings.push(
      ...checkServers(connection, path, draft),
      ...checkTls(connection, path),
      ...checkSasl(connection, path, draft),
      ...checkChannels(connection, path),
    );
    if (connection.nick === undefined) continue;
    for (const { host, port } of serversOf(connection)) {
      const seat = `${host.toLowerCase()} ${port} ${foldNick(connection.nick)}`;
      const other = nicks.get(seat);
      if (other === undefined) nicks.set(seat, key);
      else if (other !== key) {
        findings.push(failure([...path, "nick"], `The connection "${other}" has the same nick on "${host}"`, {
          hint: "give each connection its own nick",
        }));
        break;
      }
    }
  }
  return findings;
}

/**
 * Servers of a connection with their ports.
 *
 * @param connection As it is written.
 */
export function serversOf(
  connection: DraftConnection,
): readonly { readonly host: string; readonly port: number }[] {
  const usual = connection.port ?? (connection.tls === false ? PLAIN_PORT : TLS_PORT);
  if (connection.host !== undefined) return [{ host: connection.host, port: usual }];
  return (connection.servers ?? []).map(parseServer).filter((server) => server !== undefined)
    .map(({ host, port }) => ({ host, port: port ?? usual }));
}

function checkServers(
  connection: DraftConnection,
  path: readonly string[],
  { isEmptied }: Draft,
): Finding[] {
  if (connection.host !== undefined && connection.servers !== undefined) {
    return [failure([...path, "servers"], "A connection has either host or servers", { at: "key" })];
  }
  if (connection.host !== undefined || connection.servers !== undefined) return [];
  return [
    failure(
      [...path, "host"],
      isEmptied([...path, "host"]) ? "The host is empty" : "Missing, but required",
    ),
  ];
}

function checkTls({ tls }: DraftConnection, path: readonly string[]): Finding[] {
  if (tls === undefined || typeof tls === "boolean") return [];
  const findings: Finding[] = [];
  if ((tls.cert_file === undefined) !== (tls.key_file === undefined)) {
    const present = tls.cert_file === undefined ? "key_file" : "cert_file";
    const absent = tls.cert_file === undefined ? "cert_file" : "key_file";
    findings.push(failure([...path, "tls", present], `${present} needs ${absent} beside it`, { at: "key" }));
  }
  if (tls.server_name !== undefined && tls.cert_file !== undefined) {
    findings.push(
      failure([...path, "tls", "server_name"], "server_name and cert_file cannot be used together", {
        at: "key",
      }),
    );
  }
  return findings;
}

function checkSasl(connection: DraftConnection, path: readonly string[], { isEmptied }: Draft): Finding[] {
  const { sasl } = connection;
  if (sasl === undefined) return [];
  if (sasl.mechanism === "external") return checkExternal(connection, path);
  const absent = (["account", "password"] as const).filter((key) => sasl[key] === undefined);
  // A login whose account and password are both references to nothing is one that was not given.
  if (absent.length === 2 && absent.every((key) => isEmptied([...path, "sasl", key]))) return [];
  return absent.map((key) =>
    failure(
      [...path, "sasl", key],
      isEmptied([...path, "sasl", key]) ? `The ${key} is empty` : "Missing, but required",
    )
  );
}

function checkExternal({ sasl, tls }: DraftConnection, path: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const certificate = typeof tls === "object" ? tls : undefined;
  // One of the two without the other is a finding already.
  if (certificate?.cert_file === undefined && certificate?.key_file === undefined) {
    findings.push(
      failure([...path, "sasl", "mechanism"], "SASL EXTERNAL needs a client certificate", {
        hint: "set cert_file and key_file in tls of this connection",
      }),
    );
  }
  for (const key of ["account", "password"] as const) {
    if (sasl?.[key] === undefined) continue;
    findings.push(
      warning([...path, "sasl", key], `SASL EXTERNAL uses no ${key}: the certificate says who the bot is`, {
        at: "key",
      }),
    );
  }
  return findings;
}

function checkChannels({ channels }: DraftConnection, path: readonly string[]): Finding[] {
  const seen = new Set<string>();
  return Object.entries(channels ?? {}).flatMap(([channel, { key }]) => {
    const findings: Finding[] = [];
    const place = [...path, "channels", channel];
    if (seen.has(channel.toLowerCase())) {
      findings.push(failure(place, "The channel stands here a second time", { at: "key" }));
    }
    if (key !== undefined && NO_CHANNEL_KEY.test(key)) {
      findings.push(failure([...place, "key"], "A channel key holds no blanks and commas, and no : first"));
    }
    seen.add(channel.toLowerCase());
    return findings;
  });
}

/** Nicks that a server takes for the same (RFC 1459 §2.2: `{}|^` are the lower case of `[]\~`). */
function foldNick(nick: string): string {
  return nick.toLowerCase().replace(/[[\]\\~]/g, (char) => "{}|^"["[]\\~".indexOf(char)] ?? char);
}
