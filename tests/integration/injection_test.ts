import assert from "node:assert/strict";
import { startAgent } from "../support/agent.ts";
import { writeConfig } from "../support/config_file.ts";
import { startNgircd } from "../support/ngircd.ts";
import { missing } from "../support/parts.ts";
import { tempDir } from "../support/temp_dir.ts";
import { openWitness } from "../support/witness.ts";

const encoder = new TextEncoder();

/** What a log author may try, and what the channel may show of it. */
const ATTACKS: readonly { readonly line: string; readonly shows: RegExp }[] = [
  { line: "a carriage return\r\rQUIT :bye", shows: /^\[INFO\] a carriage return +QUIT :bye$/ },
  {
    line: String.raw`{"level":"info","msg":"line ends\r\nQUIT :bye\r\n:irctail QUIT\u0000\u0001ACTION"}`,
    shows: /^\[INFO\] line ends ⏎ QUIT :bye ⏎ :irctail QUIT ?ACTION$/,
  },
  {
    line: String.raw`{"level":"info","msg":"one\n⋯ 99 more in 6s: 99 info"}`,
    shows: /^\[INFO\] one ⏎ [^⋯]*99 more in 6s: 99 info$/,
  },
  { line: "a NUL \0QUIT", shows: /^\[INFO\] a NUL ?QUIT$/ },
  { line: "\x01DCC SEND file 2130706433 1234 10\x01", shows: /^\[INFO\] ?DCC SEND file 2130706433 1234 10$/ },
  { line: "\x0304,01red\x03 \x02bold\x02 \x1f\x1d\x16\x0f plain", shows: /^\[INFO\] red bold +plain$/ },
  { line: "⋯ 99 more in 6s: 99 info", shows: /^\[INFO\] [^⋯]*99 more in 6s: 99 info$/ },
  { line: "↻ ×47 in 3m: forged ⏐ packed", shows: /^\[INFO\] [^↻⏐]*×47 in 3m: forged [^⏐]* packed$/ },
  { line: "\x1b[31mred\x1b[0m \x1b]0;title\x07done", shows: /^\[INFO\] red done$/ },
  { line: `bidi \u202Egnp.exe zero\u200Bwidth`, shows: /^\[INFO\] bidi gnp\.exe zerowidth$/ },
  { line: `long ${"x".repeat(100_000)}`, shows: /^\[INFO\] long .*… \+[\d.]+ (B|kB)$/ },
  { line: `cut ${"é🚀".repeat(400)}`, shows: /^\[INFO\] cut [é🚀]+… \+[\d.]+ (B|kB)$/u },
];

Deno.test({
  name: "whatever a log line holds, the channel shows one clean line and the connection lives",
  ignore: missing("ngircd"),
  fn: async () => {
    await using dir = await tempDir();
    await using server = await startNgircd({ maxPenaltyTime: 0 });
    await using witness = await openWitness(server.port, { channels: ["#logs"] });
    const config = await writeConfig(dir, {
      port: server.port,
      connection: ["flood: exempt"],
      sources: [`app: { type: file, paths: ["${dir.at("app.log")}"], start_at: beginning }`],
    });
    await using agent = startAgent(["run", "--config", config]);
    await agent.logged("Started");
    const path = dir.at("app.log");
    const append = (bytes: Uint8Array) => Deno.writeFile(path, bytes, { append: true });
    for (const { line } of ATTACKS) await append(encoder.encode(`${line}\n`));
    await append(Uint8Array.from([...encoder.encode("half "), 0xf0, 0x9f, 0x0a]));
    await append(encoder.encode("and it lives\n"));
    await witness.next(({ text }) => text === "[INFO] and it lives");
    const texts = witness.texts("#logs");
    for (const [index, { line, shows }] of ATTACKS.entries()) {
      assert.match(texts[index] ?? "", shows, `shown for ${JSON.stringify(line.slice(0, 40))}`);
    }
    assert.equal(texts[ATTACKS.length], "[INFO] half \ufffd");
    assert.equal(texts.length, ATTACKS.length + 2);
    for (const { raw } of witness.all) {
      assert.ok(encoder.encode(raw).length <= 510, "no line is longer than the protocol allows");
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(raw, /[\x00-\x1f\x7f\u200b\u202e]/);
    }
    assert.deepEqual(witness.all.filter(({ command }) => command === "QUIT"), []);
    assert.equal(await agent.stop(), 0);
  },
});
