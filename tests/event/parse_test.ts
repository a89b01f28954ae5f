import assert from "node:assert/strict";
import fc from "fast-check";
import { LINE_FORMATS } from "../../src/event/format.ts";
import { parseLine } from "../../src/event/parse.ts";

/** Rows of line and message. */
function table(name: string, rows: readonly (readonly [line: string, message: string])[]): void {
  Deno.test(`parseLine() ${name}`, () => {
    assert.deepEqual(rows.map(([line]) => [line, parseLine(line, "auto").message]), rows);
  });
}

function fieldsOf(line: string): Record<string, string> {
  return Object.fromEntries(parseLine(line, "auto").fields);
}

function timeOf(line: string): string | undefined {
  const timeMs = parseLine(line, "auto").timeMs;
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

table("takes the message of JSON", [
  ['{"level":30,"time":1761921167001,"msg":"pino"}', "pino"],
  ['{"level":"info","message":"winston"}', "winston"],
  ['{"level":"info","event":"structlog","logger":"a"}', "structlog"],
  ['{"timestamp":"x","level":"INFO","fields":{"message":"tracing","tx":"0x1"},"target":"a"}', "tracing"],
  ['{"timestamp":"x","level":"INFO","fields":{"key":"0x1","n":2}}', "key=0x1 n=2"],
  ['{"level":50,"err":{"message":"only an error"}}', "only an error"],
  ['{"level":50,"msg":"failed","err":{"stack":"Error: boom\\n    at f"}}', "failed\nError: boom\n    at f"],
  [
    '{"levelname":"ERROR","message":"failed","exc_info":"Traceback…\\nKeyError: 1"}',
    "failed\nTraceback…\nKeyError: 1",
  ],
  ['{"level":"error","msg":"zap","stacktrace":"main.main\\n\\t/a.go:1"}', "zap\nmain.main\n\t/a.go:1"],
  ['{"a":1}', '{"a":1}'],
  ['{"msg":"cut o', '{"msg":"cut o'],
  ["[1,2]", "[1,2]"],
  ['{"msg":""}', '{"msg":""}'],
]);

table("takes the message of Rust programs", [
  ["2025-10-31T14:32:49Z  INFO facilitator: key=0x…", "key=0x…"],
  ["2025-10-31T14:32:49.123456Z DEBUG x402_rs::chain: settled n=1", "settled n=1"],
  ['2025-10-31T14:32:49Z  INFO request{method=GET path="/a}: b"}:inner: app::web: done', "done"],
  ["2025-10-31T14:32:49Z  INFO outer:inner{n=1}: app: done: well", "done: well"],
  ["2025-10-31T14:32:49Z  INFO app: error: not a target", "error: not a target"],
  ["2025-10-31T14:32:49Z  WARN ThreadId(01) app: src/main.rs:12: text", "text"],
  ["2025-10-31T14:32:49Z  INFO no target here", "no target here"],
  ["  2025-10-31T14:32:49Z  INFO app: pretty, n: 3", "pretty, n: 3"],
  ["[2025-10-31T14:32:49Z INFO  app::web] env_logger", "env_logger"],
]);

table("takes the message of Python programs", [
  ["2025-11-01 03:47:50,766 - test-seller - ERROR - it - failed", "it - failed"],
  ["2025-11-01 03:47:50,766 - INFO - text", "text"],
  ["2025-11-01 03:47:50,766 INFO app.orders: text", "text"],
  ["2025-11-01 03:47:50,766 [WARNING] app.orders: text", "text"],
  ["ERROR:root:it: failed", "it: failed"],
  ["[2025-11-01 03:47:50,766] ERROR in app: flask", "flask"],
  ["[2025-11-01 03:47:50,766: INFO/MainProcess] celery", "celery"],
  ["[2025-11-01 03:47:50 +0000] [7] [INFO] gunicorn", "gunicorn"],
  ['INFO:     127.0.0.1:5 - "GET / HTTP/1.1" 200 OK', '127.0.0.1:5 - "GET / HTTP/1.1" 200 OK'],
  ["2025-11-01 03:47:50.766 | INFO     | module:func:12 - loguru", "loguru"],
]);

table("takes the message of logfmt", [
  ['time=2025-10-31T14:32:49Z level=info msg="queue \\"a\\" drained" n=1', 'queue "a" drained'],
  ["level=info msg=short", "short"],
  ["level=info n=1", "level=info n=1"],
  ["a=1 b=2", "a=1 b=2"],
  ["text with msg=inside", "text with msg=inside"],
]);

table("takes time and level off other text only where they cannot be anything else", [
  ["2025/10/31 14:32:49 [error] 12#0: *1 open() failed", "open() failed"],
  ["2025-10-31 14:32:49 ERROR it failed", "it failed"],
  ["[14:32:49.123] INFO (1234): pino-pretty", "pino-pretty"],
  ["2:32PM INF zerolog", "zerolog"],
  ["[14:32:49 WRN] serilog", "[14:32:49 WRN] serilog"],
  ["2025-10-31T14:32:49.123Z\terror\tcaller/x.go:12\tzap", "zap"],
  ["2025-10-31 14:32:49 error: lower case", "2025-10-31 14:32:49 error: lower case"],
  ["2025-10-31 14:32:49 it failed", "2025-10-31 14:32:49 it failed"],
  ["ERRORS are plain", "ERRORS are plain"],
  ["", ""],
]);

table("takes the message of klog", [
  [
    "E0102 03:04:05.123456   12345 reflector.go:138] Failed to watch *v1.Pod: the server is unreachable",
    "Failed to watch *v1.Pod: the server is unreachable",
  ],
  ['I0102 03:04:05.123456       1 controller.go:42] "Starting" worker=3', '"Starting" worker=3'],
  ["E0102 is a product number", "E0102 is a product number"],
]);

table("takes the message of nginx", [
  [
    '10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"',
    '10.0.0.1 "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"',
  ],
  [
    '10.0.0.1 - alice [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5',
    '10.0.0.1 alice "GET / HTTP/1.1" 200 5',
  ],
  [
    '2026/01/02 03:04:05 [error] 29#29: *1 open() "/usr/share/nginx/html/x" failed (2: No such file or directory), client: 10.0.0.1, server: localhost, request: "GET /x HTTP/1.1", host: "localhost:8080"',
    'open() "/usr/share/nginx/html/x" failed (2: No such file or directory), client: 10.0.0.1, server: localhost, request: "GET /x HTTP/1.1", host: "localhost:8080"',
  ],
  ["2026/01/02 03:04:05 [notice] 1#1: start worker processes", "start worker processes"],
]);

table("takes the message of PostgreSQL", [
  ["2026-01-02 03:04:05.123 UTC [77] LOG:  checkpoint starting: time", "checkpoint starting: time"],
  [
    '2026-01-02 03:04:05.123 CET [77] app@shop FATAL:  role "app" does not exist',
    'role "app" does not exist',
  ],
  ["2026-01-02 03:04:05 UTC:10.0.0.1(5432):app@shop:[77]:ERROR:  deadlock detected", "deadlock detected"],
  ["2026-01-02 03:04:05.123 UTC [77] app@shop STATEMENT:  SELECT 1", "STATEMENT: SELECT 1"],
]);

table("takes the message of Java programs", [
  ["03:04:05.123 [main] ERROR com.example.shop.Checkout -- payment failed", "payment failed"],
  ["2026-01-02 03:04:05,123 [http-nio-8080-exec-1] WARN  c.e.s.Checkout - slow - very", "slow - very"],
  ["2026-01-02 03:04:05,123 ERROR [main] c.e.s.Checkout: payment failed", "payment failed"],
  [
    "2026-01-02T03:04:05.123Z  INFO 1 --- [shop] [           main] c.e.shop.Application                     : Started",
    "Started",
  ],
  [
    "2026-01-02 03:04:05.123  WARN 7 --- [nio-8080-exec-1] o.a.c.c.C.[Tomcat].[localhost].[/] : slow",
    "slow",
  ],
  [
    "[2026-01-02 03:04:05,123] INFO [Broker id=1] started (kafka.server.KafkaServer)",
    "[Broker id=1] started",
  ],
]);

table("takes the message of syslog where it cannot be anything else", [
  ["<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "'su root' failed"],
  ["<13>Jan  2 03:04:05 web-1 app[12]: disk full", "disk full"],
  ["Jan  2 03:04:05 web-1 sshd[2211]: Failed password for root", "Failed password for root"],
  ["2026-01-02T03:04:05.123456+00:00 web-1 systemd[1]: Started Session 42.", "Started Session 42."],
  ["Jan  2 03:04:05 web-1 kernel: [12345.678901] eth0: renamed", "[12345.678901] eth0: renamed"],
  ["<165>1 2003-10-11T22:14:15.003Z host app 8 ID47 - \ufeffstarted", "started"],
  ['<165>1 2003-10-11T22:14:15.003Z host app - ID47 [a@1 x="1]\\""][b@1 y="2"] started', "started"],
  ["<165>1 2003-10-11T22:14:15.003Z host app - - -", ""],
  ["2026-01-02T03:04:05Z worker started: 5 jobs", "2026-01-02T03:04:05Z worker started: 5 jobs"],
]);

Deno.test("parseLine() takes any syslog apart when that is the format", () => {
  assert.equal(
    parseLine("Jan  2 03:04:05 web-1 sudo: alice : TTY=pts/0", "syslog").message,
    "alice : TTY=pts/0",
  );
  assert.equal(parseLine("not syslog", "syslog").message, "not syslog");
});

Deno.test("parseLine() reads the fields of servers' logs", () => {
  assert.deepEqual(
    fieldsOf('10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"'),
    {
      remote_addr: "10.0.0.1",
      request: "GET /cart?id=7 HTTP/1.1",
      request_method: "GET",
      request_uri: "/cart?id=7",
      server_protocol: "HTTP/1.1",
      status: "502",
      body_bytes_sent: "157",
      http_user_agent: "curl/8.5.0",
    },
  );
  assert.deepEqual(
    fieldsOf(
      '2026/01/02 03:04:05 [error] 29#30: *7 upstream timed out (110: Connection timed out), client: 10.0.0.1, server: shop, request: "GET / HTTP/1.1", upstream: "http://10.0.0.2:80/", host: "shop"',
    ),
    {
      pid: "29",
      thread: "30",
      connection: "7",
      client: "10.0.0.1",
      server: "shop",
      request: "GET / HTTP/1.1",
      upstream: "http://10.0.0.2:80/",
      host: "shop",
    },
  );
  assert.deepEqual(fieldsOf("2026-01-02 03:04:05.123 UTC [77] app@shop ERROR:  deadlock detected"), {
    pid: "77",
    user: "app",
    database: "shop",
  });
  assert.deepEqual(
    fieldsOf('<165>1 2003-10-11T22:14:15.003Z host app 8 ID47 [a@1 x="1\\"]" y="2"][b@1 z="3"] started n=1'),
    {
      logger: "app",
      hostname: "host",
      pid: "8",
      msgid: "ID47",
      "a@1.x": '1"]',
      "a@1.y": "2",
      "b@1.z": "3",
      n: "1",
    },
  );
  assert.deepEqual(fieldsOf("E0102 03:04:05.123456  7 reflector.go:138] failed err=x"), {
    logger: "reflector.go:138",
    thread: "7",
    err: "x",
  });
});

Deno.test("parseLine() reads nested, listed and tracing's fields of JSON", () => {
  assert.deepEqual(
    fieldsOf(
      '{"level":30,"err":{"message":"boom","code":7},"tags":["a","b"],"ok":true,"no":null,"fields":{"network":"base"}}',
    ),
    {
      level: "30",
      "err.message": "boom",
      "err.code": "7",
      tags: "a,b",
      ok: "true",
      "fields.network": "base",
      network: "base",
    },
  );
});

Deno.test("parseLine() reads the fields of tracing's message and spans", () => {
  assert.deepEqual(
    fieldsOf('2025-10-31T14:32:49Z  INFO pay{network=base id="a b"}: app: settled tx=0xab, ms=12 note="x=1"'),
    { logger: "app", network: "base", id: "a b", tx: "0xab", ms: "12", note: "x=1" },
  );
});

Deno.test("parseLine() reads the fields of logfmt", () => {
  assert.deepEqual(fieldsOf('level=info msg="a b" path=/x?y=z empty= quote="\\"\\n"'), {
    level: "info",
    msg: "a b",
    path: "/x?y=z",
    empty: "",
    quote: '"\n',
  });
});

Deno.test("parseLine() keeps a key like __proto__ apart", () => {
  assert.equal(parseLine('{"__proto__":{"x":1},"msg":"a"}', "auto").fields.get("__proto__.x"), "1");
  assert.equal(parseLine('{"msg":"a"}', "auto").fields.get("constructor"), undefined);
});

Deno.test("parseLine() reads times in every zone and unit", () => {
  assert.equal(timeOf("2025-10-31T14:32:49.123456Z  INFO a: b"), "2025-10-31T14:32:49.123Z");
  assert.equal(timeOf('{"time":1761921167001,"msg":"ms"}'), "2025-10-31T14:32:47.001Z");
  assert.equal(timeOf('{"ts":1761921167.001,"msg":"s"}'), "2025-10-31T14:32:47.001Z");
  assert.equal(timeOf('{"ts":1761921167001000000,"msg":"ns"}'), "2025-10-31T14:32:47.001Z");
  assert.equal(
    timeOf('{"@timestamp":"2025-10-31T16:32:49+02:00","message":"x"}'),
    "2025-10-31T14:32:49.000Z",
  );
  assert.equal(
    timeOf('1.2.3.4 - - [31/Oct/2025:14:32:49 +0000] "GET / HTTP/1.1" 200 1'),
    "2025-10-31T14:32:49.000Z",
  );
  assert.equal(
    timeOf("2025-11-01 03:47:50,766 - a - INFO - local"),
    new Date(2025, 10, 1, 3, 47, 50, 766).toISOString(),
  );
  assert.equal(timeOf("2026-01-02 03:04:05.123 UTC [77] LOG:  x"), "2026-01-02T03:04:05.123Z");
  assert.equal(timeOf("2026-01-02 03:04:05.123 +02 [77] LOG:  x"), "2026-01-02T01:04:05.123Z");
  assert.equal(timeOf("2026-01-02 03:04:05.123 CET [77] LOG:  x"), undefined);
  assert.equal(timeOf("<165>1 2003-10-11T22:14:15.003Z host app - - - x"), "2003-10-11T22:14:15.003Z");
  assert.equal(timeOf("no time"), undefined);
  assert.equal(timeOf('{"time":1e300,"msg":"x"}'), undefined);
});

Deno.test("parseLine() parses the first of joined lines and keeps the others", () => {
  const parsed = parseLine("2025-10-31T14:32:49Z ERROR app: failed code=7\r\n  at f\n  at g", "auto");
  assert.equal(parsed.message, "failed code=7\n  at f\n  at g");
  assert.equal(parsed.fields.get("code"), "7");
});

Deno.test("parseLine() takes a line for plain text when it does not have the format that is set", () => {
  assert.equal(parseLine("hello", "json").message, "hello");
  assert.equal(parseLine('{"msg":"a"}', "plain").message, '{"msg":"a"}');
  assert.equal(parseLine("  indented", "plain").message, "  indented");
});

Deno.test("parseLine() parses any text in every format, and keeps the text of what it does not know", () => {
  const piece = fc.constantFrom(
    ...[
      "2025-10-31T14:32:49Z",
      " INFO ",
      "app: ",
      "{",
      "}",
      '"',
      "msg",
      "=",
      ":",
      ",",
      "\\",
      "\n",
      "\t",
      "ERROR:",
      " - ",
    ],
    ...["[", "]", "1e999", "null", "a", "\u2028", "é", "x{y=1}:"],
  );
  const text = fc.oneof(fc.string(), fc.array(piece).map((pieces) => pieces.join("")), fc.json());
  fc.assert(
    fc.property(text, fc.constantFrom(...LINE_FORMATS), (line, format) => {
      const parsed = parseLine(line, format);
      assert.equal(typeof parsed.message, "string");
      assert.ok(parsed.timeMs === undefined || Number.isSafeInteger(parsed.timeMs));
      for (const value of parsed.fields.values()) assert.equal(typeof value, "string");
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseLine() finds any message and field that JSON can hold", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
      fc.string(),
      (msg, value) => {
        const parsed = parseLine(JSON.stringify({ level: 30, msg, nested: { value } }), "auto");
        assert.equal(parsed.message, msg);
        assert.equal(parsed.fields.get("nested.value"), value);
      },
    ),
  );
});

Deno.test("parseLine() takes linear time on hostile lines", () => {
  const hostile = [
    "a=",
    'a="',
    "x{",
    '{"a":',
    "[",
    "2025-10-31T14:32:49Z INFO a{",
    "a:",
    " - ",
    "\\",
    "{a=",
    "INFO ",
    "[] ",
    "a@",
    "1 ",
    '" ',
    '="',
    ", client: ",
    " (a",
  ];
  for (const unit of hostile) {
    const line = unit.repeat(65_536 / unit.length);
    for (
      const text of [
        line,
        `2025-10-31T14:32:49Z  INFO ${line}`,
        `{"msg":${line}`,
        `<1>1 - a b c d [a ${line}] x`,
        `<1>1 - a b c d ${line}`,
        `a - - [x] "${line}`,
        `2026/01/02 03:04:05 [error] 1#1: ${line}`,
        `2026-01-02 03:04:05 UTC [7] ${line}`,
        `2026-01-02 03:04:05 UTC:${line}`,
        `2026-01-02T03:04:05Z INFO 1 --- ${line}`,
        `[2026-01-02 03:04:05,123] INFO ${line}`,
      ]
    ) {
      // What is not linear here takes minutes.
      assert.ok(parseLine(text, "auto").fields.size >= 0, unit);
    }
  }
});
