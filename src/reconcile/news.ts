/**
 * What of all that changes is news, and in which words. Nothing here holds text of the config file or of a log line.
 *
 * @module
 */

import { basename } from "node:path";
import type { ConfigError, Diagnostic } from "../config/diagnostic.ts";
import { configSchema } from "../config/schema.ts";
import { vocabulary } from "../config/schema_walk.ts";
import type { Notice } from "../pipeline/notices.ts";
import type { Change } from "./conditions.ts";
import type { Step } from "./plan.ts";
import type { Resource } from "./status.ts";
import { STARTING } from "./world.ts";

/** News of one resource that does not work, or that works again. */
export interface ResourceNews {
  /** As it is now. */
  readonly resource: Resource;
  readonly notice: Notice;
}

/**
 * Tells which changes are news: what stops working, and what works again. Remembers what it has told, so that nothing
 * comes back that was never said to be gone.
 */
export class Newsroom {
  /** What was told of each resource that does not work, by subject. */
  readonly #told = new Map<string, string>();

  /** What is news of a look at everything; `all` is everything there is. */
  of(changes: readonly Change<Resource>[], all: readonly Resource[]): readonly ResourceNews[] {
    const there = new Set(all.map(subjectOf));
    for (const subject of this.#told.keys()) {
      if (!there.has(subject)) this.#told.delete(subject);
    }
    const connected = new Set(
      all.flatMap(({ kind, ready, name }) => kind === "connection" && ready ? [name] : []),
    );
    return changes.flatMap(({ now }) => this.#news(now, connected) ?? []);
  }

  #news(resource: Resource, connected: ReadonlySet<string>): ResourceNews | undefined {
    const subject = subjectOf(resource);
    const connection = connectionOf(resource);
    const make = (text: string, back: boolean): ResourceNews => ({
      resource,
      notice: { subject, text, back, ...connection === undefined ? {} : { connection } },
    });
    if (resource.ready) {
      return this.#told.delete(subject) ? make(`${subject} is back`, true) : undefined;
    }
    const text = troubleOf(resource, connected);
    if (text === undefined || this.#told.get(subject) === text) return undefined;
    this.#told.set(subject, text);
    return make(text, false);
  }
}

function subjectOf({ kind, name }: Resource): string {
  return `${kind} ${name}`;
}

/** A connection does not carry news of itself; that one of its channels is closed to us, it can tell. */
function connectionOf(resource: Resource): string | undefined {
  return resource.kind === "connection" ? resource.name : undefined;
}

/** What to say of something that is not ready; `undefined` where that is no news. */
function troubleOf(resource: Resource, connected: ReadonlySet<string>): string | undefined {
  const { name, reason } = resource;
  switch (resource.kind) {
    case "connection":
      return resource.phase === "waiting" ? `connection ${name} is lost: ${reason}` : undefined;
    case "channel":
      // With its server away, the channel is not what is wrong.
      return resource.phase === "waiting" && connected.has(resource.connection)
        ? `channel ${name} cannot be spoken in: ${reason}`
        : undefined;
    case "source":
      if (resource.phase === "failed") return `source ${name} has failed: ${reason}`;
      if (resource.phase === "waiting") {
        return reason === STARTING ? undefined : `source ${name} is waiting: ${reason}`;
      }
      return resource.quiet ? `source ${name} is ${reason}` : undefined;
    case "route":
      return undefined;
  }
}

/** A reload that was done; the names of what changed stay in the log. */
export function reloadText(steps: readonly Step[]): string {
  const counted = (["connection", "source"] as const).flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? "" : "s"}`];
  });
  const routing = steps.some(({ kind }) => kind === "routing") ? ["the routing"] : [];
  return `config reloaded: ${[...counted, ...routing].join(", ")} changed`;
}

/** A reload that was refused: where and why, without a word of the file. */
export function refusalText(error: ConfigError): string {
  const errors = error.diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return "config not reloaded";
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `config not reloaded: ${placeText(error.file, first)}: ${withoutQuotes(first.message)}${more}`;
}

/** Why a config is refused, for status: each finding in one line. */
export function problemTexts(error: ConfigError): readonly string[] {
  return error.diagnostics.filter(({ severity }) => severity === "error").map((diagnostic) => {
    const { line, column, path, message } = diagnostic;
    const place = line === 0 ? error.file : `${error.file}:${line}:${column}`;
    return [place, ...path === "" ? [] : [path], message].join(": ");
  });
}

function placeText(file: string, { line, column, path }: Diagnostic): string {
  const place = line === 0 ? basename(file) : `${basename(file)}:${line}:${column}`;
  return path === "" ? place : `${place}: ${knownPath(path)}`;
}

/** Every key of the config format; the others are the user's own. */
const WORDS = vocabulary(configSchema);

/** A path whose names are left out unless they are the format's: `connections.….nick`. */
function knownPath(path: string): string {
  return path.replace(/\["(?:[^"\\]|\\.)*"\]/g, ".…")
    .replace(/[\p{L}\p{N}_-]+(?![^[]*\])/gu, (word) => WORDS.has(word) ? word : "…");
}

/** What stands in quotes is text of the file: that is how messages are written (`config/finding.ts`). */
function withoutQuotes(message: string): string {
  const text = message.replace(/ ?"[^"]*"/g, "").replace(/\s+:/g, ":");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
