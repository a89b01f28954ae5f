import assert from "node:assert/strict";
import { helpText, readArguments } from "../../src/cli/args.ts";
import { runProgram } from "../support/program.ts";

function wrong(...args: string[]): string {
  const read = readArguments(args);
  assert.equal(read.kind, "wrong", args.join(" "));
  return read.kind === "wrong" ? read.because : "";
}

Deno.test("readArguments() says what is wrong in one line, and what was probably meant", () => {
  assert.equal(wrong("rnu"), 'There is no command "rnu": did you mean "run"?');
  assert.equal(wrong("frobnicate"), 'There is no command "frobnicate": see irctail --help');
  assert.equal(wrong("--dry-run", "run"), 'Cannot read "--dry-run" without a command: see irctail --help');
  assert.equal(wrong("run", "--bogus"), "Cannot read the arguments of \"run\": Unknown option '--bogus'");
  assert.match(wrong("replay", "--source"), /^Cannot read the arguments of "replay": .*--source/);
  assert.match(wrong("run", "-c"), /^Cannot read the arguments of "run": .*--config/);
  assert.match(wrong("run", "--once=yes"), /^Cannot read the arguments of "run": .*--once/);
  assert.match(wrong("check", "--source", "x"), /^Cannot read the arguments of "check": .*--source/);
  assert.equal(wrong("version", "now"), 'The command "version" takes no file: "now"');
  assert.equal(wrong("run", "irctail.yaml"), 'The command "run" takes no file: "irctail.yaml"');
  assert.equal(wrong("status", "app", "web"), 'The command "status" takes one NAME: "web"');
});

Deno.test("readArguments() knows the commands that are still to come", () => {
  for (const name of ["plan", "tail", "init", "healthcheck"]) {
    assert.equal(wrong(name, "--json"), `The command "${name}" is not available yet`);
  }
});

Deno.test("readArguments() takes options before and behind files, and everything behind -- as a file", () => {
  const read = readArguments(["replay", "a.log", "--source", "app", "-c", "x.yaml", "--", "--json"]);
  assert.equal(read.kind, "command");
  if (read.kind !== "command") return;
  assert.deepEqual([read.name, read.files], ["replay", ["a.log", "--json"]]);
  assert.deepEqual([read.text("source"), read.flag("json"), read.flag("budgets")], ["app", false, false]);
});

Deno.test("helpText() of the program names every command, and of a command every option", () => {
  for (
    const name of [
      "run",
      "check",
      "status",
      "panic",
      "resume",
      "test",
      "replay",
      "redact",
      "demo",
      "schema",
      "version",
    ]
  ) {
    assert.match(helpText(undefined), new RegExp(`^  ${name} `, "m"));
  }
  assert.match(helpText("replay"), /Usage: irctail replay \[options\] \[FILE\.\.\.\]/);
  assert.match(helpText("status"), /Usage: irctail status \[options\] \[NAME\]$/m);
  for (const option of ["-c, --config FILE", "--source NAME", "--budgets", "--json", "--stats"]) {
    assert.ok(helpText("replay").includes(option), option);
  }
});

Deno.test("the program answers wrong arguments with one line on standard error and exit code 2", async () => {
  const outcomes = await Promise.all([
    runProgram(["chekc"]),
    runProgram(["plan"]),
    runProgram(["demo", "--seconds", "soon"]),
    runProgram(["redact", "--profile", "nonsense"]),
  ]);
  for (const { code, output, errors } of outcomes) {
    assert.deepEqual([code, output], [2, ""]);
    assert.match(errors, /^irctail: [^\n]+\n$/);
  }
});

Deno.test("the program answers --help everywhere with exit code 0", async () => {
  const outcomes = await Promise.all([
    runProgram(["--help"]),
    runProgram(["help", "replay"]),
    runProgram(["run", "--once", "--help"]),
  ]);
  for (const { code, output, errors } of outcomes) {
    assert.deepEqual([code, errors], [0, ""]);
    assert.match(output, /^Usage: irctail /m);
  }
});

Deno.test("schema and version need no config and write what they promise", async () => {
  const [schema, version, short] = await Promise.all([
    runProgram(["schema"]),
    runProgram(["version"]),
    runProgram(["--version"]),
  ]);
  assert.equal(schema.code, 0);
  assert.equal(
    schema.output,
    await Deno.readTextFile(new URL("../../config.schema.json", import.meta.url)),
  );
  assert.equal(version.code, 0);
  assert.match(version.output, /^irctail \d+\.\d+\.\d+ \(.+, Deno \d+\.\d+\.\d+\)\n$/);
  assert.equal(short.output, version.output);
});
