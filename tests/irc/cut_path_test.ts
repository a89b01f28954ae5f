import assert from "node:assert/strict";
import { findProgram, missing } from "../support/parts.ts";
import type { CutPath } from "./cut_path_program.ts";

/** Messages that may be in flight: five in each of four lines. */
const IN_FLIGHT = 20;

Deno.test({
  name:
    "cut path: a path that goes silent is noticed, said in plain words, and costs nothing that is not counted",
  ignore: missing("ngircd") || missing("ip") || missing("unshare"),
  async fn() {
    const program = new URL("./cut_path_program.ts", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(findProgram("unshare") ?? "unshare", {
      args: ["--net", Deno.execPath(), "run", "--quiet", "--allow-all", program],
    }).output();
    const decoder = new TextDecoder();
    assert.equal(code, 0, decoder.decode(stderr));
    const { reasons, outcomes, seen } = JSON.parse(decoder.decode(stdout)) as CutPath;

    assert.match(reasons[0] ?? "", /^The server has not answered for \d+ s$/);
    assert.match(
      reasons[1] ?? "",
      /^Cannot connect to 127\.0\.0\.1:\d+: (no answer within 20 s|it cannot be reached from this network)$/,
    );
    const errors = [1, 2, 3, 4, 5, 6].map((i) => `error ${i}`);
    for (const text of ["before", ...errors]) assert.equal(outcomes[text], "shown", text);
    for (const i of [1, 2, 3]) assert.equal(outcomes[`info ${i}`], "away");
    // What was in flight may come through when the path is back, however old it is by then and whatever was counted.
    const shownOnce = new Set(seen);
    for (const text of ["before", ...errors]) assert.ok(shownOnce.has(text), text);
    assert.ok(seen.length - 7 <= IN_FLIGHT, `${seen.length - 7} messages came beside those that were shown`);
  },
});
