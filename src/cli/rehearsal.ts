/**
 * The way of a line without the world around it: the pipeline that `run` uses, over connections that only print. What
 * `replay` and `test` have in common.
 *
 * @module
 */

import type { Config, RouteSpec } from "../config/config.ts";
import type { Batch } from "../event/event.ts";
import { openPrintedConnection, type PrintedMessage } from "../irc/printed.ts";
import { EMPTY_CHECKPOINT } from "../pipeline/checkpoint.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import type { Program } from "../pipeline/program.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Source } from "../source/source.ts";

/** What a rehearsal needs. */
export interface RehearsalOptions {
  readonly program: Program;
  readonly clock: Clock;
  readonly log: Logger;
  /** Name of this machine, for `{host}`. */
  readonly host: string;
  /** Takes each message. */
  readonly print: (message: PrintedMessage) => void;
}

/** As good as no budget: more than any sample holds. */
const UNLIMITED = 1e12;

/**
 * Opens a pipeline that starts with nothing, and whose connections print.
 *
 * @param options The program, and who takes what would be sent.
 */
export function openRehearsal({ program, clock, log, host, print }: RehearsalOptions): Pipeline {
  const connections = new Map(
    [...program.config.connections].map(([id, spec]) => [id, openPrintedConnection(id, spec, print)]),
  );
  return new Pipeline(program, EMPTY_CHECKPOINT, {
    clock,
    log,
    host,
    connection: (id) => connections.get(id),
    channelsChanged: () => {},
  });
}

/** Says everything that a pipeline still owes. */
export async function sayRest(pipeline: Pipeline): Promise<void> {
  // What is said last may leave something to be counted.
  for (let round = 0; round < 2; round++) {
    pipeline.sayAll();
    await settled();
  }
}

/** The same config with every matching line shown: no budgets, no counted repeats, no delays. */
export function withoutBudgets(config: Config): Config {
  return { ...config, routes: config.routes.map(withoutBudget) };
}

function withoutBudget(route: RouteSpec): RouteSpec {
  if (route.action.kind === "drop") return route;
  const budget = { ...route.action.budget, linesPerSecond: UNLIMITED, burstLines: UNLIMITED };
  return { ...route, action: { ...route.action, budget, repeats: "show", delayMs: 0 } };
}

/** Everything a source has, from its beginning to its end. */
export function everything(source: Source, signal: AbortSignal): AsyncIterable<Batch> {
  return source.read(
    { resume: new Map(), lost: () => {}, ended: () => {}, state: () => {}, once: true },
    signal,
  );
}

/** Lets messages that were offered be settled. */
export async function settled(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}
