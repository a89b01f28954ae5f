/**
 * The built-in rules by name, most specific first: where two find the same text, the earlier one's replacement stands.
 *
 * @module
 */

import type { RedactionRule } from "../config/config.ts";
import type { Rule } from "./rule.ts";
import { authHeader } from "./rules/auth_header.ts";
import { card } from "./rules/card.ts";
import { cloudKey } from "./rules/cloud_key.ts";
import { email } from "./rules/email.ts";
import { ethAddress, ethKey, hexHash } from "./rules/hex.ts";
import { jwt } from "./rules/jwt.ts";
import { keyValue } from "./rules/key_value.ts";
import { pem } from "./rules/pem.ts";
import { skKey } from "./rules/sk_key.ts";
import { urlCred } from "./rules/url_cred.ts";
import { vendorToken } from "./rules/vendor_token.ts";

/** Every rule of the catalogue; the order is the order of specificity. */
export const BUILTIN_RULES: Readonly<Record<RedactionRule, Rule>> = {
  "pem": pem,
  "cloud-key": cloudKey,
  "vendor-token": vendorToken,
  "eth-key": ethKey,
  "hex-hash": hexHash,
  "eth-address": ethAddress,
  "url-cred": urlCred,
  "sk-key": skKey,
  "jwt": jwt,
  "auth-header": authHeader,
  "key-value": keyValue,
  "email": email,
  "card": card,
};
