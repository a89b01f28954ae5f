import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { runProgram } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";

/** Made-up secrets at every place of a config that takes one. */
const SECRETS = ["hunter2hunter2", "correct-horse", "sesame-open-1", "key-of-the-door", "tiny"];

const GOOD = `version: 1
connections:
  irc: { host: irc.example.org, nick: bot, password: "hunter2hunter2", channels: { "#logs": { key: tiny } } }
sources: { app: { type: file, paths: ["/var/log/app.log"] } }
routes: [{ to: "#logs" }]
`;

/** Every secret typed where it is an error: a wrong type, an unknown key beside it, a mapping that is none. */
const BAD = `version: 1
connections:
  irc:
    host: irc.example.org
    nick: bot
    password: ["hunter2hunter2"]
    sasl: { mechanism: plain, account: acme, passwrod: "correct-horse" }
    nickserv: "sesame-open-1"
    channels: { "#logs": { kye: "key-of-the-door" } }
sources: { app: { type: file, paths: ["/var/log/app.log"] } }
routes: [{ to: "#logs" }]
`;

async function written(dir: TempDir, text: string): Promise<string> {
  await Deno.writeTextFile(dir.at("irctail.yaml"), text);
  return dir.at("irctail.yaml");
}

function withoutSecrets(text: string): void {
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `"${secret}" is in the output`);
}

Deno.test("check names the file and what it holds, and warns of what works but is probably not meant", async () => {
  await using dir = await tempDir();
  const path = await written(dir, GOOD);
  const { code, output, errors } = await runProgram(["check", "-c", path]);
  assert.equal(code, 0);
  assert.equal(output, `${path}: ok (1 connection, 1 source, 1 route)\n`);
  assert.match(
    errors,
    /irctail\.yaml:3:\d+: warning: connections\.irc\.channels\["#logs"\]\.key: The secret is shorter/,
  );
  withoutSecrets(output + errors);
});

Deno.test("check finds ./irctail.yaml by itself", async () => {
  await using dir = await tempDir();
  await written(dir, GOOD);
  const { code, output } = await runProgram(["check"], { cwd: dir.path });
  assert.deepEqual([code, output], [0, "./irctail.yaml: ok (1 connection, 1 source, 1 route)\n"]);
});

Deno.test("run and replay refuse a bad config with exactly what check says of it, without its secrets", async () => {
  await using dir = await tempDir();
  const path = await written(dir, BAD);
  const [checked, ran, replayed] = await Promise.all([
    runProgram(["check", "-c", path]),
    runProgram(["run", "-c", path]),
    runProgram(["replay", "-c", path]),
  ]);
  assert.deepEqual([checked.code, checked.output], [78, ""]);
  assert.deepEqual([ran.code, ran.output, ran.errors], [78, "", checked.errors]);
  assert.deepEqual([replayed.code, replayed.errors], [78, checked.errors]);
  const problems = checked.errors.match(/irctail\.yaml:\d+:\d+: error: /g) ?? [];
  assert.ok(problems.length >= 4, checked.errors);
  withoutSecrets(checked.errors);
});

Deno.test("a refused config leaves no state behind", async () => {
  await using dir = await tempDir();
  const path = await written(dir, BAD.replace("version: 1", `version: 1\nstate_dir: ${dir.at("state")}`));
  await using agent = startAgent(["run", "-c", path]);
  assert.equal(await agent.ended, 78);
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name), ["irctail.yaml"]);
});
