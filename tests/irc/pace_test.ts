import assert from "node:assert/strict";
import fc from "fast-check";
import { recogniseProfile, seedFor } from "../../src/irc/flood_profile.ts";
import { PaceBucket } from "../../src/irc/pace.ts";

const unknown = { version: "", network: "" };

Deno.test("recogniseProfile() knows servers by what they say, and takes the rest for public", () => {
  const table: readonly (readonly [string, string, string])[] = [
    ["ngircd-26.1 (x86_64/pc/linux-gnu)", "", "ngircd"],
    ["InspIRCd-3", "InspNet", "inspircd"],
    ["solanum-1.0-dev", "", "solanum"],
    ["solanum-1.0-dev", "Libera.Chat", "public"],
    ["hybrid-1:8.2.43+dfsg.1-1", "", "hybrid"],
    ["bahamut-2.2.2", "DALnet", "dalnet"],
    ["UnrealIRCd-6.1.2", "", "unreal"],
    ["ergo-2.11.1", "", "ergo"],
    ["2.11.2p3", "", "public"],
    ["", "", "public"],
  ];
  for (const [version, network, profile] of table) {
    assert.equal(recogniseProfile({ version, network }), profile, version);
  }
});

Deno.test("pace: public takes four lines at once, then one every two seconds", () => {
  const bucket = new PaceBucket(seedFor({ kind: "auto" }, unknown).pace, 0);
  for (let i = 0; i < 4; i++) {
    assert.equal(bucket.waitMs(100, 0), 0);
    bucket.spend(100, 0);
  }
  assert.equal(bucket.waitMs(100, 0), 2_000);
  assert.equal(bucket.waitMs(100, 500), 1_500);
  assert.equal(bucket.waitMs(100, 2_000), 0);
});

Deno.test("pace: the servers that count bytes are charged for them", () => {
  const seconds = (version: string, bytes: number) =>
    Math.round(seedFor({ kind: "auto" }, { version, network: "" }).pace.costMs(bytes) / 10) / 100;
  const table: readonly (readonly [string, number, number])[] = [
    ["2.11.2p3", 80, 2],
    ["2.11.2p3", 430, 5],
    ["bahamut-2.2.2", 120, 3],
    ["UnrealIRCd-6", 90, 2],
    ["", 430, 2],
    ["hybrid-8", 430, 1.11],
  ];
  for (const [version, bytes, expected] of table) assert.equal(seconds(version, bytes), expected, version);
});

Deno.test("pace: exempt never waits", () => {
  const bucket = new PaceBucket(seedFor({ kind: "profile", profile: "exempt" }, unknown).pace, 0);
  for (let i = 0; i < 1_000; i++) bucket.spend(512, 0);
  assert.equal(bucket.waitMs(512, 0), 0);
});

Deno.test("pace: a line that costs more than the whole burst leaves when nothing is outstanding", () => {
  const flood = { kind: "custom", messagesPerSecond: 10, burstMessages: 1, bytesPerSecond: 100 } as const;
  const bucket = new PaceBucket(seedFor(flood, unknown).pace, 0);
  assert.equal(bucket.waitMs(400, 0), 0);
  bucket.spend(400, 0);
  assert.equal(bucket.waitMs(400, 0), 4_000);
  assert.equal(bucket.waitMs(400, 4_000), 0);
});

Deno.test("pace: never more than the burst and the rate, in messages and in bytes", () => {
  const flood = fc.record({
    kind: fc.constant("custom" as const),
    messagesPerSecond: fc.constantFrom(0.5, 1, 2, 5),
    burstMessages: fc.integer({ min: 1, max: 10 }),
    bytesPerSecond: fc.constantFrom(100, 256, 1_000),
  });
  fc.assert(
    fc.property(flood, fc.array(fc.integer({ min: 20, max: 512 }), { maxLength: 60 }), (flood, lines) => {
      const bucket = new PaceBucket(seedFor(flood, unknown).pace, 0);
      let nowMs = 0;
      let bytes = 0;
      lines.forEach((length, sent) => {
        nowMs += bucket.waitMs(length, nowMs);
        assert.equal(bucket.waitMs(length, nowMs), 0);
        bucket.spend(length, nowMs);
        assert.ok(sent + 1 <= flood.burstMessages + nowMs / 1_000 * flood.messagesPerSecond + 1e-6);
        bytes += length;
        const burstBytes = Math.max(
          length,
          flood.burstMessages / flood.messagesPerSecond * flood.bytesPerSecond,
        );
        assert.ok(bytes <= burstBytes + nowMs / 1_000 * flood.bytesPerSecond + 1e-6 || sent === 0);
      });
    }),
  );
});
