import assert from "node:assert/strict";
import { mayHoldPem, PemState } from "../../src/redact/pem.ts";

const FULL = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

/** Feeds lines as they stand in one chunk; returns those that were not swallowed. */
function shown(lines: readonly string[]): readonly string[] {
  const state = new PemState();
  const text = lines.join("\n");
  let start = 0;
  return lines.filter((line) => {
    const swallowed = state.swallows(text, start, start + line.length);
    start += line.length + 1;
    return !swallowed;
  });
}

for (
  const [name, prefix] of [
    ["no prefix", ""],
    ["a time stamp", "2025-10-31T14:32:49.123Z  INFO app: "],
    ["CRI", "2025-10-31T14:32:49.123456789Z stdout F "],
    ["ANSI colours", "\x1b[2m2025-10-31T14:32:49Z\x1b[0m \x1b[32m INFO\x1b[0m "],
  ] as const
) {
  Deno.test(`PemState swallows a body behind ${name} and ends with its END line`, () => {
    const begin = `${prefix}-----BEGIN RSA PRIVATE KEY-----`;
    const lines = [
      begin,
      `${prefix}Proc-Type: 4,ENCRYPTED`,
      `${prefix}DEK-Info: AES-128-CBC,0011`,
      prefix,
      `${prefix}${FULL}`,
      `${prefix}${FULL}`,
      `${prefix}Q2d3ZQ==`,
      `${prefix}-----END RSA PRIVATE KEY-----`,
      `${prefix}ready`,
    ];
    assert.deepEqual(shown(lines), [begin, `${prefix}ready`]);
  });
}

Deno.test("PemState swallows bodies of JSON records", () => {
  const record = (log: string) =>
    JSON.stringify({ log: `${log}\n`, stream: "stderr", time: "2025-10-31T14:32:49Z" });
  const lines = [
    "-----BEGIN PRIVATE KEY-----",
    FULL,
    "Q2d3ZQ==",
    "-----END PRIVATE KEY-----",
    "ready",
  ].map(record);
  assert.deepEqual(shown(lines), [lines[0], lines[4]]);
});

Deno.test("PemState swallows OpenPGP and PuTTY keys", () => {
  const pgp = [
    "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "Version: GnuPG v2",
    "",
    FULL,
    "Q2d3",
    "=aB3d",
    "-----END PGP PRIVATE KEY BLOCK-----",
  ];
  assert.deepEqual(shown([...pgp, "next"]), [pgp[0], "next"]);
  const putty = [
    "PuTTY-User-Key-File-3: ssh-rsa",
    "Encryption: none",
    "Comment: me",
    "Public-Lines: 2",
    FULL,
    "Q2d3",
    "Private-Lines: 2",
    FULL,
    "Q2d3",
    `Private-MAC: ${"0a".repeat(32)}`,
  ];
  assert.deepEqual(shown([...putty, "next"]), [putty[0], "next"]);
});

Deno.test("PemState lets go at the first line that is no body", () => {
  const begin = "app: -----BEGIN PRIVATE KEY-----";
  assert.deepEqual(shown([begin, "app: started", `app: ${FULL}`]), [begin, "app: started", `app: ${FULL}`]);
  assert.deepEqual(shown([begin, `app: ${FULL}`, "app: request took 3 ms"]), [
    begin,
    "app: request took 3 ms",
  ]);
  assert.deepEqual(shown([begin, `app: ${FULL}`, "app: finished"]), [begin, "app: finished"]);
});

Deno.test("PemState ends after 200 lines", () => {
  const lines = ["-----BEGIN PRIVATE KEY-----", ...Array<string>(250).fill(FULL)];
  assert.equal(shown(lines).length, 1 + 50);
});

Deno.test("PemState does not begin with a block that ends on its line, nor with a public one", () => {
  const lines = [
    `-----BEGIN PRIVATE KEY-----\\n${FULL}\\n-----END PRIVATE KEY-----`,
    FULL,
    "-----BEGIN CERTIFICATE-----",
    FULL,
  ];
  assert.deepEqual(shown(lines), lines);
});

Deno.test("mayHoldPem() sees the first line of every kind of private key", () => {
  assert.equal(mayHoldPem("a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb"), true);
  assert.equal(mayHoldPem("PuTTY-User-Key-File-2: ssh-rsa"), true);
  assert.equal(mayHoldPem("-----BEGIN CERTIFICATE-----"), false);
});
