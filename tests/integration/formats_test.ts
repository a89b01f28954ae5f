import assert from "node:assert/strict";
import { writeConfig } from "../support/config_file.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp_dir.ts";

const UID = "6f1a2b3c-4d5e-4f60-8a1b-2c3d4e5f6071";

/** A line of containerd's log. */
const cri = (output: string, text: string, tag = "F") =>
  `2026-01-02T03:04:05.123456789Z ${output} ${tag} ${text}`;

/** A line of Docker's json-file log. */
const docker = (output: string, text: string) =>
  JSON.stringify({ log: text, stream: output, time: "2026-01-02T03:04:05.123456789Z" });

/** Longest piece that Docker and containerd write, in bytes. */
const PIECE_BYTES = 16 * 1024;

const LONG = `INFO begin ${"x".repeat(2 * PIECE_BYTES)} end`;
const PIECES = [
  LONG.slice(0, PIECE_BYTES),
  LONG.slice(PIECE_BYTES, 2 * PIECE_BYTES),
  LONG.slice(2 * PIECE_BYTES),
];

/** What is in each file, and what is said of it; a text that ends in `…` is a beginning. */
const FILES: Readonly<
  Record<string, { readonly lines: readonly string[]; readonly said: readonly string[] }>
> = {
  [`pods/prod_shop-7d4f-x2x_${UID}/api/0.log`]: {
    lines: [
      cri("stdout", '{"level":50,"msg":"payment failed","network":"base"}'),
      cri("stderr", "Traceback (most recent call last):"),
      cri("stderr", '  File "a.py", line 3, in f'),
      cri("stderr", "ValueError: bad"),
      cri("stdout", PIECES[0] ?? "", "P"),
      cri("stdout", PIECES[1] ?? "", "P"),
      cri("stderr", "WARN from the other output"),
      cri("stdout", PIECES[2] ?? ""),
    ],
    said: [
      '#prod <api> [ERROR] payment failed ⏎ ValueError: bad ⏎ File "a.py", line 3, in f ⏎ … 1 more',
      "#prod <api> [INFO] INFO begin xxx…",
      "#prod <api> [WARN] WARN from the other output",
    ],
  },
  "docker-json.log": {
    lines: [
      docker("stdout", "2026-01-02T03:04:05.123456Z  WARN facilitator: slow <query>\n"),
      ...PIECES.map((piece, index) => docker("stdout", piece + (index === 2 ? "\n" : ""))),
      docker("stderr", "\x1b[31mERROR\x1b[0m größe\n"),
    ],
    said: [
      "#logs <docker-json> [WARN] slow <query>",
      "#logs <docker-json> [INFO] INFO begin xxx…",
      "#logs <docker-json> [ERROR] ERROR größe",
    ],
  },
  "syslog.log": {
    lines: [
      "<11>Jan  2 03:04:05 web-1 app[12]: disk full",
      '<165>1 2026-01-02T03:04:05.003Z web-1 worker 8 ID47 [a@1 x="1"] started',
      "Jan  2 03:04:05 web-1 sshd[2211]: Failed password for root from 10.0.0.9 port 51122 ssh2",
    ],
    said: [
      "#logs <syslog> [ERROR] disk full",
      "#logs <syslog> [INFO] started",
      "#logs <syslog> [INFO] Failed password for root from 10.0.0.9 port 51122 ssh2",
    ],
  },
  "kubelet.log": {
    lines: [
      'E0102 03:04:05.123456    1234 kubelet.go:2448] "Error getting node" err="node \\"worker-1\\" not found"',
      "W0102 03:04:05.223456    1234 reflector.go:324] failed to list *v1.Node: connection refused",
    ],
    said: [
      '#logs <kubelet> [ERROR] "Error getting node" err="node \\"worker-1\\" not found"',
      "#logs <kubelet> [WARN] failed to list *v1.Node: connection refused",
    ],
  },
  "nginx.log": {
    lines: [
      '10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"',
      '10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /nope HTTP/1.1" 404 153 "-" "curl/8.5.0"',
      "2026/01/02 03:04:05 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1",
      "2026/01/02 03:04:05 [notice] 1#1: nginx/1.25.3",
    ],
    said: [
      '#logs <nginx> [ERROR] 10.0.0.1 "GET /cart?id=7 HTTP/1.1" 502 157 "-" "curl/8.5.0"',
      '#logs <nginx> [WARN] 10.0.0.1 "GET /nope HTTP/1.1" 404 153 "-" "curl/8.5.0"',
      "#logs <nginx> [ERROR] connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1",
      "#logs <nginx> [INFO] nginx/1.25.3",
    ],
  },
  "postgresql-16-main.log": {
    lines: [
      '2026-01-02 03:04:05.123 UTC [77] app@shop ERROR:  relation "carts" does not exist at character 15',
      "2026-01-02 03:04:05.123 UTC [77] app@shop STATEMENT:  SELECT id",
      "\tFROM carts",
      "2026-01-02 03:04:06.123 UTC [27] LOG:  checkpoint starting: ERROR is only text",
    ],
    said: [
      '#logs <postgresql-16-main> [ERROR] relation "carts" does not exist at character 15 ⏎ STATEMENT: SELECT id ⏎ FROM carts',
      "#logs <postgresql-16-main> [INFO] checkpoint starting: ERROR is only text",
    ],
  },
  "spring.log": {
    lines: [
      "2026-01-02T03:04:05.123Z ERROR 1 --- [shop] [nio-8080-exec-1] c.e.shop.Checkout : payment failed",
      "",
      "java.lang.IllegalStateException: no funds",
      "\tat com.example.shop.Checkout.pay(Checkout.java:42)",
      "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
      "03:04:05.123 [main] WARN com.example.shop.Stock -- low",
    ],
    said: [
      "#logs <spring> [ERROR] payment failed ⏎ java.lang.IllegalStateException: no funds ⏎ at com.example.shop.Checkout.pay(Checkout.java:42) ⏎ … 1 more",
      "#logs <spring> [WARN] low",
    ],
  },
  "go.log": {
    lines: [
      "panic: runtime error: index out of range [3] with length 3",
      "",
      "goroutine 1 [running]:",
      "main.main()",
      "\t/app/main.go:10 +0x1d",
      "exit status 2",
    ],
    said: [
      "#logs <go> [FATAL] panic: runtime error: index out of range [3] with length 3 ⏎ goroutine 1 [running]: ⏎ /app/main.go:10 +0x1d ⏎ … 2 more",
    ],
  },
  "rust.log": {
    lines: [
      "thread 'main' panicked at src/main.rs:3:5:",
      "explicit panic",
      "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    ],
    said: [
      "#logs <rust> [ERROR] thread 'main' panicked at src/main.rs:3:5: ⏎ explicit panic ⏎ note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    ],
  },
  "node.log": {
    lines: [
      "TypeError: Cannot read properties of undefined (reading 'id')",
      "    at handler (/srv/app/routes.js:3:1)",
      "    at node:internal/process/task_queues:95:5",
      "listening",
    ],
    said: [
      "#logs <node> [ERROR] TypeError: Cannot read properties of undefined (reading 'id') ⏎ at handler (/srv/app/routes.js:3:1) ⏎ at node:internal/process/task_queues:95:5",
      "#logs <node> [INFO] listening",
    ],
  },
  "dotnet.log": {
    lines: [
      "Unhandled exception. System.InvalidOperationException: boom",
      " ---> System.IO.IOException: closed",
      "   at Shop.Net.Dial() in /src/Net.cs:line 9",
      "   --- End of inner exception stack trace ---",
      "   at Shop.Program.Main() in /src/Program.cs:line 5",
    ],
    said: [
      "#logs <dotnet> [ERROR] Unhandled exception. System.InvalidOperationException: boom ⏎ ---> System.IO.IOException: closed ⏎ at Shop.Net.Dial() in /src/Net.cs:line 9 ⏎ … 2 more",
    ],
  },
  "own.txt": {
    lines: [
      "(fail) berlin: disk full",
      "(ok) berlin: ERROR is only text",
      "2026-01-02T03:04:05Z  WARN app: slow",
    ],
    said: [
      "#own <own> [ERROR] disk full in berlin",
      "#own <own> [INFO] ERROR is only text in berlin",
      "#own <own> [WARN] slow in",
    ],
  },
  "audit.txt": {
    lines: ["## one", "any", "text", "## two"],
    said: ["#logs <audit> [INFO] ## one ⏎ any ⏎ text", "#logs <audit> [INFO] ## two"],
  },
};

Deno.test("lines of every format are shown with their level and without what is around them", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: 6667,
    sources: [
      `pods: { type: file, paths: ["${dir.at("pods/*/*/*.log")}"], service: "{label.container}" }`,
      `logs: { type: file, paths: ["${dir.at("*.log")}"], service: "{stem}" }`,
      `own: { type: file, paths: ["${
        dir.at("own.txt")
      }"], format: { regex: '^\\((?P<level>\\w+)\\) (?P<shop>\\w+): (?P<message>.*)' } }`,
      `audit: { type: file, paths: ["${dir.at("audit.txt")}"], format: plain, multiline: { start: '^## ' } }`,
    ],
    routes: [
      '- { name: own, match: { source: own }, to: "#own", template: "<{service}> [{level}] {message} in {field.shop}" }',
      '- { name: pods, match: { source: pods }, to: "#{label.namespace}", template: "<{service}> [{level}] {message}" }',
      '- { name: all, to: "#logs", template: "<{service}> [{level}] {message}" }',
    ],
  });
  const paths: string[] = [];
  for (const [name, { lines }] of Object.entries(FILES)) {
    const path = dir.at(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
    paths.push(path);
  }
  const { code, output, errors } = await runProgram(["replay", "-c", config, ...paths]);
  assert.deepEqual([code, errors], [0, ""]);
  const said = output.trimEnd().split("\n").map((line) => line.split("\t").slice(1).join(" ").trimEnd());
  const expected = Object.values(FILES).flatMap(({ said }) => said);
  assert.deepEqual(
    said.map((text, index) => isBeginning(expected[index], text) ? expected[index] : text),
    expected,
  );
});

function isBeginning(expected: string | undefined, text: string): boolean {
  return expected !== undefined && expected.endsWith("…") && text.startsWith(expected.slice(0, -1));
}
