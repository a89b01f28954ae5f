import assert from "node:assert/strict";
import fc from "fast-check";
import { AdaptivePace } from "../../src/irc/adaptive_pace.ts";
import { flavourOf } from "../../src/irc/channel_modes.ts";
import { DEFAULT_RULES } from "../../src/irc/channel_rules.ts";
import { Channels } from "../../src/irc/channels.ts";
import { seedFor } from "../../src/irc/flood_profile.ts";
import { Ghosts } from "../../src/irc/ghosts.ts";
import { Identity } from "../../src/irc/identity.ts";
import { shortMemory } from "../../src/irc/learnt_pace.ts";
import { Outbox } from "../../src/irc/outbox.ts";
import { Speaker } from "../../src/irc/speaker.ts";
import { Transport } from "../../src/irc/transport.ts";
import type { RedactedText } from "../../src/redact/redacted.ts";

const CHANNELS = ["#a", "#b"];

/** A transport that only keeps what was written: time stands still while a line leaves. */
class Wire extends Transport {
  readonly unread: string[] = [];
  readonly onWrite: (line: string) => void;

  constructor(onWrite: (line: string) => void) {
    super({} as Deno.Conn); // never read, never flushed
    this.onWrite = onWrite;
  }

  override write(line: string): boolean {
    this.unread.push(line);
    this.onWrite(line);
    return true;
  }
}

const version = fc.constantFrom(
  "",
  "ngircd-26",
  "solanum-1.0",
  "hybrid-8",
  "bahamut-2",
  "UnrealIRCd-6",
  "InspIRCd-3",
);
const event = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("offer" as const),
      channel: fc.nat(1),
      length: fc.constantFrom(1, 60, 400, 900),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("answer" as const), refuse: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(15_000) }) },
  // The server answers at once for a while.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("serve" as const), ms: fc.nat(60_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("trouble" as const) }) },
);
const schedule = fc.array(event, { minLength: 10, maxLength: 60, size: "max" });

for (const how of ["with labels", "with echoes", "without echoes"] as const) {
  Deno.test(`speaker: whatever happens ${how}, pace, window and channel are kept to, and every message has its turn`, () => {
    fc.assert(
      fc.property(version, schedule, (version, events) => {
        const seed = seedFor({ kind: "auto" }, { version, network: "" });
        const pace = new AdaptivePace({ seed, memory: shortMemory(), wallMs: () => 0 });
        const channels = new Channels({ random: () => 0.5, specs: () => new Map() });
        channels.want(CHANNELS);
        channels.online({
          casemapping: "rfc1459",
          rules: DEFAULT_RULES,
          flavour: flavourOf({ version, network: "" }),
          isLoggedIn: false,
        });
        channels.takeDue(0);
        for (const channel of CHANNELS) {
          channels.joined(channel, 0);
          channels.namesEnded(channel);
        }
        let nowMs = 0;
        let wakeMs = 0;
        let cheapestMs = 0;
        const perChannel = new Map<string, number>();
        const outbox = new Outbox({ canSpeak: (key) => channels.canSpeak(key, nowMs) });
        const said = (line: string) => / ?PRIVMSG (\S+) :(.*)$/.exec(line) ?? undefined;
        const wire: Wire = new Wire((line) => {
          const bytes = new TextEncoder().encode(line).length + 2;
          cheapestMs += seed.pace.costMs(bytes) / seed.ceiling;
          const burstMs = Math.max(seed.pace.burstMs, seed.pace.costMs(bytes));
          assert.ok(cheapestMs <= nowMs + burstMs + 1, "more than the pace allows");
          const messages = wire.unread.filter(said);
          assert.ok(messages.length <= 4);
          const flyingBytes = messages.reduce((sum, line) => sum + line.length + 2, 0);
          assert.ok(
            messages.length === 1 || flyingBytes <= seed.mostBytesInFlight,
            "too many bytes in flight",
          );
          const channel = said(line)?.[1];
          if (channel === undefined) return;
          const count = (perChannel.get(channel) ?? 0) + 1;
          perChannel.set(channel, count);
          if (seed.perChannel !== undefined) {
            assert.ok(count <= 8 + 0.9 * nowMs / 1_000 + 1e-6, "too many to one");
          }
        });
        const speaker = new Speaker({
          transport: wire,
          channels,
          outbox,
          ghosts: new Ghosts(),
          identity: new Identity("tail"),
          pace,
          isVoiced: () => false,
          random: () => 0.5,
        }, 0);
        if (how !== "without echoes") speaker.expectEchoes();
        if (how === "with labels") speaker.expectLabels();

        const speak = () => {
          for (const channel of channels.takeDue(nowMs).modesWhenIdle) {
            channels.modesTold(channel, ["+nt"], nowMs);
          }
          wakeMs = Math.min(speaker.speak(nowMs), channels.elapse(nowMs));
          assert.ok(wakeMs > nowMs, "it would never sleep");
        };
        const pass = (ms: number) => {
          for (const endMs = nowMs + ms;;) {
            nowMs = Math.min(endMs, wakeMs);
            speak();
            if (nowMs === endMs) return;
          }
        };
        const answer = (refuse: boolean) => {
          const line = wire.unread.shift();
          if (line === undefined) return;
          const label = /^@label=(\S+) /.exec(line)?.[1];
          const [, channel, text = ""] = said(line) ?? [];
          if (channel === undefined) speaker.ponged(line.replace("PING ", ""), nowMs);
          else if (refuse) {
            channels.refused({ numeric: "404", channel, text: "" }, nowMs);
            speaker.suspect(channel, nowMs);
            speaker.refused(channel, label, nowMs);
          } else if (how !== "without echoes") speaker.echoed({ channel, text, label }, nowMs);
          speak();
        };

        let offered = 0;
        let settled = 0;
        const offer = (channel: number, length: number) => {
          const taken = outbox.offer({
            channel: CHANNELS[channel] ?? "#a",
            flow: "logs",
            timeMs: undefined,
            text: `${offered} `.padEnd(length, "x") as RedactedText,
            long: "split",
            urgency: "error",
            readMs: nowMs,
            maxAgeMs: 1_000,
            settle: () => settled++,
          });
          if (taken) offered++;
        };
        const serve = (ms: number) => {
          for (const endMs = nowMs + ms; nowMs < endMs;) {
            while (wire.unread.length > 0) answer(false);
            pass(Math.min(250, endMs - nowMs));
          }
        };
        for (const event of events) {
          switch (event.kind) {
            case "offer":
              for (let i = 0; i < event.count; i++) offer(event.channel, event.length);
              speak();
              break;
            case "answer":
              answer(event.refuse === 0);
              break;
            case "pass":
              pass(event.ms);
              break;
            case "serve":
              serve(event.ms);
              break;
            case "trouble":
              speaker.trouble("throttle notice", nowMs);
          }
        }
        // From here on the server takes everything. Half a minute a line is more than the slowest pace needs.
        const leftMs = nowMs + 60_000 + 30_000 * 3 * offered;
        for (; settled < offered; outbox.settleAll()) {
          assert.ok(nowMs < leftMs, `${offered - settled} of ${offered} were never sent`);
          serve(10_000);
        }
      }),
      { numRuns: 100 },
    );
  });
}
