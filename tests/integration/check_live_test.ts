import assert from "node:assert/strict";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { freePort } from "../support/port.ts";
import { missing } from "../support/parts.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openWitness } from "../support/witness.ts";

const ignore = missing("ngircd");

Deno.test({
  name: "check --live says of every channel whether a line would be shown, and leaves nothing in them",
  ignore,
  async fn() {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#open", "#door", "#hall"] });
    await witness.send("MODE #hall +m");
    await witness.send("MODE #door +k secret-of-the-door");
    await witness.next(({ command, raw }) => command === "MODE" && raw.includes("+k"));
    const config = await writeConfig(dir, {
      port: server.port,
      sources: ["app: { type: stdin }"],
      routes: [
        '- { to: "irc/#open", continue: true }',
        '- { to: "irc/#Open", continue: true }',
        '- { to: "irc/#door", continue: true }',
        '- { to: "irc/#hall" }',
      ],
    });
    const { code, output, errors } = await runProgram(["check", "--live", "-c", config]);
    const [ok, ...found] = output.trimEnd().split("\n");
    assert.match(ok ?? "", /: ok \(1 connection, 1 source, 4 routes\)$/);
    assert.match(found[0] ?? "", /^irc: ok: connected as irctail; pace \d\S*\/s, \d+ at once \(ngircd\)$/);
    assert.match(found[1] ?? "", /^irc\/#open: ok: a line would be shown/i);
    assert.match(found[3] ?? "", /^irc\/#hall: not ok: The channel is moderated \(\+m\): give the bot voice/);
    assert.match(found[2] ?? "", /^irc\/#door: not ok: The channel wants another key \(\+k\)/);
    assert.equal(found.length, 4, output);
    assert.deepEqual([code, errors], [1, ""]);
    await witness.next(({ command, nick }) => command === "JOIN" && nick === "irctail");
    assert.deepEqual(witness.lines("#open"), []);
  },
});

Deno.test({
  name: "check --live --speak says a line in every channel, and ends with 0 when it was shown",
  ignore,
  async fn() {
    await using dir = await tempDir();
    await using server = await startNgircd();
    await using witness = await openWitness(server.port, { channels: ["#open"] });
    const config = await writeConfig(dir, {
      port: server.port,
      sources: ["app: { type: stdin }"],
      routes: ['- { to: "irc/#open" }', '- { to: "irc/#by-{service}" }'],
    });
    const { code, output } = await runProgram(["check", "--live", "--speak", "-c", config]);
    assert.match(output, /^irc\/#open: ok: the line was shown$/m);
    assert.match(output, /^irc\/#by-\{service\}: not tried: opened at its first line$/m);
    assert.equal(code, 0, output);
    await witness.next(({ text }) => text === "irctail: check --live --speak was here");
  },
});

Deno.test("check --live says why there is no connection", async () => {
  await using dir = await tempDir();
  const config = await writeConfig(dir, {
    port: freePort(),
    sources: ["app: { type: stdin }"],
    routes: ['- { to: "irc/#open" }'],
  });
  const { code, output } = await runProgram(["check", "--live", "-c", config]);
  assert.match(output, /^irc: not ok: Cannot connect to 127\.0\.0\.1:\d+: it refuses connections$/m);
  assert.match(output, /^irc\/#open: not ok: the server is not connected$/m);
  assert.equal(code, 1);
});

Deno.test("check --speak without --live is refused", async () => {
  const { code, errors } = await runProgram(["check", "--speak"]);
  assert.deepEqual([code, errors], [2, "irctail: --speak goes with --live\n"]);
});
