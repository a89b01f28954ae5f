import assert from "node:assert/strict";
import { programCommand } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { readLedger } from "../support/ledger.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";

/** A made-up key: 64 hex digits. */
const KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

/** Half a minute of a service that says ten lines a second. */
const LINES = 300;

function setUp(dir: TempDir): Promise<string> {
  return writeConfig(dir, {
    port: 6667,
    sources: [
      `app: { type: file, paths: ["${dir.at("app*.log")}"], service: app }`,
      `web: { type: file, paths: ["${dir.at("web*.log")}"], service: web, format: plain }`,
    ],
    routes: [
      '- { name: noise, match: { contains: ["GET /healthz"] }, drop: true }',
      '- { name: errors, match: { min_level: error }, to: "#errors", continue: true }',
      '- { name: all, to: "#logs", template: "<{service}> [{level}] {message}" }',
    ],
  });
}

function numbered(lines: number, level = "INFO"): string {
  const beganMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  let text = "";
  for (let n = 1; n <= lines; n++) {
    text += `${new Date(beganMs + n * 100).toISOString()}  ${level} app: payment n=${n}\n`;
  }
  return text;
}

Deno.test("replay prints connection, channel and text of every matching line, and writes nothing", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  await Deno.writeTextFile(
    dir.at("app.log"),
    `2026-01-02T03:04:05Z  INFO app: started\n2026-01-02T03:04:06Z ERROR app: key=0x${KEY}\n` +
      "2026-01-02T03:04:07Z  INFO app: GET /healthz 200\n\n2026-01-02T03:04:08Z DEBUG app: quiet\ncut off",
  );
  await Deno.writeTextFile(dir.at("web.log"), "10.0.0.1 GET /cart\n10.0.0.1 GET /cart\n");
  const expected = [
    ["irc", "#logs", "<app> [INFO] started"],
    ["irc", "#errors", "[ERROR] key=0x[REDACTED_KEY]"],
    ["irc", "#logs", "<app> [ERROR] key=0x[REDACTED_KEY]"],
    ["irc", "#logs", "<app> [INFO] cut off"],
    ["irc", "#logs", "<web> [INFO] 10.0.0.1 GET /cart"],
    ["irc", "#logs", "<web> [INFO] 10.0.0.1 GET /cart"],
  ];
  const before = [...Deno.readDirSync(dir.path)].map(({ name }) => name).sort();
  const [text, json] = await Promise.all([
    runProgram(["replay", "-c", config, dir.at("app.log"), dir.at("web.log")]),
    runProgram(["replay", "-c", config, "--json", dir.at("app.log"), dir.at("web.log")]),
  ]);
  assert.deepEqual([text.code, text.errors, json.code, json.errors], [0, "", 0, ""]);
  assert.deepEqual(text.output.split("\n").map((line) => line.split("\t")), [...expected, [""]]);
  assert.deepEqual(
    json.output.trimEnd().split("\n").map((line) => JSON.parse(line)),
    expected.map(([connection, channel, said]) => ({ connection, channel, text: said })),
  );
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name).sort(), before);
});

Deno.test("replay reads standard input as the source that --source names", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  const [named, unnamed, unknown] = await Promise.all([
    runProgram(["replay", "-c", config, "--source", "web"], { stdin: "GET /cart" }),
    runProgram(["replay", "-c", config], { stdin: "GET /cart" }),
    runProgram(["replay", "-c", config, "--source", "nope"], { stdin: "GET /cart" }),
  ]);
  assert.deepEqual([named.code, named.output], [0, "irc\t#logs\t<web> [INFO] GET /cart\n"]);
  assert.deepEqual([unnamed.code, unnamed.output], [2, ""]);
  assert.match(unnamed.errors, /^irctail: .*name one of "app", "web" with --source\n$/);
  assert.deepEqual([unknown.code, unknown.output], [2, ""]);
  assert.match(unknown.errors, /^irctail: There is no source "nope"/);
});

Deno.test("replay --budgets shows on the lines' own time stamps what would be shown, and counts the rest", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  await Deno.writeTextFile(dir.at("app.log"), numbered(LINES));
  const { code, output } = await runProgram(["replay", "-c", config, "--budgets", dir.at("app.log")]);
  assert.equal(code, 0);
  const texts = output.trimEnd().split("\n").map((line) => line.split("\t")[2] ?? "");
  const { shown, counted, doubled } = readLedger(texts);
  assert.equal(shown.length + counted, LINES);
  assert.deepEqual(doubled, []);
  // A burst of 20, then one line a second for 30 s.
  assert.ok(shown.length >= 45 && shown.length <= 52, `${shown.length} lines are shown`);
  const summaries = texts.flatMap((text, index) => text.startsWith("⋯ ") ? [index] : []);
  assert.ok(summaries.length >= 4, "there is a summary every 5 s");
  assert.ok(summaries.some((index) => index < texts.length - 5), "summaries stand where they fell due");
  assert.match(texts[summaries[1] ?? 0] ?? "", /^⋯ \d+ more in 5s: \d+ info · ~×\d+ "payment n=<n>"$/);
});

Deno.test("replay --budgets keeps errors through a flood of info", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  const flood = numbered(LINES).trimEnd().split("\n");
  flood.splice(250, 0, `${new Date(Date.UTC(2026, 0, 2, 3, 4, 30)).toISOString()} ERROR app: disk full`);
  await Deno.writeTextFile(dir.at("app.log"), flood.join("\n"));
  const { output } = await runProgram(["replay", "-c", config, "--budgets", dir.at("app.log")]);
  assert.match(output, /^irc\t#errors\t\[ERROR\] disk full$/m);
  assert.match(output, /^irc\t#logs\t<app> \[ERROR\] disk full$/m);
});

Deno.test("replay --stats says on standard error how much was read", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  await Deno.writeTextFile(dir.at("app.log"), numbered(LINES));
  const { code, output, errors } = await runProgram(["replay", "-c", config, "--stats", dir.at("app.log")]);
  assert.equal(code, 0);
  assert.equal(output.split("\n").length, LINES + 1);
  assert.match(errors, /^300 records, 0\.0 MB in [\d.]+ s: \d+ MB\/s, \d+ records\/s, 300 messages\n$/);
});

Deno.test("replay refuses a sample that cannot be read before it prints anything", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  await Deno.writeTextFile(dir.at("app.log"), numbered(1));
  const [missing, directory] = await Promise.all([
    runProgram(["replay", "-c", config, dir.at("app.log"), dir.at("app-2.log")]),
    runProgram(["replay", "-c", config, "--source", "app", dir.path]),
  ]);
  assert.deepEqual([missing.code, missing.output], [2, ""]);
  assert.equal(
    missing.errors,
    `irctail: Cannot read the sample "${dir.at("app-2.log")}": there is no such file\n`,
  );
  assert.deepEqual([directory.code, directory.output], [2, ""]);
  assert.match(directory.errors, /^irctail: Cannot read the sample .* it is not a regular file/);
});

Deno.test("replay ends quietly when whoever reads it has seen enough", async () => {
  await using dir = await tempDir();
  const config = await setUp(dir);
  await Deno.writeTextFile(dir.at("app.log"), numbered(20_000));
  const command = programCommand(["replay", "-c", config, dir.at("app.log")]);
  const child = new Deno.Command(command.program, {
    args: command.args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const [{ code, signal }, errors] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assert.ok((value?.length ?? 0) > 0);
  assert.deepEqual([code, signal, errors], [0, null, ""]);
});
