import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_RULES, readChannelRules } from "../../src/irc/channel_rules.ts";
import { joinLines } from "../../src/irc/join.ts";
import { readModeChange } from "../../src/irc/mode_change.ts";

const INSPIRCD = readChannelRules(
  new Map([
    ["CHANMODES", "IXbegw,k,FHJLfjl,CKMNOPQRSTcimnpstuz"],
    ["PREFIX", "(qaohv)~&@%+"],
    ["CHANLIMIT", "#:20"],
    ["MAXTARGETS", "20"],
  ]),
);

Deno.test("readModeChange() gives every letter the parameter that belongs to it", () => {
  const read = (letters: string, ...parameters: readonly string[]) =>
    readModeChange(letters, parameters, INSPIRCD)
      .map(({ isSet, letter, parameter }) => `${isSet ? "+" : "-"}${letter} ${parameter}`.trim());
  assert.deepEqual(read("+mo-v+k", "alice", "bob", "sesame"), ["+m", "+o alice", "-v bob", "+k sesame"]);
  assert.deepEqual(read("+l-l+v", "10", "tail"), ["+l 10", "-l", "+v tail"]);
  assert.deepEqual(read("-k+b", "*", "*!*@bad"), ["-k *", "+b *!*@bad"]);
  assert.deepEqual(read("+nst"), ["+n", "+s", "+t"]);
  assert.deepEqual(read("+ov", "only"), ["+o only", "+v"]);
  assert.deepEqual(readModeChange("+?", ["x"], INSPIRCD), [
    { isSet: true, letter: "?", kind: undefined, parameter: "" },
  ]);
});

Deno.test("readChannelRules() has the modes of RFC 1459 where the server says nothing", () => {
  assert.deepEqual([...DEFAULT_RULES.statuses], [["o", "@"], ["v", "+"]]);
  const kinds = ["b", "k", "l", "m", "v", "z"].map((letter) => DEFAULT_RULES.kinds.get(letter));
  assert.deepEqual(kinds, ["list", "valued", "set-valued", "plain", "status", undefined]);
  assert.deepEqual(DEFAULT_RULES.limits, []);
  assert.equal(DEFAULT_RULES.mostPerJoin, Infinity);
});

for (
  const [token, value, limits] of [
    ["CHANLIMIT", "#:20,&:10", [{ prefixes: "#", most: 20 }, { prefixes: "&", most: 10 }]],
    ["CHANLIMIT", "#&:120", [{ prefixes: "#&", most: 120 }]],
    ["CHANLIMIT", "#:,&:5", [{ prefixes: "&", most: 5 }]],
    ["CHANLIMIT", "nonsense", []],
    ["MAXCHANNELS", "10", [{ prefixes: "#&", most: 10 }]],
  ] as const
) {
  Deno.test(`readChannelRules() reads ${token}=${value}`, () => {
    assert.deepEqual(readChannelRules(new Map([[token, value]])).limits, limits);
  });
}

for (
  const [token, value, most] of [
    ["TARGMAX", "PRIVMSG:4,JOIN:3", 3],
    ["TARGMAX", "JOIN:,PRIVMSG:4", Infinity],
    ["TARGMAX", "PRIVMSG:4", Infinity],
    ["MAXTARGETS", "20", 20],
  ] as const
) {
  Deno.test(`readChannelRules() reads ${token}=${value}`, () => {
    assert.equal(readChannelRules(new Map([[token, value]])).mostPerJoin, most);
  });
}

Deno.test("readChannelRules() and readModeChange() take whatever a server says", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("CHANMODES", "PREFIX", "CHANLIMIT", "TARGMAX"), fc.string()),
      fc.string(),
      fc.array(fc.string()),
      (tokens, letters, parameters) => {
        const rules = readChannelRules(new Map(Object.entries(tokens)));
        assert.ok(rules.mostPerJoin >= 1);
        assert.ok(readModeChange(letters, parameters, rules).length <= [...letters].length);
      },
    ),
  );
});

Deno.test("joinLines() joins every channel once, with its key, no more in a line than the server takes", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 9_999 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (numbers, most) => {
        const requests = numbers.map((number) => ({
          channel: `#channel-number-${number}`,
          key: number % 3 === 0 ? `key${number}` : undefined,
        }));
        const joined = joinLines(requests, most).flatMap((line) => {
          assert.ok(line.length <= 510);
          const [, channels = "", keys = ""] = line.split(" ");
          const names = channels.split(",");
          assert.ok(names.length <= most);
          const given = keys === "" ? [] : keys.split(",");
          return names.map((channel, index) => ({ channel, key: given[index] }));
        });
        const byName = (a: { channel: string }, b: { channel: string }) => a.channel < b.channel ? -1 : 1;
        assert.deepEqual(joined.toSorted(byName), requests.toSorted(byName));
      },
    ),
  );
});
