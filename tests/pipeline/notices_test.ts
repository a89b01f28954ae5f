import assert from "node:assert/strict";
import { type Notice, Notices } from "../../src/pipeline/notices.ts";
import type { NoticesSpec } from "../../src/config/config.ts";
import { noonClock, REDACTOR, type ScriptedConnection, scriptedConnection } from "./support.ts";
import type { StoppedClock } from "../support/stopped_clock.ts";

interface Desk {
  readonly notices: Notices;
  readonly clock: StoppedClock;
  readonly connection: ScriptedConnection;
  target: NoticesSpec | undefined;
  /** Tells of trouble, or of its end; then says what is due. */
  tell(subject: string, text: string, more?: Partial<Notice>): void;
  /** What was said and not taken yet, without the name in front. */
  said(): readonly string[];
}

function desk(): Desk {
  const clock = noonClock();
  const connection = scriptedConnection();
  const notices = new Notices({
    clock,
    target: () => self.target,
    connection: (id) => id === "irc" ? connection : undefined,
    redact: (text) => REDACTOR.redact(text).text,
  });
  const self: Desk = {
    notices,
    clock,
    connection,
    target: { connection: "irc", channel: "#ops" },
    tell(subject, text, more = {}) {
      notices.tell({ subject, text, back: false, ...more });
      notices.tick();
    },
    said: () => connection.settle("shown").map((text) => text.replace(/^irctail: /, "")),
  };
  return self;
}

Deno.test("news are said at once, in the channel of the config, as what gives way to lines of services", () => {
  const { connection, tell } = desk();
  tell("source app", "source app is quiet for 10m");
  assert.deepEqual(connection.waiting, ["irctail: source app is quiet for 10m"]);
  const [{ message } = { message: undefined }] = connection.offered;
  assert.deepEqual([message?.channel, message?.urgency, message?.long], ["#ops", "summary", "clip"]);
});

Deno.test("a subject is in trouble once a minute, and back once a minute; the newest news wins", async () => {
  const { clock, notices, tell, said } = desk();
  tell("source app", "is quiet");
  assert.deepEqual(said(), ["is quiet"]);
  tell("source app", "is back", { back: true });
  assert.deepEqual(said(), ["is back"], "the end of trouble has its own minute");
  tell("source app", "has failed");
  tell("source app", "has failed otherwise");
  assert.deepEqual(said(), []);
  await clock.advance(59_999);
  notices.tick();
  assert.deepEqual(said(), []);
  await clock.advance(1);
  notices.tick();
  assert.deepEqual(said(), ["has failed otherwise"]);
});

Deno.test("trouble that came and went within its minute is not said at all", async () => {
  const { clock, notices, tell, said } = desk();
  tell("source app", "is quiet");
  said();
  tell("source app", "is back", { back: true });
  said();
  tell("source app", "is quiet");
  tell("source app", "is back", { back: true });
  await clock.advance(120_000);
  notices.tick();
  assert.deepEqual(said(), []);
  tell("source app", "is back", { back: true });
  assert.deepEqual(said(), ["is back"], "after the minute the same words are news again");
});

Deno.test("a connection is not told of itself, and nobody is where the config names no channel", () => {
  const here = desk();
  here.tell("connection irc", "is lost", { connection: "irc" });
  assert.deepEqual(here.said(), []);
  here.tell("connection other", "is lost", { connection: "other" });
  assert.deepEqual(here.said(), ["is lost"]);
  here.target = undefined;
  here.tell("config", "reloaded");
  here.target = { connection: "irc", channel: "#ops" };
  here.notices.tick();
  assert.deepEqual(here.said(), []);
});

Deno.test("news wait for their channel, and are said again when they were not shown", async () => {
  const { clock, connection, notices, tell, said } = desk();
  connection.speaks = false;
  tell("source app", "is quiet");
  assert.deepEqual(connection.waiting, []);
  assert.equal(notices.tick(), Infinity, "only a channel that comes back changes anything");
  connection.speaks = true;
  notices.tick();
  connection.settle("away");
  await clock.advance(60_000);
  notices.tick();
  assert.deepEqual(said(), ["is quiet"]);
});

Deno.test("what is newer than a message that was not shown is said instead of it", async () => {
  const { clock, connection, notices, tell, said } = desk();
  tell("source app", "is quiet");
  tell("source app", "has failed");
  connection.settle("away");
  await clock.advance(60_000);
  notices.tick();
  assert.deepEqual(said(), ["has failed"]);
});

Deno.test("a full queue is asked again after a second", async () => {
  const { clock, connection, notices, tell, said } = desk();
  connection.full = true;
  tell("source app", "is quiet");
  connection.full = false;
  assert.equal(notices.tick(), Infinity);
  assert.deepEqual(said(), ["is quiet"]);
  connection.full = true;
  tell("source web", "is quiet");
  assert.equal(notices.tick(), clock.monotonic() + 1_000);
  await clock.advance(1_000);
  connection.full = false;
  notices.tick();
  assert.deepEqual(said(), ["is quiet"]);
});

Deno.test("a thousand troubles at once are ten messages and then ten a minute, and the rest is counted", async () => {
  const { clock, notices, tell, said } = desk();
  for (let n = 0; n < 1_000; n++) tell(`source ${n}`, `source ${n} is quiet`);
  assert.equal(said().length, 10);
  const heard: string[] = [];
  for (let look = 0; look < 200; look++) {
    await clock.advance(6_000);
    notices.tick();
    heard.push(...said());
    if (look === 9) assert.ok(heard.length <= 10, String(heard.length));
  }
  assert.equal(heard.filter((text) => text.includes("is quiet")).length, 90);
  assert.deepEqual(heard.filter((text) => !text.includes("is quiet")), [
    "900 more news: irctail status has them",
  ]);
  assert.equal(notices.tick(), Infinity, "nothing is kept");
});

Deno.test("what waits is forgotten in a panic, and not said when it comes back from the queue; what comes then is news", async () => {
  const { notices, clock, connection, tell, said } = desk();
  connection.flying = 1;
  tell("source app", "is quiet");
  tell("source web", "is quiet");
  connection.speaks = false;
  tell("source db", "is quiet");
  connection.mute();
  notices.forget();
  connection.settle("away");
  tell("source db", "has failed");
  await clock.advance(600_000);
  notices.tick();
  connection.speaks = true;
  connection.unmute();
  notices.tick();
  assert.deepEqual(said(), ["has failed"]);
});

Deno.test("news are redacted", () => {
  const { tell, said } = desk();
  tell("connection other", "is lost: password=hunter2hunter2hunter2");
  assert.doesNotMatch(said().join(), /hunter2/);
});

Deno.test("run() says what is told, sleeps when there is nothing, and ends with its signal", async () => {
  const { notices, clock, connection, said } = desk();
  const end = new AbortController();
  const running = notices.run(end.signal);
  await clock.advance(0);
  assert.equal(clock.sleepers, 0);
  notices.tell({ subject: "config", text: "config reloaded", back: true });
  await clock.advance(0);
  assert.deepEqual(said(), ["config reloaded"]);
  connection.speaks = false;
  notices.tell({ subject: "checkpoint", text: "checkpoint cannot be written", back: false });
  await clock.advance(5_000);
  connection.speaks = true;
  notices.poke();
  await clock.advance(0);
  assert.deepEqual(said(), ["checkpoint cannot be written"]);
  end.abort();
  await running;
  assert.equal(clock.sleepers, 0);
});
