/**
 * `email`: addresses of people.
 *
 * Sources: RFC 5321 §4.5.3.1 (lengths), RFC 6531 (letters of any script). Becomes `[EMAIL]`. What only looks like one
 * stays: `git@host:path`, `logo@2x.png`, `pkg@1.2.3`, `getty@tty1.service`, the user of a URL.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Rule } from "../rule.ts";

/** Longest local part, in octets, by RFC 5321. */
const LONGEST_LOCAL = 64;

const LOCAL = /[\p{L}\p{N}._%+'-]{1,64}$/u;

/** A domain: labels and a last one of letters, or of Punycode. */
const DOMAIN =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}])/uy;

/** Last labels of files, packages and systemd's units, which are no domains. */
const NO_DOMAIN =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|scss|js|mjs|cjs|ts|jsx|tsx|json|map|html?|md|txt|log|ya?ml|toml|tgz|gz|zip|jar|whl|py|rb|go|rs|php|service|socket|timer|slice|scope|mount|target|device|path|swap)$/i;

/** Services of IRC networks are addressed as `Q@CServe.quakenet.org`. */
const SERVICE = /^(?:[QX]|(?:Nick|Chan|Auth|User)Serv)$/i;

/** Addresses, with `@` as it is or percent-encoded. */
export const email: Rule = {
  needs: FEATURES.at | FEATURES.escape,
  find({ text }, report) {
    for (const match of text.matchAll(/@|%40/g)) {
      const at = match.index;
      const local = (LOCAL.exec(text.slice(Math.max(0, at - LONGEST_LOCAL), at))?.[0] ?? "")
        .replace(/^.*%(?!2[BDE]|5F)[0-9A-F]{2}/i, "").replace(/^['._%-]+/, "");
      const escaped = match[0] !== "@";
      if (escaped && isUserinfo(text, at)) continue;
      if (local === "" || /['.]$/.test(local) || SERVICE.test(local)) continue;
      DOMAIN.lastIndex = at + match[0].length;
      if (!DOMAIN.test(text)) continue;
      const start = at - local.length;
      const end = DOMAIN.lastIndex;
      if (NO_DOMAIN.test(text.slice(at, end)) || text.endsWith("://", start) || isScpPath(text, start, end)) {
        continue;
      }
      report({ start: withoutEscape(text, start), end, replacement: "[EMAIL]", yields: true });
    }
  },
};

/** Whether a percent-encoded `@` ends the user and password of a percent-encoded URL. */
function isUserinfo(text: string, at: number): boolean {
  return /%3A%2F%2F(?:[\w.~+*!-]|%(?!2F|3F)[0-9A-F]{2}){1,255}$/i.test(text.slice(Math.max(0, at - 264), at));
}

/** `git@github.com:team/app.git`: what follows the colon is a path. */
function isScpPath(text: string, start: number, end: number): boolean {
  if (text[end] !== ":") return false;
  return text.startsWith("git@", start) ||
    /^:[\w~.-]{0,64}\/|^:\/|^:\d{2,5}\//.test(text.slice(end, end + 80));
}

/** An escape before the local part (`\n`, `%20`, `%3D`) stays. */
function withoutEscape(text: string, start: number): number {
  if (text[start - 1] === "%" && /^[0-9A-Fa-f]{2}/.test(text.slice(start, start + 2))) return start + 2;
  return text[start - 1] === "\\" && /^[nrt]/.test(text.slice(start)) ? start + 1 : start;
}
