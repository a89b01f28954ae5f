import assert from "node:assert/strict";
import { SWEEP_MS } from "../../src/source/file.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { until } from "../support/until.ts";
import { follow } from "./follow.ts";
import { append } from "./reading.ts";

const POD = "web-1_shop_app-0123";

/** The links of a Kubernetes node: `containers/POD.log` to `pods/app/0.log` to `docker/ID/ID-json.log`. */
function makeNode(dir: TempDir): { readonly file: (id: string) => string; point(id: string): void } {
  for (const name of ["containers", "pods/app", "docker/one", "docker/two"]) {
    Deno.mkdirSync(dir.at(name), { recursive: true });
  }
  const file = (id: string) => dir.at(`docker/${id}/${id}-json.log`);
  const swap = (target: string, link: string) => {
    Deno.symlinkSync(target, dir.at("next"));
    Deno.renameSync(dir.at("next"), link);
  };
  swap(dir.at("pods/app/0.log"), dir.at(`containers/${POD}.log`));
  return { file, point: (id) => swap(file(id), dir.at("pods/app/0.log")) };
}

Deno.test("File source follows a chain of links by events, and the file behind it through rotation", async () => {
  await using dir = await tempDir();
  const { file, point } = makeNode(dir);
  append(file("one"), "one\n");
  point("one");
  await using it = follow(dir, { spec: { paths: [dir.at("containers/*.log")], service: "{stem}" } });
  await it.reading.count(1);
  append(file("one"), "two\n");
  await it.reading.count(2);
  Deno.renameSync(file("one"), `${file("one")}.1`);
  append(`${file("one")}.1`, "three\n");
  append(file("one"), "four\n");
  assert.deepEqual(await it.reading.count(4), ["one", "two", "three", "four"]);
  assert.deepEqual(new Set(it.reading.lines.map(({ stream }) => stream.service)), new Set([POD]));
});

Deno.test("File source reads the old file to its end when a link in a chain is pointed at a new one", async () => {
  await using dir = await tempDir();
  const { file, point } = makeNode(dir);
  append(file("one"), "one\n");
  point("one");
  await using it = follow(dir, { spec: { paths: [dir.at("containers/*.log")] } });
  await it.reading.count(1);
  append(file("two"), "three\n");
  append(file("one"), "two\n");
  point("two");
  append(file("one"), "late\n");
  await it.clock.advance(SWEEP_MS);
  await it.reading.count(4);
  assert.deepEqual([...it.reading.texts].sort(), ["late", "one", "three", "two"]);
  append(file("two"), "four\n");
  assert.equal((await it.reading.count(5)).at(-1), "four");
});

Deno.test("File source finds the old file after a restart when a link in a chain points elsewhere by then", async () => {
  await using dir = await tempDir();
  const { file, point } = makeNode(dir);
  append(file("one"), "one\n");
  point("one");
  const spec = { paths: [dir.at("containers/*.log")] };
  const first = follow(dir, { spec });
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(file("one"), "two\n");
  append(file("two"), "three\n");
  point("two");
  await using it = follow(dir, { spec, resume: first.reading.checkpoints });
  assert.deepEqual(await it.reading.count(2), ["two", "three"]);
});

Deno.test("File source finds the file behind a chain after a restart when the links are gone", async () => {
  await using dir = await tempDir();
  const { file, point } = makeNode(dir);
  append(file("one"), "one\n");
  point("one");
  const spec = { paths: [dir.at("containers/*.log")] };
  const first = follow(dir, { spec });
  await first.reading.count(1);
  await first[Symbol.asyncDispose]();
  append(file("one"), "last words\n");
  Deno.removeSync(dir.at(`containers/${POD}.log`));
  Deno.removeSync(dir.at("pods/app/0.log"));
  await using it = follow(dir, { spec, resume: first.reading.checkpoints });
  assert.deepEqual(await it.reading.count(1), ["last words"]);
});

Deno.test("File source waits at a link that leads nowhere and reads what appears there", async () => {
  await using dir = await tempDir();
  const { file } = makeNode(dir);
  Deno.symlinkSync(file("one"), dir.at("pods/app/0.log"));
  await using it = follow(dir, { spec: { paths: [dir.at("containers/*.log")] } });
  await until("the first state", () => it.reading.states.length > 0);
  assert.deepEqual(it.reading.states, [{ phase: "waiting", because: "no file is there yet" }]);
  append(file("one"), "one\n");
  await it.clock.advance(SWEEP_MS);
  assert.deepEqual(await it.reading.count(1), ["one"]);
});

Deno.test("File source reads a tree with a link that leads back up once", async () => {
  await using dir = await tempDir();
  Deno.mkdirSync(dir.at("a/b"), { recursive: true });
  Deno.symlinkSync(dir.path, dir.at("a/b/up"));
  append(dir.at("a/b/x.log"), "one\n");
  await using it = follow(dir, { once: true, spec: { paths: [dir.at("**/*.log")] } });
  await it.reading.done;
  assert.deepEqual(it.reading.texts, ["one"]);
});
