/**
 * `irc-secret`: passwords of IRC: services, servers, operators, channel keys.
 *
 * Sources: RFC 2812 §3.1.1 (PASS), §3.1.4 (OPER), §3.2.1 (JOIN with keys), §3.2.3 (MODE +k); IRCv3 SASL
 * (AUTHENTICATE); the help texts of Anope and Atheme (NickServ) and of QuakeNet's Q. Becomes `[REDACTED]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import { isStrongPassword } from "../nested.ts";
import type { Found, Rule } from "../rule.ts";
import { isPath, isPlaceholder } from "../values.ts";

const REPLACEMENT = "[REDACTED]";

/** What ends an IRC message inside a log line. */
const END = String.raw`(?=$|\s*$|\\[rn]|["'|]|\s{2}|[)\]](?:\s|$))`;

/** One argument. */
const WORD = String.raw`[^\s"'|\\]{1,256}`;

/** A command to a service, with its arguments. */
const SERVICES = new RegExp(
  String
    .raw`\b(?:NickServ|NS|ChanServ|CS|HostServ|OperServ|AuthServ|X|userserv)(?:@[\w.-]{1,64})?[\s:]{1,3}:?\/?(IDENTIFY|ID|LOGIN|SIDENTIFY|AUTH|REGISTER|GHOST|RECOVER|RELEASE|REGAIN|GROUP|DROP|CONFIRM|VERIFY|RESETPASS|SETPASS|SET\s+PASS(?:WORD)?|UPDATE)((?:\s+${WORD}){1,4})`,
  "gi",
);

/** A shorthand in front: `/ns`, `/msg`. */
const SHORTHAND = new RegExp(
  String
    .raw`(?:^|[\s"'])\/(?:ns|nickserv|identify|id)\s+(?:(identify|id|register|ghost|recover|release|regain|login|setpass)\s+)?((?:${WORD}\s*){1,4})`,
  "gi",
);

/** QuakeNet's Q and Undernet's X: `AUTH user password`, `LOGIN user password`. */
const Q = new RegExp(
  String.raw`\b[QX]@[\w.-]{1,64}\s+:?(AUTH|LOGIN|NEWPASS|CHALLENGEAUTH)((?:\s+${WORD}){1,3})`,
  "gi",
);

/** What marks a line of the protocol: its start, an arrow, a verb of sending. */
const SENT = String
  .raw`(?:^|[\]>"':|)]\s*|\\n|\b(?:send|sent|sending|write|wrote|raw|out|tx|irc|C)\b[:\s>-]{1,4}|<<\s?)`;

const PASS = new RegExp(String.raw`${SENT}PASS (:?)(${WORD})${END}`, "g");
const OPER = new RegExp(String.raw`(?:${SENT}|\/)OPER ${WORD} :?(${WORD})${END}`, "gi");
const IDENTIFY = new RegExp(String.raw`${SENT}(?:IDENTIFY|SIDENTIFY) (?:${WORD} )?(${WORD})${END}`, "g");
const AUTHENTICATE = new RegExp(
  String
    .raw`(?<![\w-])AUTHENTICATE :?(?!(?:PLAIN|EXTERNAL|SCRAM-\S+|ECDSA-\S+|LOGIN|OAUTHBEARER|ANONYMOUS)(?:\W|$))([A-Za-z0-9+/=._!#*~-]{4,400})`,
  "g",
);
const JOIN = new RegExp(
  String.raw`(?:${SENT}|\s|\/)JOIN ([#&!+][^\s,]{1,64}(?:,[#&!+][^\s,]{1,64}){0,16}) (?!:)(${WORD})${END}`,
  "gi",
);
const MODE = new RegExp(String.raw`\bMODE [#&!+]\S{1,64} ([+-][A-Za-z+-]{1,16})((?: ${WORD}){1,8})`, "gi");

/** Modes of channels that take an argument: ISUPPORT CHANMODES of the usual servers, and PREFIX. */
const TAKES_ARGUMENT = "beIklovhaqfjLRdgwZX";

/** Words that go on with a sentence: nothing follows them that is a password. */
const PROSE =
  /^(?:failed|failure|ok|okay|succeeded|success|done|timed|timeout|first|to|and|or|for|with|command|via|again|before|within|is|was|not|the|your|now|yourself|this|that|a|an|in|on|as|by|from|nick|please|help|complete|completed|sent|rejected|accepted|error|required|needed|disabled|enabled|account|channel|key|at|now|nickname)[.,:;!]?$/i;

/** Any of these commands: most lines have none. */
const COMMAND =
  /(?:nick|chan|host|oper|auth|user)serv|\b[NC]S[ :]|\bX[@ :]|[QX]@|PASS |\boper |AUTHENTICATE|\bjoin [#&!+]|\bmode [#&!+]|IDENTIFY|\/(?:ns|id)/i;

/** Secrets of IRC. */
export const ircSecret: Rule = {
  needs: FEATURES.keyword,
  find({ text }, report) {
    if (!COMMAND.test(text)) return;
    for (const pattern of [SERVICES, SHORTHAND, Q]) findArguments(text, pattern, report);
    for (const match of text.matchAll(PASS)) {
      const value = match[2] ?? "";
      // Test runners print `PASS tests/a.test.ts`.
      if (match[1] === "" && !/[\d!#*+=~^$]/.test(value)) continue;
      hideLast(match, value, report);
    }
    for (const match of text.matchAll(OPER)) {
      if (/OPER/.test(match[0]) || /[\d!#*+=~^$]/.test(match[1] ?? "")) {
        hideLast(match, match[1] ?? "", report);
      }
    }
    for (const match of text.matchAll(IDENTIFY)) hideLast(match, match[1] ?? "", report);
    for (const match of text.matchAll(AUTHENTICATE)) {
      if (!/^[a-z]+$/.test(match[1] ?? "")) hideLast(match, match[1] ?? "", report);
    }
    for (const match of text.matchAll(JOIN)) hideLast(match, match[2] ?? "", report);
    for (const match of text.matchAll(MODE)) findKey(match, report);
  },
};

/** The password among the arguments of a service's command: the last one, but for registering, where it is the first. */
function findArguments(text: string, pattern: RegExp, report: (found: Found) => void): void {
  for (const match of text.matchAll(pattern)) {
    const verb = (match[1] ?? "identify").toUpperCase();
    const all = match[2] ?? "";
    const base = match.index + match[0].length - all.length;
    const args = [...all.matchAll(/\S+/g)];
    const stop = args.findIndex(({ 0: word }) => PROSE.test(word));
    const usable = stop < 0 ? args : args.slice(0, stop);
    if (stop === 0 || usable.length === 0) continue;
    const isChannel = /^[#&]/.test(usable[0]?.[0] ?? "");
    const chosen = verb === "REGISTER" || verb === "SETPASS"
      ? usable[isChannel ? 1 : 0]
      : verb === "GHOST" || verb === "RECOVER" || verb === "RELEASE" || verb === "REGAIN"
      ? usable[1]
      : usable[Math.min(usable.length - 1, 1)];
    // `IDENTIFY hunter2X after`: what looks like an account may be the password of a message that went on.
    const [account] = usable;
    if (chosen !== account && account !== undefined && isStrongPassword(account[0])) {
      const end = base + account.index + account[0].length;
      report({ start: base + account.index, end, replacement: REPLACEMENT });
    }
    const value = (chosen?.[0] ?? "").replace(/[),.;\]]+$/, "");
    if (chosen === undefined || value === "" || isPlaceholder(value) || /^\[/.test(value)) continue;
    report({ start: base + chosen.index, end: base + chosen.index + value.length, replacement: REPLACEMENT });
  }
}

function hideLast(match: RegExpExecArray, value: string, report: (found: Found) => void): void {
  const start = match.index + match[0].lastIndexOf(value);
  if (value === "" || isPlaceholder(value) || isPath(value) || PROSE.test(value)) return;
  report({ start, end: start + value.length, replacement: REPLACEMENT });
}

/** The argument of `k` among those of a `MODE`. */
function findKey(match: RegExpExecArray, report: (found: Found) => void): void {
  const [whole, modes = "", all = ""] = match;
  const k = modes.indexOf("k");
  if (k < 0) return;
  const before = [...modes.slice(0, k)].filter((mode) => TAKES_ARGUMENT.includes(mode)).length;
  const argument = [...all.matchAll(/\S+/g)][before];
  if (argument === undefined || isPlaceholder(argument[0])) return;
  const start = match.index + whole.length - all.length + argument.index;
  report({ start, end: start + argument[0].length, replacement: REPLACEMENT });
}
