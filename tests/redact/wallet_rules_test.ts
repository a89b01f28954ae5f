import { BIP39_WORDS } from "../../src/redact/bip39.ts";
import { BASE58, diceOf, HEX } from "./corpus/dice.ts";
import { table, unchanged } from "./table.ts";

const dice = diceOf(5);
const words = (count: number) => Array.from({ length: count }, () => dice.of(BIP39_WORDS)).join(" ");

table("mnemonic hides 12 to 24 words of BIP-39 in a row", [
  [`mnemonic: ${words(12)}`, "mnemonic: [REDACTED_MNEMONIC]"],
  [`Seed phrase: ${words(24)}.`, "Seed phrase: [REDACTED_MNEMONIC]."],
  [`${"abandon ".repeat(11)}about`, "[REDACTED_MNEMONIC]"],
  [words(15).toUpperCase(), "[REDACTED_MNEMONIC]"],
  [`["${words(12).replaceAll(" ", '","')}"]`, "[[REDACTED_MNEMONIC]]"],
  [`phrase ${words(12).replaceAll(" ", ", ")}; done`, "phrase [REDACTED_MNEMONIC]; done"],
  [words(12).split(" ").map((word, i) => `${i + 1}. ${word}`).join(" "), "[REDACTED_MNEMONIC]"],
  [`seed\\n${words(12)}\\n`, "seed\\n[REDACTED_MNEMONIC]\\n"],
]);
unchanged("mnemonic leaves eleven words, one word many times, and prose", [
  `see ${"abandon ability able about above absent absorb abstract absurd abuse access"}`,
  "word ".repeat(40).trim(),
  "the quick brown fox will jump over the lazy dog and then it can sleep in the warm sun all day",
]);

table("wallet-key hides keys that are no hex", [
  [`K${dice.chars(BASE58, 51)}`, "[REDACTED_KEY]"],
  [`xprv9${dice.chars(BASE58, 106)}`, "[REDACTED_KEY]"],
  [`nsec1${dice.chars("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58)}`, "[REDACTED_KEY]"],
  [`AGE-SECRET-KEY-1${dice.chars("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`, "[REDACTED_KEY]"],
  [`keypair ${dice.chars(BASE58, 88)}`, "keypair [REDACTED_KEY]"],
  [`[${Array.from({ length: 64 }, (_, i) => i * 3).join(",")}]`, "[REDACTED_KEY]"],
  [`PrivateKey = ${btoa("0123456789abcdef0123456789abcdef")}`, "PrivateKey = [REDACTED_KEY]"],
]);
unchanged("wallet-key leaves signatures, public keys and other arrays", [
  `signature ${dice.chars(BASE58, 88)}`,
  `xpub6${dice.chars(BASE58, 106)}`,
  `[${Array.from({ length: 63 }, (_, i) => i).join(",")}]`,
  `[${Array.from({ length: 64 }, (_, i) => i * 9000).join(",")}]`,
]);

const BCRYPT = `$2b$12$${dice.chars(`${BASE58}./`, 53)}`;
table("hash hides hashes of passwords", [
  [`hash=${BCRYPT}`, "hash=[REDACTED_HASH]"],
  [`"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$${dice.chars(BASE58, 43)}"`, '"[REDACTED_HASH]"'],
  [`root:$6$saltsalt$${dice.chars(BASE58, 86)}:19000:0`, "root:[REDACTED_HASH]:19000:0"],
  [`pbkdf2_sha256$600000$salt$${dice.chars(BASE58, 43)}=`, "[REDACTED_HASH]"],
  [`{SSHA}${dice.chars(BASE58, 38)}`, "[REDACTED_HASH]"],
]);
unchanged("hash leaves prices and variables", ["cost $2 and $6 each", "$1$2", "${HASH} {sha}"]);

const LINE = dice.chars(`${BASE58}+/`, 64);
table("base64-line hides a line that is one run of base64 behind its prefix", [
  [LINE, "[REDACTED_BASE64]"],
  [`2025-11-03T08:12:01Z  INFO app: ${LINE}`, "2025-11-03T08:12:01Z  INFO app: [REDACTED_BASE64]"],
  [`[INFO] ${LINE}\\n`, "[INFO] [REDACTED_BASE64]\\n"],
]);
unchanged("base64-line leaves runs that stand in a sentence, hex and paths", [
  `attachment image ${LINE}`,
  dice.chars(HEX, 40),
  "/usr/local/lib/python3/site/packages/requests/adapters",
]);
