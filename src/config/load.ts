/**
 * A config file on its way in: bytes, YAML, references, checks, and every finding at its line and column.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Secret } from "../runtime/secret.ts";
import type { Config } from "./config.ts";
import { diagnose, diagnoseText } from "./diagnose.ts";
import { ConfigError, type Diagnostic } from "./diagnostic.ts";
import { fill } from "./fill.ts";
import { failure, type Finding } from "./finding.ts";
import { judge } from "./judge.ts";
import { expandReferences } from "./references.ts";
import { resolveConfig } from "./resolve.ts";
import { configSchema } from "./schema.ts";
import { vocabulary } from "./schema_walk.ts";
import { SourceView } from "./source_view.ts";
import { stateDirectory, stateDirectoryProblem } from "./state_dir.ts";
import { resolveTests, type TestSpec } from "./tests.ts";
import { parseTree } from "./tree.ts";

/** A config that can be used. */
export interface LoadedConfig {
  /** The config. */
  readonly config: Config;
  /** What works but is probably not meant, in file order. */
  readonly warnings: readonly Diagnostic[];
  /** Its examples for `irctail test`, in file order. */
  readonly tests: readonly TestSpec[];
  /** First 12 hexadecimal digits of the SHA-256 of the file's bytes. */
  readonly digest: string;
}

/** What a config may look at besides its file. */
export interface LoadOptions {
  /** Reads an environment variable. */
  readonly env: (name: string) => string | undefined;
  /**
   * Removes secrets that stand in a diagnostic by mistake (invariant I2); a function, because redaction lives above this
   * folder. The secrets that the config knows as such are removed anyway.
   */
  readonly hide?: (text: string) => string;
}

/** A state directory that was found without reading the rest of the config. */
export interface LocatedStateDir {
  /** Absolute path. */
  readonly path: string;
  /** What of it came from files and credentials. */
  readonly secrets: readonly Secret[];
}

/**
 * Largest config file, in bytes: several thousand routes. The YAML library needs time that grows with the square of a
 * malformed text's length: 3 s for 256 KiB of closing braces, 160 s for 1 MiB (measured).
 */
const LARGEST_FILE_BYTES = 256 * 1024;

/** Digits of the digest that are kept. */
const DIGEST_LENGTH = 12;

/**
 * Loads a config file.
 *
 * @param path Path of the file; stands in every diagnostic as it is given here.
 * @param options The environment.
 * @throws {ConfigError} When the file cannot be read or used; it holds all findings at once, in file order.
 */
export function loadConfig(path: string, options: LoadOptions): LoadedConfig {
  const { hide = (words: string) => words } = options;
  const bytes = readFile(path);
  const text = decode(path, bytes);
  const { root, problems, whole } = parseTree(text);
  if (root === undefined) {
    const view = new SourceView(text, whole ? [] : undefined, vocabulary(configSchema));
    throw new ConfigError(path, problems.length === 0 ? [EMPTY_FILE] : diagnoseText(problems, view, hide));
  }
  const directory = dirname(resolve(path));
  const filled = fill(root, configSchema, { text, directory, env: options.env });
  const isEmptied = (place: readonly PropertyKey[]) => filled.emptied.has(JSON.stringify(place));
  const verdict = judge({ ...filled, isEmptied });
  const stateDir = stateDirectory(verdict.written?.state_dir, { directory, env: options.env });
  const findings = [
    ...verdict.findings,
    ...verdict.written === undefined ? [] : checkStateDirectory(stateDir),
  ];
  const diagnostics = diagnose(findings, { problems, text, filled, hide });
  if (verdict.written === undefined || stateDir === undefined || diagnostics.some(isError)) {
    throw new ConfigError(path, diagnostics);
  }
  return {
    config: resolveConfig(verdict.written, {
      directory,
      stateDir,
      secrets: filled.secrets.map((secret) => secret.text),
    }),
    warnings: diagnostics,
    tests: resolveTests(verdict.written, filled.tree, text),
    digest: createHash("sha256").update(bytes).digest("hex").slice(0, DIGEST_LENGTH),
  };
}

/**
 * Finds the state directory of a config without reading more of it than that: whoever asks the running agent need not
 * have its secrets, and the file may be one that the agent has refused.
 *
 * @param path Path of the file.
 * @param options The environment.
 * @throws {ConfigError} When the file does not say where it is.
 */
export function locateStateDir(path: string, options: LoadOptions): LocatedStateDir {
  const { root } = parseTree(decode(path, readFile(path)));
  const written = root?.kind === "map" ? root.entries.get("state_dir")?.value : undefined;
  if (root?.kind === "map" && (written === undefined || written.kind === "scalar")) {
    const directory = dirname(resolve(path));
    const { text, secrets, problems } = expandReferences(written?.source ?? "", {
      directory,
      env: options.env,
    });
    const found = stateDirectory(text === "" ? undefined : text, { directory, env: options.env });
    if (problems.length === 0 && found !== undefined) {
      return { path: found, secrets: secrets.map((secret) => new Secret(secret)) };
    }
  }
  const { config } = loadConfig(path, options);
  return { path: config.stateDir, secrets: config.secrets };
}

/** Nothing of the file is there to point at. */
const EMPTY_FILE: Diagnostic = {
  severity: "error",
  path: "",
  line: 1,
  column: 1,
  message: "The config is empty",
  hint: 'start with "version: 1"; config.example.yaml shows every key',
};

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === "error";
}

function readFile(path: string): Uint8Array {
  const refuse = (message: string) =>
    new ConfigError(path, [{ severity: "error", path: "", line: 0, column: 0, message }]);
  try {
    const status = Deno.statSync(path);
    if (status.isDirectory) throw refuse("Cannot read the config: it is a directory");
    // Asked before reading, so that a large file costs nothing.
    if (status.size > LARGEST_FILE_BYTES) {
      throw refuse(
        `Cannot read the config: it has ${status.size} bytes of at most ${LARGEST_FILE_BYTES}`,
      );
    }
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Deno.errors.NotFound) throw refuse("Cannot read the config: there is no such file");
    if (error instanceof Deno.errors.PermissionDenied) {
      throw refuse("Cannot read the config: permission denied");
    }
    throw refuse("Cannot read the config: the system refuses it");
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(path, [{
      severity: "error",
      path: "",
      line: 0,
      column: 0,
      message: "Cannot read the config: it is not UTF-8 text",
    }]);
  }
}

function checkStateDirectory(directory: string | undefined): Finding[] {
  if (directory === undefined) {
    return [
      failure(["state_dir"], "Nothing says where to keep state: neither $STATE_DIRECTORY nor $HOME is set", {
        hint: "write state_dir: /var/lib/irctail",
      }),
    ];
  }
  const problem = stateDirectoryProblem(directory);
  return problem === undefined
    ? []
    : [failure(["state_dir"], problem, { hint: "choose a shorter state_dir" })];
}
