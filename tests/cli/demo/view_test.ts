import assert from "node:assert/strict";
import { startDemoServer } from "../../../src/cli/demo/ircd.ts";
import { countRecords, openView, type View } from "../../../src/cli/demo/view.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { until } from "../../support/until.ts";
import { openWitness } from "../../support/witness.ts";

const NEVER = new AbortController().signal;

/** A server, a view of its channel that prints into an array, and a speaker in the channel. */
async function channel(color: boolean) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    startDemoServer({ hostname: "127.0.0.1", port: 0, serverName: "demo.test", clock: systemClock }, NEVER),
  );
  const printed: string[] = [];
  const view: View = stack.use(
    await openView({
      hostname: server.hostname,
      port: server.port,
      channel: "#logs",
      nick: "visitor",
      counted: ["facilitator-prod"],
      clock: systemClock,
      color,
      print: (line) => printed.push(line),
    }),
  );
  await view.joined(["visitor"], NEVER);
  const speaker = stack.use(
    await openWitness(server.port, { nick: "facilitator-prod", channels: ["#logs"] }),
  );
  const say = (text: string) => speaker.send(`PRIVMSG #logs :${text}`);
  return { server, view, printed, speaker, say, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("the view prints time, nick and text of what is said in the channel", async () => {
  await using logs = await channel(false);
  await logs.view.joined(["facilitator-prod"], NEVER);
  await logs.say("[INFO] Payment settled - TX: 0xabc123...");
  await until("the line on the terminal", () => logs.printed.length === 3, { seen: () => logs.printed });
  assert.match(logs.printed[0] ?? "", /^\d\d:\d\d:\d\d {16}--> visitor joined #logs$/);
  assert.match(logs.printed[1] ?? "", /^\d\d:\d\d:\d\d {16}--> facilitator-prod joined #logs$/);
  assert.match(
    logs.printed[2] ?? "",
    /^\d\d:\d\d:\d\d <facilitator-prod> \[INFO\] Payment settled - TX: 0xabc123\.\.\.$/,
  );
});

Deno.test("with colours the nick and the level have one, without there is not one escape", async () => {
  await using logs = await channel(true);
  await logs.say("[ERROR] Settlement failed");
  await logs.say("⋯ 412 more in 6s: 388 info, 24 warn");
  const error = await until("the error", () => logs.printed.find((line) => line.includes("Settlement")));
  assert.match(
    error,
    // deno-lint-ignore no-control-regex
    /^\x1b\[2m\S+\x1b\[0m <\x1b\[3\dmfacilitator-prod\x1b\[0m> \x1b\[31m\[ERROR\]\x1b\[0m Settlement failed$/,
  );
  const more = await until("the summary", () => logs.printed.find((line) => line.includes("412")));
  assert.ok(more.endsWith("\x1b[2m⋯ 412 more in 6s: 388 info, 24 warn\x1b[0m"));
});

Deno.test("what anybody says cannot drive the terminal", async () => {
  await using logs = await channel(false);
  await logs.say("a\x1b[2Jb\x07c\u202ed\u200be\x02f\x9bg");
  const line = await until(
    "the line",
    () => logs.printed.find((line) => line.includes("<facilitator-prod> ")),
  );
  assert.equal(line.slice(line.indexOf("> ") + 2), "a\ufffd[2Jb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg");
});

Deno.test("the view counts what its nicks show and summarise, and not what others say", async () => {
  await using logs = await channel(false);
  await using guest = await openWitness(logs.server.port, { nick: "guest", channels: ["#logs"] });
  await guest.send("PRIVMSG #logs :hello");
  await logs.say("[INFO] one");
  await logs.say("[INFO] two ⏐ [INFO] three");
  await logs.say("⋯ 412 more in 6s: 388 info, 24 warn");
  await until("all of it", () => logs.view.seen.summarised === 412, { seen: () => logs.view.seen });
  assert.deepEqual(logs.view.seen, { shown: 3, summarised: 412 });
  await until("the guest's line", () => logs.printed.some((line) => /^\S+ +<guest> hello$/.test(line)));
});

Deno.test("every kind of summary of the design is counted as what it stands for", () => {
  const cases: readonly (readonly [text: string, shown: number, summarised: number])[] = [
    ["[INFO] Payment settled", 1, 0],
    ['⋯ 412 more in 6s: 388 info, 24 warn · ~×301 "GET /login <n> 404"', 0, 412],
    ["⋯ 51204 more in 6s from 212 hosts: 51204 info", 0, 51204],
    ["⋯ gap 14:02:11-14:03:40: 5210 lines, 31 error", 0, 5210],
    ["↻ ×47 in 3m: [WARN] RPC endpoint is slow", 0, 47],
    ["[INFO] a ⏐ [INFO] b ⏐ [INFO] c", 3, 0],
    ["[INFO] 99 more in 5s: that is what the log said", 1, 0],
  ];
  for (const [text, shown, summarised] of cases) {
    assert.deepEqual(countRecords(text), { shown, summarised }, text);
  }
});

Deno.test("the view ends when the server does, and waiting for nicks ends with its signal", async () => {
  const stop = new AbortController();
  await using server = startDemoServer(
    { hostname: "127.0.0.1", port: 0, serverName: "demo.test", clock: systemClock },
    stop.signal,
  );
  await using view = await openView({
    hostname: server.hostname,
    port: server.port,
    channel: "#logs",
    nick: "visitor",
    counted: [],
    clock: systemClock,
    color: false,
    print: () => {},
  });
  await view.joined(["visitor"], NEVER);
  const waiting = new AbortController();
  const joined = view.joined(["nobody"], waiting.signal);
  waiting.abort();
  await joined;
  stop.abort();
  await view.ended;
});
