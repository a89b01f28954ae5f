import assert from "node:assert/strict";
import fc from "fast-check";
import { expandReferences } from "../../src/config/references.ts";
import { tempDir } from "../support/temp_dir.ts";

const VARIABLES = new Map([["NAME", "value"], ["EMPTY", ""], ["NESTED", "${NAME}"]]);

function expand(text: string, directory = "/nonexistent", credentials?: string) {
  const env = (name: string) => name === "CREDENTIALS_DIRECTORY" ? credentials : VARIABLES.get(name);
  return expandReferences(text, { env, directory });
}

Deno.test("expandReferences() fills in variables and their defaults", () => {
  assert.equal(expand("a ${NAME} b").text, "a value b");
  assert.equal(expand("${UNSET:-default}${EMPTY:-other}").text, "defaultother");
  assert.equal(expand("${UNSET:-}").text, "");
  assert.equal(expand("${EMPTY}").text, "");
});

Deno.test("expandReferences() looks at a text once", () => {
  assert.equal(expand("${NESTED}").text, "${NAME}");
  assert.equal(expand("$${NAME}").text, "${NAME}");
  assert.equal(expand("$${NAME}").referenced, false);
});

Deno.test("expandReferences() drops the last newline of a file and calls its content a secret", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irc"), "correct horse\n\r\n");
  const { text, secrets, problems } = expand("${file:irc}", dir.path);
  assert.deepEqual({ text, secrets, problems }, {
    text: "correct horse\n",
    secrets: ["correct horse\n"],
    problems: [],
  });
  assert.equal(expand(`\${file:${dir.at("irc")}}`).text, "correct horse\n");
});

Deno.test("expandReferences() reads credentials of systemd", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irc"), "correct horse");
  assert.deepEqual(expand("${credential:irc}", "/", dir.path).secrets, ["correct horse"]);
  assert.match(expand("${credential:../irc}", "/", dir.path).problems[0]?.message ?? "", /without slashes/);
  assert.match(expand("${credential:irc}").problems[0]?.message ?? "", /CREDENTIALS_DIRECTORY is not set/);
});

Deno.test("expandReferences() names the file it cannot read, and why", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(dir.at("binary"), new Uint8Array([0xff, 0xfe]));
  await Deno.writeFile(dir.at("large"), new Uint8Array(65 * 1024));
  const why = (name: string) => expand(`\${file:${name}}`, dir.path).problems[0]?.message;
  assert.equal(why("absent"), `Cannot read the file "${dir.at("absent")}": it does not exist`);
  assert.equal(why("."), `Cannot read the file "${dir.path}": it is not a regular file`);
  assert.equal(why("binary"), `Cannot read the file "${dir.at("binary")}": it is not UTF-8 text, or no path`);
  assert.equal(why("large"), `Cannot read the file "${dir.at("large")}": it is larger than 64 KiB`);
  assert.equal(why("/dev/zero"), 'Cannot read the file "/dev/zero": it is not a regular file');
});

Deno.test("expandReferences() never throws", () => {
  const piece = fc.constantFrom("${", "}", "$", "file:", "credential:", "NAME", ":-", "$${", "\0", "/");
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
    expand(pieces.join(""));
  }));
});
