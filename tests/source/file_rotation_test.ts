import assert from "node:assert/strict";
import { tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { follow } from "./follow.ts";

/** Rotates `a.log` by renaming, as `logging.handlers.RotatingFileHandler` does, and begins it anew. */
function rotate(at: (name: string) => string, text: string): void {
  for (let number = 3; number > 0; number--) {
    try {
      Deno.renameSync(at(`a.log.${number}`), at(`a.log.${number + 1}`));
    } catch (error) {
      assert.ok(error instanceof Deno.errors.NotFound);
    }
  }
  Deno.renameSync(at("a.log"), at("a.log.1"));
  Deno.writeTextFileSync(at("a.log"), text);
}

Deno.test("File source reads what came to its path and was rotated away between two looks, in order", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("a.log.3"), "history\n");
  await Deno.utime(dir.at("a.log.3"), 1, 1);
  await Deno.writeTextFile(dir.at("a.log"), "1\n");
  await using followed = follow(dir, { spec: { startAt: "beginning", paths: [dir.at("a.log")] } });
  const { reading } = followed;
  await until("the first line", () => reading.texts.length >= 1);
  // Nothing else runs in between: the source cannot look.
  Deno.writeTextFileSync(dir.at("a.log"), "2\n", { append: true });
  Deno.utimeSync(dir.at("a.log"), 1_000, 1_000);
  rotate(dir.at, "3\n");
  rotate(dir.at, "4\n");
  rotate(dir.at, "5\n");
  await until("every line", () => reading.texts.length >= 5, { seen: () => reading.texts });
  assert.deepEqual(reading.texts, ["1", "2", "3", "4", "5"]);
});

Deno.test("File source reads what came to its path and was rotated away while it was down, in order", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("a.log"), "1\n");
  const spec = { startAt: "beginning", paths: [dir.at("a.log")] } as const;
  const before = follow(dir, { spec });
  await until("the first line", () => before.reading.texts.length >= 1);
  const resume = before.reading.checkpoints;
  await before[Symbol.asyncDispose]();
  Deno.writeTextFileSync(dir.at("a.log"), "2\n", { append: true });
  Deno.utimeSync(dir.at("a.log"), 1_000, 1_000);
  rotate(dir.at, "3\n");
  Deno.utimeSync(dir.at("a.log"), 2_000, 2_000);
  rotate(dir.at, "4\n");
  await using after = follow(dir, { spec, resume });
  await until("the lines since", () => after.reading.texts.length >= 3, { seen: () => after.reading.texts });
  assert.deepEqual(after.reading.texts, ["2", "3", "4"]);
});

Deno.test("File source leaves files alone that are named like its own but are no rotation of it", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("a.log"), "1\n");
  await using followed = follow(dir, { spec: { startAt: "beginning", paths: [dir.at("a.log")] } });
  const { reading } = followed;
  await until("the first line", () => reading.texts.length >= 1);
  for (const name of ["a.log.bak", "a.log-errors", "a.log.2.gz", "b.log.1", "a.log.json"]) {
    Deno.writeTextFileSync(dir.at(name), `${name}\n`);
  }
  rotate(dir.at, "2\n");
  await until("the line after the rotation", () => reading.texts.length >= 2);
  await followed.clock.advance(5_000);
  assert.deepEqual(reading.texts, ["1", "2"]);
});

Deno.test("File source shows no copy a second time of what was truncated and renamed while it was down", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("a.log"), "1\n");
  const spec = { startAt: "beginning", paths: [dir.at("a.log")] } as const;
  const before = follow(dir, { spec });
  await until("the first line", () => before.reading.texts.length >= 1);
  Deno.utimeSync(dir.at("a.log"), 1_000, 1_000);
  rotate(dir.at, "2a\n");
  await until("the second line", () => before.reading.texts.length >= 2);
  Deno.copyFileSync(dir.at("a.log"), dir.at("a.log.9"));
  Deno.writeTextFileSync(dir.at("a.log"), "2b, longer than what was here\n");
  await until("the third line", () => before.reading.texts.length >= 3);
  const resume = before.reading.checkpoints;
  await before[Symbol.asyncDispose]();
  Deno.copyFileSync(dir.at("a.log"), dir.at("a.log.10"));
  Deno.writeTextFileSync(dir.at("a.log"), "3, neither at its path nor where anybody had read\n");
  rotate(dir.at, "4\n");
  await using after = follow(dir, { spec, resume });
  await until("the line since", () => after.reading.texts.includes("4"), { seen: () => after.reading.texts });
  await after.clock.advance(5_000);
  assert.deepEqual(after.reading.texts, ["4"]);
});
