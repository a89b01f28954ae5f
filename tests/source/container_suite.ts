import type { DockerSourceSpec } from "../../src/config/config.ts";
import type { StreamCheckpoint } from "../../src/event/event.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { openDockerSource } from "../../src/source/docker.ts";
import type { Source } from "../../src/source/source.ts";
import type { ContainerDaemon } from "../support/container_daemon.ts";
import { type Bench, type Measure, sourceContract } from "./contract.ts";
import { dockerSpec, keptLog, Reading } from "./reading.ts";

/** A daemon that all tests of a file share; it takes seconds to start. */
export function sharedDaemon(
  start: () => Promise<ContainerDaemon>,
  options: { readonly ignore: boolean },
): () => ContainerDaemon {
  let daemon: ContainerDaemon | undefined;
  if (!options.ignore) {
    Deno.test.beforeAll(async () => {
      daemon = await start();
    });
    Deno.test.afterEach(() => daemon?.clear());
    Deno.test.afterAll(async () => await daemon?.[Symbol.asyncDispose]());
  }
  return () => {
    if (daemon === undefined) throw new Error("The daemon was not started");
    return daemon;
  };
}

/** What a source has that ran before, until now, and saw no container. */
export function seenUntil(seconds: number): ReadonlyMap<string, StreamCheckpoint> {
  return new Map([["seen", {
    position: { kind: "docker", timeNs: `${seconds}000000000`, lines: 0 },
    unsettled: [],
  }]]);
}

/** A source over one daemon that is being read, from the beginning of every container unless told otherwise. */
export function readContainers(
  daemon: { readonly socket: string },
  options: {
    readonly spec?: Partial<DockerSourceSpec>;
    /** `never`: the source runs for the first time. */
    readonly resume?: ReadonlyMap<string, StreamCheckpoint> | "never";
    readonly once?: boolean;
    readonly own?: string;
    readonly clock?: Clock;
  } = {},
): Reading & { readonly log: ReturnType<typeof keptLog> } {
  const log = keptLog();
  const source = openDockerSource("containers", dockerSpec(daemon.socket, options.spec), {
    clock: options.clock ?? systemClock,
    log,
    ...options.own === undefined ? {} : { own: options.own },
  });
  const reading = new Reading(source, {
    ...options.resume === "never" ? {} : { resume: options.resume ?? seenUntil(1) },
    once: options.once ?? false,
  });
  return Object.assign(reading, { log });
}

/** Resume points of containers are no offsets: every line has one behind it that no other line has. */
function ordinals(): Measure {
  const known = new Map<string, number>();
  return {
    at(cursor) {
      const text = JSON.stringify(cursor);
      const ordinal = known.get(text) ?? known.size;
      known.set(text, ordinal);
      return ordinal;
    },
    of: () => 1,
  };
}

/** The contract for containers of a daemon: what is written to a named pipe is what the container writes. */
export function containerContract(
  kind: string,
  daemon: () => ContainerDaemon,
  options: { readonly ignore: boolean; readonly start: () => Promise<ContainerDaemon> },
): void {
  let benches = 0;
  sourceContract(kind, async ({ hasOutage }): Promise<Bench> => {
    const own = hasOutage ? await options.start() : undefined;
    const { shared, socket, run, stop, start } = own ?? daemon();
    const pipe = `in-${++benches}`;
    const { success } = await new Deno.Command("mkfifo", { args: [`${shared}/${pipe}`] }).output();
    if (!success) throw new Error("Cannot make a named pipe");
    const since = seenUntil(Math.floor(Date.now() / 1_000));
    const name = `bench-${benches}`;
    await run(name, `exec cat <>/shared/${pipe}`);
    const open = (): Source => {
      const spec = dockerSpec(socket, { include: { names: [name], labels: [], images: [] } });
      const source = openDockerSource("containers", spec, { clock: systemClock, log: keptLog() });
      return {
        id: source.id,
        read: (read, signal) => source.read({ ...read, resume: read.resume ?? since }, signal),
      };
    };
    let isOpen = true;
    const file = await Deno.open(`${shared}/${pipe}`, { read: true, write: true });
    return {
      source: open(),
      restarted: open,
      outage: { begin: () => stop("SIGKILL"), end: start, isSeen: true },
      measure: ordinals(),
      async write(text) {
        const bytes = new TextEncoder().encode(text);
        for (let written = 0; isOpen && written < bytes.length;) {
          written += await file.write(bytes.subarray(written, written + 4_096));
        }
      },
      async [Symbol.asyncDispose]() {
        if (!isOpen) return;
        isOpen = false;
        file.close();
        await own?.[Symbol.asyncDispose]();
      },
    };
  }, options);
}
