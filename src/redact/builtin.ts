/**
 * The built-in rules by name, most specific first: where two find the same text, the earlier one's replacement stands.
 *
 * @module
 */

import type { RedactionRule } from "../config/config.ts";
import type { Rule } from "./rule.ts";
import { authHeader } from "./rules/auth_header.ts";
import { base64Line } from "./rules/base64_line.ts";
import { card } from "./rules/card.ts";
import { cliSecret } from "./rules/cli_secret.ts";
import { cloudKey } from "./rules/cloud_key.ts";
import { email } from "./rules/email.ts";
import { encoded } from "./rules/encoded.ts";
import { hash } from "./rules/hash.ts";
import { ethAddress, ethKey, hexHash } from "./rules/hex.ts";
import { iban } from "./rules/iban.ts";
import { ircSecret } from "./rules/irc_secret.ts";
import { jwt } from "./rules/jwt.ts";
import { keyValue } from "./rules/key_value.ts";
import { mnemonic } from "./rules/mnemonic.ts";
import { pem } from "./rules/pem.ts";
import { btcAddress, highEntropy, homePath, ip, phone, usSsn, uuidKey } from "./rules/personal.ts";
import { prefixToken } from "./rules/prefix_token.ts";
import { skKey } from "./rules/sk_key.ts";
import { urlCred } from "./rules/url_cred.ts";
import { vendorToken } from "./rules/vendor_token.ts";
import { walletKey } from "./rules/wallet_key.ts";
import { webhookUrl } from "./rules/webhook_url.ts";

/** Every rule of the catalogue; the order is the order of specificity. */
export const BUILTIN_RULES: Readonly<Record<RedactionRule, Rule>> = {
  "pem": pem,
  "mnemonic": mnemonic,
  "hash": hash,
  "sk-key": skKey,
  "cloud-key": cloudKey,
  "vendor-token": vendorToken,
  "wallet-key": walletKey,
  "webhook-url": webhookUrl,
  "eth-key": ethKey,
  "hex-hash": hexHash,
  "eth-address": ethAddress,
  "url-cred": urlCred,
  "jwt": jwt,
  "prefix-token": prefixToken,
  "auth-header": authHeader,
  "cli-secret": cliSecret,
  "irc-secret": ircSecret,
  "key-value": keyValue,
  "base64-line": base64Line,
  "email": email,
  "iban": iban,
  "card": card,
  "us-ssn": usSsn,
  "btc-address": btcAddress,
  "uuid-key": uuidKey,
  "phone": phone,
  "ip": ip,
  "home-path": homePath,
  "encoded": encoded,
  "high-entropy": highEntropy,
};
