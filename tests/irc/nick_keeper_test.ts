import assert from "node:assert/strict";
import { NickKeeper } from "../../src/irc/nick_keeper.ts";
import { nickCandidates } from "../../src/irc/nicks.ts";
import { readIdentifyAnswer } from "../../src/irc/nickserv.ts";

const held = {
  hasWanted: false,
  nickLine: "NICK tail",
  reclaim: (command: string) => `PRIVMSG NickServ :${command} tail`,
};
const alone = { ...held, reclaim: undefined };

Deno.test("nick keeper: without an account the nick is asked for every 60 s", () => {
  const keeper = new NickKeeper();
  assert.deepEqual(keeper.takeDue(alone, 1_000), []);
  assert.equal(keeper.dueMs, 61_000);
  assert.deepEqual(keeper.takeDue(alone, 60_999), []);
  assert.deepEqual(keeper.takeDue(alone, 61_000), ["NICK tail"]);
  assert.deepEqual(keeper.takeDue(alone, 61_000), []);
  assert.deepEqual(keeper.takeDue(alone, 121_000), ["NICK tail"]);
  assert.deepEqual(keeper.takeDue({ ...alone, hasWanted: true }, 181_000), []);
  assert.equal(keeper.dueMs, Infinity);
});

Deno.test("nick keeper: with an account it is regained at once, then every 60 s, with one NICK for an answer", () => {
  const keeper = new NickKeeper();
  keeper.refused("433");
  assert.deepEqual(keeper.takeDue(held, 1_000), ["PRIVMSG NickServ :REGAIN tail", "NICK tail"]);
  assert.deepEqual(keeper.takeDue(held, 1_100), []);
  for (const text of ["tail has been released", "and more of that"]) {
    assert.equal(keeper.answered(text), true);
  }
  assert.deepEqual(keeper.takeDue(held, 1_200), ["NICK tail"]);
  assert.equal(keeper.answered("one more line"), false);
  assert.deepEqual(keeper.takeDue(held, 1_300), []);
  assert.equal(keeper.dueMs, 61_200);
  assert.deepEqual(keeper.takeDue(held, 61_200), ["PRIVMSG NickServ :REGAIN tail", "NICK tail"]);
});

for (
  const [numeric, command] of [["433", "GHOST"], ["432", "RELEASE"], ["437", "RELEASE"]] as const
) {
  Deno.test(`nick keeper: where REGAIN is unknown, ${command} and NICK follow a ${numeric}`, () => {
    const keeper = new NickKeeper();
    keeper.refused(numeric);
    keeper.takeDue(held, 1_000);
    keeper.answered('Unknown command REGAIN. "/msg NickServ HELP" for help.');
    assert.deepEqual(keeper.takeDue(held, 1_100), [`PRIVMSG NickServ :${command} tail`]);
    keeper.answered("Done.");
    assert.deepEqual(keeper.takeDue(held, 1_200), ["NICK tail"]);
    // What is unknown once is not tried again.
    assert.deepEqual(keeper.takeDue(held, 61_200), [`PRIVMSG NickServ :${command} tail`, "NICK tail"]);
  });
}

Deno.test("nick keeper: a nick that nobody refused is asked for without services", () => {
  const keeper = new NickKeeper();
  keeper.refused("433");
  keeper.hurry();
  assert.deepEqual(keeper.takeDue(held, 1_000), ["NICK tail"]);
  keeper.refused("433");
  assert.deepEqual(keeper.takeDue(held, 60_999), []);
  assert.deepEqual(keeper.takeDue(held, 61_000), ["PRIVMSG NickServ :REGAIN tail", "NICK tail"]);
});

Deno.test("nick keeper: what NickServ says unasked is not an answer", () => {
  const keeper = new NickKeeper();
  keeper.refused("433");
  assert.equal(keeper.answered("This nickname is registered."), false);
  keeper.takeDue(held, 1_000);
  keeper.takeDue({ ...held, hasWanted: true }, 1_100);
  assert.equal(keeper.answered("tail has been ghosted."), false);
});

Deno.test("nickCandidates() keeps to what the server grants, and never asks for one nick twice", () => {
  assert.deepEqual(nickCandidates("tail", ["other"], 30), [
    ...["tail", "other", "tail_", "tail__", "tail___", "tail____", "tail_____"],
  ]);
  assert.deepEqual(nickCandidates("facilitator", ["facilitator_"], 11), [
    ...["facilitator", "facilitato_", "facilitat__", "facilita___", "facilit____", "facili_____"],
    ...["facilitat", "facilita_", "facilit__", "facili___", "facil____", "faci_____"],
  ]);
  assert.deepEqual(nickCandidates("facilitator", [], 9).slice(0, 3), ["facilitat", "facilita_", "facilit__"]);
  for (let longest = 1; longest < 20; longest++) {
    const nicks = nickCandidates("facilitator", ["x".repeat(20)], longest);
    assert.equal(new Set(nicks).size, nicks.length);
    assert.ok(nicks.every((nick) => nick.length <= longest && !nick.startsWith("_")));
  }
});

Deno.test("readIdentifyAnswer() tells good answers from bad ones, and both from the greeting", () => {
  for (
    const [text, expected] of [
      ["You are now identified for \x02tail\x02.", "identified"],
      ["Password accepted - you are now recognized.", "identified"],
      ["Password accepted for tail.", "identified"],
      ["You are already logged in as tail.", "identified"],
      ["Invalid password for \x02tail\x02.", "refused"],
      ["Password incorrect.", "refused"],
      ["tail is not a registered nickname.", "refused"],
      ["Your nick isn't registered.", "refused"],
      ["Access denied.", "refused"],
      [
        "This nickname is registered. Please choose a different nickname, or identify via /msg NickServ identify",
        undefined,
      ],
      [
        "This nickname is registered and protected. If it is your nick, type /msg NickServ IDENTIFY",
        undefined,
      ],
    ] as const
  ) assert.equal(readIdentifyAnswer(text), expected, text);
});
