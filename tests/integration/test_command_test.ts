import assert from "node:assert/strict";
import { writeConfig } from "../support/config_file.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";

/** A made-up key: 64 hex digits. */
const KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

/** Looks like nothing, but the config says that it is secret. */
const MARKED = "plainwordsinarow";

function setUp(dir: TempDir, tests: readonly string[]): Promise<string> {
  return writeConfig(dir, {
    port: 6667,
    connection: [`password: ${MARKED}`, 'channels: { "#raw": { private: true } }'],
    sources: [
      'app: { type: file, paths: ["/var/log/app.log"] }',
      'web: { type: file, paths: ["/var/log/*/web.log"], service: "{dir}", format: plain }',
      "containers: { type: docker }",
    ],
    extra: ["tests:", ...tests.map((test) => `  - ${test}`)],
    routes: [
      "- { name: noise, match: { contains: healthz }, drop: true }",
      '- { name: raw, match: { contains: "raw:" }, to: "#raw", redact: off, i_understand: true }',
      '- { name: errors, match: { min_level: error }, to: "#errors", continue: true }',
      '- { name: long, match: { contains: "#!" }, to: "#long", long: split }',
      '- { name: all, to: "#logs-{service}", template: "<{service}> [{level}] {message}" }',
    ],
  });
}

Deno.test("test passes where every message is what the config expects, and says nothing else", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir, [
    `{ line: '2025-10-31T14:32:49Z  INFO app: key=0x${KEY}', source: app, expect: [{ to: "#logs-app", text: "<app> [INFO] key=0x[REDACTED_KEY]" }] }`,
    '{ line: "GET /healthz 200", source: app, expect: [] }',
    '{ line: "2025-10-31T14:32:49Z DEBUG app: quiet", source: app, expect: [] }',
    // In any order, and whatever the case of a channel.
    '{ line: "2025-10-31T14:32:49Z ERROR app: disk full", source: app, expect: [{ to: "irc/#Logs-app", text: "<app> [ERROR] disk full" }, { to: "#errors", text: "[ERROR] disk full" }] }',
    '{ line: "GET /cart", source: web, service: shop, expect: [{ to: "#logs-shop", text: "<shop> [INFO] GET /cart" }] }',
    // As a container's output is read: nobody put an envelope on it.
    '{ line: "2025-10-31T14:32:49Z stdout F hello", source: containers, service: api, expect: [{ to: "#logs-api", text: "<api> [INFO] 2025-10-31T14:32:49Z stdout F hello" }] }',
    '{ line: "2025-10-31T14:32:49Z stdout F hello", source: app, expect: [{ to: "#logs-app", text: "<app> [INFO] hello" }] }',
    `{ line: "2025-10-31T14:32:49Z ERROR app: boom\\n    at main (main.js:1:1)", source: app, expect: [{ to: "#errors", text: "[ERROR] boom ⏎ at main (main.js:1:1)" }, { to: "#logs-app", text: "<app> [ERROR] boom ⏎ at main (main.js:1:1)" }] }`,
  ]);
  const { code, output, errors } = await runProgram(["test", "-c", config]);
  assert.deepEqual([output, errors, code], ["8 passed, 0 failed\n", "", 0]);
});

Deno.test("test says of each failure in one line where it stands, what was expected and what came", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir, [
    '{ line: "fine", source: app, expect: [{ to: "#logs-app", text: "<app> [INFO] fine" }] }',
    '{ line: "fine", source: app, expect: [] }',
    '{ line: "GET /healthz", source: app, expect: [{ to: "#logs-app", text: "healthy" }] }',
    '{ line: "2025-10-31T14:32:49Z ERROR app: a \\"b\\"", source: app, expect: [{ to: "irc/#logs-app", text: "[ERROR] a" }, { to: "#errors", text: "[ERROR] a \\"b\\"" }] }',
    '{ line: "twice", source: app, expect: [{ to: "#logs-app", text: "<app> [INFO] twice" }, { to: "#logs-app", text: "<app> [INFO] twice" }] }',
  ]);
  const first = (await Deno.readTextFile(config)).split("\n").findIndex((line) => line.includes("fine")) + 1;
  const { code, output, errors } = await runProgram(["test", "-c", config]);
  assert.deepEqual(output.split("\n"), [
    `${config}:${first + 1}:5: failed: expected nothing; came irc/#logs-app "<app> [INFO] fine"`,
    `${config}:${first + 2}:5: failed: expected #logs-app "healthy"; came nothing`,
    `${config}:${
      first + 3
    }:5: failed: expected irc/#logs-app "[ERROR] a"; came irc/#logs-app "<app> [ERROR] a \\"b\\""`,
    `${config}:${first + 4}:5: failed: expected #logs-app "<app> [INFO] twice"; came nothing else`,
    "1 passed, 4 failed",
    "",
  ]);
  assert.deepEqual([errors, code], ["", 1]);
});

Deno.test("what test prints is redacted, also what the config expects and what a route without redaction sends", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir, [
    `{ line: 'key=0x${KEY}', source: app, expect: [{ to: "#logs-app", text: "<app> [INFO] key=0x${KEY}" }] }`,
    `{ line: 'raw: key=0x${KEY} ${MARKED}', source: app, expect: [{ to: "#raw", text: "[INFO] raw: key=0x${KEY}" }] }`,
    `{ line: 'raw: key=0x${KEY}', source: app, expect: [{ to: "#raw", text: "[INFO] raw: key=0x${KEY}" }] }`,
    `{ line: 'raw: ${MARKED}', source: app, expect: [{ to: "#raw", text: "[INFO] raw: [REDACTED]" }] }`,
  ]);
  const { code, output, errors } = await runProgram(["test", "-c", config]);
  for (const secret of [KEY, MARKED]) assert.ok(!(output + errors).includes(secret), output);
  const lines = output.split("\n");
  assert.match(
    lines[0] ?? "",
    /expected #logs-app "<app> \[INFO\] key=0x\[REDACTED_KEY\]"; came irc\/#logs-app "<app> \[INFO\] key=0x\[REDACTED_KEY\]" \(without what redaction hides in these texts\)$/,
  );
  assert.match(lines[1] ?? "", /came irc\/#raw "\[INFO\] raw: key=0x\[REDACTED_KEY\] \[/);
  assert.deepEqual([lines.at(-2), code], ["2 passed, 2 failed", 1]);
});

Deno.test("test refuses a bad config as check does, and counts nothing where there are no tests", async () => {
  await using dir = await tempDir();
  const bad = await setUp(dir, ["{ line: x, source: nope, expect: [] }"]);
  const refused = await runProgram(["test", "-c", bad]);
  assert.deepEqual([refused.code, refused.output], [78, ""]);
  assert.match(refused.errors, /irctail\.yaml:\d+:\d+: error: tests\[0\]\.source: Unknown source "nope"/);
  const none = await writeConfig(dir, { port: 6667, sources: ["app: { type: stdin }"] });
  const counted = await runProgram(["test", "-c", none]);
  assert.deepEqual([counted.code, counted.output], [0, "0 passed, 0 failed\n"]);
  const nowhere = await runProgram(["test"], { cwd: dir.at("") });
  assert.equal(nowhere.code, 0, "./irctail.yaml is found");
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name), ["irctail.yaml"]);
});

Deno.test("the tests of config.example.yaml and of the README pass", async () => {
  await using dir = await tempDir();
  const root = new URL("../../", import.meta.url);
  const example = await Deno.readTextFile(new URL("config.example.yaml", root));
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = ""]) => yaml);
  await Deno.writeTextFile(dir.at("irc"), "correct horse");
  await Deno.writeTextFile(dir.at("example.yaml"), example.replace("/run/secrets/irc", dir.at("irc")));
  await Deno.writeTextFile(dir.at("readme.yaml"), blocks.join(""));
  const [first, second] = await Promise.all([
    runProgram(["test", "-c", dir.at("example.yaml")]),
    runProgram(["test", "-c", dir.at("readme.yaml")]),
  ]);
  assert.deepEqual([first.output, second.output], ["2 passed, 0 failed\n", "1 passed, 0 failed\n"]);
});
