/**
 * Secrets and personal data known by their shape or their check digits: keys of chains, key blocks, mnemonics, hashes
 * of passwords, addresses, numbers of cards and accounts, and all that in encoded form.
 *
 * @module
 */

import { BIP39_WORDS } from "../../../src/redact/bip39.ts";
import type { Dice } from "./dice.ts";
import { ALNUM, BASE58, HEX } from "./dice.ts";
import { NEUTRAL } from "./frames.ts";
import { formKind, lineKind, partKind } from "./kind.ts";
import type { Frame, Kind } from "./kind.ts";

const BASE64 = `${ALNUM}+/`;
const DIGITS = "0123456789";

const frames = (lines: readonly string[]): readonly Frame[] =>
  lines.map((line) => ({ name: line, around: (text) => line.replaceAll("{}", () => text) }));

const hex64 = (dice: Dice) => dice.chars(HEX, 64);

const KEY_LINES = [
  "EVM_PRIVATE_KEY=0x{}",
  "private_key: 0x{}",
  '{"privateKey":"0x{}","chainId":8453}',
  "loaded signer 0x{} from env",
  "Wallet { signer: 0x{}, nonce: 1 }",
  "wallet key 0x{}",
  "{'secret': '0x{}'}",
  "deployer=0x{} chain=base",
  "seed 0X{} imported",
  "cast send --private-key 0x{} --rpc-url http://x.test",
  "account 0x{} unlocked",
  "got 0x{}",
];

const HASH_LINES = [
  "tx=0x{}",
  "Payment settled - TX: 0x{}",
  '{"transactionHash":"0x{}","status":"0x1"}',
  "block hash 0x{} imported",
  "https://basescan.org/tx/0x{}",
  "topics: [0x{}, 0x{}]",
  "parentHash=0x{} number=42",
  "stateRoot: 0x{}",
  "TxHash(0x{}) confirmed",
  "userOpHash=0x{}",
  "receipt for 0x{} found, transaction 0x{} mined",
  "merkle root: 0x{}",
];

const shortenedHash = (dice: Dice) => {
  const digits = hex64(dice);
  return { text: digits, secret: digits, shown: `${digits.slice(0, 6)}...` };
};

const CHAIN: readonly Kind[] = [
  {
    ...lineKind("eth key", "eth-key", "[REDACTED_KEY]", hex64, KEY_LINES),
    samples: (dice, count) =>
      lineKind("eth key", "eth-key", "[REDACTED_KEY]", hex64, KEY_LINES).samples(dice, count)
        .map((sample) => ({ ...sample, shown: sample.shown.map((text) => text.replaceAll("0X[", "0x[")) })),
  },
  lineKind("eth key bare", "eth-key", "[REDACTED_KEY]", hex64, [
    "PRIVATE_KEY={}",
    "signer: {}",
    '{"secretKey":"{}"}',
    "importing {} into keystore",
    "key={} ok",
    "privkeys=[{}, {}]",
    "pk {} loaded",
    "wallet {} ready",
    "SEED='{}'",
    "sk: {}",
  ]),
  partKind("tx hash", "hex-hash", shortenedHash, frames(HASH_LINES)),
  partKind(
    "digest",
    "hex-hash",
    shortenedHash,
    frames([
      "Digest: sha256:{}",
      "image registry.test/app@sha256:{} pulled",
      "{}  release.tar.gz",
      "sha256={} size=42",
      "layer {} extracted",
      '{"checksum":"{}"}',
      "/var/lib/docker/overlay2/{}/merged",
      "containerID={} exited",
      "commit {} signed",
      "fingerprint: {}",
    ]),
  ),
  partKind("address", "eth-address", (dice) => {
    const digits = dice.chars(`${HEX}ABCDEF`, 40);
    return { text: `0x${digits}`, secret: digits, shown: `0x${digits.slice(0, 10)}...` };
  }, NEUTRAL),
  formKind("wif", "wallet-key", "[REDACTED_KEY]", (d) => d.of(["K", "L"]) + d.chars(BASE58, 51), NEUTRAL),
  formKind(
    "xprv",
    "wallet-key",
    "[REDACTED_KEY]",
    (d) => d.of(["xprv9", "yprvA", "zprvA"]) + d.chars(BASE58, 106),
    NEUTRAL,
  ),
  formKind(
    "nsec",
    "wallet-key",
    "[REDACTED_KEY]",
    (d) => `nsec1${d.chars("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58)}`,
    NEUTRAL,
  ),
  formKind(
    "age",
    "wallet-key",
    "[REDACTED_KEY]",
    (d) => `AGE-SECRET-KEY-1${d.chars("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`,
    NEUTRAL,
  ),
  lineKind("solana", "wallet-key", "[REDACTED_KEY]", (d) => `5${d.chars(BASE58, 87)}`, [
    "SOLANA_PRIVATE_KEY={}",
    "private key: {}",
    '{"secretKey":"{}"}',
    "keypair {} loaded",
    "wallet secret {}",
    "payer_keypair={}",
  ]),
  lineKind(
    "key array",
    "wallet-key",
    "[REDACTED_KEY]",
    (d) => `[${Array.from({ length: 64 }, () => d.below(256)).join(d.of([",", ", "]))}]`,
    ["keypair {} loaded", '{"secret":{}}', "{}", "id.json: {}", "Keypair::from_bytes(&{})"],
  ),
  lineKind(
    "wireguard",
    "wallet-key",
    "[REDACTED_KEY]",
    (d) => `${d.chars(BASE64, 42)}${d.of(["A", "E", "I", "M"])}=`,
    [
      "PrivateKey = {}",
      "wg set wg0 private-key {}",
      "PresharedKey = {}",
      "private key: {}",
      "PrivateKey={}",
    ],
  ),
];

const mnemonic = (count: number) => (dice: Dice) =>
  Array.from({ length: count }, () => dice.of(BIP39_WORDS)).join(" ");

const phrase = (name: string, make: (dice: Dice) => string, lines: readonly string[]) =>
  lineKind(name, "mnemonic", "[REDACTED_MNEMONIC]", make, lines);

const PHRASE_LINES = [
  "mnemonic: {}",
  'MNEMONIC="{}"',
  '{"mnemonic":"{}","index":0}',
  "wallet restored from {}",
  "Seed phrase: {}.",
  "{}",
  "seed={}",
  "using '{}' as backup",
  "ERROR app: could not import {} (checksum)",
  "{'phrase': '{}'}",
];

const MNEMONICS: readonly Kind[] = [
  phrase("mnemonic 12", mnemonic(12), PHRASE_LINES),
  phrase("mnemonic 15 to 21", (d) => mnemonic(d.of([15, 18, 21]))(d), PHRASE_LINES),
  phrase("mnemonic 24", mnemonic(24), PHRASE_LINES),
  phrase("mnemonic upper", (d) => mnemonic(12)(d).toUpperCase(), ["seed phrase {}", "backup: {}"]),
  phrase("mnemonic commas", (d) => mnemonic(12)(d).replaceAll(" ", d.of([",", ", "])), [
    "mnemonic {}",
    "words=[{}]",
    "seed words: {}",
  ]),
  phrase("mnemonic quoted", (d) => `"${mnemonic(12)(d).replaceAll(" ", '", "')}"`, [
    "words [{}]",
    '{"words":[{}]}',
  ]),
  phrase(
    "mnemonic numbered",
    (d) => mnemonic(12)(d).split(" ").map((word, i) => `${i + 1}. ${word}`).join(" "),
    ["backup phrase {}", "{}"],
  ),
];

const body = (dice: Dice, lines: number) =>
  Array.from({ length: lines }, () => dice.chars(BASE64, 64)).join("\\n");

const block = (label: string) => (dice: Dice) =>
  `-----BEGIN ${label}-----\\n${body(dice, 8)}\\n-----END ${label}-----`;

const PEM_LINES = [
  "key: {}",
  '{"private_key":"{}","id":1}',
  "TLS_KEY='{}'",
  "could not parse {} as PKCS#8",
  "  tls.key: {}",
];

const PEMS: readonly Kind[] = [
  lineKind("pem", "pem", "[REDACTED_PEM]", block("PRIVATE KEY"), PEM_LINES),
  lineKind("pem rsa", "pem", "[REDACTED_PEM]", block("RSA PRIVATE KEY"), PEM_LINES),
  lineKind("pem ec", "pem", "[REDACTED_PEM]", block("EC PRIVATE KEY"), PEM_LINES),
  lineKind("pem openssh", "pem", "[REDACTED_PEM]", block("OPENSSH PRIVATE KEY"), PEM_LINES),
  lineKind("pgp", "pem", "[REDACTED_PEM]", block("PGP PRIVATE KEY BLOCK"), PEM_LINES),
  lineKind("pem truncated", "pem", "[REDACTED_PEM]", (d) => `-----BEGIN PRIVATE KEY-----\\n${body(d, 3)}`, [
    "key: {}",
    "loaded {}",
  ]),
  lineKind("base64 line", "base64-line", "[REDACTED_BASE64]", (d) => d.chars(BASE64, d.of([64, 70, 76])), [
    "{}",
    "2025-11-03T08:12:01.123Z  INFO app: {}",
    "2025-11-03T08:12:01.123456789Z stdout F {}",
    "Nov  3 08:12:01 web-1 app[42]: {}",
    "2025-11-03 08:12:01,123 - app - DEBUG - {}",
    "    {}",
  ]),
];

const CRYPT = `${ALNUM}./`;

const HASHES: readonly Kind[] = [
  formKind(
    "bcrypt",
    "hash",
    "[REDACTED_HASH]",
    (d) => `$2${d.of(["a", "b", "y"])}$${d.of(["10", "12"])}$${d.chars(CRYPT, 53)}`,
    NEUTRAL,
  ),
  formKind(
    "argon2",
    "hash",
    "[REDACTED_HASH]",
    (d) => `$argon2id$v=19$m=65536,t=3,p=4$${d.chars(BASE64, 22)}$${d.chars(BASE64, 43)}`,
    NEUTRAL.filter(({ name }) => name !== "csv"),
  ),
  formKind(
    "crypt",
    "hash",
    "[REDACTED_HASH]",
    (d) => `$${d.of(["5", "6"])}$${d.chars(CRYPT, 12)}$${d.chars(CRYPT, 86)}`,
    NEUTRAL,
  ),
];

const luhn = (digits: string): string => {
  for (let check = 0; check < 10; check++) {
    const sum = [...`${digits}${check}`].toReversed().reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return `${digits}${check}`;
  }
  throw new RangeError("No check digit fits");
};

const cardNumber = (dice: Dice) => {
  const digits = luhn(dice.of(["4", "51", "55", "6011"]).padEnd(4, "1") + dice.chars(DIGITS, 11));
  return dice.of([digits, digits.replace(/(\d{4})(?=\d)/g, "$1 "), digits.replace(/(\d{4})(?=\d)/g, "$1-")]);
};

const mod97 = (text: string) => [...text].reduce((rest, c) => Number(`${rest}${parseInt(c, 36)}`) % 97, 0);

const iban = (dice: Dice) => {
  const bban = dice.chars(DIGITS, 18);
  const check = 98 - mod97(`${bban}DE00`);
  const whole = `DE${String(check).padStart(2, "0")}${bban}`;
  return dice.of([whole, whole.replace(/(.{4})(?=.)/g, "$1 ")]);
};

const mail = (dice: Dice) =>
  `${dice.of(["alice", "bob.b", "carol+x", "d_eve", "jörg"])}${dice.chars(DIGITS, 2)}@${
    dice.of(["example.com", "mail.example.co.uk", "müller.de", "corp.io", "xn--mller-kva.de"])
  }`;

const PEOPLE_LINES = [
  "user {} signed up",
  '{"user":"{}","n":1}',
  "customer={} order=42",
  "sent to {}, queued",
  "{'who': '{}'}",
  'Customer { contact: "{}" }',
  "({})",
  "for {}.",
  "<{}>",
  "[{}]",
];

const PEOPLE: readonly Kind[] = [
  lineKind("email", "email", "[EMAIL]", mail, PEOPLE_LINES),
  lineKind("card", "card", "[CARD]", cardNumber, PEOPLE_LINES.map((line) => line.replace("user ", "card "))),
  lineKind("iban", "iban", "[IBAN]", iban, PEOPLE_LINES),
];

const percent = (text: string) =>
  Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const escaped = (text: string) =>
  [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const bytes = (text: string) => [...text].map((c) => `\\x${c.charCodeAt(0).toString(16)}`).join("");
const entities = (text: string) => [...text].map((c) => `&#${c.charCodeAt(0)};`).join("");

const known = (dice: Dice) => `ghp_${dice.chars(ALNUM, 36)}`;

const ENCODED_LINES = [
  "value={} n=1",
  "upstream said {} twice",
  '{"detail":"{}"}',
  "({})",
  "GET /x?t={} 200",
];

const encoded = (name: string, make: (dice: Dice) => string) =>
  lineKind(`encoded ${name}`, "encoded", "[REDACTED_ENCODED]", make, ENCODED_LINES);

const ENCODED: readonly Kind[] = [
  encoded("percent", (d) => percent(known(d))),
  encoded("unicode", (d) => escaped(known(d))),
  encoded("bytes", (d) => bytes(known(d))),
  encoded("entities", (d) => entities(known(d))),
  encoded("base64 pair", (d) => btoa(`admin:${d.password()}`)),
  partKind("encoded percent url", "encoded", (d) => {
    const secret = d.password();
    const text = encodeURIComponent(`postgres://app:${secret}@db.internal:5432/app`);
    return { text, secret, shown: "[REDACTED_ENCODED]" };
  }, frames(ENCODED_LINES)),
  partKind("encoded percent json", "key-value", (d) => {
    const secret = d.password();
    const around = (value: string) => `%7B%22password%22%3A%22${value}%22%2C%22n%22%3A1%7D`;
    return { text: around(encodeURIComponent(secret)), secret, shown: around("[REDACTED]") };
  }, frames(ENCODED_LINES)),
];

const CLOUD_NAMED: readonly Kind[] = [
  lineKind("aws secret", "cloud-key", "[REDACTED_CLOUD_KEY]", (d) => d.chars(BASE64, 40), [
    "aws_secret_access_key = {}",
    "AWS_SECRET_ACCESS_KEY={}",
    '{"secretAccessKey":"{}"}',
    "{'SecretAccessKey': '{}'}",
    'Credentials { secret_access_key: "{}" }',
  ]),
  lineKind("azure account key", "cloud-key", "[REDACTED_CLOUD_KEY]", (d) => `${d.chars(BASE64, 86)}==`, [
    "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={};EndpointSuffix=core.windows.net",
    'conn="AccountName=acme;AccountKey={}"',
    '{"storage":{"AccountKey":"{}"}}',
  ]),
  lineKind("azure shared access", "cloud-key", "[REDACTED_CLOUD_KEY]", (d) => `${d.chars(BASE64, 43)}=`, [
    "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey={}",
    "HostName=acme.azure-devices.net;DeviceId=d1;SharedAccessKey={}",
  ]),
];

/** Kinds known by their shape. */
export const SHAPE_KINDS: readonly Kind[] = [
  ...CHAIN,
  ...MNEMONICS,
  ...PEMS,
  ...HASHES,
  ...PEOPLE,
  ...ENCODED,
  ...CLOUD_NAMED,
];
