import assert from "node:assert/strict";
import { type Origin, originOf, serviceOf } from "../../src/source/journal_entry.ts";
import { ExportEntry, JOURNAL_FIELDS, type JournalField } from "../../src/source/journal_export.ts";
import { compileSelection, ownJournal } from "../../src/source/journal_selection.ts";
import { JournalStreams } from "../../src/source/journal_streams.ts";

const NOBODY = { unit: undefined, pid: 0 };

function entryOf(fields: Partial<Record<JournalField, string>>): ExportEntry {
  const encoder = new TextEncoder();
  return new ExportEntry(JOURNAL_FIELDS.map((name) => {
    const value = fields[name];
    return value === undefined ? undefined : encoder.encode(value);
  }));
}

Deno.test("originOf() believes systemd about units and root about core dumps, and nobody else", () => {
  const unitOf = (fields: Partial<Record<JournalField, string>>) =>
    originOf(entryOf({ _SYSTEMD_UNIT: "own.service", ...fields })).unit;
  assert.equal(unitOf({}), "own.service");
  assert.equal(unitOf({ UNIT: "web.service", _PID: "1" }), "web.service");
  assert.equal(unitOf({ UNIT: "web.service", _PID: "11" }), "own.service");
  assert.equal(unitOf({ COREDUMP_UNIT: "web.service", _UID: "0" }), "web.service");
  assert.equal(unitOf({ COREDUMP_UNIT: "web.service", _UID: "1000" }), "own.service");
  assert.equal(unitOf({ _SYSTEMD_USER_UNIT: "player.service" }), "player.service");
});

Deno.test("serviceOf() is the unit without .service, else the identifier, else the program", () => {
  const cases: readonly [Partial<Record<JournalField, string>>, string][] = [
    [{ _SYSTEMD_UNIT: "nginx.service", SYSLOG_IDENTIFIER: "x" }, "nginx"],
    [{ _SYSTEMD_UNIT: "worker@3.service" }, "worker@3"],
    [{ UNIT: "backup.timer", _PID: "1", SYSLOG_IDENTIFIER: "systemd" }, "backup.timer"],
    [{ _SYSTEMD_UNIT: "session-3.scope", SYSLOG_IDENTIFIER: "sudo" }, "sudo"],
    [{ _SYSTEMD_UNIT: "session-3.scope" }, "session-3.scope"],
    [{ SYSLOG_IDENTIFIER: "kernel" }, "kernel"],
    [{ _COMM: "python3" }, "python3"],
    [{}, "unknown"],
  ];
  for (const [fields, service] of cases) assert.equal(serviceOf(originOf(entryOf(fields))), service);
});

Deno.test("compileSelection() asks journalctl for plain names, and chooses by itself where there are globs", () => {
  const argsOf = (units: readonly string[], identifiers: readonly string[]) =>
    compileSelection({ units, identifiers, minLevel: undefined }, NOBODY).args;
  assert.deepEqual(argsOf([], []), []);
  assert.deepEqual(argsOf([], ["a", "b"]), [
    "SYSLOG_IDENTIFIER=a",
    "+",
    "_COMM=a",
    "+",
    "SYSLOG_IDENTIFIER=b",
    "+",
    "_COMM=b",
  ]);
  assert.ok(argsOf(["nginx", "backup.timer"], []).includes("_SYSTEMD_UNIT=nginx.service"));
  assert.ok(argsOf(["nginx", "backup.timer"], []).includes("_SYSTEMD_UNIT=backup.timer"));
  assert.deepEqual(argsOf(["nginx", "web-*"], ["a"]), []);
});

Deno.test("compileSelection() asks for priorities that are severe enough", () => {
  const argsOf = (minLevel: "trace" | "info" | "fatal") =>
    compileSelection({ units: [], identifiers: [], minLevel }, NOBODY).args;
  assert.deepEqual([argsOf("trace"), argsOf("info"), argsOf("fatal")], [
    [],
    ["--priority=0..6"],
    ["--priority=0..2"],
  ]);
});

Deno.test("compileSelection() refuses irctail's own entries also where its unit is wanted", () => {
  const own = { unit: "irctail.service", pid: 42 };
  const { refuses } = compileSelection({ units: ["*"], identifiers: [], minLevel: undefined }, own);
  const judge = (fields: Partial<Record<JournalField, string>>) => {
    const entry = entryOf(fields);
    return refuses(entry, originOf(entry));
  };
  assert.equal(judge({ _SYSTEMD_UNIT: "irctail.service" }), "own");
  assert.equal(judge({ UNIT: "irctail.service", _PID: "1" }), "own");
  assert.equal(judge({ _SYSTEMD_UNIT: "cat.service", _PID: "42" }), "own");
  assert.equal(judge({ _SYSTEMD_UNIT: "cat.service", _PID: "43" }), undefined);
  assert.equal(judge({ SYSLOG_IDENTIFIER: "irctail", _PID: "43" }), "not wanted");
});

Deno.test("ownJournal() finds the service that a process runs in", () => {
  const unitOf = (cgroups: string) => ownJournal(cgroups, 1).unit;
  assert.equal(unitOf("0::/system.slice/irctail.service\n"), "irctail.service");
  assert.equal(
    unitOf("3:cpu:/x.service\n1:name=systemd:/system.slice/irctail.service\n0::/\n"),
    "irctail.service",
  );
  assert.equal(
    unitOf("0::/user.slice/user-1000.slice/user@1000.service/app.slice/irctail.service\n"),
    "irctail.service",
  );
  assert.equal(unitOf("0::/user.slice/user-1000.slice/user@1000.service/app.slice/term.scope\n"), undefined);
  assert.equal(unitOf("0::/user.slice/user-1000.slice/session-3.scope\n"), undefined);
  assert.equal(unitOf("0::/\n"), undefined);
  assert.equal(unitOf(""), undefined);
});

Deno.test("JournalStreams gives up what was silent for longest, whatever names programs make up", () => {
  const ended: string[] = [];
  const streams = new JournalStreams(undefined, ({ key }) => ended.push(key));
  const origin = (identifier: string): Origin => ({ unit: undefined, identifier });
  const first = streams.of(origin("first"));
  for (let i = 0; i < 2_000; i++) {
    streams.of(origin(`made-up-${i}`));
    assert.equal(streams.of(origin("first")), first);
  }
  assert.equal(ended.length, 2_001 - 512);
  assert.equal(ended[0], "identifier:made-up-0");
  assert.ok(!streams.has("identifier:made-up-0"));
});
