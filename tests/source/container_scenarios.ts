import assert from "node:assert/strict";
import type { ContainerDaemon } from "../support/container_daemon.ts";
import { startGetOnlyProxy } from "../support/get_only_proxy.ts";
import { until } from "../support/until.ts";
import { readContainers } from "./container_suite.ts";
import type { Reading } from "./reading.ts";

const NONE = { names: [], labels: [], images: [] };

/** Lines of one service. */
export function textsOf(reading: Reading, service: string): readonly string[] {
  return reading.lines.filter(({ stream }) => stream.service === service).map(({ text }) => text);
}

/** `word 0` to `word n-1`. */
export function numbered(word: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${word} ${i}`);
}

/** A shell script that writes `line 0` to `line n-1`. */
export function count(lines: number): string {
  return `i=0; while [ $i -lt ${lines} ]; do echo line $i; i=$((i+1)); done`;
}

/** Waits for a line of a service. */
export async function line(reading: Reading, service: string, text: string): Promise<void> {
  await until(`"${text}" of ${service}`, () => textsOf(reading, service).includes(text), {
    seen: () => [reading.texts.slice(-20), reading.states],
  });
}

/** What a daemon of either kind must be read like. */
export function containerScenarios(
  kind: string,
  daemon: () => ContainerDaemon,
  options: { readonly ignore: boolean },
): void {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${kind} source ${name}`, ignore: options.ignore, fn });

  test("accounts for everything that was written while it was down", async () => {
    const { run } = daemon();
    await run("before", "echo early; sleep 1000");
    await run(
      "writer",
      `echo first; while [ ! -e /shared/go ]; do usleep 10000; done; ${count(1_000)}; sleep 1000`,
    );
    await using first = readContainers(daemon());
    await line(first, "writer", "first");
    await line(first, "before", "early");
    await first[Symbol.asyncDispose]();
    await Deno.writeTextFile(`${daemon().shared}/go`, "");
    await run("short", "echo born; echo dying >&2; exit 3");
    await until("the lines", async () => (await daemon().logs("writer")).length === 1_001);
    await Deno.remove(`${daemon().shared}/go`);
    await using second = readContainers(daemon(), { resume: first.checkpoints, spec: { lifecycle: true } });
    await line(second, "writer", "line 999");
    await line(second, "short", "✖ short exited 3");
    assert.deepEqual(textsOf(second, "writer"), numbered("line", 1_000));
    assert.deepEqual(textsOf(second, "short").toSorted(), ["born", "dying", "✖ short exited 3"].toSorted());
    assert.deepEqual(textsOf(second, "before"), []);
  });

  test("shows the last words of containers that die at once, and how they ended", async () => {
    const { run } = daemon();
    await using reading = readContainers(daemon(), { spec: { lifecycle: true } });
    await until("the first look", () => reading.states.length > 0);
    for (let i = 0; i < 5; i++) await run(`short-${i}`, `echo words; echo last >&2; exit ${i}`);
    for (let i = 0; i < 5; i++) {
      const end = `${i === 0 ? "" : "✖ "}short-${i} exited ${i}`;
      await line(reading, `short-${i}`, end);
      assert.deepEqual(textsOf(reading, `short-${i}`).toSorted(), ["words", "last", end].toSorted());
      const said = reading.lines.find(({ text }) => text === end);
      assert.equal(said?.level, i === 0 ? "info" : "error");
    }
  });

  test("begins at the present when it runs for the first time", async () => {
    const { run } = daemon();
    await run("old", "echo old; sleep 1000");
    await until("the first line", async () => (await daemon().logs("old")).length === 1);
    const writtenMs = Date.now();
    await until("another second", () => Date.now() - writtenMs > 1_000);
    await using reading = readContainers(daemon(), { resume: "never" });
    await until("a state", () => reading.checkpoints.size === 2);
    await run("new", "echo new; sleep 1000");
    await line(reading, "new", "new");
    assert.deepEqual(reading.texts, ["new"]);
  });

  test("goes on after a container was started again, and renamed", async () => {
    const { run, cli } = daemon();
    await run("api", "echo run; sleep 1; echo later; sleep 1000");
    await using reading = readContainers(daemon(), { spec: { lifecycle: true } });
    await line(reading, "api", "run");
    await cli("restart", "-t", "0", "api");
    await until("a second run", () => textsOf(reading, "api").filter((text) => text === "run").length === 2);
    await cli("rename", "api", "web");
    await cli("restart", "-t", "0", "web");
    await line(reading, "web", "later");
    assert.deepEqual(reading.texts.filter((text) => text === "run").length, 3);
    await until("two ends", () => reading.texts.filter((text) => text.startsWith("✖ ")).length === 2);
  });

  test("puts long lines together, with a terminal and without", async () => {
    const { run } = daemon();
    const script =
      "echo a; head -c 40000 /dev/zero | tr '\\0' x; echo; echo b; head -c 70000 /dev/zero | tr '\\0' y; echo; echo c";
    await run("plain", script);
    await run("tty", script, ["-t"]);
    await using reading = readContainers(daemon());
    for (const service of ["plain", "tty"]) {
      await until(`the end of ${service}`, () => textsOf(reading, service).length === 5);
      const texts = textsOf(reading, service).map((text) => text.replace(/\r$/, ""));
      assert.deepEqual(
        [texts[0], texts[1], texts[2], texts[4]],
        ["a", "x".repeat(40_000), "b", "c"],
        service,
      );
      assert.match(texts[3] ?? "", /^y{32000,65535} \[line cut at 64 KiB\]$/);
    }
  });

  test("gives out a last line without a newline when its writer ended", async () => {
    const { run, cli } = daemon();
    await run("half", "printf 'no end'");
    await using reading = readContainers(daemon());
    await line(reading, "half", "no end");
    // Podman tells seconds only: in one, or in two that follow each other, both words might be parts of a line.
    const readMs = Date.now();
    await until("a second that is neither this one nor the next", () => Date.now() - readMs > 2_000);
    await cli("start", "half");
    await until("the second run", () => textsOf(reading, "half").length === 2);
    assert.deepEqual(textsOf(reading, "half"), ["no end", "no end"]);
  });

  test("reads the containers that the config means, and never its own", async () => {
    const { run } = daemon();
    await run("web-1", "echo web; sleep 1000", ["--label", "team=a"]);
    await run("web-2", "echo web; sleep 1000", ["--label", "team=b", "--label", "irctail.service=shop"]);
    await run("web-old", "echo web; sleep 1000", ["--label", "team=a"]);
    await run("db", "echo db; sleep 1000", ["--label", "team=a"]);
    const own = await run("web-own", "echo own; sleep 1000", ["--label", "team=a"]);
    await using reading = readContainers(daemon(), {
      own: own.slice(0, 12),
      spec: {
        include: { names: ["web-*"], labels: ["team=*"], images: ["*bb"] },
        exclude: { ...NONE, names: ["*-old"] },
      },
    });
    await line(reading, "shop", "web");
    await line(reading, "web-1", "web");
    await run("web-3", "echo late; sleep 1000", ["--label", "team=a"]);
    await run("app-3", "echo late; sleep 1000", ["--label", "team=a"]);
    await line(reading, "web-3", "late");
    assert.deepEqual(
      new Set(reading.lines.map(({ stream }) => stream.service)),
      new Set(["shop", "web-1", "web-3"]),
    );
    assert.equal(reading.lines[0]?.stream.labels.has("team"), true);
    assert.equal(
      reading.log.said.filter(({ message }) => message.startsWith("Skipping the container")).length,
      1,
    );
  });

  test("asks with GET only, through a proxy that refuses everything else", async () => {
    const { run, socket } = daemon();
    await using proxy = startGetOnlyProxy(socket);
    await run("api", "echo one; sleep 1; echo two; sleep 1000");
    await using reading = readContainers(daemon(), {
      spec: { socket: { kind: "tcp", host: "127.0.0.1", port: proxy.port } },
    });
    await line(reading, "api", "two");
    assert.deepEqual(textsOf(reading, "api"), ["one", "two"]);
    assert.ok(proxy.passed.length >= 4);
    assert.deepEqual(proxy.refused, []);
  });

  test("reads again what was not settled, and counts what is gone", async () => {
    const { run } = daemon();
    await run("api", `${count(10)}; sleep 1000`);
    await using first = readContainers(daemon());
    await line(first, "api", "line 9");
    await first[Symbol.asyncDispose]();
    const [, , third, fourth, , sixth] = first.lines;
    assert.ok(third && fourth && sixth);
    const { key } = third.stream;
    const record = (from: typeof third, to: typeof third) =>
      ({ from: from.from, to: to.to, level: "info", lanes: ["lane"] }) as const;
    const gone = { ...record(sixth, sixth), to: sixth.from };
    const left = first.checkpoints.get(key);
    assert.ok(left);
    const resume = new Map(first.checkpoints);
    resume.set(key, { ...left, unsettled: [record(third, fourth), gone, record(sixth, sixth)] });
    await using second = readContainers(daemon(), { resume });
    await second.count(3);
    assert.deepEqual(textsOf(second, "api"), ["line 2", "line 3", "line 5"]);
    assert.deepEqual(second.lines.map(({ again }) => again?.from), [third.from, third.from, sixth.from]);
    assert.deepEqual(second.lost, [gone]);
  });

  test("reads every log to its end and leaves, when it reads once", async () => {
    const { run } = daemon();
    await run("ended", "echo one");
    await run("running", "echo two; sleep 1000");
    await until("two lines", async () => (await daemon().logs("running")).length === 1);
    const reading = readContainers(daemon(), { once: true });
    await reading.done;
    assert.deepEqual(reading.texts.toSorted(), ["one", "two"]);
  });

  test("forgets a container that was removed, and reads the next one of its name", async () => {
    const { run, cli } = daemon();
    const id = await run("gone", "echo one; sleep 1000");
    await using reading = readContainers(daemon());
    await line(reading, "gone", "one");
    await cli("rm", "-f", "gone");
    await until("the end of the stream", () => reading.ended.some(({ key }) => key === id));
    await run("gone", "echo two; sleep 1000");
    await line(reading, "gone", "two");
    assert.deepEqual(textsOf(reading, "gone"), ["one", "two"]);
    await using second = readContainers(daemon(), {
      resume: new Map([...reading.checkpoints, [id, {
        position: { kind: "docker", timeNs: "1", lines: 1 },
        unsettled: [],
      }]]),
    });
    await until("the end of the stream", () => second.ended.some(({ key }) => key === id));
  });
}
