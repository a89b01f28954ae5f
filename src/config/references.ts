/**
 * References in values: `${NAME}`, `${NAME:-default}`, `${file:/path}`, `${credential:NAME}`, and `$${` for a literal.
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseTemplate } from "./template.ts";

/** Where references look. */
export interface ReferenceSources {
  /** Reads an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Directory of the config file, absolute: relative paths start there. */
  readonly directory: string;
}

/** What became of a text. */
export interface Expansion {
  /** The text with its references filled in. */
  readonly text: string;
  /** Whether it held a reference. */
  readonly referenced: boolean;
  /** What came from files and credentials: secret, wherever it stands. */
  readonly secrets: readonly string[];
  /** What could not be filled in; holds names and paths, never content. */
  readonly problems: readonly ReferenceProblem[];
}

/** A reference that could not be filled in. */
export interface ReferenceProblem {
  /** Index of its `$`, in UTF-16 units. */
  readonly offset: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** A literal `$${`, or a reference up to its brace; a missing brace is a problem of its own. */
const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** POSIX.1-2017 §8.1: what a variable may be called. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What systemd takes for the name of a credential: a file name. */
const CREDENTIAL = /^[^/\0]+$/;

/** Largest file a reference reads, in bytes: a secret fits many times, a log file given by mistake does not. */
const LARGEST_FILE_BYTES = 64 * 1024;

/**
 * Fills in references, once: what they stand for is not looked at again. Never throws.
 *
 * @param text A value of the config.
 * @param sources Where to look.
 */
export function expandReferences(text: string, sources: ReferenceSources): Expansion {
  const secrets: string[] = [];
  const problems: ReferenceProblem[] = [];
  let referenced = false;
  const expanded = text.replace(
    REFERENCE,
    (whole: string, inside: string | undefined, brace: string, at: number) => {
      if (inside === undefined) return "${";
      referenced = true;
      if (brace === "") {
        problems.push({
          offset: at,
          message: "A reference is not closed",
          hint: "write $${ for a literal ${",
        });
        return whole;
      }
      const found = lookUp(inside, sources);
      if ("message" in found) {
        problems.push({ offset: at, ...found });
        return whole;
      }
      if (found.secret && found.text !== "") secrets.push(found.text);
      return found.text;
    },
  );
  return { text: expanded, referenced, secrets, problems };
}

type Found =
  | { readonly text: string; readonly secret: boolean }
  | { readonly message: string; readonly hint?: string };

function lookUp(inside: string, sources: ReferenceSources): Found {
  if (inside.startsWith("file:")) return readSecret(inside.slice("file:".length), sources.directory, "file");
  if (inside.startsWith("credential:")) return readCredential(inside.slice("credential:".length), sources);
  const fallbackAt = inside.indexOf(":-");
  const name = fallbackAt < 0 ? inside : inside.slice(0, fallbackAt);
  if (!VARIABLE.test(name)) {
    return {
      message: "Cannot read this as a reference",
      ...isPlaceholder(inside) ? { hint: `write {${inside}}: templates have no $` } : {
        hint: "write ${NAME}, ${NAME:-default}, ${file:/path} or ${credential:NAME}; $${ for a literal ${",
      },
    };
  }
  const value = sources.env(name);
  if (fallbackAt >= 0) {
    return {
      text: value === undefined || value === "" ? inside.slice(fallbackAt + 2) : value,
      secret: false,
    };
  }
  if (value !== undefined) return { text: value, secret: false };
  return {
    message: `The environment variable "${name}" is not set`,
    hint: isPlaceholder(name)
      ? `write {${name}}: templates have no $`
      : `set it, or write \${${name}:-} to do without`,
  };
}

/** Whether a template would know the name, so that `${service}` was meant to be `{service}`. */
function isPlaceholder(name: string): boolean {
  return typeof parseTemplate(`{${name}}`).parts[0] === "object";
}

function readCredential(name: string, sources: ReferenceSources): Found {
  if (!CREDENTIAL.test(name) || name === "." || name === "..") {
    return { message: "Must be the name of a credential: a file name without slashes" };
  }
  const directory = sources.env("CREDENTIALS_DIRECTORY");
  if (directory === undefined || directory === "") {
    return {
      message: `Cannot read the credential "${name}": CREDENTIALS_DIRECTORY is not set`,
      hint: "add a LoadCredential line to the systemd unit",
    };
  }
  return readSecret(`${directory}/${name}`, sources.directory, "credential");
}

function readSecret(written: string, directory: string, kind: "file" | "credential"): Found {
  if (written === "") return { message: "Must name a file", hint: "write ${file:/path}" };
  const path = resolve(directory, written);
  const cannot = (why: string) => ({ message: `Cannot read the ${kind} "${path}": ${why}` });
  try {
    const status = statSync(path);
    // A pipe or a device would block the load, or never end.
    if (!status.isFile()) return cannot("it is not a regular file");
    if (status.size > LARGEST_FILE_BYTES) return cannot(`it is larger than ${LARGEST_FILE_BYTES / 1024} KiB`);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    return { text: text.replace(/\r?\n$/, ""), secret: true };
  } catch (error) {
    if (error instanceof TypeError) return cannot("it is not UTF-8 text, or no path");
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return cannot(FILE_ERRORS.get(code) ?? "the system refuses it");
  }
}

const FILE_ERRORS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "it does not exist"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["ELOOP", "its links go round in a circle"],
  ["ENAMETOOLONG", "the name is too long"],
]);
