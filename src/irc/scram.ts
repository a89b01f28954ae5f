/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677): the password never leaves, and the server has to prove that it knows it too.
 *
 * @module
 */

import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import type { Secret } from "../runtime/secret.ts";
import { type SaslAnswer, type SaslMechanism, WRONG_PASSWORD } from "./sasl_mechanism.ts";
import { saslprep } from "./saslprep.ts";

/** What a login needs. */
export interface ScramOptions {
  /** Account name. */
  readonly account: string;
  /** Its password. */
  readonly password: Secret;
  /** Text that no other login has and nobody can guess, printable and without commas. */
  readonly nonce: string;
}

/** No channel binding, no other identity (RFC 5802 §7: `gs2-header`). */
const GS2_HEADER = "n,,";

/** Fewest iterations a server may ask for (RFC 7677 §4): with fewer, who listens could try passwords faster. */
const FEWEST_ITERATIONS = 4_096;

/** Most iterations: 0.4 s of work, during which nothing else is done; ergo asks for 4,096, atheme 7.3 for 64,000. */
const MOST_ITERATIONS = 500_000;

/** Bytes of a SHA-256. */
const HASH_BYTES = 32;

/** Standard base64, in whole groups (RFC 5802 §7: `base64`). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Begins a login.
 *
 * @param options Who to be.
 */
export function startScram(options: ScramOptions): SaslMechanism {
  let step: Step = { kind: "start" };
  return {
    name: "SCRAM-SHA-256",
    refusal: WRONG_PASSWORD,
    get isComplete() {
      return step.kind === "done";
    },
    answer(challenge) {
      const { answer, next } = advance(step, new TextDecoder().decode(challenge), options);
      step = next;
      return answer;
    },
  };
}

type Step =
  | { readonly kind: "start" }
  | { readonly kind: "sent-first"; readonly bare: string }
  | { readonly kind: "sent-final"; readonly serverSignature: Uint8Array }
  | { readonly kind: "done" }
  | { readonly kind: "failed" };

interface Move {
  readonly answer: SaslAnswer;
  readonly next: Step;
}

function advance(step: Step, challenge: string, options: ScramOptions): Move {
  switch (step.kind) {
    case "start":
      return challenge === "" ? sendFirst(options) : failed("The server begins SCRAM with the wrong message");
    case "sent-first":
      return sendFinal(step.bare, challenge, options);
    case "sent-final":
      return judgeServer(step.serverSignature, challenge);
    case "done":
    case "failed":
      return failed("The server goes on with SCRAM after its end");
  }
}

function sendFirst({ account, nonce }: ScramOptions): Move {
  const name = saslprep(account)?.replaceAll("=", "=3D").replaceAll(",", "=2C");
  if (name === undefined) return failed("The SASL account holds characters that no account can have");
  const bare = `n=${name},r=${nonce}`;
  return respond(GS2_HEADER + bare, { kind: "sent-first", bare });
}

function sendFinal(bare: string, challenge: string, { password, nonce }: ScramOptions): Move {
  const refusal = readRefusal(challenge);
  if (refusal !== undefined) return failed(refusal);
  const [, serverNonce = "", saltText = "", count = ""] =
    /^r=([\x21-\x2b\x2d-\x7e]+),s=([^,]+),i=(\d{1,9})(?:,|$)/.exec(challenge) ?? [];
  const salt = readBase64(saltText);
  if (salt === undefined || salt.length === 0) return failed("The server's SCRAM challenge cannot be read");
  if (!serverNonce.startsWith(nonce) || serverNonce === nonce) {
    return failed("The server answers another SCRAM login than ours");
  }
  const iterations = Number(count);
  if (iterations < FEWEST_ITERATIONS || iterations > MOST_ITERATIONS) {
    const range = `${FEWEST_ITERATIONS} to ${MOST_ITERATIONS}`;
    return failed(`The server asks for ${iterations} SCRAM iterations; ${range} are safe`);
  }
  const prepared = saslprep(password.reveal());
  if (prepared === undefined) return failed("The SASL password holds characters that no password can have");

  const withoutProof = `c=${btoa(GS2_HEADER)},r=${serverNonce}`;
  const authMessage = `${bare},${challenge},${withoutProof}`;
  const salted = pbkdf2Sync(prepared, salt, iterations, HASH_BYTES, "sha256");
  const clientKey = hmac(salted, "Client Key");
  const clientSignature = hmac(createHash("sha256").update(clientKey).digest(), authMessage);
  const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  const serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
  return respond(`${withoutProof},p=${btoa(String.fromCharCode(...proof))}`, {
    kind: "sent-final",
    serverSignature,
  });
}

/** Who cannot sign what was said does not know the password: it is not the server, whatever its certificate says. */
function judgeServer(expected: Uint8Array, challenge: string): Move {
  const refusal = readRefusal(challenge);
  if (refusal !== undefined) return failed(refusal);
  const signature = readBase64(/^v=([^,]+)(?:,|$)/.exec(challenge)?.[1] ?? "");
  if (signature?.length !== HASH_BYTES || !timingSafeEqual(signature, expected)) {
    return failed("The server could not prove that it knows the SASL password: its signature is wrong");
  }
  return respond("", { kind: "done" });
}

/** `e=…`, which a server may send instead of going on (RFC 5802 §7: `server-error`). */
function readRefusal(challenge: string): string | undefined {
  const error = /^e=([a-z-]*)/.exec(challenge)?.[1];
  if (error === undefined) return undefined;
  return error === "invalid-proof" || error === "unknown-user"
    ? WRONG_PASSWORD
    : `The server ends the SCRAM login: ${error}`;
}

function readBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  return BASE64.test(text) ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : undefined;
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

function respond(text: string, next: Step): Move {
  return { answer: { kind: "response", bytes: new TextEncoder().encode(text) }, next };
}

function failed(because: string): Move {
  return { answer: { kind: "failed", because }, next: { kind: "failed" } };
}
