/**
 * `hash`: hashes of passwords, which can be tried at leisure by whoever has them.
 *
 * Sources: crypt(5) (`$1$`, `$5$`, `$6$`, `$y$`, `$2b$`), the PHC string format (`$argon2id$`, `$scrypt$`,
 * `$pbkdf2-sha256$`), Apache htpasswd (`$apr1$`), Django's, Werkzeug's and phpass's password formats, RFC 2307 and
 * OpenLDAP (`{SSHA}`), PostgreSQL (`SCRAM-SHA-256$`). Becomes `[REDACTED_HASH]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

const FORMS: readonly RegExp[] = [
  /\$2[abxy]?\$\d{2}\$[./A-Za-z0-9]{22,53}/, // bcrypt, truncated ones too
  /\$(?:argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha\d{1,3})?)\$(?:[a-z]{1,4}=?[\w=,+-]{1,64}\$|\d{1,9}\$){0,3}[A-Za-z0-9+/.=]{4,128}\$[A-Za-z0-9+/.=]{8,128}/,
  /\$(?:1|5|6|y|gy|7|apr1|sha1|md5)\$(?:rounds=\d{1,9}\$|[./A-Za-z0-9]{1,16}\$(?=[./A-Za-z0-9]{1,64}\$))?[./A-Za-z0-9]{1,64}\$[./A-Za-z0-9]{20,128}/, // crypt
  /\$[PH]\$[./A-Za-z0-9]{31}/, // phpass
  /(?:pbkdf2_sha(?:256|1|512)|bcrypt_sha256|scrypt)\$[\w$.=]{1,64}\$[A-Za-z0-9+/=]{27,128}/, // Django
  /(?:pbkdf2:sha(?:1|256|512)(?::\d{1,9})?|scrypt:\d{1,9}:\d{1,3}:\d{1,3})\$[A-Za-z0-9]{1,64}\$[0-9a-f]{32,128}/, // Werkzeug
  /\{S?(?:SHA|MD5|SHA256|SHA384|SHA512)\}[A-Za-z0-9+/]{20,128}={0,2}/, // LDAP
  /SCRAM-SHA-(?:1|256)\$\d{1,9}:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=]{20,64}:[A-Za-z0-9+/=]{20,64}/, // PostgreSQL
];

const ANY = new RegExp(FORMS.map((form) => form.source).join("|"), "g");

/** Hashes of passwords by their formats. */
export const hash: Rule = {
  needs: FEATURES.base64 | FEATURES.longToken,
  find({ text }, report) {
    if (!text.includes("$") && !text.includes("}")) return;
    for (const { index, 0: found } of text.matchAll(ANY)) {
      report({ start: index, end: index + found.length, replacement: "[REDACTED_HASH]" });
    }
  },
};
