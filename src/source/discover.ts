/**
 * Which files the globs of a source mean now.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import type { Stream } from "../event/event.ts";
import { compileGlob, expandBraces, isWild } from "../runtime/glob.ts";
import { isCompressedName } from "./compressed.ts";
import { streamKey } from "./identity.ts";
import { podLabels } from "./pod_path.ts";

/** A regular file that the globs mean. */
export interface Found {
  /** Identity of the file, or of the file that a symbolic link points to. */
  readonly key: string;
  /** Path under which it was found. */
  readonly path: string;
  /** Size and time of the last change in one value: another value means that there is something to look at. */
  readonly stamp: string;
  /** In milliseconds since the Unix epoch, to read old files before new ones. */
  readonly modifiedMs: number;
}

/** Why something the globs mean is not read. */
export type Refusal =
  | { readonly kind: "not a file" }
  | { readonly kind: "own output" }
  | { readonly kind: "compressed" }
  | { readonly kind: "unreadable"; readonly because: string };

/** What is there now. */
export interface Discovery {
  /** By identity; a file with several names is found under one of them. */
  readonly files: ReadonlyMap<string, Found>;
  /** Directories in which files may appear. */
  readonly directories: ReadonlySet<string>;
  /** By path. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Whether a path cannot be looked at now, so that nobody knows what is there. */
  isHidden(path: string): boolean;
}

/** Finds files. */
export interface Discoverer {
  /** Looks at the whole file system below the globs; never throws for what it meets there. */
  look(): Discovery;
  /** Whether the globs mean a path, existing or not. */
  matches(path: string): boolean;
}

/** One segment of a glob: a name, a predicate over names, or `**`. */
type Segment = string | ((name: string) => boolean) | typeof ANY_DEPTH;
const ANY_DEPTH = Symbol("**");

/**
 * Compiles the globs of a source.
 *
 * @param paths Absolute globs.
 * @param options Globs to leave out, and identities of irctail's own output, which would feed on itself.
 * @throws {RangeError} When the braces of a glob stand for too many patterns.
 */
export function compileDiscovery(
  paths: readonly string[],
  options: { readonly exclude: readonly string[]; readonly own: ReadonlySet<string> },
): Discoverer {
  const globs = paths.flatMap(expandBraces).map(compileSegments);
  const included = paths.map((glob) => compileGlob(glob, { path: true }));
  const excluded = options.exclude.map((glob) => compileGlob(glob, { path: true }));
  const isExcluded = (path: string) => excluded.some((matches) => matches(path));
  let last: Walk | undefined;
  return {
    matches: (path) => included.some((matches) => matches(path)) && !isExcluded(path),
    look() {
      const walk = new Walk({ isExcluded, own: options.own, seen: last?.seen });
      for (const segments of globs) walk.descend("", segments, 0);
      walk.forgetLast();
      last = walk;
      return walk;
    },
  };
}

/** The system, or what is left to others, allows no more open files. */
export const TOO_MANY = "too many open files";

/**
 * Says what went wrong with a file, in words that hold no path.
 *
 * @param error What was caught.
 * @throws {unknown} `error` itself, when it is not an error of the operating system.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "not found";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code === "EMFILE" || error.code === "ENFILE" ? TOO_MANY : error.code;
  }
  // Deno has classes of its own for what it tells apart, and they all live in `Deno.errors`.
  if (error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind)) {
    return error.name;
  }
  throw error;
}

/** A file as it was seen; nothing is made anew for one that is as before, which is nearly all of them. */
interface Seen {
  readonly found: Found;
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
}

/** One look at the file system. */
class Walk implements Discovery {
  readonly files: Map<string, Found> = new Map();
  readonly directories: Set<string> = new Set();
  readonly refused: Map<string, Refusal> = new Map();
  /** By path. */
  readonly seen: Map<string, Seen> = new Map();
  readonly #isExcluded: (path: string) => boolean;
  readonly #own: ReadonlySet<string>;
  #last: ReadonlyMap<string, Seen> | undefined;

  constructor(
    options: {
      readonly isExcluded: (path: string) => boolean;
      readonly own: ReadonlySet<string>;
      readonly seen: ReadonlyMap<string, Seen> | undefined;
    },
  ) {
    this.#isExcluded = options.isExcluded;
    this.#own = options.own;
    this.#last = options.seen;
  }

  isHidden(path: string): boolean {
    for (let above = path; above !== "/" && above !== "."; above = dirname(above)) {
      if (this.refused.get(above)?.kind === "unreadable") return true;
    }
    return this.refused.get("/")?.kind === "unreadable";
  }

  /** Lets go of the look before this one. */
  forgetLast(): void {
    this.#last = undefined;
  }

  /** Follows `segments` from `index` on, below `directory` (written without its final slash). */
  descend(directory: string, segments: readonly Segment[], index: number): void {
    const segment = segments[index];
    const isLast = index === segments.length - 1;
    if (segment === undefined) return;
    if (typeof segment === "string") {
      const path = `${directory}/${segment}`;
      if (isLast) this.#visit(path, { named: true });
      else this.descend(path, segments, index + 1);
      return;
    }
    if (segment === ANY_DEPTH) this.descend(directory, segments, index + 1);
    for (const entry of this.#list(directory)) {
      const path = `${directory}/${entry.name}`;
      if (segment === ANY_DEPTH) {
        // A link to a directory is not followed here: it may lead back up.
        if (entry.isDirectory) this.descend(path, segments, index);
      } else if (segment(entry.name)) {
        if (isLast) this.#visit(path, { named: false });
        else if (entry.isDirectory || entry.isSymlink) this.descend(path, segments, index + 1);
      }
    }
  }

  #list(directory: string): readonly Deno.DirEntry[] {
    const { entries, because } = list(directory === "" ? "/" : directory);
    if (because === undefined) this.directories.add(directory === "" ? "/" : directory);
    else if (because !== "not found" && because !== "NotADirectory" && because !== "ENOTDIR") {
      this.refused.set(directory === "" ? "/" : directory, { kind: "unreadable", because });
    }
    return entries;
  }

  #visit(path: string, options: { readonly named: boolean }): void {
    if (this.#isExcluded(path)) return;
    if (isCompressedName(path)) {
      this.refused.set(path, { kind: "compressed" });
      this.directories.add(dirname(path));
      return;
    }
    const info = stat(path);
    if (typeof info === "string") {
      if (info !== "not found" && info !== "NotADirectory" && info !== "ENOTDIR") {
        this.refused.set(path, { kind: "unreadable", because: info });
      } else if (options.named && stat(dirname(path)) instanceof Object) this.directories.add(dirname(path));
      return;
    }
    if (options.named) this.directories.add(dirname(path));
    if (!info.isFile) {
      // A directory beside the files that a star means is nobody's mistake.
      if (options.named || !info.isDirectory) this.refused.set(path, { kind: "not a file" });
      return;
    }
    const file = this.#see(path, info);
    const other = this.files.get(file.key);
    if (this.#own.has(file.key)) this.refused.set(path, { kind: "own output" });
    // The order of a directory means nothing, and a file is to keep its name.
    else if (other === undefined || path < other.path) this.files.set(file.key, file);
  }

  #see(path: string, info: Deno.FileInfo): Found {
    const { dev, ino, size } = info;
    const last = this.#last?.get(path);
    const isSame = last !== undefined && last.dev === dev && last.ino === ino && last.size === size &&
      last.found.modifiedMs === modifiedMsOf(info);
    const seen = isSame ? last : { found: found(path, info), dev, ino, size };
    this.seen.set(path, seen);
    return seen.found;
  }
}

function compileSegments(glob: string): readonly Segment[] {
  const segments = glob.split("/").filter((name) => name !== "");
  if (segments.at(-1) === "**") segments.push("*");
  return segments.map((name) => {
    if (/^\*\*+$/.test(name)) return ANY_DEPTH;
    return isWild(name) ? compileGlob(name, { path: true }) : name;
  });
}

/** A file as it was seen under a path. */
export function found(path: string, info: Deno.FileInfo): Found {
  const modifiedMs = modifiedMsOf(info);
  return { key: streamKey(info), path, stamp: `${info.size}:${modifiedMs}`, modifiedMs };
}

function modifiedMsOf(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}

/** The file, or why it cannot be looked at. */
export function stat(path: string): Deno.FileInfo | string {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return reasonOf(error);
  }
}

/** The entries of a directory, or why it cannot be listed. */
export function list(directory: string): { entries: readonly Deno.DirEntry[]; because: string | undefined } {
  try {
    return { entries: [...Deno.readDirSync(directory)], because: undefined };
  } catch (error) {
    return { entries: [], because: reasonOf(error) };
  }
}

/**
 * What the lines of a file belong to, as far as its path says.
 *
 * @param template Service from the config, in which `{dir}`, `{stem}` and `{label.NAME}` are filled in. Where nothing is
 *   left of it, because a label is missing, the service is `{stem}`.
 * @param path Where the file was found.
 */
export function originOf(template: string, path: string): Pick<Stream, "service" | "labels"> {
  const name = basename(path);
  const dot = name.indexOf(".", 1);
  const stem = dot === -1 ? name : name.slice(0, dot);
  const labels = podLabels(path);
  const service = template
    .replaceAll("{dir}", () => basename(dirname(path)))
    .replaceAll("{stem}", () => stem)
    .replaceAll(/\{label\.([^{}]*)\}/g, (_, label: string) => labels.get(label) ?? "");
  return { service: service === "" ? stem : service, labels };
}
