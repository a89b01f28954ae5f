import assert from "node:assert/strict";
import { parse } from "yaml";
import { demoConfig, makePlace } from "../../../src/cli/demo/config.ts";
import { demo, type DemoOptions } from "../../../src/cli/demo/demo.ts";
import { seededRandom } from "../../../src/cli/demo/made_up.ts";
import { ConfigError } from "../../../src/config/diagnostic.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { findProgram, missing } from "../../support/parts.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { until } from "../../support/until.ts";
import { stubAgent } from "./stub_agent.ts";

const NEVER = new AbortController().signal;

/** A demo that prints into `lines` and runs the stub of the agent; port 0, because tests run at the same time. */
function options(lines: string[], others: Partial<DemoOptions> = {}): DemoOptions {
  return {
    seconds: undefined,
    clock: systemClock,
    random: seededRandom(1),
    color: false,
    write: (line) => lines.push(line),
    port: 0,
    startAgent: stubAgent,
    ...others,
  };
}

/** What the header says. */
function header(lines: readonly string[]) {
  const text = lines.join("\n");
  return {
    port: Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1]),
    config: /^ {2}edit +(\S+)$/m.exec(text)?.[1] ?? "",
  };
}

Deno.test("the first log line is in the channel within 3 s, and --seconds ends the demo with an account", async () => {
  const lines: string[] = [];
  let firstMs = Infinity;
  const startedMs = performance.now();
  const code = await demo(
    options(lines, {
      seconds: 4,
      write: (line) => {
        if (line.includes("<facilitator-prod>")) firstMs = Math.min(firstMs, performance.now() - startedMs);
        lines.push(line);
      },
    }),
    NEVER,
  );
  const endedMs = performance.now() - startedMs;
  assert.equal(code, 0);
  assert.ok(firstMs < 3000, `first line after ${firstMs} ms`);
  assert.ok(endedMs >= 4000, `ended after ${endedMs} ms`);
  assert.ok(lines.some((line) => /<test-seller> .*Test seller listening/.test(line)));

  const account =
    /^The services wrote (\d+) records in \d+ lines; the channel showed (\d+) and counted (\d+) in summaries\.(?: Below min_level: (\d+) debug\.)?$/
      .exec(lines.at(-1) ?? "");
  assert.ok(account !== null, lines.at(-1));
  const [written = 0, shown = 0, summarised = 0, debug = 0] = account.slice(1).map((digits = "0") =>
    Number(digits)
  );
  assert.equal(shown + summarised + debug, written);
  await assert.rejects(Deno.stat(header(lines).config), Deno.errors.NotFound);
});

Deno.test("the demo ends cleanly when its signal aborts, before the first line and after", async (t) => {
  await t.step("before", async () => {
    const lines: string[] = [];
    assert.equal(await demo(options(lines), AbortSignal.abort()), 0);
  });
  await t.step("after", async () => {
    const lines: string[] = [];
    const stop = new AbortController();
    const running = demo(options(lines), stop.signal);
    await until("a log line", () => lines.some((line) => line.includes("<facilitator-prod>")), {
      seen: () => lines,
    });
    stop.abort();
    assert.equal(await running, 0);
    assert.match(lines.at(-1) ?? "", /^The services wrote /);
  });
});

Deno.test("an edited config is kept and named at the end", async () => {
  const lines: string[] = [];
  const stop = new AbortController();
  const running = demo(options(lines), stop.signal);
  const { config } = await until("the header", () => header(lines).config !== "" && header(lines));
  await Deno.writeTextFile(config, "# mine\n", { append: true });
  stop.abort();
  await running;
  assert.equal(lines.at(-1), `You edited the config, so it is kept: ${config}`);
  assert.ok((await Deno.readTextFile(config)).endsWith("# mine\n"));
  await Deno.remove(config.slice(0, config.lastIndexOf("/")), { recursive: true });
});

Deno.test("the demo says so and exits with 1 when the agent ends by itself, and throws what it throws", async () => {
  const lines: string[] = [];
  assert.equal(await demo(options(lines, { startAgent: () => Promise.resolve() }), NEVER), 1);
  assert.ok(lines.includes("The agent or the server ended by itself."));
  const broken = () => Promise.reject(new Error("Cannot bind"));
  await assert.rejects(demo(options([], { startAgent: broken }), NEVER), { message: "Cannot bind" });
});

Deno.test("what the agent has to say about itself is shown, and cannot drive the terminal", async () => {
  const lines: string[] = [];
  const talkative = (_config: string, _signal: AbortSignal, news: (line: string) => void) => {
    news("03:04:05 info  Config reloaded\x1b[2J");
    return Promise.resolve();
  };
  assert.equal(await demo(options(lines, { startAgent: talkative }), NEVER), 1);
  assert.ok(lines.includes("03:04:05 info  Config reloaded\ufffd[2J"));
});

Deno.test("services do not wait for an agent that never joins", async () => {
  const lines: string[] = [];
  const absent = (_config: string, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  assert.equal(await demo(options(lines, { seconds: 3, startAgent: absent }), NEVER), 0);
  assert.match(
    lines.at(-1) ?? "",
    /^The services wrote [1-9]\d* records .* Still on their way at the end: [1-9]\d*\.$/,
  );
});

Deno.test("a port that is taken is no obstacle", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const lines: string[] = [];
  assert.equal(await demo(options(lines, { port }), AbortSignal.abort()), 0);
  assert.notEqual(header(lines).port, port);
});

Deno.test("the config names both services, two nicks and one channel, and everything stays in the directory", async () => {
  await using place = await makePlace({ hostname: "127.0.0.1", port: 6667 });
  const config = parse(await Deno.readTextFile(place.config));
  assert.equal(config.version, 1);
  assert.equal(config.state_dir, `${place.directory}/state`);
  assert.deepEqual(
    Object.values<{ nick: string; port: number; tls: boolean }>(config.connections)
      .map(({ nick, port, tls }) => ({ nick, port, tls })),
    [{ nick: "facilitator-prod", port: 6667, tls: false }, { nick: "test-seller", port: 6667, tls: false }],
  );
  assert.deepEqual(
    Object.values<{ paths: string[] }>(config.sources).flatMap(({ paths }) => paths),
    [place.log("facilitator"), place.log("test-seller")],
  );
  assert.deepEqual(config.routes.map((route: { to: string }) => route.to), [
    "facilitator/#irctail-demo",
    "test-seller/#irctail-demo",
  ]);
});

Deno.test("irctail accepts the config as it is and with every edit that it suggests, and refuses the typo", async (t) => {
  await using place = await makePlace({ hostname: "127.0.0.1", port: 6667 });
  const text = await Deno.readTextFile(place.config);
  const edits = [...text.matchAll(/^# {3}((\w+): .*?) {2,}\S/gm)];
  assert.deepEqual(edits.map(([, , key]) => key), ["min_level", "template", "budget", "verson"]);
  const load = async (config: string) => {
    await Deno.writeTextFile(place.config, config);
    return loadConfig(place.config, { env: () => undefined });
  };
  assert.deepEqual((await load(text)).warnings, []);
  for (const [, edit = "", key = ""] of edits) {
    await t.step(edit, async () => {
      const original = key.replace("verson", "version");
      const edited = text.replace(new RegExp(`^( *)${original}: .*$`, "m"), (_, indent) => indent + edit);
      assert.notEqual(edited, text);
      if (key === "verson") {
        await assert.rejects(
          load(edited),
          (error) => error instanceof ConfigError && error.diagnostics[0]?.hint?.includes("version") === true,
        );
      } else {
        const { config, warnings } = await load(edited);
        assert.deepEqual([config.routes.length, warnings], [2, []]);
      }
    });
  }
  await Deno.writeTextFile(place.config, text);
});

Deno.test("a directory with odd characters is still one path in the config", async () => {
  const directory = '/tmp/a "b" ${HOME} #c';
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("irctail.yaml"), demoConfig({ hostname: "127.0.0.1", port: 1, directory }));
  const { config } = loadConfig(dir.at("irctail.yaml"), { env: () => "elsewhere" });
  assert.equal(config.stateDir, `${directory}/state`);
});

Deno.test({
  name: "a real client (ii) joins the demo and sees the same lines",
  ignore: missing("ii"),
  fn: async () => {
    await using dir = await tempDir();
    const lines: string[] = [];
    const stop = new AbortController();
    const running = demo(options(lines), stop.signal);
    const { port } = await until("the header", () => header(lines).port > 0 && header(lines));
    const client = new Deno.Command(findProgram("ii") ?? "ii", {
      args: ["-s", "127.0.0.1", "-p", String(port), "-n", "you", "-i", dir.path],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const root = dir.at("127.0.0.1");
      await until("ii to be greeted", async () => /End of .MOTD/.test(await textOf(`${root}/out`)));
      await Deno.writeTextFile(`${root}/in`, "/j #irctail-demo\n");
      const seen = await until("a log line at ii", async () => {
        const text = await textOf(`${root}/#irctail-demo/out`);
        return /^\d+ <(?:facilitator-prod|test-seller)> (.+)$/m.exec(text)?.[1];
      });
      assert.ok(lines.some((line) => line.endsWith(seen)), seen);
    } finally {
      client.kill("SIGTERM");
      await client.status;
      stop.abort();
      await running;
    }
  },
});

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
