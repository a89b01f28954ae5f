import assert from "node:assert/strict";
import { COMMANDS } from "../../src/cli/args.ts";
import { loadConfig } from "../../src/config/load.ts";
import { LAYERS } from "../../tools/layers.ts";
import { tempDir } from "../support/temp_dir.ts";

const root = new URL("../../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));
const contributing = await Deno.readTextFile(new URL("CONTRIBUTING.md", root));

Deno.test("the config in the README is accepted without a warning, and means two nicks in one channel", async () => {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irctail.yaml"), yaml);
  const { config, warnings } = loadConfig(dir.at("irctail.yaml"), {
    env: (name) => name === "HOME" ? dir.path : undefined,
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual([...config.connections.values()].map(({ nick }) => nick), [
    "facilitator-prod",
    "test-seller",
  ]);
  assert.ok([...config.connections.values()].every(({ tls, servers }) => tls && servers[0]?.port === 6697));
  assert.deepEqual(
    config.routes.map(({ action }) => action.kind === "send" && `${action.connection}/${action.channel}`),
    ["facilitator/#karmacadabra-logs", "test-seller/#karmacadabra-logs"],
  );
});

Deno.test("the README's table lists exactly the commands and options there are", () => {
  const rows = [...readme.matchAll(/^\| `irctail (\w+)([^`]*)` +\|/gm)];
  const listed = rows.map(([, name = "", usage = ""]) => ({
    name,
    options: [...usage.matchAll(/--([\w-]+)/g)].map(([, option]) => option),
  }));
  const actual = Object.entries(COMMANDS).map(([name, { options }]) => ({
    name,
    options: Object.keys(options).filter((option) => option !== "config"),
  }));
  assert.deepEqual(listed, actual);
});

Deno.test("CONTRIBUTING lists the folders of src in the order in which they may import", () => {
  const rows = [...contributing.matchAll(/^\| ((?:`\w+`(?:, )?)+) +\|/gm)];
  const listed = rows.map(([, names = ""]) => [...names.matchAll(/\w+/g)].map(([name]) => name));
  assert.deepEqual(listed, LAYERS);
});

Deno.test("every file and task that the README, CONTRIBUTING and .ci/run name is there", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const texts = [readme, contributing];
  for (const [, target = ""] of texts.join("\n").matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    assert.ok((await Deno.stat(new URL(target, root))).isFile, target);
  }
  const ci = await Deno.readTextFile(new URL(".ci/run", root));
  const named = [...texts, ci].flatMap((text) => [...text.matchAll(/\btask ([a-z:]+[a-z])\b/g)]);
  assert.ok(named.length > 5);
  for (const [, task = ""] of named) assert.ok(Object.hasOwn(tasks, task), task);
});
