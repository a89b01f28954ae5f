/**
 * `webhook-url`: URLs that are a password themselves: whoever has one may post, read or sign.
 *
 * Sources: the vendors' documentation of their hooks (Slack, Discord, Microsoft Teams, Zapier, IFTTT, Google Chat,
 * Feishu, PagerDuty, healthchecks.io), of their RPC endpoints (Infura, Alchemy, QuickNode, Ankr, Blast, Chainstack,
 * GetBlock), the Telegram Bot API, Twitch's and YouTube's RTMP ingest, AWS and Google signed URLs, Azure's shared access
 * signatures. The host stays, the path becomes `[REDACTED]`; of a signed URL only the signature does.
 *
 * @module
 */

import { ALNUM, classOf, mixture } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";
import { isPlaceholder, looksRandom } from "../values.ts";

const REPLACEMENT = "[REDACTED]";

/** Longest URL that is looked at, in UTF-16 units. */
const LONGEST_URL = 2048;

/** A host and the paths of it that are secrets. */
interface Hook {
  readonly host: RegExp;
  readonly path: RegExp;
}

const HOOKS: readonly Hook[] = [
  { host: /^hooks\.slack(?:-gov)?\.com$/, path: /^(?:services|workflows|triggers)\/./ },
  { host: /^(?:\w+\.)?discord(?:app)?\.com$/, path: /^api\/(?:v\d+\/)?(?:webhooks|interactions)\/\d+\/./ },
  { host: /(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/, path: /^webhook/ },
  { host: /^hooks\.zapier\.com$/, path: /^hooks\/./ },
  { host: /^maker\.ifttt\.com$/, path: /\/key\/./ },
  { host: /^api\.telegram\.org$/, path: /^(?:file\/)?bot\d+:/ },
  {
    host: /(?:^|\.)(?:infura\.io|alchemy\.com|alchemyapi\.io)$/,
    path: /(?:^|\/)(?:v[23]\/|nft\/v\d\/)?[A-Za-z0-9_-]{20,}/,
  },
  { host: /(?:^|\.)(?:quiknode\.pro|quicknode\.com)$/, path: /^[0-9a-f]{20,}/ },
  { host: /^rpc\.ankr\.com$/, path: /(?:^|\/)[0-9a-f]{40,}/ },
  {
    host:
      /(?:^|\.)(?:blastapi\.io|chainstack\.com|getblock\.io|nodereal\.io|moralis-nodes\.com|allthatnode\.com|rpcpool\.com|dwellir\.com|validationcloud\.io|tenderly\.co|unifra\.io|chainnodes\.org|pokt\.network|rivet\.cloud)$/,
    path: /(?:^|\/)[A-Za-z0-9_-]{16,}/,
  },
  { host: /^open\.(?:feishu\.cn|larksuite\.com)$/, path: /\/hook\/./ },
  { host: /^events\.pagerduty\.com$/, path: /^integration\/./ },
  { host: /^hc-ping\.com$|^(?:www\.)?webhook\.site$|^cronitor\.link$/, path: /^(?:p\/)?[0-9A-Za-z-]{20,}/ },
  { host: /^hook(?:\.\w+)?\.(?:make|integromat)\.com$|\.m\.pipedream\.net$/, path: /^./ },
  { host: /^api\.opsgenie\.com$/, path: /apiKey=./ },
];

/** Paths of hooks on hosts of one's own (Mattermost, Rocket.Chat, GitLab, Jenkins): a random segment must follow. */
const OWN_HOOK = /(?:^|\/)(?:web)?hooks?\/(?:[\w-]{1,32}\/){0,2}([A-Za-z0-9_-]{20,})(?=$|[/?#])/;

/** Paths that open a door to whoever follows them: a random segment behind the word is the key. */
const DOOR =
  /\/(?:(?:password[-_]?)?reset(?:[-_]?password)?|invit(?:e|es|ation|ations)|verify(?:[-_]?email)?|verification|confirm(?:ation)?|magic(?:[-_]?link)?|activat(?:e|ion)|unsubscribe|tokens?|rpc)\/([A-Za-z0-9_-]{20,512})(?![A-Za-z0-9_-])/gi;

/** Applications behind which RTMP's stream key follows. */
const STREAM = /^rtmps?$/i;

/** Shortest stream key, in characters. */
const SHORTEST_STREAM_KEY = 8;

/** What ends a URL in a line. */
const URL_END = " \"'`<>|{}\\^,)]";

/** Parameters that sign or open a URL. */
const PARAMETER =
  /[?&](?:amp;)?(?:sig|signature|hmac|hub\.verify_token|x-(?:amz|goog|oss|cos|bce|tos)-(?:signature|credential|security-token)|AWSAccessKeyId|GoogleAccessId|policy|dkey|private_?key)=([^&\s"'`<>|\\,)\]}]{6,2048})/gi;

/** Hooks, RPC endpoints, stream keys and signatures. */
export const webhookUrl: Rule = {
  needs: FEATURES.scheme | FEATURES.operator | FEATURES.base64,
  find({ text, features }, report) {
    if ((features & FEATURES.scheme) !== 0) findHooks(text, report);
    for (const { index, 0: found, 1: segment = "" } of text.matchAll(DOOR)) {
      const end = index + found.length;
      if (looksRandom(segment)) report({ start: end - segment.length, end, replacement: REPLACEMENT });
    }
    if (!text.includes("?") && !text.includes("&")) return;
    for (const { index, 0: found, 1: value = "" } of text.matchAll(PARAMETER)) {
      const end = index + found.length;
      if (!isPlaceholder(value)) report({ start: end - value.length, end, replacement: REPLACEMENT });
    }
  },
};

function findHooks(text: string, report: (found: Found) => void): void {
  let end = 0;
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    const start = at + 3;
    // A URL inside a URL ends where that one does.
    if (start >= end) end = urlEnd(text, start);
    if ((classOf(text.charCodeAt(start)) & ALNUM) === 0) continue;
    const url = text.slice(start, end);
    const slash = url.indexOf("/");
    if (slash < 0) continue;
    const authority = url.slice(0, slash);
    const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d{1,5}$/, "").toLowerCase();
    const path = url.slice(slash + 1);
    if (path !== "" && isSecretPath(text.slice(Math.max(0, at - 5), at), host, path)) {
      report({
        start: start + slash + 1,
        end: trimmed(text, start + slash + 1, end),
        replacement: REPLACEMENT,
      });
    }
  }
}

function isSecretPath(before: string, host: string, path: string): boolean {
  if (HOOKS.some((hook) => hook.host.test(host) && hook.path.test(path))) return true;
  const scheme = /[a-z]+$/i.exec(before)?.[0] ?? "";
  if (STREAM.test(scheme)) return isStreamKey(path.slice(path.lastIndexOf("/") + 1));
  const own = OWN_HOOK.exec(path)?.[1];
  return own !== undefined && looksRandom(own);
}

function isStreamKey(key: string): boolean {
  const { digits, lower, upper } = mixture(key, 0, key.length);
  return key.length >= SHORTEST_STREAM_KEY && digits > 0 && lower + upper > 0 &&
    !/^[a-z]+[-_]?\d{1,4}$/.test(key);
}

function urlEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_URL);
  let at = start;
  while (at < limit && !URL_END.includes(text.charAt(at))) at++;
  return at;
}

/** A sentence's full stop, a list's semicolon and a colon before a message belong to no URL. */
function trimmed(text: string, start: number, end: number): number {
  let at = end;
  while (at > start + 1 && ".;:!?".includes(text.charAt(at - 1))) at--;
  return at;
}
