/**
 * Tokens whose vendors gave them a form: made up here from the published lengths and alphabets.
 *
 * @module
 */

import type { Dice } from "./dice.ts";
import { ALNUM, BASE64URL, HEX } from "./dice.ts";
import { NEUTRAL } from "./frames.ts";
import { formKind } from "./kind.ts";
import type { Kind } from "./kind.ts";

type Make = (dice: Dice) => string;

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE64 = `${ALNUM}+/`;

/** A prefix and a tail. */
const tail = (prefix: string, alphabet: string, length: number): Make => (dice) =>
  prefix + dice.chars(alphabet, length);

/** Base64url that neither begins nor ends with a mark, as random tokens rarely do. */
const url = (dice: Dice, length: number) =>
  dice.chars(ALNUM, 2) + dice.chars(BASE64URL, length - 4) + dice.chars(ALNUM, 2);

/** A form of the corpus: name, rule, maker. */
type Row = readonly [name: string, make: Make];

const VENDOR: readonly Row[] = [
  ["github", (d) => d.of(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]) + d.chars(ALNUM, 36)],
  ["github fine-grained", (d) => `github_pat_${d.chars(ALNUM, 22)}_${d.chars(ALNUM, 59)}`],
  ["gitlab", (d) => d.of(["glpat-", "gldt-", "glrt-", "glptt-"]) + url(d, 20)],
  ["stripe", (d) => `${d.of(["sk", "rk"])}_${d.of(["live", "test"])}_${d.chars(ALNUM, 24)}`],
  ["stripe webhook", tail("whsec_", ALNUM, 32)],
  ["slack", (d) => `xox${d.of(["b", "p", "a"])}-${d.chars("123456789", 12)}-${d.chars(ALNUM, 24)}`],
  ["slack app", (d) => `xapp-1-A${d.chars(UPPER, 10)}-${d.chars("123456789", 13)}-${d.chars(HEX, 64)}`],
  ["sendgrid", (d) => `SG.${url(d, 22)}.${url(d, 43)}`],
  ["twilio", tail("SK", HEX, 32)],
  ["mailgun", tail("key-", HEX, 32)],
  ["mailchimp", (d) => `${d.chars(HEX, 32)}-us${1 + d.below(20)}`],
  ["npm", tail("npm_", ALNUM, 36)],
  ["pypi", (d) => `pypi-AgEIcHlwaS5vcmc${url(d, 120)}`],
  ["rubygems", tail("rubygems_", HEX, 48)],
  ["docker", (d) => `dckr_pat_${url(d, 27)}`],
  ["hugging face", tail("hf_", ALNUM.slice(0, 52), 34)],
  ["groq", tail("gsk_", ALNUM, 52)],
  ["xai", tail("xai-", ALNUM, 80)],
  ["perplexity", tail("pplx-", ALNUM, 48)],
  ["replicate", tail("r8_", ALNUM, 37)],
  ["vault", (d) => `hvs.${url(d, 90)}`],
  ["vault legacy", tail("s.", ALNUM, 24)],
  ["tailscale", (d) => `tskey-auth-${d.chars(ALNUM, 12)}-${d.chars(ALNUM, 32)}`],
  ["shopify", tail("shpat_", HEX, 32)],
  ["square", (d) => `sq0atp-${url(d, 22)}`],
  ["linear", tail("lin_api_", ALNUM, 40)],
  ["vercel", tail("vcp_", ALNUM, 56)],
  ["supabase", tail("sbp_", HEX, 40)],
  ["telegram", (d) => `${d.chars("123456789", 10)}:AA${url(d, 33)}`],
  ["discord", (d) => `M${d.chars(ALNUM, 25)}.${d.chars(ALNUM, 6)}.${url(d, 38)}`],
  ["twitch", tail("oauth:", LOWER, 30)],
  ["deno", tail("ddp_", ALNUM, 36)],
  ["new relic", tail("NRAK-", UPPER, 27)],
  ["grafana", (d) => `glsa_${d.chars(ALNUM, 32)}_${d.chars(HEX, 8)}`],
  ["atlassian", (d) => `ATATT3xFfGF0${url(d, 160)}=${d.chars("0123456789ABCDEF", 8)}`],
  ["figma", (d) => `figd_${url(d, 40)}`],
  ["notion", tail("ntn_", ALNUM, 46)],
  ["postman", (d) => `PMAK-${d.chars(HEX, 24)}-${d.chars(HEX, 34)}`],
  ["pulumi", tail("pul-", HEX, 40)],
  ["doppler", tail("dp.pt.", ALNUM, 43)],
  ["databricks", tail("dapi", HEX, 32)],
  ["netlify", tail("nfp_", ALNUM, 36)],
  [
    "hubspot",
    (d) =>
      `pat-na1-${d.chars(HEX, 8)}-${d.chars(HEX, 4)}-${d.chars(HEX, 4)}-${d.chars(HEX, 4)}-${
        d.chars(HEX, 12)
      }`,
  ],
  ["planetscale", tail("pscale_tkn_", ALNUM, 43)],
  ["airtable", (d) => `pat${d.chars(ALNUM, 14)}.${d.chars(HEX, 64)}`],
  ["cloudflare origin", (d) => `v1.0-${d.chars(HEX, 24)}-${d.chars(HEX, 146)}`],
  ["sentry", (d) => `sntryu_${d.chars(HEX, 64)}`],
  ["fly", (d) => `FlyV1 fm2_${d.chars(BASE64, 120)}`],
  ["langsmith", (d) => `lsv2_pt_${d.chars(HEX, 32)}_${d.chars(HEX, 10)}`],
  ["heroku", (d) => `HRKU-AA${url(d, 58)}`],
  ["circleci", (d) => `CCIPAT_${d.chars(ALNUM, 22)}_${d.chars(HEX, 40)}`],
  ["buildkite", tail("bkua_", HEX, 40)],
  ["razorpay", tail("rzp_live_", ALNUM, 14)],
  ["flutterwave", (d) => `FLWSECK-${d.chars(HEX, 32)}-X`],
  ["facebook", (d) => `EAA${d.chars(ALNUM, 150)}`],
  ["dynatrace", (d) => `dt0c01.${d.chars(UPPER, 24)}.${d.chars(UPPER, 64)}`],
];

const CLOUD: readonly Row[] = [
  ["aws access key", (d) => d.of(["AKIA", "ASIA"]) + d.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)],
  ["google api", (d) => `AIza${url(d, 35)}`],
  ["google access", (d) => `ya29.a0${url(d, 160)}`],
  ["google client", (d) => `GOCSPX-${url(d, 28)}`],
  ["azure ad", (d) => `${d.chars(ALNUM, 3)}8Q~${url(d, 34)}`],
  ["alibaba", tail("LTAI5t", ALNUM, 18)],
  ["digitalocean", tail("dop_v1_", HEX, 64)],
  ["tencent", tail("AKID", ALNUM, 32)],
  ["bedrock", (d) => `ABSK${d.chars(ALNUM, 128)}`],
];

const SK: readonly Row[] = [
  ["openai", (d) => `sk-proj-${url(d, 120)}`],
  ["openai legacy", (d) => `sk-${d.chars(ALNUM, 20)}T3BlbkFJ${d.chars(ALNUM, 20)}`],
  ["openai service", (d) => `sk-svcacct-${url(d, 80)}`],
  ["anthropic", (d) => `sk-ant-api03-${url(d, 93)}AA`],
  ["openrouter", tail("sk-or-v1-", HEX, 64)],
  ["deepseek", tail("sk-", HEX, 32)],
];

const part = (dice: Dice, value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") +
  dice.chars(ALNUM, 0);

const JWT: readonly Row[] = [
  [
    "jwt",
    (d) => `${part(d, { alg: "HS256", typ: "JWT" })}.${part(d, { sub: d.chars(ALNUM, 12) })}.${url(d, 43)}`,
  ],
  ["jwt unsigned", (d) => `${part(d, { alg: "none" })}.${part(d, { sub: d.chars(ALNUM, 20) })}`],
  ["jwe", (d) => `${part(d, { alg: "dir", enc: "A128GCM" })}..${url(d, 16)}.${url(d, 60)}.${url(d, 22)}`],
];

const PREFIX: readonly Row[] = [
  [
    "prefix live",
    (d) => `${d.of(["acme", "pay", "zed", "ly", "ob"])}_${d.of(["live", "test"])}_${d.chars(ALNUM, 24)}`,
  ],
  [
    "prefix secret",
    (d) => `${d.of(["acme", "pay", "kit"])}_${d.of(["sk", "key", "pat", "secret"])}_${d.chars(LOWER, 32)}`,
  ],
  ["prefix plain", (d) => `${d.of(["acme", "tok", "fw", "zt", "api"])}_${d.chars(ALNUM, 32)}`],
];

const of = (rule: string, shown: string, rows: readonly Row[]): readonly Kind[] =>
  rows.map(([name, make]) => formKind(name, rule, shown, make, NEUTRAL));

/** Kinds known by their form. */
export const TOKEN_KINDS: readonly Kind[] = [
  ...of("vendor-token", "[REDACTED_TOKEN]", VENDOR),
  ...of("cloud-key", "[REDACTED_CLOUD_KEY]", CLOUD),
  ...of("sk-key", "sk-[REDACTED]", SK),
  ...of("jwt", "[REDACTED_JWT]", JWT),
  ...of("prefix-token", "[REDACTED_TOKEN]", PREFIX),
];
