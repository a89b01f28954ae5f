import assert from "node:assert/strict";
import fc from "fast-check";
import { TraceState } from "../../src/event/continuation.ts";

/** Joins lines into records the way the pipeline does. */
function records(...lines: readonly string[]): string[][] {
  const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
  const state = new TraceState();
  const joined: string[][] = [];
  let start = 0;
  for (const line of lines) {
    const end = bytes.indexOf(0x0a, start);
    if (state.continues(bytes, start, end)) joined.at(-1)?.push(line);
    else joined.push([line]);
    start = end + 1;
  }
  return joined;
}

/** Lines that are one record, between two others. */
function assertOneRecord(...lines: readonly string[]): void {
  const before = "2025-10-31T14:32:48Z  INFO app: before";
  const after = "2025-10-31T14:32:50Z  INFO app: after";
  assert.deepEqual(records(before, ...lines, after), [[before], [...lines], [after]]);
}

Deno.test("continues() joins a Python traceback to the error that was logged with it", () => {
  assertOneRecord(
    "ERROR:root:it failed",
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "    raise ValueError(1)",
    "ValueError: bad",
  );
});

Deno.test("continues() joins chained Python exceptions and what SQLAlchemy adds", () => {
  assertOneRecord(
    "2025-11-01 03:47:50,766 - test-seller - ERROR - it failed",
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "KeyError: 'x'",
    "During handling of the above exception, another exception occurred:",
    "Traceback (most recent call last):",
    '  File "b.py", line 4, in g',
    "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) refused",
    "[SQL: SELECT 1]",
    "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
  );
});

Deno.test("continues() makes a traceback behind a mild record a record of its own", () => {
  const lines = [
    "INFO:root:ready",
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "ValueError: bad",
  ];
  assert.deepEqual(records(...lines), [[lines[0]], lines.slice(1)]);
});

Deno.test("continues() takes the next logged line for no exception of the traceback", () => {
  const trace = [
    "ERROR:root:x",
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "KeyboardInterrupt",
  ];
  assert.deepEqual(records(...trace, "INFO:root:next", "WARNING:root:more"), [trace, ["INFO:root:next"], [
    "WARNING:root:more",
  ]]);
  const cut = trace.slice(0, 3);
  assert.deepEqual(records(...cut, "INFO:root:next"), [cut, ["INFO:root:next"]]);
});

Deno.test("continues() separates two tracebacks that nobody logged", () => {
  const trace = ["Traceback (most recent call last):", '  File "a.py", line 3, in f', "ValueError: bad"];
  assert.deepEqual(records(...trace, ...trace), [trace, trace]);
});

Deno.test("continues() joins a Java stack trace with its causes", () => {
  assertOneRecord(
    "2025-10-31 14:32:49,123 ERROR [main] c.e.App - it failed",
    "java.lang.IllegalStateException: boom",
    "\tat com.example.App.main(App.java:3)",
    "\tSuppressed: java.io.IOException: closed",
    "Caused by: java.lang.NullPointerException",
    "\tat com.example.App.f(App.java:9)",
    "\t... 12 more",
    "... 3 more",
  );
});

Deno.test("continues() joins the parts of a report of PostgreSQL", () => {
  for (
    const prefix of [
      "2026-01-02 03:04:05.123 UTC [77] ",
      "2026-01-02 03:04:05.123 CET [77] app@shop ",
      "2026-01-02 03:04:05.123 +02 [77] ",
      "2026-01-02 03:04:05 UTC [77] ",
      "2026-01-02 03:04:05 UTC:10.0.0.1(5432):app@shop:[77]:",
    ]
  ) {
    const report = [
      `${prefix}ERROR:  duplicate key value violates unique constraint "carts_pkey"`,
      `${prefix}DETAIL:  Key (id)=(7) already exists.`,
      `${prefix}HINT:  Try another.`,
      `${prefix}CONTEXT:  PL/pgSQL function f() line 3`,
      `${prefix}STATEMENT:  INSERT INTO carts`,
      "\tVALUES (7)",
    ];
    const next = `${prefix}LOG:  checkpoint starting: time`;
    assert.deepEqual(records(...report, next, ...report), [report, [next], report]);
  }
});

Deno.test("continues() takes no other line with a time for a part of a report", () => {
  const lines = [
    "2026-01-02 03:04:05.123 UTC [77] ERROR:  boom",
    "2026-01-02 03:04:06.123 UTC [78] ERROR:  bang: STATEMENT:  x",
    "2026-01-02 03:04:06 INFO: DETAIL: one blank",
    "2026-01-02 03:04:06 INFO DETAILED:  x",
    "2026-01-02 03:04:06,123 - app - INFO - STATEMENT:  x",
    "7 STATEMENT:  x",
  ];
  assert.deepEqual(records(...lines), lines.map((line) => [line]));
});

Deno.test("continues() joins what a Go server says of a panic it recovered from", () => {
  assertOneRecord(
    "2026/01/02 03:04:05 http: panic serving 10.0.0.1:52344: runtime error: index out of range [3] with length 3",
    "goroutine 34 [running]:",
    "net/http.(*conn).serve.func1()",
    "\t/usr/local/go/src/net/http/server.go:1868 +0xb9",
    "panic({0x6a1c80?, 0xc0000b4018?})",
    "\t/usr/local/go/src/runtime/panic.go:920 +0x270",
    "main.handler({0x7f1a, 0xc0000e2000}, 0xc0000f0000)",
    "\t/app/main.go:12 +0x1d",
    "created by net/http.(*Server).Serve in goroutine 1",
    "\t/usr/local/go/src/net/http/server.go:3086 +0x5cb",
  );
});

Deno.test("continues() joins a Node error with its frames and properties", () => {
  assertOneRecord(
    "Error: connect ECONNREFUSED 127.0.0.1:5432",
    "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16) {",
    "  errno: -111,",
    "  code: 'ECONNREFUSED'",
    "}",
  );
});

Deno.test("continues() joins a Rust panic, its message and its backtrace", () => {
  assertOneRecord(
    "thread 'main' panicked at src/main.rs:3:5:",
    "explicit panic",
    "stack backtrace:",
    "   0: rust_begin_unwind",
    "             at /rustc/9fc6b431/library/std/src/panicking.rs:665:5",
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
  );
});

Deno.test("continues() splits the pretty format of tracing into its records", () => {
  const first = ["  2025-10-31T14:32:49.1Z  INFO app: one, n: 3", "    at src/main.rs:3 on main"];
  const second = [
    "  \x1b[2m2025-10-31T14:32:49.2Z\x1b[0m \x1b[33m WARN\x1b[0m app: two",
    "    \x1b[2;3mat\x1b[0m src/main.rs:4",
  ];
  assert.deepEqual(records(...first, ...second), [first, second]);
});

Deno.test("continues() joins a Go panic and its goroutines", () => {
  assertOneRecord(
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x45ab]",
    "goroutine 1 [running]:",
    "main.(*Server).serve(0xc000010000, {0x1, 0x2})",
    "\t/srv/app/main.go:10 +0x1d",
    "created by main.main in goroutine 1",
    "\t/srv/app/main.go:5 +0x2a",
    "exit status 2",
  );
});

Deno.test("continues() lets a program that was started anew speak after a Go panic", () => {
  const panic = ["panic: boom", "goroutine 1 [running]:", "main.main()", "\t/srv/main.go:3 +0x1d"];
  assert.deepEqual(records(...panic, "Listening on :8080", "panic: again"), [panic, ["Listening on :8080"], [
    "panic: again",
  ]]);
});

Deno.test("continues() joins .NET and PHP traces", () => {
  assertOneRecord(
    "fail: App[0] it failed",
    "      System.InvalidOperationException: boom",
    "       ---> System.Exception: inner",
    "         at App.Main() in /src/App.cs:line 3",
    "         --- End of inner exception stack trace ---",
    "--- End of stack trace from previous location ---",
  );
  assertOneRecord(
    "[31-Oct-2025 14:32:49 UTC] PHP Fatal error:  Uncaught Exception: boom in /srv/a.php:3",
    "Stack trace:",
    "#0 /srv/a.php(9): f()",
    "#1 {main}",
    "  thrown in /srv/a.php on line 3",
  );
});

Deno.test("continues() starts a record with every line that is not indented and no trace", () => {
  const lines = [
    '{"level":30,"msg":"a"}',
    "2025-10-31T14:32:49Z  INFO app: b",
    "[2025-10-31] INFO c",
    "Listening on port 80",
    "#5 DONE 0.1s",
    "#6 [internal] load build context",
    "note: take care",
    "Java.util is a package",
    "error: it failed",
    "}{}{ three closing braces would be more",
    "\x1b[31mERROR\x1b[0m coloured",
  ];
  assert.deepEqual(records(...lines), lines.map((line) => [line]));
});

Deno.test("continues() starts a record with the first line, whatever it is", () => {
  assert.deepEqual(records("  indented", "  more"), [["  indented", "  more"]]);
  assert.deepEqual(records("Caused by: x"), [["Caused by: x"]]);
});

Deno.test("continues() joins to nothing after reset()", () => {
  const state = new TraceState();
  const line = new TextEncoder().encode("  indented");
  assert.equal(state.continues(line, 0, line.length), false);
  assert.equal(state.continues(line, 0, line.length), true);
  state.reset();
  assert.equal(state.continues(line, 0, line.length), false);
});

Deno.test("continues() decides for any bytes", () => {
  const start = fc.constantFrom(
    "",
    "panic: ",
    "Traceback (most recent call last):",
    "thread 'x':",
    "#1",
    "goroutine 1:",
  );
  fc.assert(fc.property(fc.array(fc.tuple(start, fc.uint8Array({ maxLength: 40 }))), (lines) => {
    const state = new TraceState();
    for (const [text, random] of lines) {
      const line = new Uint8Array([...new TextEncoder().encode(text), ...random]);
      assert.equal(typeof state.continues(line, 0, line.length), "boolean");
    }
  }));
});
