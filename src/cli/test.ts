/**
 * `irctail test`: the examples of a config, each through the very path that `run` uses.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { ExpectedMessage, TestSpec } from "../config/tests.ts";
import type { PrintedMessage } from "../irc/printed.ts";
import { compileProgram, type Program } from "../pipeline/program.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { openStdinSource } from "../source/stdin.ts";
import { EXIT_DONE, EXIT_FAILED } from "./exit.ts";
import { everything, openRehearsal, sayRest, withoutBudgets } from "./rehearsal.ts";

/** What `test` needs. */
export interface TestOptions {
  /** The file the tests stand in, as the user wrote it. */
  readonly file: string;
  readonly config: Config;
  readonly tests: readonly TestSpec[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Name of this machine, for `{host}`. */
  readonly host: string;
  /** Removes secrets from every text that is printed, also from what the config expects. */
  readonly scrub: (text: string) => string;
  /** Takes a line for standard output. */
  readonly write: (line: string) => void;
}

/**
 * Runs the tests and says of each that fails what was expected and what came; the last line counts.
 *
 * @param options The tests, and where to write.
 * @returns The exit code: 0 when all pass, 1 when one fails.
 */
export async function runTests(options: TestOptions, signal: AbortSignal): Promise<number> {
  const { file, config, tests, scrub, write } = options;
  const program = compileProgram(withoutBudgets(config));
  let failed = 0;
  for (const test of tests) {
    const difference = compare(test.expected, await messagesFor(test, program, options, signal), scrub);
    if (difference === undefined) continue;
    failed++;
    write(`${scrub(file)}:${test.line}:${test.column}: failed: ${difference}`);
  }
  write(`${tests.length - failed} passed, ${failed} failed`);
  return failed === 0 ? EXIT_DONE : EXIT_FAILED;
}

/** What is sent for one test. Each has a pipeline of its own: no line remembers another. */
async function messagesFor(
  test: TestSpec,
  program: Program,
  { config, clock, log, host }: TestOptions,
  signal: AbortSignal,
): Promise<readonly PrintedMessage[]> {
  const messages: PrintedMessage[] = [];
  const pipeline = openRehearsal({ program, clock, log, host, print: (message) => messages.push(message) });
  const spec = config.sources.get(test.source);
  if (spec === undefined) throw new Error("Cannot run a test of a source that the config does not have");
  const { source: id, service, text } = test;
  const lines = openStdinSource(id, { ...spec, type: "stdin", tee: false, service }, {
    clock,
    log,
    // Ended like every line, so that those of one record come in one read.
    stdin: ReadableStream.from([new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`)]),
  });
  // How lines are read is the source's own way, whoever gives them.
  const intake = pipeline.intake(id, spec);
  for await (const batch of everything(lines, signal)) intake.take(batch);
  await sayRest(pipeline);
  return messages;
}

/** What is wrong, in one line; `undefined` when everything came that was expected, and nothing else. */
function compare(
  expected: readonly ExpectedMessage[],
  came: readonly PrintedMessage[],
  scrub: (text: string) => string,
): string | undefined {
  const surplus = [...came];
  const absent = expected.filter((wanted) => {
    const at = surplus.findIndex((message) => isSame(wanted, message));
    if (at >= 0) surplus.splice(at, 1);
    return at < 0;
  });
  if (absent.length === 0 && surplus.length === 0) return undefined;
  const others = absent.length < expected.length;
  const hides = [...absent, ...surplus].some(({ text }) => scrub(text) !== text);
  const list = (messages: readonly (ExpectedMessage | PrintedMessage)[]) =>
    messages.length === 0
      ? others ? "nothing else" : "nothing"
      : messages.map((message) => printed(message, scrub)).join(" and ");
  return `expected ${list(absent)}; came ${list(surplus)}${
    hides ? " (without what redaction hides in these texts)" : ""
  }`;
}

/** Servers take upper and lower case of a channel for the same. */
function isSame(expected: ExpectedMessage, { connection, channel, text }: PrintedMessage): boolean {
  return (expected.connection ?? connection) === connection &&
    expected.channel.toLowerCase() === channel.toLowerCase() && expected.text === text;
}

/** A message as one would write it in the config: JSON's quotes are YAML's. */
function printed(
  { connection, channel, text }: ExpectedMessage | PrintedMessage,
  scrub: (text: string) => string,
): string {
  const to = connection === undefined ? channel : `${connection}/${channel}`;
  return `${scrub(to)} ${JSON.stringify(scrub(text))}`;
}
