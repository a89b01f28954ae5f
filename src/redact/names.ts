/**
 * Which names of keys say that the value is a secret, judged word by word, so that `author` and `max_tokens` do not.
 *
 * @module
 */

/**
 * What a name promises: `secret` hides any value that is not a placeholder, `likely` only one that looks random,
 * `none` nothing.
 */
export type NameKind = "secret" | "likely" | "none";

/** Splits a name into lower-case words at `_`, `-`, `.`, `$`, blanks and changes of case. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Substrings of a word that name a secret wherever they stand: nothing else in English or code contains them. */
const SECRET_PART =
  /passw|passphrase|passcode|secret|credential|apikey|accesskey|privatekey|privkey|signingkey|encryptionkey|masterkey|sharedkey|accountkey|sessionid|sessid|sessionkey|authkey|contrasen|kennwort|mnemonic/;

/** Whole words that name a secret. */
const SECRET_WORD = set(
  "pass pwd pw pswd passwd psk dsn token secret cred creds credential credentials senha jwt mnemonic signature sas otp totp",
);

/** Ends of words that name a secret: `authtoken`, `userpass`, `dbpwd`. */
const SECRET_END = /(?:token|pwd|(?:db|my|user|root|admin|mail|smtp|ftp|sql|pg|key|store|trust)pass)$/;

/** Pairs of words that name a secret together. */
const SECRET_PAIR = set(
  "session_id session_key pass_phrase pass_word pass_code pass_wd seed_phrase recovery_phrase connection_string conn_str one_time_code verification_code recovery_code recovery_codes backup_code backup_codes security_code access_code login_code confirmation_code auth_code authorization_code community_string",
);

/** What `key` must belong to so that every value of it is a secret. */
const KEY_OWNER = set(
  `api access private priv secret encryption encrypt decryption signing sign master auth authentication account shared
  service ssh deploy hmac aes rsa wallet admin client session crypto sas webhook jwt gpg pgp license subscription
  instrumentation consumer token rest unseal recovery bot tls ssl ingest integration pre preshared x`,
);

/** What `key` may belong to without being one. */
const KEY_NO_SECRET = set(
  `public pub primary foreign partition sort cache idempotency routing row range group map object s3 index unique composite
  lookup dedup dedupe deduplication message event record join shard bucket registry translation i18n locale natural
  surrogate candidate super order search tag label metric redis memcache hot any press arrow config property field
  header param state error query binding topic stream_ trace feature flag`,
);

/** A last word that makes the name one of something about the secret, not of the secret. */
const ABOUT = set(
  `count counts url uri urls name names path paths file files filename dir id ids size sizes type types kind ttl expiry expires
  expire expiration expired in at on by for of len length version policy prefix suffix limit limits usage used status
  field fields header headers endpoint class manager store service services validator format algorithm alg algo
  rotation required enabled disabled valid invalid error errors attempts age index label title hint reset changed
  change provider arn ref reference rate ratio bucket budget cost price symbol address decimals mint supply balance
  issuer audience scope scopes owner exists present missing created updated rotated strength score repository repo
  controller filter handler factory builder generator encoder decoder parser reader writer client server cache
  response request method mode source input output max min days hours minutes seconds ms serializer deserializer
  txt py java go rs ts js jsx tsx json yml yaml log md html css php rb conf cfg toml cs kt swift sh sql vue crt pub
  signer spec schema model config configuration loader resolver middleware interceptor plugin util utils test tests
  page template form link button view screen dialog event events message body check strategy host port user username
  email helper timeout interval retries renewal lifetime namespace nonce regex pattern`,
);

/** Words before `token` or `tokens` that count pieces of text, say what a parser met, or where a listing goes on. */
const COUNTED = set(
  `max min num number total prompt completion input output remaining used reasoning cached context generated new_ avg
  unexpected expected n per audio text image eos bos pad unk stop special
  next page continuation pagination cursor sync cancellation`,
);

/** How many verdicts are kept: names of keys repeat, but a hostile line may make up new ones. */
const VERDICTS = 4096;

const verdicts = new Map<string, NameKind>();

/**
 * Judges a name.
 *
 * @param name As written, the words before it in prose included: `db_password`, `apiKey`, `API key`.
 */
export function nameKind(name: string): NameKind {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const kind = judge(wordsOf(name));
  if (verdicts.size >= VERDICTS) verdicts.clear();
  verdicts.set(name, kind);
  return kind;
}

function judge(all: readonly string[]): NameKind {
  // `PaSsWoRd`: changes of case that are none of words.
  if (
    all.length > 1 && all.length <= 16 && all.every((word) => word.length < 3) &&
    SECRET_PART.test(all.join(""))
  ) {
    return "secret";
  }
  // `password2`, `token_v2`, `API_KEY_1`: a number does not change what the name means.
  const words = all.map((word) => word.replace(/\d+$/, "")).filter((word) => word !== "" && word !== "v");
  const last = words.at(-1);
  if (last === undefined) return "none";
  const before = words.at(-2) ?? "";
  if (SECRET_PAIR.has(`${before}_${last}`)) return "secret";
  if (last === "id" && words.includes("session")) return "secret";
  if (last === "keys" || last === "key") return keyKind(words.slice(0, -1));
  if (ABOUT.has(last)) return "none";
  if (last === "tokens" || last === "token") return COUNTED.has(before) ? "none" : "secret";
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (isSecretWord(word) && (i === words.length - 1 || word !== "pass")) return "secret";
    if (word === "key" && i > 0 && keyKind(words.slice(0, i)) === "secret") return "secret";
  }
  return last === "code" || (last === "cookie" && words.length > 1) || last === "auth" || last === "pat" ||
      last === "salt" || last === "sid" ||
      last === "sig" || last === "pin" ||
      last === "passkey"
    ? "likely"
    : "none";
}

function isSecretWord(word: string): boolean {
  return SECRET_WORD.has(word) || SECRET_PART.test(word) || SECRET_END.test(word);
}

/** Judges `… key` by what stands before `key`. */
function keyKind(owners: readonly string[]): NameKind {
  const owner = owners.at(-1);
  if (owner === undefined) return "likely";
  if (KEY_NO_SECRET.has(owner)) return "none";
  if (KEY_OWNER.has(owner) || isSecretWord(owner)) return "secret";
  return "likely";
}
