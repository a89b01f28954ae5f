import assert from "node:assert/strict";
import { type Flavour, flavourOf, manglersOf, obstacleOf } from "../../src/irc/channel_modes.ts";

for (
  const [version, flavour] of [
    ["solanum-1.0-dev", "solanum"],
    ["hybrid-1:8.2.43+dfsg.1-1", "hybrid"],
    ["InspIRCd-3", "inspircd"],
    ["UnrealIRCd-6.1.8", "unreal"],
    ["ngircd-26.1", "ngircd"],
    ["bahamut-2.2.2", "dalnet"],
    ["ergo-v2.14.0", "ergo"],
    ["2.11.2p3", "public"],
  ] as const
) {
  Deno.test(`flavourOf() knows ${version}, on whatever network`, () => {
    assert.equal(flavourOf({ version, network: "Libera.Chat" }), flavour);
  });
}

const obstacle = (modes: string, flavour: Flavour, standing = {}) =>
  obstacleOf({ modes: new Set(modes), hasVoice: false, isLoggedIn: false, flavour, ...standing });

Deno.test("obstacleOf() knows on which server which letter keeps those silent who are not logged in", () => {
  for (const flavour of ["hybrid", "inspircd", "unreal", "ngircd", "dalnet", "ergo"] as const) {
    assert.match(obstacle("ntM", flavour)?.because ?? "", /only logged-in nicks speak \(\+M\)/);
    assert.equal(obstacle("ntR", flavour), undefined);
    assert.equal(obstacle("ntM", flavour, { isLoggedIn: true }), undefined);
    assert.equal(obstacle("ntM", flavour, { hasVoice: true }), undefined);
  }
  assert.match(obstacle("ntR", "solanum")?.because ?? "", /only logged-in nicks speak \(\+R\)/);
  assert.equal(obstacle("ntM", "solanum"), undefined);
  assert.equal(obstacle("ntMR", "public"), undefined);
});

Deno.test("obstacleOf() asks for voice where the channel is moderated, and tries nothing where that shows nothing", () => {
  assert.deepEqual(obstacle("mnt", "public"), {
    because: "The channel is moderated (+m): give the bot voice (+v)",
    isSilent: false,
  });
  assert.equal(obstacle("mnt", "public", { hasVoice: true }), undefined);
  assert.equal(obstacle("mntz", "solanum")?.isSilent, true);
  assert.equal(obstacle("mntz", "inspircd")?.isSilent, false);
  assert.equal(obstacle("ntz", "solanum"), undefined);
  assert.equal(obstacle("ntU", "ergo")?.isSilent, true);
});

Deno.test("manglersOf() says what happens to colours, by server", () => {
  assert.deepEqual(manglersOf(new Set("ntc"), "solanum"), ["+c: colours are taken out"]);
  assert.deepEqual(manglersOf(new Set("ntc"), "inspircd"), ["+c: lines with colours are refused"]);
  assert.deepEqual(manglersOf(new Set("ntS"), "unreal"), ["+S: colours are taken out"]);
  assert.deepEqual(manglersOf(new Set("ntS"), "solanum"), []);
  assert.deepEqual(manglersOf(new Set("ntc"), "ngircd"), []);
});
