/**
 * A config from `IRC_*` variables, for a pipeline that has no config file: stdin is copied to stdout and shown in IRC.
 *
 * @module
 */

import type { Config } from "./config.ts";
import { ConfigError } from "./diagnostic.ts";
import { judge } from "./judge.ts";
import { resolveConfig } from "./resolve.ts";
import { stateDirectory, stateDirectoryProblem } from "./state_dir.ts";
import type { Tree } from "./tree.ts";

/** Reads an environment variable. */
type Environment = (name: string) => string | undefined;

/** What a {@linkcode ConfigError} names instead of a file. */
const ENVIRONMENT = "environment";

/** Words for yes and no, in small letters. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["0", false],
  ["no", false],
  ["off", false],
]);

/** Variables by the beginning of the path that they set; the first that fits counts. */
const VARIABLES: readonly (readonly [path: string, variable: string])[] = [
  ["connections.irc.servers", "IRC_SERVER"],
  ["connections.irc.host", "IRC_SERVER"],
  ["connections.irc.port", "IRC_PORT"],
  ["connections.irc.nickserv", "IRC_NICKSERV_PASSWORD"],
  ["connections.irc.nick", "IRC_NICK"],
  ["connections.irc.password", "IRC_PASSWORD"],
  ["connections.irc.sasl.account", "IRC_SASL_ACCOUNT"],
  ["connections.irc.sasl.password", "IRC_SASL_PASSWORD"],
  ["connections.irc.channels", "IRC_CHANNEL_KEY"],
  ["routes", "IRC_CHANNEL"],
];

/**
 * Whether the environment turns IRC on.
 *
 * @param env Reads an environment variable.
 * @returns `undefined` when `IRC_ENABLED` is not set or empty.
 * @throws {ConfigError} When it is neither a yes nor a no.
 */
export function ircEnabled(env: Environment): boolean | undefined {
  const problems: Problem[] = [];
  const enabled = readFlag(env, "IRC_ENABLED", problems);
  if (problems.length > 0) throw refusal(problems);
  return enabled;
}

/**
 * Makes a config from the environment: one connection `irc`, one source `stdin` with tee, a route for each channel.
 *
 * @param env Reads an environment variable.
 * @returns `undefined` when `IRC_ENABLED` is not set or says no.
 * @throws {ConfigError} When variables are missing or cannot be used; every finding names its variable.
 */
export function configFromEnvironment(env: Environment): Config | undefined {
  if (ircEnabled(env) !== true) return undefined;
  const problems: Problem[] = ["IRC_SERVER", "IRC_CHANNEL", "IRC_NICK"]
    .filter((name) => given(env, name) === undefined)
    .map((name) => ({ variable: name, message: "Missing, but required with IRC_ENABLED" }));
  const value = written(env, problems);
  const verdict = judge({
    value,
    tree: treeOf(value),
    findings: [],
    secrets: [],
    isEmptied: () => false,
  });
  for (const { path, message, hint } of verdict.findings) {
    const variable = variableOf(path);
    if (problems.some((problem) => problem.variable === variable)) continue;
    problems.push({ variable, message, ...hint === undefined ? {} : { hint } });
  }
  const stateDir = stateDirectory(undefined, { env, directory: "/" }) ?? lastResort(env);
  const tooLong = stateDirectoryProblem(stateDir);
  if (tooLong !== undefined) problems.push({ variable: "STATE_DIRECTORY", message: tooLong });
  if (verdict.written === undefined || problems.length > 0) throw refusal(problems);
  return resolveConfig(verdict.written, { directory: "/", stateDir, secrets: secretsOf(env) });
}

/** The config as a file would have it. */
function written(env: Environment, problems: Problem[]) {
  const channels = listOf(env, "IRC_CHANNEL", /[\s,]+/);
  const keys = (given(env, "IRC_CHANNEL_KEY") ?? "").split(",").map((key) => key.trim());
  if (keys.length > Math.max(channels.length, 1)) {
    problems.push({
      variable: "IRC_CHANNEL_KEY",
      message: "There are more keys than channels",
      hint: "list the keys in the order of IRC_CHANNEL, separated by commas",
    });
  }
  const keyed = channels.flatMap((channel, index) => {
    const key = keys[index] ?? "";
    return key === "" || !/^[#&]/.test(channel) ? [] : [[channel, { key }] as const];
  });
  const [account, saslPassword] = [given(env, "IRC_SASL_ACCOUNT"), given(env, "IRC_SASL_PASSWORD")];
  return {
    version: 1,
    connections: {
      irc: present({
        servers: listOf(env, "IRC_SERVER", /[\s,]+/),
        port: readPort(env, problems),
        tls: readFlag(env, "IRC_TLS", problems),
        nick: given(env, "IRC_NICK"),
        password: given(env, "IRC_PASSWORD"),
        sasl: account === undefined && saslPassword === undefined
          ? undefined
          : present({ account, password: saslPassword }),
        nickserv: present({ password: given(env, "IRC_NICKSERV_PASSWORD") }),
        channels: Object.fromEntries(keyed),
      }),
    },
    sources: { stdin: { type: "stdin", tee: true } },
    routes: channels.map((to, index) => ({ to, continue: index < channels.length - 1 })),
  };
}

/** One thing wrong with a variable. */
interface Problem {
  readonly variable: string;
  readonly message: string;
  readonly hint?: string;
}

function refusal(problems: readonly Problem[]): ConfigError {
  return new ConfigError(
    ENVIRONMENT,
    problems.map(({ variable, ...problem }) => ({
      severity: "error",
      path: variable,
      line: 0,
      column: 0,
      ...problem,
    })),
  );
}

/** A variable's value; empty means not given. */
function given(env: Environment, name: string): string | undefined {
  const text = env(name)?.trim();
  return text === "" ? undefined : text;
}

function listOf(env: Environment, name: string, separator: RegExp): string[] {
  return (given(env, name) ?? "").split(separator).filter((item) => item !== "");
}

function readFlag(env: Environment, variable: string, problems: Problem[]): boolean | undefined {
  const text = given(env, variable);
  if (text === undefined) return undefined;
  const flag = FLAGS.get(text.toLowerCase());
  if (flag === undefined) problems.push({ variable, message: "Must be true or false" });
  return flag;
}

function readPort(env: Environment, problems: Problem[]): number | undefined {
  const text = given(env, "IRC_PORT");
  if (text === undefined || /^\d{1,6}$/.test(text)) return text === undefined ? undefined : Number(text);
  problems.push({ variable: "IRC_PORT", message: "Must be a whole number from 1 to 65535" });
  return undefined;
}

function secretsOf(env: Environment): string[] {
  const secrets = [
    given(env, "IRC_PASSWORD"),
    given(env, "IRC_SASL_PASSWORD"),
    given(env, "IRC_NICKSERV_PASSWORD"),
    ...(given(env, "IRC_CHANNEL_KEY") ?? "").split(",").map((key) => key.trim()),
  ];
  return secrets.filter((secret) => secret !== undefined).filter((secret) => secret !== "");
}

/** Without what is not given, as a file would leave it out. */
function present(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function variableOf(path: readonly PropertyKey[]): string {
  const text = path.map(String).join(".");
  return VARIABLES.find(([start]) => text.startsWith(start))?.[1] ?? text;
}

/**
 * Where a container without a home keeps its state. The user's number is in it, so that two users do not meet.
 */
function lastResort(env: Environment): string {
  return `${given(env, "TMPDIR") ?? "/tmp"}/irctail-${Deno.uid() ?? 0}`;
}

/** Values as a tree without places, for checks that look at both. */
function treeOf(value: unknown): Tree {
  const range = { start: 0, end: 0 };
  if (Array.isArray(value)) return { kind: "list", range, items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) {
    const entries = new Map(
      Object.entries(value).map(([key, child]) => [key, { key: range, value: treeOf(child) }]),
    );
    return { kind: "map", range, entries };
  }
  const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
  return { kind: "scalar", range, value: scalar, source: String(scalar ?? "") };
}
