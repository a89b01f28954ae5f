/**
 * The `sources:` and `buses:` sections as they are written.
 *
 * @module
 */

import { z } from "zod";
import { ENVELOPE_FORMATS, LINE_FORMATS } from "../../event/format.ts";
import { LEVELS } from "../../event/level.ts";
import { parseDockerSocket } from "../docker_socket.ts";
import { count, duration, flag, name, named, pattern, secret, size, text } from "./leaf.ts";

const format = z.union([
  z.enum([...LINE_FORMATS, ...ENVELOPE_FORMATS]),
  z.strictObject({ regex: pattern("re2 pattern with the groups level, message, time or any field name") }),
]).describe("How to read a line; default auto");

const multiline = z.union([
  z.enum(["auto", "off"]),
  z.strictObject({ start: pattern("re2 pattern that the first line of a record matches") }),
]).describe("Whether lines are joined to records; auto joins stack traces; default auto");

/** Keys of every source. */
const common = z.strictObject({
  format: format.optional(),
  multiline: multiline.optional(),
  max_line: size("Longest line; the rest is cut off and said so; default 64KiB", {
    least: "256B",
    most: "1MiB",
  })
    .optional(),
  quiet_after: duration("Say so when nothing came for this long; default off", { least: "1s", most: "720h" })
    .optional(),
}).shape;

const globs = (description: string) => z.array(text("Glob")).describe(description);

const file = z.strictObject({
  type: z.literal("file").describe("Files by glob"),
  paths: globs("Globs of the files; relative ones start at the config file's directory").min(1),
  exclude: globs("Globs of files to leave out").optional(),
  service: text(
    "Service name, or a template over the path: {dir}, {stem}, {label.container}; default: the source's name",
  )
    .optional(),
  start_at: z.enum(["end", "beginning"])
    .describe("Where to start in files found when this source runs for the first time; default end")
    .optional(),
  ...common,
});

const stdin = z.strictObject({
  type: z.literal("stdin").describe("Standard input"),
  service: text("Service name; default: the source's name").optional(),
  tee: flag("Copy stdin to stdout untouched; default false").optional(),
  ...common,
});

const containers = z.strictObject({
  names: globs("Container names").optional(),
  labels: globs("Labels, as NAME or NAME=VALUE").optional(),
  images: globs("Image names, with or without the tag").optional(),
});

const docker = z.strictObject({
  type: z.literal("docker").describe("Containers behind a Docker or Podman socket"),
  socket: text("Where the daemon listens")
    .refine((value) => parseDockerSocket(value) !== undefined, {
      error: "Must be the absolute path of a socket, or tcp://HOST:PORT",
    })
    .describe("Path of the socket, or tcp://HOST:PORT of a GET-only proxy; default /var/run/docker.sock")
    .optional(),
  include: containers.describe("Which containers: every list given must name them; default all").optional(),
  exclude: containers.describe("Which containers not: one list suffices").optional(),
  service: text(
    "Service name, or a template over the labels: {label.NAME}; default: label irctail.service, else compose service, else container name",
  ).optional(),
  lifecycle: flag("Whether die, oom and health changes become lines; default false").optional(),
  ...common,
});

const journald = z.strictObject({
  type: z.literal("journald").describe("The systemd journal"),
  units: globs("Units; without units and identifiers everything but irctail itself").optional(),
  identifiers: globs("Syslog identifiers, in addition to the units").optional(),
  min_level: z.enum(LEVELS).describe("Least severe priority to read, whatever the text says; default all")
    .optional(),
  service: text("Service name; default: the unit without .service, else the identifier").optional(),
  ...common,
});

const forward = z.strictObject({
  type: z.literal("forward").describe("Fluent Forward: Docker's fluentd driver, Fluent Bit, FireLens"),
  listen: text("HOST:PORT, or unix:/path"),
  shared_key: secret("Shared key of the handshake").optional(),
  service: text("Service name; default: the tag").optional(),
  ...common,
});

const redis = z.strictObject({
  type: z.literal("redis").describe("What edges sent to a bus"),
  bus: name("Name of the bus"),
  ...common,
});

/** Shape of the `sources:` section. */
export const sourcesSchema = named(
  z.discriminatedUnion("type", [file, stdin, docker, journald, forward, redis]),
  "Where lines come from",
);

/** Shape of the `buses:` section. */
export const busesSchema = named(
  z.strictObject({
    type: z.literal("redis").describe("Redis streams"),
    url: secret("redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT"),
    stream: text("Name of the stream; default irctail").optional(),
    max_length: count("Entries kept in the stream; default 100000", { least: 100, most: 100_000_000 })
      .optional(),
  }),
  "Where edges hand their lines to a gateway",
);

/** Conditions on containers as they are written. */
export type WrittenContainerFilter = z.infer<typeof containers>;

/** One source as it is written. */
export type WrittenSource = z.infer<typeof sourcesSchema>[string];
