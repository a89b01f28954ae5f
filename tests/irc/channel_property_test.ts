import assert from "node:assert/strict";
import fc from "fast-check";
import { readChannelRules } from "../../src/irc/channel_rules.ts";
import { Channels, type ServerTraits } from "../../src/irc/channels.ts";

const NAME = "#logs";
const RULES = readChannelRules(new Map([["CHANMODES", "b,k,l,imnpstzR"], ["PREFIX", "(ov)@+"]]));
const isSelf = (nick: string) => nick === "tail";

/** What may happen to a channel, in any order, sensible or not. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("join", "end", "due", "spoke", "other").map((what) => ({ what })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("kick", "part", "offline", "online", "login", "invited", "forward", "reload")
      .map((what) => ({ what })),
  },
  fc.record({ what: fc.constant("names"), names: fc.constantFrom("@tail", "tail", "tail @op", "@tail +v") }),
  fc.record({ what: fc.constant("private"), isPrivate: fc.boolean() }),
  fc.record({ what: fc.constant("advance"), ms: fc.constantFrom(1, 5_000, 10_000, 59_000, 600_000) }),
  fc.record({ what: fc.constant("refused"), numeric: fc.constantFrom("403", "404", "442", "473", "474") }),
  fc.record({
    what: fc.constant("told"),
    modes: fc.constantFrom("+", "+nt", "+m", "+s", "+kl", "+mz", "+R"),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("mode"),
      sign: fc.constantFrom("+", "-"),
      letter: fc.constantFrom("i", "k", "l", "m", "p", "s", "t", "z", "R", "b", "o", "v"),
      who: fc.constantFrom("tail", "alice"),
    }),
  },
);

/** After these, that a message was shown before says nothing. */
const INFORMATIVE: ReadonlySet<string> = new Set(["mode", "told", "names"]);

/** What anybody could have concluded who saw the same lines. */
interface Model {
  inside: boolean;
  modes: Set<string>;
  known: boolean;
  statuses: Set<string>;
  others: boolean;
  names: string[];
  alone: boolean;
  loggedIn: boolean;
  /** A message was shown since anything changed. */
  shown: boolean;
  /** Monotonic time until which nobody may make us come back. */
  awayUntilMs: number;
}

const outside = { inside: false, known: false, others: false, alone: false, shown: false };

Deno.test("channels: whatever happens, what may be spoken in we are in, and nothing known forbids it", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), fc.boolean(), (happenings, startsPrivate) => {
      let nowMs = 0;
      let isPrivate = startsPrivate;
      const channels = new Channels({
        random: () => 0.5,
        specs: () => new Map([[NAME, { key: undefined, private: isPrivate, invite: "chanserv" }]]),
      });
      const traits: ServerTraits = {
        casemapping: "rfc1459",
        rules: RULES,
        flavour: "solanum",
        isLoggedIn: false,
      };
      channels.want([NAME]);
      channels.online(traits);
      const model: Model = {
        ...outside,
        modes: new Set(),
        statuses: new Set(),
        names: [],
        loggedIn: false,
        awayUntilMs: 0,
      };
      let online = true;
      const leave = () => {
        Object.assign(model, outside);
        model.modes.clear();
        model.statuses.clear();
        model.names = [];
      };

      // Most of what is interesting begins inside.
      for (const step of [{ what: "due" }, { what: "join" }, ...happenings]) {
        if (INFORMATIVE.has(step.what)) model.shown = false;
        switch (step.what) {
          case "due":
            if (channels.takeDue(nowMs).together.length + channels.takeDue(nowMs).alone.length > 0) {
              assert.ok(online && nowMs >= model.awayUntilMs, "joins where it was thrown out");
            }
            break;
          case "join":
            if (!online) break;
            if (channels.joined(NAME, nowMs)) {
              assert.ok(nowMs >= model.awayUntilMs, "stays where it was thrown out");
              model.inside = true;
            }
            break;
          case "names":
            if (!("names" in step) || !model.inside) break;
            channels.named(NAME, step.names.split(" "), isSelf, nowMs);
            model.names.push(...step.names.split(" "));
            break;
          case "end":
            channels.namesEnded(NAME);
            break;
          case "other":
            // Of channels that we are not in, nobody tells us that.
            if (!model.inside) break;
            channels.joinedByOther(NAME);
            model.others = true;
            break;
          case "kick":
          case "part":
            if (!online) break;
            if (step.what === "kick") channels.kicked(NAME, "op", nowMs);
            else channels.parted(NAME, nowMs);
            if (model.inside) model.awayUntilMs = nowMs + 60_000;
            leave();
            break;
          case "offline":
            channels.offline();
            online = false;
            leave();
            break;
          case "online":
            channels.online({ ...traits, isLoggedIn: model.loggedIn });
            online = true;
            leave();
            break;
          case "login":
            model.loggedIn = true;
            channels.loggedIn();
            break;
          case "invited":
            channels.invited(NAME);
            break;
          case "forward":
            channels.forwarded(NAME, "#else", nowMs);
            break;
          case "reload":
            channels.reloaded();
            if (channels.states(nowMs).get(NAME)?.phase !== "waiting") model.awayUntilMs = 0;
            break;
          case "private":
            if ("isPrivate" in step) isPrivate = step.isPrivate;
            channels.retry([NAME]);
            break;
          case "advance":
            if ("ms" in step) nowMs += step.ms;
            channels.elapse(nowMs);
            break;
          case "refused":
            if (!("numeric" in step) || !online) break;
            channels.refused({ numeric: step.numeric, channel: NAME, text: "" }, nowMs);
            if (step.numeric === "403" || step.numeric === "442") leave();
            if (step.numeric === "404") model.shown = false;
            break;
          case "told":
            if (!("modes" in step) || !model.inside) break;
            channels.modesTold(NAME, [step.modes, "secret", "7"], nowMs);
            model.modes = new Set(step.modes.slice(1));
            model.known = true;
            break;
          case "mode": {
            if (!("letter" in step) || !model.inside) break;
            channels.modesChanged(NAME, [step.sign + step.letter, step.who], isSelf, nowMs);
            const isStatus = step.letter === "o" || step.letter === "v";
            if (step.letter === "b" || (isStatus && step.who !== "tail")) break;
            const set = isStatus ? model.statuses : model.modes;
            if (step.sign === "+") set.add(step.letter);
            else set.delete(step.letter);
            break;
          }
          case "spoke":
            if (!channels.canSpeak(NAME, nowMs)) break;
            channels.spoke(NAME);
            model.shown = true;
            break;
        }
        if (!channels.canSpeak(NAME, nowMs)) continue;

        assert.ok(online && model.inside, "speaks outside");
        const isClosed = ["i", "k", "s", "p"].some((letter) => model.modes.has(letter));
        const mayBeAlone = !model.others && model.names.includes("@tail");
        if (isPrivate && !mayBeAlone) assert.ok(model.known && isClosed, "speaks where everybody can listen");
        const hasVoice = model.statuses.size > 0 || model.names.some((name) => /^[@+]tail$/.test(name));
        if (hasVoice) continue;
        if (model.modes.has("m") && model.modes.has("z")) assert.ok(model.shown, "speaks to operators only");
        const forbidden = model.modes.has("m") || (model.modes.has("R") && !model.loggedIn);
        if (forbidden && !model.shown) assert.ok(channels.isProbing(NAME), "speaks against the modes");
        const state = channels.states(nowMs).get(NAME);
        if (forbidden && !model.shown) assert.equal(state?.phase, "waiting");
      }
    }),
    { numRuns: 20_000 },
  );
});
