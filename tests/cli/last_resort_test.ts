import assert from "node:assert/strict";
import { assertUnmarked } from "../support/marked.ts";

for (const kind of ["rejection", "exception"]) {
  Deno.test(`the program ends in one line without secrets at the ${kind} that nobody catches`, async () => {
    const program = new URL("crashing_program.ts", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--allow-all", program, kind],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const errors = new TextDecoder().decode(stderr);
    assert.deepEqual([code, stdout.length, errors.split("\n").length], [1, 0, 2]);
    assert.match(errors, /^irctail: Error: Cannot go on with \[REDACTED_TOKEN\] and \[REDACTED\] /);
    assertUnmarked("the last line", errors);
  });
}
