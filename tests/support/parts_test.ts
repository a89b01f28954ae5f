import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { tempDir } from "./temp_dir.ts";

/** What another process says of a part, with only these programs in reach. */
async function missing(
  part: string,
  options: { readonly programs: readonly string[]; readonly require?: string },
): Promise<{ readonly isMissing: boolean; readonly said: string }> {
  await using dir = await tempDir();
  for (const name of options.programs) await Deno.writeTextFile(dir.at(name), "", { mode: 0o755 });
  const module = new URL("./parts.ts", import.meta.url).href;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-lock",
      `import { missing } from ${JSON.stringify(module)};
       const [first, second] = [missing("${part}"), missing("${part}")];
       console.log(JSON.stringify(first && second));`,
    ],
    env: { PATH: dir.path, IRCTAIL_REQUIRE: options.require ?? "" },
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  return { isMissing: JSON.parse(decoder.decode(stdout)), said: decoder.decode(stderr) };
}

Deno.test("a part that is not there is said once and left out, unless it is required", async () => {
  assert.deepEqual(await missing("no-such-part", { programs: ["no-such-part"] }), {
    isMissing: false,
    said: "",
  });
  assert.deepEqual(await missing("no-such-part", { programs: [] }), {
    isMissing: true,
    said: "skipped: tests with no-such-part, which is not installed (Debian: apt-get install no-such-part)\n",
  });
  assert.deepEqual(await missing("no-such-part", { programs: [], require: "ngircd, no-such-part" }), {
    isMissing: false,
    said: "",
  });
});

Deno.test({
  name: "a part is left out as well where something is not there that its tests need",
  // It would be found there whatever PATH says.
  ignore: existsSync("/usr/sbin/busybox"),
  fn: async () => {
    assert.deepEqual(await missing("podman", { programs: ["podman"] }), {
      isMissing: true,
      said: "skipped: tests with podman, which needs busybox (Debian: apt-get install busybox)\n",
    });
  },
});
