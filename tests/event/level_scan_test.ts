import assert from "node:assert/strict";
import fc from "fast-check";
import { stripAnsi } from "../../src/event/ansi.ts";
import { LEVELS } from "../../src/event/level.ts";
import { scanLevel } from "../../src/event/level_scan.ts";

const encoder = new TextEncoder();

/** Scans a line that stands in the middle of a buffer full of levels, so that reading outside of it shows. */
function levelOf(line: string): string {
  const before = encoder.encode("ERROR [error] level=error\n");
  const middle = encoder.encode(line);
  const after = encoder.encode('\nERROR: "level":"error" FATAL\n');
  const bytes = new Uint8Array([...before, ...middle, ...after]);
  const index = scanLevel(bytes, before.length, before.length + middle.length);
  return index < 0 ? "none" : LEVELS[index as 0];
}

function table(name: string, rows: readonly (readonly [string, string])[]): void {
  Deno.test(`scanLevel() ${name}`, () => {
    assert.deepEqual(rows.map(([, line]) => [levelOf(line), line]), rows);
  });
}

table("reads the JSON of every logger", [
  ["info", '{"level":30,"time":1761921167001,"pid":1,"hostname":"web-1","msg":"ready"}'],
  ["trace", '{"level":10,"msg":"x"}'],
  ["debug", '{"level":20,"msg":"x"}'],
  ["warn", '{"level":40,"msg":"x"}'],
  ["error", '{"level":50,"msg":"x"}'],
  ["fatal", '{"level":60,"msg":"x"}'],
  ["info", '{"level":35,"msg":"custom level of pino"}'],
  [
    "error",
    '{"name":"app","hostname":"h","pid":1,"level":50,"msg":"bunyan","time":"2025-10-31T14:32:49Z","v":0}',
  ],
  ["warn", '{"message":"winston","level":"warn"}'],
  ["info", '{"level":"\\u001b[32minfo\\u001b[39m","message":"winston colorize"}'],
  ["trace", '{"level":"silly","message":"winston"}'],
  ["debug", '{"level":"verbose","message":"winston"}'],
  ["error", '{"level":"error","ts":1761921167.001,"caller":"a/b.go:12","msg":"zap"}'],
  ["fatal", '{"level":"dpanic","ts":1761921167.001,"msg":"zap"}'],
  ["debug", '{"level":"debug","time":"2025-10-31T14:32:49Z","message":"zerolog"}'],
  [
    "info",
    '{"timestamp":"2025-10-31T14:32:49.1Z","level":"INFO","fields":{"message":"tracing","level":"error"},"target":"x"}',
  ],
  ["error", '{"asctime":"2025-11-01 03:47:50,766","name":"app","levelname":"ERROR","message":"python-json"}'],
  ["warn", '{"levelname":"WARNING","message":"python-json"}'],
  ["info", '{"severity":"NOTICE","message":"gcp"}'],
  ["fatal", '{"severity":"ALERT","message":"gcp"}'],
  ["fatal", '{"severity":"EMERGENCY","message":"gcp"}'],
  ["fatal", '{"severity":"CRITICAL","message":"gcp"}'],
  ["none", '{"severity":"DEFAULT","message":"gcp"}'],
  ["warn", '{"@timestamp":"2025-10-31T14:32:49Z","log.level":"WARN","message":"ecs"}'],
  ["error", '{"@t":"2025-10-31T14:32:49Z","@mt":"serilog","@l":"Error"}'],
  ["info", '{"time":"2025-10-31T14:32:49Z","level":"INFO","msg":"slog"}'],
  ["warn", '{ "msg" : "blanks" , "level" : "Warning" }'],
  ["warn", '  {"msg":"indented","lvl":"warn"}'],
]);

table("counts no nested or quoted key of JSON", [
  ["none", '{"a":{"level":"error"},"msg":"x"}'],
  ["warn", '{"a":{"level":"error","b":[{"severity":"fatal"}]},"level":"warn"}'],
  ["info", '{"msg":"he said \\"level\\":\\"error\\"","level":"info"}'],
  ["info", '{"msg":"\\\\","level":"info"}'],
  ["info", '{"msg":"}{][","tags":["level","error"],"level":"info"}'],
  ["none", '{"msg":"ERROR: level=error","status":500}'],
  ["error", '{"level":3,"severity":"ERROR"}'],
  ["none", '{"level":"high error rate"}'],
  ["none", '{"level":300}'],
  ["none", '{"level":30.5}'],
  ["error", `{"msg":"${"x".repeat(5000)}","level":"error"}`],
  ["none", `{"msg":"cut off ${"x".repeat(500)}`],
  ["none", '{"level":'],
  ["none", '{"level":"'],
  ["none", '{"level":3'],
  ["none", "{"],
  ["none", "{}"],
]);

table("reads the text of every logger", [
  ["info", "2025-10-31T14:32:49.123456Z  INFO facilitator: key=0x12"],
  ["warn", "2025-10-31T14:32:49.123456Z  WARN request{path=/ERROR}: x402_rs::chain: slow"],
  ["error", "2025-11-01 03:47:50,766 - test-seller - ERROR - msg"],
  ["warn", "2025-11-01 03:47:50,766 - test-seller - WARNING - msg"],
  ["fatal", "2025-11-01 03:47:50,766 CRITICAL root: msg"],
  ["error", "ERROR:root:msg"],
  ["info", 'INFO:     127.0.0.1:52344 - "GET / HTTP/1.1" 500 Internal Server Error'],
  ["debug", "[2025-11-01 03:47:50,766] DEBUG in app: hello"],
  ["info", "[2025-11-01 03:47:50 +0000] [7] [INFO] Listening at: http://0.0.0.0:8000"],
  ["info", "2025-11-01 03:47:50.766 | INFO     | module:func:12 - loguru"],
  ["error", 'time=2025-10-31T14:32:49.123Z level=error component=a msg="got INFO"'],
  ["warn", 'time="2025-10-31T14:32:49Z" level=warning msg="logrus"'],
  ["debug", "t=2025-10-31T14:32:49+0000 lvl=dbug msg=log15"],
  ["info", 'ts=2025-10-31T14:32:49Z level="info" msg=quoted'],
  ["error", "2025-10-31T14:32:49.123Z\terror\tcaller/x.go:12\tzap console"],
  ["error", "2025/10/31 14:32:49 [error] 12#0: *1 open() failed"],
  ["fatal", "2025/10/31 14:32:49 [emerg] 1#0: bind() failed"],
  ["info", "[14:32:49.123] INFO (1234): pino-pretty"],
  ["info", "2:32PM INF zerolog console"],
  ["error", "[14:32:49 ERR] serilog console"],
  ["warn", "[14:32:49 WRN] serilog console"],
  ["info", "info: Microsoft.Hosting.Lifetime[14]"],
  ["error", "fail: Microsoft.AspNetCore.Server.Kestrel[13]"],
  ["fatal", "crit: Microsoft.AspNetCore.Hosting[6]"],
  ["error", "error: winston simple"],
  ["warn", "2025-10-31T14:32:49.123Z warn: winston printf"],
  ["info", "[info] elixir style"],
  ["info", "2025-10-31 14:32:49 (info) parentheses"],
  ["error", "<error> angle brackets"],
  ["debug", "a |debug| bars"],
  ["info", "2025-10-31 14:32:49 | worker | info | bars with blanks"],
  ["warn", "2025-10-31 14:32:49 - worker - warn - dashes"],
  ["warn", "2025-11-01 03:47:50,766-WARNING-no blanks"],
  ["error", "Oct 31 14:32:49 host sshd[12]: error: PAM: failure"],
  ["error", "[2025-10-31T14:32:49] production.ERROR: laravel"],
  ["error", "2025-10-31 14:32:49.123 UTC [77] ERROR:  relation does not exist"],
  ["info", "2025-10-31T14:32:49.123Z  INFO 1 --- [main] c.e.App : spring"],
  ["info", "I1031 14:32:49.123456       1 main.go:10] ERROR is only text here"],
  ["error", "E1031 14:32:49.123456       1 main.go:10] klog"],
  ["fatal", "F1031 14:32:49.123456       1 main.go:10] klog"],
  ["error", "SEVERE: java.util.logging"],
  ["info", '2025-10-31T14:32:49Z stdout {"level":"info","msg":"x"}'],
  ["warn", "2025-10-31T14:32:49Z {'level': 'warn'}"],
  ["error", "❌ error: behind an emoji"],
]);

table("reads what runtimes print", [
  ["error", "thread 'main' panicked at src/main.rs:3:5:"],
  ["error", "thread 'tokio-runtime-worker' (4711) panicked at src/main.rs:3:5:"],
  ["fatal", "panic: runtime error: index out of range"],
  ["fatal", "fatal error: all goroutines are asleep - deadlock!"],
  ["error", "Traceback (most recent call last):"],
  ["error", 'Exception in thread "main" java.lang.IllegalStateException: boom'],
  ["error", "java.lang.IllegalStateException: boom"],
  ["error", "TypeError: x is not a function"],
  ["error", "Error: connect ECONNREFUSED 127.0.0.1:5432"],
]);

table("reads coloured lines", [
  [
    "info",
    "\x1b[2m2025-10-31T14:32:49.123456Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mfacilitator\x1b[0m\x1b[2m:\x1b[0m x",
  ],
  ["error", "\x1b[31mERROR\x1b[0m failed"],
  ["info", "\x1b[32minfo\x1b[39m: winston"],
  ["warn", "2025-10-31 [\x1b[33mwarn\x1b[39m] winston"],
  ["warn", "a [\x1b[33mwarn\x1b[39m] winston"],
  ["warn", "\xc2\x9b33mplain \x9b33mWARN\x9b0m 8 bit"],
  ["error", "\x1b]8;;http://INFO\x07link\x1b]8;;\x07 ERROR behind a link"],
  ["error", `${"\x1b[38;2;100;100;100m\x1b[0m".repeat(20)}ERROR behind many colours`],
]);

table("reads the status of access logs", [
  ["error", '10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "GET /login?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"'],
  ["warn", '10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "GET /a HTTP/1.1" 404 157 "-" "curl/8.5.0"'],
  ["info", '10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "GET /ERROR?level=error HTTP/1.1" 200 157 "-" "x"'],
  ["warn", '10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "-" 400 0 "-" "-"'],
  ["warn", '10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "\\x16\\x03" 400 157 "-" "-"'],
  ["error", `10.0.0.1 - - [31/Oct/2025:14:32:49 +0000] "GET /${"a".repeat(400)} HTTP/2.0" 500 - "-" "-"`],
  ["error", '127.0.0.1:52344 - "GET / HTTP/1.1" 500 Internal Server Error'],
  ["warn", '"GET / HTTP/2" 404'],
  ["none", 'retrying "job" 500 times'],
]);

table("reads the priority of syslog and systemd", [
  ["fatal", "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8"],
  ["info", "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 - An ERROR is only text"],
  ["error", "<11>Jan  2 03:04:05 web-1 app[12]: disk full"],
  ["warn", "<4>a kernel warning"],
  ["debug", "<7>INFO is only text"],
  ["fatal", "<0>emergency"],
  ["none", "<192>no priority"],
  ["none", "<>nothing"],
  ["none", "<1234>too long"],
  ["none", "<5"],
  ["error", "<b>ERROR in bold</b>"],
  ["none", "Jan  2 03:04:05 web-1 sshd[2211]: Failed password for root"],
]);

table("reads the lines of PostgreSQL, whatever statements hold", [
  ["info", "2026-01-02 03:04:05.123 UTC [1] LOG:  starting PostgreSQL 16.1 on x86_64-pc-linux-gnu"],
  ["info", "2026-01-02 03:04:05.123 UTC [77] LOG:  duration: 5123 ms  statement: SELECT 'ERROR' AS level"],
  [
    "error",
    '2026-01-02 03:04:05.123 UTC [77] app@shop ERROR:  relation "carts" does not exist at character 15',
  ],
  ["info", "2026-01-02 03:04:05.123 UTC [77] app@shop STATEMENT:  INSERT INTO logs VALUES ('FATAL')"],
  ["info", "2026-01-02 03:04:05.123 UTC [77] app@shop DETAIL:  Key (level)=(ERROR) already exists."],
  [
    "fatal",
    '2026-01-02 03:04:05.123 UTC [78] app@shop FATAL:  password authentication failed for user "app"',
  ],
  ["fatal", "2026-01-02 03:04:05.123 UTC [1] PANIC:  could not write to file"],
  ["warn", "2026-01-02 03:04:05.123 UTC [79] WARNING:  there is no transaction in progress"],
  ["debug", "2026-01-02 03:04:05.123 UTC [79] DEBUG2:  autovacuum: ERROR is only text"],
  ["error", "2026-01-02 03:04:05 UTC:10.0.0.1(5432):app@shop:[1234]:ERROR:  deadlock detected"],
  ["error", "log: ERROR of another program"],
  ["error", "LOG: ERROR of another program, with one blank"],
]);

table("reads the lines of Java programs", [
  ["error", "03:04:05.123 [main] ERROR com.example.shop.Checkout -- payment failed"],
  ["warn", "2026-01-02 03:04:05,123 [http-nio-8080-exec-1] WARN  c.e.s.Checkout - slow"],
  ["info", "2026-01-02T03:04:05.123Z  INFO 1 --- [shop] [           main] c.e.shop.Application  : Started"],
  ["debug", "[2026-01-02 03:04:05,123] DEBUG ERROR is only text (kafka.server.KafkaServer)"],
  ["error", "SEVERE: Servlet.service() for servlet [x] threw exception"],
]);

table("takes no prose for a level", [
  ["none", "info updated"],
  ["none", "starting trace exporter"],
  ["none", "2025-10-31 14:32:49 trace exporter started"],
  ["none", "the debug: label in the middle"],
  ["none", "an error occurred"],
  ["none", "Listening on port 8080"],
  ["none", "options: --log-level=debug --level=debug"],
  ["none", "config log_level=debug min_level=trace"],
  ["none", "environment DEBUG=1 TRACE=*"],
  ["none", "GET /items?filter[error]=1"],
  ["none", "MAX_ERROR_COUNT and ERROR_CODE and ERRORS and ERROR2"],
  ["none", "error::Kind was returned"],
  ["none", "well-known - error-prone - things"],
  ["none", `${"x".repeat(160)} ERROR too far in`],
  ["none", `${"x".repeat(157)} ERR${"x".repeat(30)}`],
  ["none", ""],
  ["none", "   "],
  ["none", "{not json}"],
]);

Deno.test("scanLevel() reads a word that the 160th byte cuts", () => {
  assert.equal(levelOf(`${"x".repeat(156)} ERROR`), "error");
});

Deno.test("scanLevel() falls back to the text when a line only looks like JSON", () => {
  assert.equal(levelOf("{main} ERROR boom"), "error");
});

Deno.test("scanLevel() gives -1 or a level for any bytes, and looks at no others", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom("", "{", '{"level":', "\x1b[", "2025-10-31T14:32:49 ", 'x] "'),
    fc.uint8Array({ maxLength: 20 }),
    (random, opening, after) => {
      const line = new Uint8Array([...encoder.encode(opening), ...random]);
      const level = scanLevel(line, 0, line.length);
      assert.ok(level >= -1 && level <= 5);
      assert.equal(scanLevel(new Uint8Array([7, ...line, ...after]), 1, 1 + line.length), level);
    },
  ));
});

Deno.test("scanLevel() finds the top-level key of any JSON object", () => {
  const noLevel = fc.string().filter((key) => !/level|severity|lvl|@l/i.test(key));
  fc.assert(fc.property(
    fc.dictionary(noLevel, fc.jsonValue()),
    fc.constantFrom(...LEVELS),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.boolean(),
    (before, level, nested, indented) => {
      const record = { ...before, nested: { level: "nonsense", ...nested }, level };
      const line = indented ? JSON.stringify(record, null, 1).replaceAll("\n", "") : JSON.stringify(record);
      assert.equal(levelOf(line), level);
    },
  ));
});

Deno.test("scanLevel() is not changed by colours around words", () => {
  const piece = fc.constantFrom(
    ...[
      "INFO",
      "error",
      "warn:",
      "[info]",
      "level=debug",
      "2025-10-31T14:32:49Z",
      "app",
      "- ",
      " | ",
      "\t",
      ": ",
      " ",
    ],
    ...["(", ")", "trace", "ERR]", '"', "HTTP/1.1", " 502 ", "12"],
  );
  const colour = fc.constantFrom("", "\x1b[0m", "\x1b[32m", "\x1b[1;38;5;1m", "\x9b1m", "\x1b]0;t\x07");
  fc.assert(fc.property(fc.array(fc.tuple(colour, piece, fc.constantFrom("", " "))), (pieces) => {
    // Colours touch words only from outside: within a word nobody changes colour.
    const line = pieces.map(([before, text, blank]) => `${before}${blank}${text}${blank}`).join(" ");
    assert.equal(levelOf(line), levelOf(stripAnsi(line)));
  }));
});
