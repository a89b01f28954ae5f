import assert from "node:assert/strict";
import type { StreamCheckpoint, Unsettled } from "../../src/event/event.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { type JournaldSourceDeps, openJournaldSource } from "../../src/source/journal.ts";
import type { Source } from "../../src/source/source.ts";
import { type Journald, startJournald } from "../support/journald.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { sourceContract } from "./contract.ts";
import { journaldSpec, type KeptLog, keptLog, Reading } from "./reading.ts";

const ignore = missing("systemd-journald");

/** As after a first run that saw nothing. */
const FROM_THE_BEGINNING: ReadonlyMap<string, StreamCheckpoint> = new Map([
  ["journal", {
    position: { kind: "journal", entry: "", isAhead: false, count: 0, timeUs: 0 },
    unsettled: [],
  }],
]);

/** Lines that the test writes are this process's own. */
const OTHERS = { unit: undefined, pid: 0 };

function open(
  journald: Pick<Journald, "journalctl">,
  spec: Parameters<typeof journaldSpec>[0] = {},
  deps: Partial<JournaldSourceDeps> & { readonly log?: KeptLog } = {},
): Source {
  const { journalctl } = journald;
  return openJournaldSource("host", journaldSpec(spec), {
    clock: systemClock,
    log: keptLog(),
    journalctl,
    own: OTHERS,
    ...deps,
  });
}

sourceContract("Journald", async () => {
  const journald = await startJournald();
  let service = await journald.open({ identifier: "app" });
  let pending: Promise<void> = Promise.resolve();
  const source = () => {
    const { id, read } = open(journald, { identifiers: ["app"] });
    return {
      id,
      read: (options: Parameters<typeof read>[0], signal: AbortSignal) =>
        read({ ...options, resume: options.resume ?? FROM_THE_BEGINNING }, signal),
    };
  };
  return {
    source: source(),
    restarted: source,
    outage: {
      begin: () => journald.stop("SIGKILL"),
      async end() {
        await journald.start();
        await service[Symbol.asyncDispose]();
        service = await journald.open({ identifier: "app" });
      },
      isSeen: false,
    },
    write: (text) => pending = service.write(text),
    measure: { at: (cursor) => cursor.kind === "journal" ? cursor.count : undefined, of: () => 1 },
    async [Symbol.asyncDispose]() {
      await pending;
      await service[Symbol.asyncDispose]();
      await journald[Symbol.asyncDispose]();
    },
  };
}, { ignore });

/** Runs a program without leave to read anything of others. */
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** A test with a journal. */
function journalTest(name: string, fn: (journald: Journald) => Promise<void>): void {
  Deno.test({
    name: `Journald source ${name}`,
    ignore,
    fn: async () => {
      await using journald = await startJournald();
      await fn(journald);
    },
  });
}

journalTest(
  "gives every unit and every identifier a stream of its own, and the priority where the text says no level",
  async (journald) => {
    await using reading = new Reading(open(journald));
    await reading.begun();
    await journald.write(
      { identifier: "nginx", unit: "nginx.service" },
      "<3>upstream is gone\nINFO started\n",
    );
    await journald.write({ identifier: "sudo" }, "<4>alice\n");
    const texts = await reading.count(3);
    assert.deepEqual(texts, ["upstream is gone", "INFO started", "alice"]);
    assert.deepEqual(reading.lines.map(({ stream }) => [stream.key, stream.service]), [
      ["unit:nginx.service", "nginx"],
      ["unit:nginx.service", "nginx"],
      ["identifier:sudo", "sudo"],
    ]);
    assert.deepEqual(reading.lines.map(({ level }) => level), ["error", undefined, "warn"]);
  },
);

journalTest("yields an entry of several lines as one record, and its bytes as they are", async (journald) => {
  await using reading = new Reading(open(journald, { identifiers: ["app"] }));
  await reading.begun();
  const message = new TextEncoder().encode("\n \nWARN first\nINFO second\n\nthird\x00\n");
  await journald.send({ SYSLOG_IDENTIFIER: "app", MESSAGE: message });
  await journald.send({ SYSLOG_IDENTIFIER: "app", MESSAGE: Uint8Array.of(0x61, 0xff), PRIORITY: "2" });
  await journald.send({ SYSLOG_IDENTIFIER: "app", MESSAGE: "" });
  await journald.send({ SYSLOG_IDENTIFIER: "app", PRIORITY: "2" });
  await journald.send({ SYSLOG_IDENTIFIER: "app", MESSAGE: "last", PRIORITY: "none" });
  await reading.count(6);
  assert.deepEqual(reading.lines.map(({ text, continues, level }) => [text, continues, level]), [
    ["WARN first", false, undefined],
    ["INFO second", true, undefined],
    ["", true, undefined],
    ["third\0", true, undefined],
    ["a\\xff", false, "fatal"],
    ["last", false, undefined],
  ]);
});

journalTest("cuts a message that is too long, and reads on behind it", async (journald) => {
  await using reading = new Reading(open(journald, { identifiers: ["app"], maxLineBytes: 1024 }));
  await reading.begun();
  for (const message of ["word ".repeat(1000), `${" ".repeat(9)}\n${"x".repeat(1020)}\nyyyy`, "next"]) {
    await journald.send({ SYSLOG_IDENTIFIER: "app", MESSAGE: message });
  }
  const [first, second, third, fourth] = await reading.count(3);
  assert.match(first ?? "", /^(word )+ ?\[line cut at 1 KiB\]$/);
  assert.ok((first ?? "").length <= 1024);
  assert.match(second ?? "", /^x+ \[line cut at 1 KiB\]$/);
  assert.deepEqual([third, fourth], ["next", undefined]);
});

journalTest("reads the entries of units and of identifiers, by name and by glob", async (journald) => {
  const choices = [
    { units: ["web"], identifiers: ["sudo"] },
    { units: ["w?b.service"], identifiers: ["s*o"] },
  ];
  for (const choice of choices) {
    await using reading = new Reading(open(journald, choice));
    await reading.begun();
    await journald.write({ identifier: "nginx", unit: "web.service" }, "one\n");
    await journald.write({ identifier: "sudo" }, "two\n");
    await journald.write({ identifier: "cron" }, "three\n");
    await journald.write({ identifier: "web" }, "four\n");
    await journald.write({ identifier: "nginx", unit: "web.service" }, "five\n");
    assert.deepEqual(await reading.count(3), ["one", "two", "five"]);
  }
});

journalTest("reads what is severe enough by its priority", async (journald) => {
  await using reading = new Reading(open(journald, { identifiers: ["app"], minLevel: "warn" }));
  await reading.begun();
  await journald.write({ identifier: "app" }, "<7>a\n<6>b\n<5>c\n<4>d\n<3>e\n<0>f\n");
  assert.deepEqual(await reading.count(3), ["d", "e", "f"]);
});

journalTest("never reads its own unit and its own process, and says so once", async (journald) => {
  const log = keptLog();
  const own = { unit: "irctail.service", pid: 0 };
  await using reading = new Reading(open(journald, {}, { log, own }));
  await reading.begun();
  await journald.write({ identifier: "irctail", unit: "irctail.service" }, "one\ntwo\n");
  await journald.write({ identifier: "app", unit: "app.service" }, "three\n");
  assert.deepEqual(await reading.count(1), ["three"]);
  assert.deepEqual(log.said.map(({ message }) => message), ["Skipping the entries of irctail itself"]);
});

journalTest(
  "begins with what is written after its first start, also when nothing came before the second",
  async (journald) => {
    await journald.write({ identifier: "app" }, "old\n");
    const first = new Reading(open(journald));
    await first.begun();
    first.abort();
    await first.done;
    await journald.write({ identifier: "app" }, "new\n");
    await using second = new Reading(open(journald), { resume: first.checkpoints });
    assert.deepEqual(await second.count(1), ["new"]);
  },
);

journalTest(
  "reads what is unsettled again, among the entries of others, and then what is new",
  async (journald) => {
    const before = new Reading(open(journald));
    await before.begun();
    for (let i = 0; i < 4; i++) {
      await journald.write({ identifier: "a", unit: "a.service" }, `a${i}\n`);
      await journald.write({ identifier: "b", unit: "b.service" }, `b${i}\n`);
    }
    await before.count(8);
    before.abort();
    await before.done;
    await journald.write({ identifier: "a", unit: "a.service" }, "a4\n");
    const line = (text: string) => {
      const found = before.lines.find((each) => each.text === text);
      assert.ok(found);
      return found;
    };
    const unsettled = (first: string, last: string): Unsettled => ({
      from: line(first).from,
      to: line(last).to,
      level: "info",
      lanes: ["x"],
    });
    const resume = new Map(before.checkpoints);
    const owed = { a: [unsettled("a1", "a2")], b: [unsettled("b0", "b0"), unsettled("b3", "b3")] };
    for (const [service, records] of Object.entries(owed)) {
      const checkpoint = resume.get(`unit:${service}.service`);
      assert.ok(checkpoint);
      resume.set(`unit:${service}.service`, { ...checkpoint, unsettled: records });
    }
    await using after = new Reading(open(journald), { resume });
    await after.count(5);
    assert.deepEqual(after.lines.map(({ text, again }) => [text, again]), [
      ["b0", owed.b[0]],
      ["a1", owed.a[0]],
      ["a2", owed.a[0]],
      ["b3", owed.b[1]],
      ["a4", undefined],
    ]);
    assert.deepEqual(after.lost, []);
  },
);

journalTest(
  "goes on through rotation and vacuum, and through the end of journalctl and of journald",
  async (journald) => {
    await using reading = new Reading(open(journald, { identifiers: ["app"] }));
    const faults: readonly (() => Promise<void>)[] = [
      () => journald.rotate(),
      () => journald.rotate().then(() => journald.vacuum()),
      () => journald.killReaders(),
      () => journald.stop("SIGKILL").then(() => journald.start()),
      () => journald.stop().then(() => journald.start()),
    ];
    let written = 0;
    await reading.begun();
    for (const fault of faults) {
      await journald.write({ identifier: "app" }, numbered(written, written += 100));
      await fault();
      await journald.write({ identifier: "app" }, numbered(written, written += 100));
      await reading.count(written);
    }
    assert.equal(reading.texts.map((text) => `${text}\n`).join(""), numbered(0, written));
    const phases = new Set(reading.states.map((state) => "because" in state ? state.because : state.phase));
    assert.deepEqual([...phases], ["reading", "journalctl ended by SIGKILL"]);
  },
);

journalTest(
  "goes on from the nearest entry when the journal lost its place, counts what is gone, and says so",
  async (journald) => {
    const before = new Reading(open(journald, { identifiers: ["app"] }));
    await before.begun();
    await journald.write({ identifier: "app" }, "one\ntwo\n");
    await before.count(2);
    before.abort();
    await before.done;
    await journald.rotate();
    await journald.write({ identifier: "app" }, "three\n");
    await journald.vacuum();
    const [one] = before.lines;
    assert.ok(one);
    const gone: Unsettled = { from: one.from, to: one.to, level: "info", lanes: ["x"] };
    const resume = new Map(before.checkpoints);
    const position = resume.get("identifier:app")?.position;
    assert.ok(position);
    resume.set("identifier:app", { position, unsettled: [gone] });
    const log = keptLog();
    await using after = new Reading(open(journald, { identifiers: ["app"] }, { log }), { resume });
    assert.deepEqual(await after.count(1), ["three"]);
    assert.deepEqual(after.lost, [gone]);
    assert.deepEqual(log.said.map(({ message }) => message), [
      "The journal no longer has the entry that was read last; reading on from the nearest",
    ]);
  },
);

journalTest(
  "takes a position that journalctl does not know for the time at which it was",
  async (journald) => {
    await journald.write({ identifier: "app" }, "one\n");
    const position = { kind: "journal", entry: "nonsense", isAhead: false, count: 7, timeUs: 1 } as const;
    await using reading = new Reading(open(journald, { identifiers: ["app"] }), {
      resume: new Map([["identifier:app", { position, unsettled: [] }]]),
    });
    assert.deepEqual(await reading.count(1), ["one"]);
  },
);

journalTest("reads what was written before the machine was started anew", async (journald) => {
  const first = new Reading(open(journald, { identifiers: ["app"] }));
  await first.begun();
  await journald.stop();
  await journald.start({ bootId: "11111111-2222-4333-8444-555555555555" });
  await journald.write({ identifier: "app" }, "one\n");
  // journalctl that follows does not look at this boot, which is not the one it runs in.
  first.abort();
  await first.done;
  const second = new Reading(open(journald, { identifiers: ["app"] }), { resume: first.checkpoints });
  assert.deepEqual(await second.count(1), ["one"]);
  second.abort();
  await second.done;
  await journald.write({ identifier: "app" }, "two\n");
  await journald.stop();
  await journald.start();
  await journald.write({ identifier: "app" }, "three\n");
  const log = keptLog();
  await using third = new Reading(open(journald, { identifiers: ["app"] }, { log }), {
    resume: second.checkpoints,
  });
  assert.deepEqual(await third.count(2), ["two", "three"]);
  await journald.write({ identifier: "app" }, "four\n");
  assert.deepEqual(await third.count(3), ["two", "three", "four"]);
  assert.deepEqual(log.said, []);
});

journalTest("reads to the end with --once", async (journald) => {
  await journald.write({ identifier: "app" }, numbered(0, 1000));
  const reading = new Reading(open(journald, { identifiers: ["app"] }), {
    resume: FROM_THE_BEGINNING,
    once: true,
  });
  await reading.done;
  assert.equal(reading.texts.length, 1000);
});

journalTest("waits for a journal that is not there, and for leave to read it", async (journald) => {
  await using dir = await tempDir();
  const cases = [
    { journalctl: ["journalctl", "--namespace=irctail-nowhere"], because: "there is no journal yet" },
    {
      journalctl: ["journalctl", `--directory=${dir.path}`],
      because: "there is no journal yet",
    },
    {
      journalctl: ["journalctl", `--directory=${dir.at("nowhere")}`],
      because: "journalctl ended with code 1",
    },
    {
      journalctl: [...NOBODY, ...journald.journalctl],
      because: "journalctl may not read the journal; add irctail's user to the group systemd-journal",
    },
    { journalctl: ["irctail-no-such-program"], because: "journalctl is not installed" },
  ];
  for (const { journalctl, because } of cases) {
    await using reading = new Reading(open({ journalctl }));
    await until("the first state", () => reading.states.length > 0);
    assert.deepEqual(reading.states[0], { phase: "waiting", because });
  }
});

journalTest("reads the part of a journal that it may, and says so", async (journald) => {
  await using dir = await tempDir();
  await journald.write({ identifier: "app" }, "one\n");
  await journald.stop();
  for (const [name, mode] of [["system.journal", 0o600], ["user-65534.journal", 0o644]] as const) {
    await Deno.copyFile(`${journald.directory}/system.journal`, dir.at(name));
    await Deno.chmod(dir.at(name), mode);
  }
  await Deno.chmod(dir.path, 0o755);
  const journalctl = [...NOBODY, "journalctl", `--directory=${dir.path}`];
  await using reading = new Reading(open({ journalctl }, { identifiers: ["app"] }), {
    resume: FROM_THE_BEGINNING,
  });
  assert.deepEqual(await reading.count(1), ["one"]);
  assert.deepEqual(reading.states, [{
    phase: "waiting",
    because:
      "journalctl shows only messages of irctail's own user; add it to the group systemd-journal to read all",
  }]);
});

journalTest("begins to read when there is a journal", async (journald) => {
  await using dir = await tempDir();
  await journald.write({ identifier: "app" }, "one\n");
  await using reading = new Reading(
    open({ journalctl: ["journalctl", `--directory=${dir.path}`] }, {
      identifiers: ["app"],
    }),
    { resume: FROM_THE_BEGINNING },
  );
  await until("the first state", () => reading.states.length > 0);
  await journald.stop();
  await Deno.copyFile(`${journald.directory}/system.journal`, dir.at("system.journal"));
  assert.deepEqual(await reading.count(1), ["one"]);
  assert.deepEqual(reading.states.at(-1), { phase: "reading" });
});

Deno.test({
  name: "Journald source fails when irctail itself may not start journalctl",
  permissions: { read: true, env: true, run: false },
  fn: async () => {
    const reading = new Reading(open({ journalctl: ["journalctl"] }));
    await assert.rejects(reading.done, { name: "SourceError", retryable: false });
  },
});

function numbered(from: number, to: number): string {
  let text = "";
  for (let n = from; n < to; n++) text += `n=${n}\n`;
  return text;
}
