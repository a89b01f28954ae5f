/**
 * `wallet-key`: private keys of chains and of encryption tools that are not hex.
 *
 * Sources: Bitcoin's wallet import format; BIP-32 (xprv) and SLIP-132 (yprv, zprv); NIP-19 (nsec); Solana's key files
 * (64 bytes, in base58 or as an array of numbers); age's recipients and identities; wg(8). Becomes `[REDACTED_KEY]`.
 *
 * @module
 */

import { FEATURES } from "../features.ts";
import type { Found, Rule } from "../rule.ts";
import { mixture } from "../chars.ts";
import { tokenForms } from "./token_forms.ts";

const REPLACEMENT = "[REDACTED_KEY]";

const forms = tokenForms([
  /[xyztuvYZUV]prv[1-9A-HJ-NP-Za-km-z]{90,112}/, // BIP-32
  /nsec1[02-9ac-hj-np-z]{58}/, // Nostr
  /AGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]{1,16})-1?[02-9AC-HJ-NP-Z]{58,512}/, // age
  /ed25519:[1-9A-HJ-NP-Za-km-z]{86,88}/, // NEAR
  /suiprivkey1[02-9ac-hj-np-z]{58}/, // Sui
  /S[A-Z2-7]{55}(?![A-Za-z0-9])/, // Stellar
], REPLACEMENT);

/** Base58 of a length that a private key has: WIF with 51 and 52 characters, Solana with 86 to 88. */
const BASE58 =
  /(?<![A-Za-z0-9_])(?:[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}|[1-9A-HJ-NP-Za-km-z]{86,88})(?![A-Za-z0-9_])/g;

/** Length of a WIF key, in characters. */
const LONGEST_WIF = 52;

/** A word that says that what follows is a private key. */
const KEY_WORD = /(?:priv|secret|key|seed|wallet|signer|payer|authority|mint)[\w-]*["'`]?[^;|}{]{0,16}$/i;

/** A word that says that it is a signature, which is public on a chain, or the public half. */
const PUBLIC_WORD =
  /(?:sig|signature|tx|txn|transaction|hash|pub(?:lic)?[ _-]?key|digest)s?["'`]?[\s:=>("'[]{0,4}$/i;

/** How far to the left a key word may stand, in UTF-16 units. */
const REACH = 40;

/** Keys of WireGuard: 32 bytes in base64, which end in one of sixteen letters and `=`. */
const WIREGUARD =
  /(?:private[ _-]?key|pre-?shared[ _-]?key|\bpsk)["'`]?(?:\s{0,4}[=:]\s{0,4}|\s{1,4})["'`]?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/gi;

/** Numbers of a key in a key file: 64 bytes, or 32 behind a key word. */
const BYTES = 64;

/** Private keys by form, by length and key word, and as arrays of bytes. */
export const walletKey: Rule = {
  needs: FEATURES.longToken | FEATURES.manyDigits | FEATURES.operator,
  find(line, report) {
    const { text } = line;
    if ((line.features & FEATURES.longToken) !== 0) {
      forms.find(line, report);
      findBase58(text, report);
    }
    if ((line.features & FEATURES.keyword) !== 0) {
      for (const match of text.matchAll(WIREGUARD)) {
        const end = match.index + match[0].length;
        report({ start: end - (match[1]?.length ?? 0), end, replacement: REPLACEMENT });
      }
    }
    if (text.includes("[")) findArrays(text, report);
  },
};

function findBase58(text: string, report: (found: Found) => void): void {
  for (const { index, 0: found } of text.matchAll(BASE58)) {
    const end = index + found.length;
    const { digits, lower, upper } = mixture(text, index, end);
    if (digits === 0 || lower === 0 || upper === 0) continue;
    const before = text.slice(Math.max(0, index - REACH), index);
    const isNamed = KEY_WORD.test(before) && !PUBLIC_WORD.test(before);
    if (isNamed || found.length <= LONGEST_WIF) report({ start: index, end, replacement: REPLACEMENT });
  }
}

function findArrays(text: string, report: (found: Found) => void): void {
  for (let at = text.indexOf("["); at >= 0; at = text.indexOf("[", at + 1)) {
    const { end, numbers } = arrayAt(text, at);
    const enough = numbers === BYTES ||
      (numbers === BYTES / 2 && KEY_WORD.test(text.slice(Math.max(0, at - REACH), at)));
    if (enough && end > 0) report({ start: at, end, replacement: REPLACEMENT });
  }
}

/** Reads `[1, 2, …]` of bytes; `end` is 0 when it is something else. */
function arrayAt(text: string, start: number): { readonly end: number; readonly numbers: number } {
  const item = /\s{0,4}(?:0x[0-9a-fA-F]{2}|\d{1,3})\s{0,4}([,\]])/y;
  item.lastIndex = start + 1;
  for (let numbers = 1; numbers <= BYTES + 1; numbers++) {
    const match = item.exec(text);
    if (match === null) break;
    if (match[1] === "]") return { end: item.lastIndex, numbers };
  }
  return { end: 0, numbers: 0 };
}
