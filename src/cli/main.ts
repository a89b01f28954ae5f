/**
 * The program: arguments in, exit code out.
 *
 * @module
 */

import { ConfigError } from "../config/diagnostic.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { type CommandLine, helpText, readArguments } from "./args.ts";
import { checkCommand } from "./commands/check.ts";
import { demoCommand } from "./commands/demo.ts";
import { panicCommand } from "./commands/panic.ts";
import { redactCommand } from "./commands/redact.ts";
import { replayCommand } from "./commands/replay.ts";
import { runCommand } from "./commands/run.ts";
import { statusCommand } from "./commands/status.ts";
import { testCommand } from "./commands/test.ts";
import { printConfigError } from "./config_error.ts";
import { EXIT_CONFIG, EXIT_DONE, EXIT_FAILED, EXIT_USAGE } from "./exit.ts";
import { endAtCrashes, printCrash } from "./last_resort.ts";
import { env, print, printError } from "./process.ts";
import { versionText } from "./version.ts";

/**
 * Runs the program.
 *
 * @param args Arguments behind the program's name.
 * @returns The exit code (`exit.ts`).
 */
export async function main(args: readonly string[]): Promise<number> {
  const invocation = readArguments(args);
  if (invocation.kind === "wrong") {
    printError(`irctail: ${invocation.because}`);
    return EXIT_USAGE;
  }
  if (invocation.kind === "help") {
    print(helpText(invocation.command));
    return EXIT_DONE;
  }
  endAtCrashes();
  try {
    return await dispatch(invocation);
  } catch (error) {
    if (error instanceof ConfigError) {
      printConfigError(error);
      return EXIT_CONFIG;
    }
    // Whoever read our output has gone away: not a failure of ours.
    if (error instanceof Deno.errors.BrokenPipe) return EXIT_DONE;
    printCrash(error);
    return EXIT_FAILED;
  }
}

async function dispatch(command: CommandLine): Promise<number> {
  switch (command.name) {
    case "run":
      return await runCommand(command);
    case "check":
      return await checkCommand(command);
    case "status":
      return await statusCommand(command);
    case "test":
      return await testCommand(command);
    case "panic":
    case "resume":
      return await panicCommand(command.name, command);
    case "replay":
      return await replayCommand(command);
    case "redact":
      return await redactCommand(command);
    case "demo":
      return await demoCommand(command);
    case "schema":
      print(JSON.stringify(configJsonSchema(), undefined, 2));
      return EXIT_DONE;
    case "version":
      print(versionText(env));
      return EXIT_DONE;
  }
}
