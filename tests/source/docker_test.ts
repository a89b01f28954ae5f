import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/docker_watch.ts";
import { startDockerd } from "../support/container_daemon.ts";
import { findProgram, missing } from "../support/parts.ts";
import { stoppedClock } from "../support/stopped_clock.ts";
import { until } from "../support/until.ts";
import { containerScenarios, count, line, numbered, textsOf } from "./container_scenarios.ts";
import { containerContract, readContainers, sharedDaemon } from "./container_suite.ts";

const ignore = missing("dockerd");
const daemon = sharedDaemon(startDockerd, { ignore });

containerContract("Docker", daemon, { ignore, start: startDockerd });
containerScenarios("Docker", daemon, { ignore });

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `Docker source ${name}`, ignore, fn });

test("reads the drivers json-file, local and journald, and says once what it cannot read", async () => {
  const { run, cli } = daemon();
  await using journal = await machineJournal();
  const drivers = ["json-file", "local", ...journal === undefined ? [] : ["journald"]];
  await using reading = readContainers(daemon());
  await until("the first look", () => reading.states.length > 0);
  for (const driver of [...drivers, "none"]) {
    await run(
      `by-${driver}`,
      `${count(1_000)}; head -c 40000 /dev/zero | tr '\\0' x; echo; exec sleep 1000`,
      [
        `--log-driver=${driver}`,
      ],
    );
  }
  for (const driver of drivers) {
    await until(`lines of ${driver}`, () => textsOf(reading, `by-${driver}`).length === 1_001);
    assert.deepEqual(textsOf(reading, `by-${driver}`), [...numbered("line", 1_000), "x".repeat(40_000)]);
  }
  await cli("restart", "-t", "0", "by-none");
  await until("the second run", () => reading.log.said.length > 0);
  assert.deepEqual(reading.log.said.map(({ fields }) => [fields["container"], fields["because"]]), [
    ["by-none", "its log driver cannot be read"],
  ]);
  reading.abort();
  await reading.done;
  await using again = readContainers(daemon(), { resume: reading.checkpoints });
  await run("end", "echo end");
  await line(again, "end", "end");
  assert.deepEqual(textsOf(again, "by-json-file"), []);
});

test("says what was killed for want of memory, and changes of health", async () => {
  const { run } = daemon();
  await using reading = readContainers(daemon(), { spec: { lifecycle: true } });
  await until("the first look", () => reading.states.length > 0);
  await run("api", "exec sleep 1000", [
    "--health-cmd=cat /shared/well",
    "--health-interval=100ms",
    "--health-retries=1",
  ]);
  await line(reading, "api", "✖ api health: unhealthy");
  await Deno.writeTextFile(`${daemon().shared}/well`, "");
  await line(reading, "api", "api health: healthy");
  assert.deepEqual(reading.lines.map(({ level }) => level), ["error", "info"]);
  await run("greedy", "x=$(yes | head -c 100000000)", ["--memory=8m"]);
  await line(reading, "greedy", "✖ greedy exited 137 (oom)");
});

test("goes on when the daemon stopped sending a log that was truncated", async () => {
  const { run, cli } = daemon();
  await run("api", "echo one; while [ ! -e /shared/cut ]; do usleep 10000; done; echo two; exec sleep 1000");
  const clock = stoppedClock(Date.now());
  await using reading = readContainers(daemon(), { clock });
  await line(reading, "api", "one");
  const path = (await cli("inspect", "--format", "{{.LogPath}}", "api")).trim();
  await Deno.truncate(path);
  await Deno.writeTextFile(`${daemon().shared}/cut`, "");
  await until("the log", async () => (await Deno.readTextFile(path)).includes("two"));
  for (let i = 0; i < 3 && !reading.texts.includes("two"); i++) await clock.advance(SWEEP_MS);
  await line(reading, "api", "two");
  assert.deepEqual(reading.texts, ["one", "two"]);
});

test("waits for a daemon that is not there, and says why", async () => {
  const reading = readContainers(daemon(), {
    spec: { socket: { kind: "unix", path: "/nowhere/docker.sock" } },
  });
  await until("a state", () => reading.states.length > 0);
  assert.deepEqual(reading.states, [{ phase: "waiting", because: "nothing listens there" }]);
  await reading[Symbol.asyncDispose]();
});

/** The journal of this machine, which is where the driver writes; started where it does not run. */
async function machineJournal(): Promise<AsyncDisposable | undefined> {
  const isThere = () => Deno.stat("/run/systemd/journal/socket").then(() => true, () => false);
  if (await isThere()) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const program = findProgram("systemd-journald");
  if (program === undefined) return undefined;
  const child = new Deno.Command(program, { stdin: "null", stdout: "null", stderr: "null" }).spawn();
  await until("journald", isThere);
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
      for (const name of ["socket", "stdout", "dev-log"]) {
        await Deno.remove(`/run/systemd/journal/${name}`).catch(() => {});
      }
    },
  };
}
