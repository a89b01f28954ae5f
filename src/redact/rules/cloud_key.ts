/**
 * `cloud-key`: keys of cloud providers that can be told by their form.
 *
 * Sources: AWS IAM identifiers (prefixes of access keys; a secret access key has 40 characters of base64), Google API
 * keys and OAuth 2.0, Azure AD client secrets, Alibaba RAM, Tencent CAM, DigitalOcean, Amazon Bedrock. Those that only
 * their name gives away (`AccountKey=`, `aws_secret_access_key=`) are found behind that name. Becomes `[REDACTED_CLOUD_KEY]`.
 *
 * @module
 */

import { mixture } from "../chars.ts";
import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";
import { tokenForms } from "./token_forms.ts";

const REPLACEMENT = "[REDACTED_CLOUD_KEY]";

const FORMS: readonly RegExp[] = [
  /A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])/, // AWS
  /ABSK[A-Za-z0-9+/]{100,512}={0,2}|bedrock-api-key-[A-Za-z0-9+/=]{20,2048}/, // Amazon Bedrock
  /AIza[A-Za-z0-9_-]{35}/, // Google API
  /ya29\.[A-Za-z0-9_.-]{20,2048}|1\/\/0[A-Za-z0-9_-]{40,255}|GOCSPX-[A-Za-z0-9_-]{20,64}/, // Google OAuth
  /[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}/, // Azure AD
  /LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])/, // Alibaba
  /AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])/, // Tencent
  /do[por]_v1_[0-9a-f]{64}/, // DigitalOcean
];

const byForm = tokenForms(FORMS, REPLACEMENT);

/** Heads of AWS access keys: their secret halves are looked for only beside them. */
const ACCESS_KEY = /A(?:KIA|SIA)[A-Z0-9]{16}/;

/** A secret access key: 40 characters of base64 that are no part of a longer run. */
const SECRET_KEY = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g;

/** Keys without a form of their own, behind the names that their providers give them. */
const NAMED: readonly RegExp[] = [
  /secret[ _-]?access[ _-]?key\W{1,12}?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/gi, // AWS
  /(?:account|shared ?access|storage|access|primary|secondary)_?key(?:["'\\]{0,4}\s{0,3}[=:]\s{0,3}["'\\]{0,4})([A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/gi, // Azure
];

/** Keys by provider, and the secret half of an AWS key on the same line as its access key. */
export const cloudKey: Rule = {
  needs: FEATURES.longToken | FEATURES.keyword,
  find(line, report) {
    byForm.find(line, report);
    if ((line.features & FEATURES.keyword) !== 0) findNamed(line.text, report);
    if (!ACCESS_KEY.test(line.text)) return;
    for (const match of line.text.matchAll(SECRET_KEY)) {
      const [start, end] = [match.index, match.index + match[0].length];
      const { digits, lower, upper } = mixture(line.text, start, end);
      if (digits > 0 && lower > 0 && upper > 0) report({ start, end, replacement: REPLACEMENT });
    }
  },
};

function findNamed(text: string, report: (found: Found) => void): void {
  for (const pattern of NAMED) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      report({ start: end - (match[1]?.length ?? 0), end, replacement: REPLACEMENT });
    }
  }
}
