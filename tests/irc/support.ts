import type { ConnectionSpec } from "../../src/config/config.ts";
import type { Connection, Message, Outcome } from "../../src/irc/connection.ts";
import { StsPolicies } from "../../src/irc/sts.ts";
import type { PaceMemory } from "../../src/irc/learnt_pace.ts";
import { openConnection } from "../../src/irc/supervisor.ts";
import type { RedactedText } from "../../src/redact/redacted.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import type { Logger } from "../../src/runtime/log.ts";

/** A connection that a test closes by leaving its scope. */
export interface TestConnection extends AsyncDisposable {
  readonly connection: Connection;
  /** What was logged, as text. */
  readonly log: readonly string[];
  /** What became of what was said, by text. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Offers a message; `false` when it was not taken. */
  say(channel: string, text: string, options?: Partial<Message>): boolean;
}

/** A configuration for a server on loopback, without TLS. */
export function specFor(port: number, changes: Partial<ConnectionSpec> = {}): ConnectionSpec {
  return {
    servers: [{ host: "127.0.0.1", port }],
    tls: undefined,
    nick: "tail",
    altNicks: [],
    realname: "irctail under test",
    password: undefined,
    sasl: undefined,
    nickserv: undefined,
    flood: { kind: "profile", profile: "exempt" },
    channels: new Map(),
    ...changes,
  };
}

/** Opens a connection; a quarter is the random number, so that a first reconnect waits 625 ms. */
export function connect(
  spec: ConnectionSpec,
  options: { readonly channels?: readonly string[]; readonly clock?: Clock; readonly memory?: PaceMemory } =
    {},
): TestConnection {
  const clock = options.clock ?? systemClock;
  const log: string[] = [];
  const write = (message: string, fields = {}) => log.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { info: write, warn: write, error: write };
  const outcomes = new Map<string, Outcome>();
  const connection = openConnection({
    id: "test",
    spec,
    clock,
    log: logger,
    random: () => 0.25,
    sts: new StsPolicies(),
    reclaimsNick: true,
    changed: () => {},
    ...options.memory === undefined ? {} : { memory: options.memory },
  });
  connection.wantChannels(options.channels ?? []);
  return {
    connection,
    log,
    outcomes,
    say: (channel, text, changes = {}) =>
      connection.offer({
        channel,
        flow: "logs",
        text: text as RedactedText,
        long: "clip",
        urgency: "normal",
        readMs: clock.monotonic(),
        timeMs: undefined,
        maxAgeMs: 60_000,
        settle: (outcome) => outcomes.set(text, outcome),
        ...changes,
      }),
    [Symbol.asyncDispose]: () => connection.close("The test ended"),
  };
}
