import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message, Outcome } from "../../src/irc/connection.ts";
import { Outbox } from "../../src/irc/outbox.ts";
import type { WireText } from "../../src/irc/wire.ts";
import type { RedactedText } from "../../src/redact/redacted.ts";

interface Bench {
  readonly outbox: Outbox;
  readonly outcomes: Map<string, Outcome[]>;
  offer(channel: string, text: string, changes?: Partial<Message>): boolean;
  /** Says one line, and has it shown unless told otherwise; returns its text. */
  say(options?: { readonly land?: boolean; readonly mayFly?: (key: string) => boolean }): string | undefined;
}

function bench(options: { mostMessages?: number; mostBytes?: number; canSpeak?: () => boolean } = {}): Bench {
  const outbox = new Outbox({ canSpeak: () => true, ...options });
  const outcomes = new Map<string, Outcome[]>();
  return {
    outbox,
    outcomes,
    offer: (channel, text, changes = {}) =>
      outbox.offer({
        channel,
        flow: "logs",
        text: text as RedactedText,
        long: "clip",
        urgency: "normal",
        readMs: 0,
        timeMs: undefined,
        maxAgeMs: 3_000,
        settle: (outcome) => outcomes.set(text, [...outcomes.get(text) ?? [], outcome]),
        ...changes,
      }),
    say({ land = true, mayFly = () => true } = {}) {
      const entry = outbox.next(mayFly);
      if (entry === undefined) return undefined;
      entry.lines ??= entry.message.text.split("|") as unknown as readonly WireText[];
      const [part] = outbox.take([entry]);
      if (land) outbox.landed(entry);
      outbox.settleAll();
      return part?.line;
    },
  };
}

const all = (bench: Bench) => {
  const said: string[] = [];
  for (let text = bench.say(); text !== undefined; text = bench.say()) said.push(text);
  return said;
};

Deno.test("outbox: channels take turns, and each keeps its order", () => {
  const b = bench();
  for (const text of ["a1", "a2", "a3"]) b.offer("#a", text);
  for (const text of ["b1", "b2"]) b.offer("#B", text);
  assert.deepEqual(all(b), ["a1", "b1", "a2", "b2", "a3"]);
});

Deno.test("outbox: the routes of a channel take turns, and a channel with many has no more turns than one with few", () => {
  const b = bench();
  for (const text of ["p1", "p2", "p3"]) b.offer("#a", text, { flow: "p" });
  for (const text of ["q1", "q2"]) b.offer("#a", text, { flow: "q" });
  for (const text of ["b1", "b2", "b3"]) b.offer("#b", text, { flow: "p" });
  assert.deepEqual(all(b), ["p1", "b1", "q1", "b2", "p2", "b3", "q2", "p3"]);
});

Deno.test("outbox: a channel that may not be spoken in holds nobody up", () => {
  const b = bench();
  b.offer("#a", "a1");
  b.offer("#b", "b1");
  assert.equal(b.say({ mayFly: (key) => key === "#b" }), "b1");
  assert.equal(b.say({ mayFly: (key) => key === "#b" }), undefined);
  assert.equal(b.outbox.pending, 1);
});

Deno.test("outbox: errors go first, but every fourth turn is somebody else's", () => {
  const b = bench();
  for (let i = 1; i <= 3; i++) b.offer("#a", `n${i}`);
  for (let i = 1; i <= 7; i++) b.offer("#a", `e${i}`, { urgency: "error" });
  assert.deepEqual(all(b), ["e1", "e2", "e3", "n1", "e4", "e5", "e6", "n2", "e7", "n3"]);
});

Deno.test("outbox: the lines of one message stay together", () => {
  const b = bench();
  b.offer("#a", "1|2|3");
  assert.equal(b.say(), "1");
  b.offer("#a", "error", { urgency: "error" });
  assert.deepEqual(all(b), ["2", "3", "error"]);
  assert.deepEqual(b.outcomes.get("1|2|3"), ["shown"]);
});

Deno.test("outbox: what is too old is expired where the channel is open, and away where it is not", () => {
  for (const [open, outcome] of [[true, "expired"], [false, "away"]] as const) {
    const b = bench({ canSpeak: () => open });
    b.offer("#a", "normal");
    b.offer("#a", "error", { urgency: "error" });
    b.offer("#a", "summary", { urgency: "summary" });
    b.outbox.expire(2_999);
    assert.equal(b.outbox.earliestExpiryMs, 3_000);
    assert.equal(b.outbox.pending, 3);
    b.outbox.expire(3_000);
    b.outbox.settleAll();
    assert.deepEqual([...b.outcomes], [["normal", [outcome]]]);
    assert.equal(b.outbox.earliestExpiryMs, Infinity);
  }
});

Deno.test("outbox: what is half said is finished, however old", () => {
  const b = bench();
  b.offer("#a", "1|2");
  b.say();
  b.outbox.expire(10_000);
  assert.deepEqual(all(b), ["2"]);
  assert.deepEqual(b.outcomes.get("1|2"), ["shown"]);
});

Deno.test("outbox: nothing settles within offer", () => {
  const b = bench({ mostMessages: 1 });
  b.offer("#a", "normal");
  assert.equal(b.offer("#a", "error", { urgency: "error" }), true);
  assert.equal(b.outcomes.size, 0);
  b.outbox.settleAll();
  assert.deepEqual(b.outcomes.get("normal"), ["expired"]);
});

Deno.test("outbox: a full queue refuses normal messages; errors push out normal ones, then summaries, never errors", () => {
  const b = bench({ mostMessages: 3 });
  b.offer("#a", "n1");
  b.offer("#b", "summary", { urgency: "summary" });
  b.offer("#a", "n2");
  assert.equal(b.offer("#a", "n3"), false);
  assert.equal(b.offer("#a", "e1", { urgency: "error" }), true);
  assert.equal(b.offer("#a", "e2", { urgency: "error" }), true);
  assert.equal(b.offer("#a", "e3", { urgency: "error" }), true);
  assert.equal(b.offer("#a", "e4", { urgency: "error" }), false);
  b.outbox.settleAll();
  assert.deepEqual([...b.outcomes.keys()], ["n1", "n2", "summary"]);
  assert.deepEqual(all(b), ["e1", "e2", "e3"]);
});

Deno.test("outbox: bytes are bounded too", () => {
  const b = bench({ mostBytes: 10 });
  assert.equal(b.offer("#a", "äääää"), true);
  assert.equal(b.offer("#a", "x"), false);
  b.say();
  assert.equal(b.offer("#a", "x"), true);
});

Deno.test("outbox: a lost line is next again, in its place", () => {
  const b = bench();
  for (const text of ["1", "2", "3"]) b.offer("#a", text);
  const flying = [1, 2].map(() => {
    const entry = b.outbox.next(() => true);
    assert.ok(entry !== undefined);
    b.say({ land: false });
    return entry;
  });
  assert.equal(b.outbox.pending, 3);
  for (const entry of flying.toReversed()) {
    b.outbox.giveBack(entry, entry.message.text as string as WireText, "lost");
  }
  assert.deepEqual(all(b), ["1", "2", "3"]);
});

Deno.test("outbox: the third refusal is the last", () => {
  const b = bench();
  b.offer("#a", "hello", { urgency: "error" });
  for (let tries = 0; tries < 3; tries++) {
    const entry = b.outbox.next(() => true);
    assert.ok(entry !== undefined);
    b.say({ land: false });
    b.outbox.giveBack(entry, "hello" as WireText, "refused");
  }
  b.outbox.settleAll();
  assert.deepEqual(b.outcomes.get("hello"), ["away"]);
  assert.equal(b.outbox.pending, 0);
});

Deno.test("outbox: whatever happens, every message taken settles exactly once", () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant("offer" as const),
      channel: fc.constantFrom("#a", "#b"),
      urgency: fc.constantFrom("error", "normal", "summary"),
      lines: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ do: fc.constantFrom("say", "land", "refuse", "lose", "expire", "drop", "settle") }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    let nowMs = 0;
    const b = bench({ mostMessages: 6, canSpeak: () => nowMs % 2 === 0 });
    const taken = new Set<string>();
    const flying: { entry: NonNullable<ReturnType<Outbox["next"]>>; line: WireText }[] = [];
    const giveBack = (how: "refused" | "lost") => {
      const flight = flying.pop();
      if (flight !== undefined) b.outbox.giveBack(flight.entry, flight.line, how);
    };
    steps.forEach((step, number) => {
      nowMs += 700;
      if (step.do === "offer") {
        const text = Array.from({ length: step.lines }, (_, line) => `${number}.${line}`).join("|");
        if (b.offer(step.channel, text, { urgency: step.urgency, readMs: nowMs })) taken.add(text);
      } else if (step.do === "say") {
        const entry = b.outbox.next(() => true);
        const line = b.say({ land: false });
        if (entry !== undefined) flying.push({ entry, line: line as WireText });
      } else if (step.do === "land") {
        const flight = flying.shift();
        if (flight !== undefined) b.outbox.landed(flight.entry);
      } else if (step.do === "refuse") giveBack("refused");
      else if (step.do === "lose") giveBack("lost");
      else if (step.do === "expire") b.outbox.expire(nowMs);
      else if (step.do === "drop") {
        b.outbox.drop();
        // Only what is in flight may still count.
        assert.ok(b.outbox.pending <= flying.length);
        assert.equal(b.outbox.next(() => true), undefined);
      } else b.outbox.settleAll();
      assert.ok(b.outbox.pending <= 6);
    });
    b.outbox.abandon();
    b.outbox.settleAll();
    assert.equal(b.outbox.pending, 0);
    assert.deepEqual([...b.outcomes.keys()].toSorted(), [...taken].toSorted());
    assert.ok([...b.outcomes.values()].every((outcomes) => outcomes.length === 1));
  }));
});
