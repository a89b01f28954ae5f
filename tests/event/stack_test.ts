import assert from "node:assert/strict";
import fc from "fast-check";
import { foldTrace } from "../../src/event/stack.ts";

Deno.test("foldTrace() leaves a single line alone and keeps all of three", () => {
  assert.equal(foldTrace("  one line  "), "  one line  ");
  assert.equal(foldTrace("a\n  b\r\n\n c"), "a ⏎ b ⏎ c");
});

Deno.test("foldTrace() keeps a Python exception and the innermost frame of the program", () => {
  assert.equal(
    foldTrace([
      "it failed",
      "Traceback (most recent call last):",
      '  File "main.py", line 9, in <module>',
      "    main()",
      '  File "a.py", line 3, in f',
      "    client.get(url)",
      '  File "/usr/lib/python3.12/site-packages/httpx/_client.py", line 1, in get',
      "    raise ValueError(1)",
      "ValueError: bad",
    ].join("\n")),
    'it failed ⏎ ValueError: bad ⏎ File "a.py", line 3, in f ⏎ … 6 more',
  );
});

Deno.test("foldTrace() starts with the exception when nobody logged the traceback", () => {
  const trace = [
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "    g()",
    '  File "b.py", line 4, in g',
    "KeyError: 'x'",
  ];
  assert.equal(
    foldTrace(trace.join("\n")),
    `KeyError: 'x' ⏎ File "b.py", line 4, in g ⏎ File "a.py", line 3, in f ⏎ … 2 more`,
  );
});

Deno.test("foldTrace() keeps the last cause of a Java exception", () => {
  assert.equal(
    foldTrace([
      "it failed",
      "java.lang.IllegalStateException: boom",
      "\tat com.example.App.main(App.java:3)",
      "Caused by: java.io.IOException: refused",
      "\tat java.net.Socket.connect(Socket.java:9)",
      "\tat com.example.Net.dial(Net.java:4)",
      "\t... 12 more",
    ].join("\n")),
    "it failed ⏎ Caused by: java.io.IOException: refused ⏎ at com.example.Net.dial(Net.java:4) ⏎ … 4 more",
  );
});

Deno.test("foldTrace() keeps the program's own frames of a Node error", () => {
  assert.equal(
    foldTrace([
      "Error: boom",
      "    at node:internal/process/task_queues:95:5",
      "    at Layer.handle (/srv/node_modules/express/lib/router.js:95:5)",
      "    at handler (/srv/app/routes.js:3:1)",
      "    at main (/srv/app/main.js:9:1)",
    ].join("\n")),
    "Error: boom ⏎ at handler (/srv/app/routes.js:3:1) ⏎ at main (/srv/app/main.js:9:1) ⏎ … 2 more",
  );
});

Deno.test("foldTrace() keeps what a Rust panic says", () => {
  assert.equal(
    foldTrace([
      "thread 'main' panicked at src/main.rs:3:5:",
      "explicit panic",
      "stack backtrace:",
      "   0: rust_begin_unwind",
      "             at /rustc/9fc6b431/library/std/src/panicking.rs:665:5",
      "   1: app::main",
    ].join("\n")),
    "thread 'main' panicked at src/main.rs:3:5: ⏎ explicit panic ⏎ 1: app::main ⏎ … 3 more",
  );
});

Deno.test("foldTrace() keeps three lines of anything, holds no line end, and counts the others", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "Traceback (most recent call last):",
      '  File "a.py", line 1, in f',
      "Caused by: x",
      "  at x",
    ),
  );
  fc.assert(fc.property(fc.array(line, { minLength: 2 }), (lines) => {
    const visible = lines.join("\n").split("\n").filter((text) => text.trim() !== "").length;
    const folded = foldTrace(lines.join("\n"));
    assert.ok(!folded.includes("\n"));
    const counted = / ⏎ … (\d+) more$/.exec(folded);
    assert.equal(visible > 3 ? 3 + Number(counted?.[1]) : visible, visible);
  }));
});
