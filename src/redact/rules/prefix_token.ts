/**
 * `prefix-token`: tokens of services that nobody has heard of: `acme_live_` and a random tail.
 *
 * Source: the habit that GitHub described when it gave its tokens prefixes ("Behind GitHub's new authentication token
 * formats", 2021) and Stripe before it: letters, an underscore, letters and digits. Becomes `[REDACTED_TOKEN]`.
 *
 * @module
 */

import { classOf, entropy, mixture, runEnd, startsToken, TOKEN, UPPER } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";
import { hasShapeOfWords } from "../values.ts";

/** Shortest random tail, in characters. */
const SHORTEST_TAIL = 16;

/** Longest token, in characters: what is longer is data. */
const LONGEST_TOKEN = 255;

/** Entropy of a random tail of 16 characters, at least, in bits a character. */
const RANDOM_BITS = 3.3;

/** Entropy that no chain of words of 32 characters has, in bits a character. */
const NO_WORDS_BITS = 4.2;

/** Numbers between letters that no name of code has. */
const MANY_NUMBERS = 3;

/** Changes of case that no name of code has. */
const MANY_CHANGES = 6;

/** A prefix of letters, up to two middle parts, the tail. */
const SHAPE = /^([A-Za-z]{2,16})((?:[_-][A-Za-z0-9]{1,10}){0,3})[_-]([A-Za-z0-9]{16,})$/;

/** Parts that say that the tail is a secret. */
const SECRET_PART =
  /^(?:live|test|prod|sandbox|staging|dev|secret|sk|rk|pat|pk|key|apikey|api|token|tok|tkn|access|refresh|auth|admin|svc|service|private|priv|oauth|bot|app|sec|sess|session|webhook|wh|whsec|pw|pass|deploy|personal)$/i;

/** Prefixes of identifiers, which are no secrets, as APIs document them. */
const IDENTIFIER =
  /^(?:id|ids|uid|uuid|req|request|res|resp|response|msg|message|job|jobs|trace|span|evt|event|log|run|step|task|exec|execution|wf|workflow|flow|build|bld|deploy|dep|dpl|deployment|release|rel|prj|proj|project|team|org|organization|grp|group|usr|user|acct|account|cus|cust|customer|sub|subscription|si|price|prod|product|plan|inv|invoice|in|ii|il|ch|charge|py|payment|pi|pm|src|card|ba|re|rf|refund|txn|tx|tr|transfer|po|payout|dp|seti|setatt|cs|cart|order|ord|item|line|thread|asst|assistant|file|batch|ft|ftjob|call|toolu|chatcmpl|cmpl|fc|rs|fp|conv|session|cache|chunk|blob|img|image|snap|snapshot|vol|disk|node|pod|host|inst|instance|vm|net|subnet|sg|eni|vpc|igw|rtb|ami|eipalloc|lb|tg|db|tbl|table|idx|index|col|row|rec|record|doc|page|block|hash|sha|md5|crc|etag|ver|version|rev|commit|branch|tag|pr|issue|ticket|case|alert|incident|inc|check|test|tests|lib|mod|fn|func|var|tmp|temp|chan|channel|queue|topic|stream|shard|part|partition|offset|seq|nonce|ref|link|url|key|lock|lease|worker|agent|device|dev|sensor|client|server|peer|conn|connection|socket|sock|window|tab|view|form|field|input|output|model|ckpt|checkpoint|epoch|exp|experiment|dataset|sample|ds|bucket|object|obj|asset|media|video|audio|track|clip|frame|scene|layer|mesh|tex|mat|loc|location|place|addr|address|geo|zone|region|env|cfg|config|setting|flag|feature|metric|gauge|counter|hist|timer|time|date|day|week|month|year|ts|www|css|js|html|svg|png|jpg|pdf|zip|tar|gz|main|vendor|app|bundle|page|component|emotion|sc|jss|mui|svelte|ng|react|vue)$/i;

/** A prefix and a random tail. */
export const prefixToken: Rule = {
  needs: FEATURES.prefixed,
  find({ text }, report) {
    let at = 0;
    while (at < text.length) {
      if ((classOf(text.charCodeAt(at)) & TOKEN) === 0) {
        at++;
        continue;
      }
      const start = at + escapeBefore(text, at);
      const end = runEnd(text, at, TOKEN);
      at = end;
      const length = end - start;
      if (length < SHORTEST_TAIL + 3 || length > LONGEST_TOKEN || !startsToken(text, start)) continue;
      if (isToken(text.slice(start, end))) report({ start, end, replacement: "[REDACTED_TOKEN]" });
    }
  },
};

/** The letter of an escape (`\n`) belongs to no token. */
function escapeBefore(text: string, at: number): number {
  return text[at - 1] === "\\" && "nrt".includes(text.charAt(at)) ? 1 : 0;
}

/** Words that stand before a tail in names of places as well. */
const PLACE_PART = /^(?:test|dev|staging|app|svc|service|deploy)$/i;

function isToken(token: string): boolean {
  const [, prefix, middle = "", tail] = SHAPE.exec(token) ?? [];
  if (prefix === undefined || tail === undefined) return false;
  const { digits, lower, upper } = mixture(tail, 0, tail.length);
  if (digits === 0 || lower + upper === 0 || entropy(tail) <= RANDOM_BITS) return false;
  const parts = middle.split(/[_-]/).filter((part) => part !== "");
  const last = parts.at(-1) ?? prefix;
  if (/^ids?$/i.test(last) || (parts.length === 0 && IDENTIFIER.test(prefix))) return false;
  if (isGeneratedName(token, last, tail)) return false;
  if (SECRET_PART.test(last) && parts.length > 0) return true;
  // A name in between: an identifier unless the tail can be nothing else.
  if (!token.includes("_") || parts.some((part) => IDENTIFIER.test(part)) || IDENTIFIER.test(prefix)) {
    return false;
  }
  return (digits >= 2 || changes(tail) >= MANY_CHANGES) && isMixed(tail, lower, upper) &&
    (changes(tail) >= MANY_CHANGES || !isNumbered(tail));
}

/** `backup-test-f59e6d28b3a801c3`: what makes directories and deployments puts hex behind a name with hyphens. */
function isGeneratedName(token: string, last: string, tail: string): boolean {
  return !token.includes("_") && PLACE_PART.test(last) && /^[0-9a-f]+$/.test(tail);
}

/** Both cases changing without a word's shape, or a long run that is not hex. */
function isMixed(tail: string, lower: number, upper: number): boolean {
  if (lower > 0 && upper > 0) {
    if (entropy(tail) >= NO_WORDS_BITS) return true;
    const numbers = tail.match(/\d+/g)?.length ?? 0;
    return changes(tail) >= 4 && (numbers >= MANY_NUMBERS || !hasShapeOfWords(tail.replace(/\d{1,16}$/, "")));
  }
  return tail.length >= 24 && !/^[0-9a-fA-F]+$/.test(tail);
}

/** Changes between upper case and the rest. */
function changes(tail: string): number {
  let count = 0;
  for (let i = 1; i < tail.length; i++) {
    const a = classOf(tail.charCodeAt(i - 1)) & UPPER;
    if (a !== (classOf(tail.charCodeAt(i)) & UPPER)) count++;
  }
  return count;
}

/** Digits at one end only: `v2build20251103`, `20251103T081201Z`. */
function isNumbered(tail: string): boolean {
  return /^(?:\d+[A-Za-z]{0,16}|[A-Za-z]{0,32}\d+|\d{8}T\d{4,9}Z?)$/.test(tail);
}
