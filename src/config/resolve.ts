/**
 * From a config as it is written to the config as it runs: defaults merged, units read, paths absolute.
 *
 * @module
 */

import { resolve as resolvePath } from "node:path";
import { LEVELS } from "../event/level.ts";
import { Secret } from "../runtime/secret.ts";
import type {
  BudgetSpec,
  ChannelSpec,
  Config,
  ConnectionSpec,
  ContainerFilter,
  FloodSpec,
  MatchSpec,
  NoticesSpec,
  ProfileSpec,
  RouteSpec,
  SaslSpec,
  SendSpec,
  SourceSpec,
  TlsSpec,
} from "./config.ts";
import { FLOOD_PROFILES, REDACTION_RULES } from "./config.ts";
import { serversOf } from "./connection_rules.ts";
import { DEFAULT_DOCKER_SOCKET, parseDockerSocket } from "./docker_socket.ts";
import type { WrittenConfig } from "./schema.ts";
import type { WrittenConnection } from "./schema/connection.ts";
import type { WrittenRedaction } from "./schema/redaction.ts";
import type { WrittenDefaults, WrittenRoute } from "./schema/route.ts";
import type { WrittenContainerFilter, WrittenSource } from "./schema/source.ts";
import { parseTarget } from "./target.ts";
import { parseDuration, parseRate, parseSize } from "./units.ts";

/** What a route inherits that says nothing itself, nor in `defaults:`. */
export const BUILT_IN = {
  min_level: "info",
  redact: "standard",
  template: "[{level}] {message}",
  budget: { rate: "60/m", burst: 20, max_age: "3s", digest: "5s" },
  repeats: "collapse",
  long: "clip",
  delay: "0ms",
} as const satisfies WrittenDefaults;

/** Longest line of a source that says nothing. */
const DEFAULT_MAX_LINE = "64KiB";

/** Shown by WHOIS where the config says nothing. */
const DEFAULT_REALNAME = "irctail";

/** Where a config stands. */
export interface ResolveOptions {
  /** Directory that relative paths start at, absolute. */
  readonly directory: string;
  /** State directory, absolute. */
  readonly stateDir: string;
  /** Every secret of the config. */
  readonly secrets: readonly string[];
}

/**
 * Makes the config that runs. Pure.
 *
 * @param written A config without a finding.
 * @param options Where it stands.
 */
export function resolveConfig(written: WrittenConfig, options: ResolveOptions): Config {
  const connections = mapValues(written.connections, (spec) => resolveConnection(spec, options.directory));
  const [onlyConnection = ""] = connections.keys();
  return freeze({
    stateDir: options.stateDir,
    ...resolveNotices(written.notices, onlyConnection),
    connections,
    sources: mapValues(written.sources, (spec, key) => resolveSource(spec, key, options.directory)),
    redaction: {
      rules: mapValues(written.redaction?.rules ?? {}, (rule) => rule),
      profiles: mapValues(written.redaction?.profiles ?? {}, resolveProfile),
    },
    routes: written.routes.map((route, index) =>
      resolveRoute(route, index, written.defaults ?? {}, onlyConnection)
    ),
    secrets: [...new Set(options.secrets)].map((text) => new Secret(text)),
  });
}

function resolveNotices(
  written: WrittenConfig["notices"],
  onlyConnection: string,
): { readonly notices?: NoticesSpec } {
  const target = parseTarget(written?.to ?? "");
  if (target?.kind !== "channel") return {};
  return { notices: { connection: target.connection ?? onlyConnection, channel: target.channel } };
}

function resolveConnection(written: WrittenConnection, directory: string): ConnectionSpec {
  const channels = Object.entries(written.channels ?? {})
    .map(([name, written]) => [name.toLowerCase(), resolveChannel(written)] as const);
  return {
    servers: serversOf(written),
    tls: resolveTls(written.tls ?? true, directory),
    nick: written.nick,
    altNicks: written.alt_nicks ?? [],
    realname: written.realname ?? DEFAULT_REALNAME,
    password: secretOf(written.password),
    sasl: resolveSasl(written.sasl),
    nickserv: secretOf(written.nickserv?.password),
    flood: resolveFlood(written.flood ?? "auto"),
    channels: new Map(channels),
  };
}

function resolveChannel(written: NonNullable<WrittenConnection["channels"]>[string]): ChannelSpec {
  return {
    key: secretOf(written.key),
    ...written.private === true ? { private: true } : {},
    ...written.invite === undefined ? {} : { invite: written.invite },
  };
}

function resolveTls(written: NonNullable<WrittenConnection["tls"]>, directory: string): TlsSpec | undefined {
  if (typeof written === "boolean") return written ? {} : undefined;
  const path = (text: string | undefined) => text === undefined ? undefined : resolvePath(directory, text);
  const [caFile, certFile, keyFile] = [
    path(written.ca_file),
    path(written.cert_file),
    path(written.key_file),
  ];
  return {
    ...caFile === undefined ? {} : { caFile },
    ...certFile === undefined ? {} : { certFile },
    ...keyFile === undefined ? {} : { keyFile },
    ...written.server_name === undefined ? {} : { serverName: written.server_name },
  };
}

function resolveSasl(written: WrittenConnection["sasl"]): SaslSpec | undefined {
  if (written?.mechanism === "external") return { mechanism: "external" };
  if (written?.account === undefined || written.password === undefined) return undefined;
  return {
    mechanism: written.mechanism ?? "plain",
    account: written.account,
    password: new Secret(written.password),
  };
}

function resolveFlood(written: NonNullable<WrittenConnection["flood"]>): FloodSpec {
  if (typeof written === "object") {
    return {
      kind: "custom",
      messagesPerSecond: read(written.rate, parseRate),
      burstMessages: written.burst ?? 1,
      bytesPerSecond: written.bytes_per_second,
    };
  }
  const profile = FLOOD_PROFILES.find((name) => name === written);
  return profile === undefined ? { kind: "auto" } : { kind: "profile", profile };
}

function resolveSource(written: WrittenSource, key: string, directory: string): SourceSpec {
  const common = {
    service: "service" in written ? written.service ?? key : key,
    format: written.format ?? "auto",
    multiline: written.multiline ?? "auto",
    maxLineBytes: read(written.max_line ?? DEFAULT_MAX_LINE, parseSize),
    ...written.quiet_after === undefined ? {} : { quietAfterMs: read(written.quiet_after, parseDuration) },
  };
  switch (written.type) {
    case "file":
      return {
        type: "file",
        paths: written.paths.map((glob) => resolvePath(directory, glob)),
        exclude: (written.exclude ?? []).map((glob) =>
          glob.startsWith("**") ? glob : resolvePath(directory, glob)
        ),
        startAt: written.start_at ?? "end",
        ...common,
      };
    case "stdin":
      return { type: "stdin", tee: written.tee ?? false, ...common };
    case "docker":
      return {
        type: "docker",
        socket: read(written.socket ?? DEFAULT_DOCKER_SOCKET, parseDockerSocket),
        include: resolveFilter(written.include),
        exclude: resolveFilter(written.exclude),
        lifecycle: written.lifecycle ?? false,
        ...common,
        service: written.service,
      };
    case "journald":
      return {
        type: "journald",
        units: written.units ?? [],
        identifiers: written.identifiers ?? [],
        minLevel: written.min_level,
        ...common,
        service: written.service,
      };
    default:
      throw new TypeError(`Cannot resolve a ${written.type} source: unavailable.ts must refuse it`);
  }
}

function resolveFilter(written: WrittenContainerFilter | undefined): ContainerFilter {
  return { names: written?.names ?? [], labels: written?.labels ?? [], images: written?.images ?? [] };
}

function resolveProfile(written: NonNullable<WrittenRedaction["profiles"]>[string]): ProfileSpec {
  const except: readonly string[] = written.except ?? [];
  return {
    builtin: written.builtin ?? "standard",
    except: REDACTION_RULES.filter((rule) => except.includes(rule)),
    rules: written.rules ?? [],
  };
}

function resolveRoute(
  written: WrittenRoute,
  index: number,
  defaults: WrittenDefaults,
  onlyConnection: string,
): RouteSpec {
  const inherited = written.drop === true ? LEVELS[0] : defaults.min_level ?? BUILT_IN.min_level;
  const target = parseTarget(written.to ?? "");
  return {
    name: written.name ?? `route-${index + 1}`,
    match: resolveMatch(written.match ?? {}, inherited),
    continue: written.continue ?? false,
    action: target?.kind !== "channel" ? { kind: "drop" } : {
      kind: "send",
      connection: target.connection ?? onlyConnection,
      channel: target.channel,
      ...resolveLook({ ...defaults, ...written }),
      budget: resolveBudget({ ...defaults.budget, ...written.budget }),
    },
  };
}

function resolveLook(look: WrittenDefaults): Omit<SendSpec, "kind" | "connection" | "channel" | "budget"> {
  return {
    redact: look.redact ?? BUILT_IN.redact,
    template: look.template ?? BUILT_IN.template,
    repeats: look.repeats ?? BUILT_IN.repeats,
    long: look.long ?? BUILT_IN.long,
    delayMs: read(look.delay ?? BUILT_IN.delay, parseDuration),
  };
}

function resolveBudget(written: NonNullable<WrittenDefaults["budget"]>): BudgetSpec {
  return {
    linesPerSecond: read(written.rate ?? BUILT_IN.budget.rate, parseRate),
    burstLines: written.burst ?? BUILT_IN.budget.burst,
    maxAgeMs: read(written.max_age ?? BUILT_IN.budget.max_age, parseDuration),
    digestMs: read(written.digest ?? BUILT_IN.budget.digest, parseDuration),
  };
}

function resolveMatch(
  written: NonNullable<WrittenRoute["match"]>,
  inherited: MatchSpec["minLevel"],
): MatchSpec {
  return {
    service: many(written.service),
    source: many(written.source),
    minLevel: written.min_level ?? inherited,
    contains: many(written.contains),
    regex: many(written.regex),
    fields: mapValues(written.fields ?? {}, (values) => many(values).map(String)),
  };
}

function secretOf(text: string | undefined): Secret | undefined {
  return text === undefined ? undefined : new Secret(text);
}

function many<T extends string | number | boolean>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

/** Reads what the schema has checked. */
function read<T>(text: string, parse: (text: string) => T | undefined): T {
  const amount = parse(text);
  if (amount === undefined) throw new TypeError("Cannot read a value that the schema has let through");
  return amount;
}

function mapValues<T, U>(
  object: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Map<string, U> {
  return new Map(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** Freezes plain data at every depth; what a map holds, too. */
function freeze<T>(value: T): T {
  if (value instanceof Map) { for (const child of value.values()) freeze(child); }
  else if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freeze(child);
  }
  return value;
}
