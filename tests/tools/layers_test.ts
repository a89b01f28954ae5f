import assert from "node:assert/strict";
import { checkFile, checkLayers, LAYERS } from "../../tools/layers.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Violations as they are printed. */
function check(file: string, text: string): readonly string[] {
  return checkFile(file, text).map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

Deno.test("imports from the same folder and from folders below are allowed", () => {
  assert.deepEqual(
    check(
      "src/pipeline/pump.ts",
      [
        'import { a } from "./lane.ts";',
        'import type { b } from "../irc/connection.ts";',
        'import { c } from "../redact/rules/jwt.ts";',
        'export { d } from "../runtime/poke.ts";',
        'import { e } from "node:path";',
        'import { f } from "npm:yaml@2";',
      ].join("\n"),
    ),
    [],
  );
});

Deno.test("every way of importing from a folder above is found, with its line", () => {
  assert.deepEqual(
    check(
      "src/redact/redactor.ts",
      [
        "/** A header. */",
        'import { a } from "../cli/main.ts";',
        "import {",
        "  b,",
        '} from "../route/router.ts";',
        'export * from "../irc/wire.ts";',
        'import "../pipeline/pump.ts";',
        'const c = await import("../source/source.ts");',
        "import type { d } from '../reconcile/plan.ts';",
      ].join("\n"),
    ),
    [
      "src/redact/redactor.ts:2: redact is below cli and cannot import from it",
      "src/redact/redactor.ts:5: redact is below route and cannot import from it",
      "src/redact/redactor.ts:6: redact is below irc and cannot import from it",
      "src/redact/redactor.ts:7: redact is below pipeline and cannot import from it",
      "src/redact/redactor.ts:8: redact is below source and cannot import from it",
      "src/redact/redactor.ts:9: redact is below reconcile and cannot import from it",
    ],
  );
});

Deno.test("irc and source do not import each other", () => {
  assert.deepEqual(check("src/irc/a.ts", 'import "../source/b.ts";'), [
    "src/irc/a.ts:1: irc and source do not import each other",
  ]);
  assert.deepEqual(check("src/source/b.ts", 'import "../irc/a.ts";'), [
    "src/source/b.ts:1: source and irc do not import each other",
  ]);
});

Deno.test("the layers are total: of two folders exactly one direction is allowed, or none on one level", () => {
  const folders = LAYERS.flat();
  for (const upper of folders) {
    for (const lower of folders.filter((folder) => folder !== upper)) {
      const down = check(`src/${upper}/a.ts`, `import "../${lower}/b.ts";`).length === 0;
      const up = check(`src/${lower}/b.ts`, `import "../${upper}/a.ts";`).length === 0;
      const level = LAYERS.some((layer) => layer.includes(upper) && layer.includes(lower));
      assert.deepEqual([down && up, down || up], [false, !level], `${upper}, ${lower}`);
    }
  }
});

Deno.test("src does not import what is outside it, or from a folder nobody knows", () => {
  assert.deepEqual(check("src/irc/a.ts", 'import "../../tests/support/until.ts";\nimport "../../mod.ts";'), [
    "src/irc/a.ts:1: tests/support/until.ts is outside src/, which must stand on its own",
    "src/irc/a.ts:2: mod.ts is outside src/, which must stand on its own",
  ]);
  assert.deepEqual(
    check("src/cli/a.ts", 'import manifest from "../../deno.json" with { type: "json" };'),
    [],
  );
  assert.deepEqual(check("src/utils/a.ts", 'import "../event/level.ts";'), [
    "src/utils/a.ts:1: src/utils/a.ts is in no folder that tools/layers.ts knows",
  ]);
  assert.deepEqual(check("src/cli/a.ts", 'import "../utils/a.ts";'), [
    "src/cli/a.ts:1: src/utils/a.ts is in no folder that tools/layers.ts knows",
  ]);
});

Deno.test("only irc/client.ts imports irc-framework", () => {
  for (const specifier of ["irc-framework", "irc-framework/src/client.js", "npm:irc-framework@4.14.0"]) {
    const text = `import { Client } from "${specifier}";`;
    assert.deepEqual(check("src/irc/client.ts", text), []);
    assert.deepEqual(check("src/irc/connection.ts", text), [
      "src/irc/connection.ts:1: Only src/irc/client.ts may import irc-framework",
    ]);
  }
});

Deno.test("only cli ends the process or writes to the console", () => {
  const text = "const a = 1;\nif (a) Deno.exit(1);\nconsole.log(a);\n";
  assert.deepEqual(check("src/cli/main.ts", text), []);
  assert.deepEqual(check("src/irc/client.ts", text), [
    "src/irc/client.ts:2: Deno.exit is used outside src/cli/",
    "src/irc/client.ts:3: console is used outside src/cli/",
  ]);
  assert.deepEqual(check("src/irc/client.ts", "Deno.exitCode = 1;"), []);
});

Deno.test("comments and strings are not code", () => {
  const text = [
    "/**",
    ' * import { a } from "../cli/main.ts";',
    " * console.log(a)",
    " */",
    '// import "../cli/main.ts";',
    'const url = "https://example.org"; // Deno.exit(1)',
    'const text = "console.log(1)";',
    "const template = `Deno.exit(1) // ${url}`;",
    'import "../pipeline/pump.ts";',
  ].join("\n");
  assert.deepEqual(check("src/irc/a.ts", text), [
    "src/irc/a.ts:9: irc is below pipeline and cannot import from it",
  ]);
});

Deno.test("the script walks a tree, prints file:line: message and exits with 1", async () => {
  await using root = await tempDir();
  await Deno.mkdir(root.at("src/cli/demo"), { recursive: true });
  await Deno.mkdir(root.at("src/event"), { recursive: true });
  await Deno.writeTextFile(
    root.at("src/cli/demo/demo.ts"),
    'import "../main.ts";\nimport "../../event/a.ts";\n',
  );
  await Deno.writeTextFile(root.at("src/cli/main.ts"), "export {};\n");
  await Deno.writeTextFile(root.at("src/event/a.ts"), 'export {};\nimport "../cli/main.ts";\n');
  assert.deepEqual(checkLayers(root.path), [
    { file: "src/event/a.ts", line: 2, message: "event is below cli and cannot import from it" },
  ]);

  const run = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "tools/layers.ts", root.path],
      cwd: new URL("../../", import.meta.url),
    }).output();
  const bad = await run();
  assert.equal(bad.code, 1);
  assert.equal(
    new TextDecoder().decode(bad.stderr),
    "src/event/a.ts:2: event is below cli and cannot import from it\n",
  );
  await Deno.writeTextFile(root.at("src/event/a.ts"), "export {};\n");
  assert.equal((await run()).code, 0);
});
