/**
 * From arguments to a command, or to a sentence about what is wrong with them.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { suggest } from "../config/suggest.ts";

/** One option of a command. */
interface OptionHelp {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** Name of the value in the help text. */
  readonly value?: string;
  readonly help: string;
}

/** One command of the program. */
export interface CommandHelp {
  /** What it does, in one line. */
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
  /** Name of the files it takes, if it takes any. */
  readonly files?: string;
  /** Name of the one other thing it takes, if it takes one. */
  readonly operand?: string;
}

const CONFIG: OptionHelp = {
  type: "string",
  short: "c",
  value: "FILE",
  help: "the config; else ./irctail.yaml, /etc/irctail/config.yaml",
};
const JSON_OUT: OptionHelp = { type: "boolean", help: "JSON instead of text" };

/** Every command that is available, in the order of the help text. */
export const COMMANDS = {
  run: {
    summary: "Read the sources and speak on IRC",
    options: {
      config: CONFIG,
      once: { type: "boolean", help: "to the end of every source, then leave" },
      "dry-run": { type: "boolean", help: "print what would be sent instead of connecting" },
    },
  },
  check: {
    summary: "Say everything that is wrong with a config",
    options: {
      config: CONFIG,
      live: { type: "boolean", help: "log in, join, and say of every channel whether a line would be shown" },
      speak: { type: "boolean", help: "with --live: say a line in every channel" },
    },
  },
  status: {
    summary: "Say how the running agent is: every connection, channel, source and route",
    operand: "NAME",
    options: {
      config: CONFIG,
      json: JSON_OUT,
      watch: { type: "boolean", help: "again every 2 s, until it is interrupted" },
    },
  },
  panic: {
    summary: "Mute every channel at once: what waits is counted and never shown",
    options: { config: CONFIG },
  },
  resume: {
    summary: "End a panic: say how much there was meanwhile, and go on",
    options: { config: CONFIG },
  },
  test: {
    summary: "Run the tests block of a config: does this line go there, looking like this?",
    options: { config: CONFIG },
  },
  replay: {
    summary: "Print what would be sent for a sample of lines",
    files: "FILE",
    options: {
      config: CONFIG,
      source: { type: "string", value: "NAME", help: "read the sample as this source would" },
      budgets: { type: "boolean", help: "keep to the budgets, on the lines' own time stamps" },
      json: JSON_OUT,
      stats: { type: "boolean", help: "print rates to stderr" },
    },
  },
  redact: {
    summary: "Copy stdin to stdout without its secrets, line by line",
    options: {
      config: CONFIG,
      profile: { type: "string", value: "NAME", help: "the redaction profile; else `standard`" },
      json: { type: "boolean", help: "a JSON string in, a JSON string out" },
      explain: { type: "boolean", help: "name rules and places on stderr, never values" },
    },
  },
  demo: {
    summary: "Show it all on this machine: an IRC server, two services, the agent",
    options: { seconds: { type: "string", value: "N", help: "end after N seconds" } },
  },
  schema: { summary: "Print the JSON Schema of the config", options: {} },
  version: { summary: "Print version, commit and Deno version", options: {} },
} as const satisfies Record<string, CommandHelp>;

/** Name of an available command. */
export type CommandName = keyof typeof COMMANDS;

/** Commands of the design that later versions bring; named so that nobody takes them for typos. */
const NOT_YET = ["plan", "tail", "init", "healthcheck"];

/** A command with its options. */
export interface CommandLine {
  readonly kind: "command";
  readonly name: CommandName;
  /** Value of an option that takes one. */
  readonly text: (option: string) => string | undefined;
  /** Whether an option without a value was given. */
  readonly flag: (option: string) => boolean;
  /** What stood beside the options: files, or the one operand. */
  readonly files: readonly string[];
}

/** What was asked for. */
export type Invocation =
  | CommandLine
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "wrong"; readonly because: string };

/** Reads the arguments. Never throws. */
export function readArguments(args: readonly string[]): Invocation {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    return { kind: "help", command: rest.find(isCommand) };
  }
  if (first === "--version" || first === "-V") {
    return commandLine("version", {}, []);
  }
  if (NOT_YET.includes(first)) {
    return { kind: "wrong", because: `The command "${first}" is not available yet` };
  }
  if (first.startsWith("-")) {
    return { kind: "wrong", because: `Cannot read "${first}" without a command: see irctail --help` };
  }
  if (!isCommand(first)) {
    const near = suggest(first, Object.keys(COMMANDS));
    const hint = near === undefined ? "see irctail --help" : `did you mean "${near}"?`;
    return { kind: "wrong", because: `There is no command "${first}": ${hint}` };
  }
  const command: CommandHelp = COMMANDS[first];
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, { type, short }] of Object.entries(command.options)) {
    options[name] = short === undefined ? { type } : { type, short };
  }
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true, strict: true });
    if (values.help === true) return { kind: "help", command: first };
    const surplus = command.files === undefined
      ? positionals[command.operand === undefined ? 0 : 1]
      : undefined;
    if (surplus !== undefined) {
      const what = command.operand === undefined ? "no file" : `one ${command.operand}`;
      return { kind: "wrong", because: `The command "${first}" takes ${what}: "${surplus}"` };
    }
    return commandLine(first, values, positionals);
  } catch (error) {
    const because = error instanceof Error ? error.message.split(". ")[0] : "unknown";
    return { kind: "wrong", because: `Cannot read the arguments of "${first}": ${because}` };
  }
}

function commandLine(
  name: CommandName,
  values: Readonly<Record<string, unknown>>,
  files: readonly string[],
): CommandLine {
  return {
    kind: "command",
    name,
    text: (option) => typeof values[option] === "string" ? values[option] : undefined,
    flag: (option) => values[option] === true,
    files,
  };
}

/** The help text of the program, or of one command. */
export function helpText(name: CommandName | undefined): string {
  if (name !== undefined) {
    const command: CommandHelp = COMMANDS[name];
    const options = Object.entries(command.options).map(([long, option]) => {
      const short = option.short === undefined ? "    " : `-${option.short}, `;
      return [
        `  ${short}--${long}${option.value === undefined ? "" : ` ${option.value}`}`,
        option.help,
      ] as const;
    });
    const files = command.files === undefined
      ? command.operand === undefined ? "" : ` [${command.operand}]`
      : ` [${command.files}...]`;
    return [
      `${command.summary}.`,
      "",
      `Usage: irctail ${name}${options.length > 0 ? " [options]" : ""}${files}`,
      ...options.length > 0 ? ["", "Options:", ...columns(options)] : [],
    ].join("\n");
  }
  return [
    "irctail shows production logs live in IRC channels.",
    "",
    "Usage: irctail COMMAND [options]",
    "",
    "Commands:",
    ...columns(Object.entries(COMMANDS).map(([command, { summary }]) => [`  ${command}`, summary] as const)),
    "",
    "irctail COMMAND --help says more about one of them.",
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
